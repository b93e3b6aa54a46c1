// The engine beside its limits, in turns and in one process: every ratio of docs/performance.md comes from here.
//
//     cmake --preset bench && cmake --build --preset bench --target bench-report
//
// --large takes ten million agents, orders and rows, and Korea with a thousand times the adopting firms, instead: some
// 20 GB and several minutes. Google Benchmark's own flags work too.
#include "case.hpp"
#include "triad.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ondol::bench {

void differ(const std::string& what) { throw std::runtime_error("engine and limit differ: " + what); }

World world_of(const std::string& text) {
  WorldOptions options;
  options.plugin_directories = {ONDOL_BENCH_PLUGINS, ONDOL_PLUGINS};
  return World::parse(text, "bench.toml", options);
}

std::unique_ptr<Run> run_of(const std::string& text, int threads) {
  RunOptions options;
  options.threads = threads;
  return std::make_unique<Run>(world_of(text), options);
}

namespace {

// A row of the table, in the order in which cases were added.
struct Row {
  Case which;
  double limit = 0, engine = 0;  // ns per item, the best of all turns: what disturbs one only ever makes it slower
};
std::vector<Row> rows;

// A row made of others when all is measured.
struct Slower {
  std::string name;
  std::size_t whole, part;  // rows
};
std::vector<Slower> slowers;

Row& row_of(const Case& which) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.which.name == which.name && row.which.items == which.items && row.which.threads == which.threads;
  });
  return found != rows.end() ? *found : rows.emplace_back(Row{which});
}

struct Memory {
  std::string name;
  std::int64_t items;
  double limit_bytes;
  std::function<std::unique_ptr<Run>()> make;
};
std::vector<Memory> memories;

std::size_t bytes_taken() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void print_memory() {
  fmt::print("\n| memory of | items | limit, bytes an item | engine, bytes an item |\n|---|---|---|---|\n");
  for (const Memory& memory : memories) {
    const std::size_t before = bytes_taken();
    const auto run = memory.make();
    for (int i = 0; i < 3; ++i) run->tick();
    const auto taken = static_cast<double>(bytes_taken() - before) / static_cast<double>(memory.items);
    fmt::print("| {} | {} | {} | {:.1f} |\n", memory.name, memory.items,
               memory.limit_bytes == 0 ? "" : fmt::format("{:.0f}", memory.limit_bytes), taken);
  }
}

// Benchmark's name -> where its figure goes.
std::map<std::string, std::pair<std::size_t, double Row::*>> figures;

void add(const Case& which, const char* side, double Row::*figure, const std::function<void()>& once) {
  Row& row = row_of(which);
  const std::string name = fmt::format("{}/{}/{}/{}", which.name, side, which.items, which.threads);
  figures[name] = {static_cast<std::size_t>(&row - rows.data()), figure};
  auto* registered = benchmark::RegisterBenchmark(name.c_str(),
                                                  [items = which.items, once](benchmark::State& state) {
                                                    once();  // warms up, and grows what grows
                                                    for ([[maybe_unused]] auto _ : state) once();
                                                    state.SetItemsProcessed(state.iterations() * items);
                                                  })
                         ->UseRealTime()
                         ->Unit(benchmark::kMillisecond);
  if (which.alone) registered->Iterations(1)->Repetitions(1);
}

class RatioReporter : public benchmark::ConsoleReporter {
 public:
  RatioReporter() : ConsoleReporter(OO_Tabular) {}  // without colours: what it prints is kept in a file, too
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const auto [row, figure] = figures.at(run.run_name.function_name);
      double& best = rows[row].*figure;
      const double now = 1e9 / run.counters.at("items_per_second");
      best = best == 0 ? now : std::min(best, now);
    }
  }
};

void derive_rows() {
  for (const Slower& slower : slowers) {
    const Row& whole = rows[slower.whole];
    const double limit = std::max(whole.limit, rows[slower.part].engine);
    rows.push_back({{slower.name, whole.which.items, 2}, limit, whole.engine});
  }
}

void print_table(double bytes_per_second) {
  const auto number = [](double value, int digits) { return value == 0 ? "" : fmt::format("{:.{}f}", value, digits); };
  fmt::print("\nmemory bandwidth (triad, one thread): {:.1f} GB/s\n\n", bytes_per_second / 1e9);
  fmt::print("| case | items | threads | limit, ns | its GB/s | engine, ns | ratio |\n|---|---|---|---|---|---|---|\n");
  for (const Row& row : rows) {
    if (row.limit == 0 && row.engine == 0) continue;
    const double ratio = row.limit == 0 ? 0 : row.engine / row.limit;
    const double speed = row.limit == 0 ? 0 : row.which.bytes / row.limit;
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", row.which.name, row.which.items, row.which.threads,
               number(row.limit, 2), number(speed, 1), number(row.engine, 2), number(ratio, 2));
  }
}

}  // namespace

void add_limit(const Case& which, const std::function<void()>& once) { add(which, "limit", &Row::limit, once); }
void add_engine(const Case& which, const std::function<void()>& once) { add(which, "engine", &Row::engine, once); }
void add_slower(const std::string& name, const Case& whole, const Case& part) {
  const auto position = [](const Case& which) { return static_cast<std::size_t>(&row_of(which) - rows.data()); };
  slowers.push_back({name, position(whole), position(part)});
}

void add_memory(const std::string& name, std::int64_t items, double limit_bytes,
                const std::function<std::unique_ptr<ondol::Run>()>& make) {
  memories.push_back({name, items, limit_bytes, make});
}

int main(int argc, char** argv) {
  bool large = false;
  std::vector<char*> arguments;
  for (int i = 0; i < argc; ++i) {
    if (std::strcmp(argv[i], "--large") == 0)
      large = true;
    else
      arguments.push_back(argv[i]);
  }
  // In turns, unless asked otherwise.
  std::string interleaved = "--benchmark_enable_random_interleaving=true";
  std::string repeated = "--benchmark_repetitions=5";
  std::string least = "--benchmark_min_time=0.2";
  for (std::string* flag : {&interleaved, &repeated, &least}) arguments.insert(arguments.begin() + 1, flag->data());
  auto count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  add_populations(large);
  add_markets(large);
  add_recording(large);
  add_labour();
  add_start();
  add_korea(large);
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  derive_rows();
  print_table(triad_bytes_per_second());
  print_memory();
  print_korea();
  return 0;
}

}  // namespace ondol::bench

int main(int argc, char** argv) { return ondol::bench::main(argc, argv); }
