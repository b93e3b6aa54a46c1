// Results files: as raw bytes, or made by a run and then changed in some cells.
#include "support/shop.hpp"
#include "worlds.hpp"

#include <ondol/engine/checkpoint.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/replay.hpp>
#include <ondol/engine/results.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/engine/trace.hpp>

#include <fmt/format.h>
#include <fuzzer/FuzzedDataProvider.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path("/dev/shm") / fmt::format("ondol_fuzz_{}", getpid());

// Of the file, without its journal.
const fs::path& honest() {
  static const fs::path path = [] {
    fs::create_directories(folder);
    std::atexit([] { fs::remove_all(folder); });
    std::string text = ondol::test::shop;
    text.replace(text.find("count = 1500"), 12, "count = 2");
    const ondol::World world = ondol::World::parse(text, "shop.toml", ondol::fuzz::options()).lasting(2);
    ondol::RunOptions serial;
    serial.threads = 1;
    ondol::Run run(world, serial);
    ondol::ResultsOptions options;
    options.checkpoint = 1;
    ondol::Results results(folder / "honest.db", run, options);
    for (int tick = 0; tick < 2; ++tick) {
      run.tick();
      results.record();
    }
    results.finish(ondol::RunStatus::complete);
    return folder / "honest.db";
  }();
  return path;
}

using Column = std::pair<std::string, std::string>;

const std::vector<Column>& columns() {
  static const std::vector<Column> columns = [] {
    std::vector<Column> found;
    sqlite3* database = nullptr;
    sqlite3_open(honest().c_str(), &database);
    const auto add = [](void* list, int, char** values, char**) {
      static_cast<std::vector<Column>*>(list)->emplace_back(values[0], values[1]);
      return 0;
    };
    sqlite3_exec(database,
                 "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'", add,
                 &found, nullptr);
    sqlite3_close(database);
    return found;
  }();
  return columns;
}

void change_cells(const fs::path& path, FuzzedDataProvider& data) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  sqlite3_exec(database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
  for (int changes = data.ConsumeIntegralInRange<int>(1, 3); changes > 0; --changes) {
    const Column& column = columns()[data.ConsumeIntegralInRange<std::size_t>(0, columns().size() - 1)];
    const std::string row =
        data.ConsumeBool() ? "" : fmt::format(" WHERE rowid = {}", data.ConsumeIntegral<std::uint8_t>());
    const std::string sql = fmt::format("UPDATE \"{}\" SET \"{}\" = ?{}", column.first, column.second, row);
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) continue;
    const int type = data.ConsumeIntegralInRange<int>(0, 3);
    const std::string bytes = data.ConsumeRandomLengthString(64);
    if (type == 1) sqlite3_bind_int64(statement, 1, data.ConsumeIntegral<std::int64_t>());
    if (type == 2) sqlite3_bind_double(statement, 1, data.ConsumeFloatingPoint<double>());
    if (type == 3) sqlite3_bind_text(statement, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
  }
  sqlite3_close(database);
}

template <class Use>
void allowed_to_refuse(Use&& use) {
  try {
    use();
  } catch (const ondol::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  const fs::path path = (honest(), folder / "forged.db");
  const int reader = data.ConsumeIntegralInRange<int>(0, 2);
  if (data.ConsumeIntegralInRange<int>(0, 7) == 0) {
    const std::string raw = data.ConsumeRemainingBytesAsString();
    std::ofstream(path, std::ios::binary) << raw;
  } else {
    fs::copy_file(honest(), path, fs::copy_options::overwrite_existing);
    change_cells(path, data);
  }
  if (reader == 0) allowed_to_refuse([&] { ondol::stopped_run(path, {ONDOL_FUZZ_PLUGINS}, 0); });
  if (reader == 1) allowed_to_refuse([&] { ondol::compare_runs(path, honest()); });
  if (reader == 2) allowed_to_refuse([&] { ondol::trace(path, "Big Maker", 1); });
  return 0;
}
