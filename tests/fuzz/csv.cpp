// Tables of data.
#include "loading/csv_table.hpp"

#include <ondol/engine/error.hpp>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ondol::parse_csv({reinterpret_cast<const char*>(data), size}, "data.csv");
  } catch (const ondol::Error&) {
  }
  return 0;
}
