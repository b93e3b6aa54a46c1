// The `ondol` command: the one place where errors become messages and exit codes.
#include "command_line.hpp"
#include "output.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/guests.hpp>

#include <exception>
#include <new>
#include <system_error>

int main(int argc, char** argv) {
  ondol::cli::outlive_readers();
  ondol::guard_process();
  try {
    return ondol::cli::CommandLine().dispatch(argc, argv);
  } catch (const ondol::Error& error) {
    ondol::cli::complain("ondol: error: {}\n", error.what());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    ondol::cli::complain("ondol: error: memory ran out\n");
    return static_cast<int>(ondol::ErrorCode::run);
  } catch (const std::system_error& error) {
    ondol::cli::complain("ondol: error: the system refuses what the run needs: {}\n", error.what());
    return static_cast<int>(ondol::ErrorCode::run);
  } catch (const std::exception& error) {
    ondol::cli::complain("ondol: error: {} (this is a defect of ondol)\n", error.what());
    return static_cast<int>(ondol::ErrorCode::internal);
  }
}
