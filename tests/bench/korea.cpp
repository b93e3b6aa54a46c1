// The shipped world, and the same economy divided among a hundred and a thousand times as many adopting firms.
#include "case.hpp"
#include "model/model.hpp"
#include "state/state.hpp"

#include <ondol/engine/profile.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace ondol::bench {
namespace {

const std::filesystem::path world_file = ONDOL_WORLDS "/korea/korea.toml";
const std::string adopting_kind = "producer";
constexpr int most_times = 1000;

// By region, as a world file writes it.
using ByRegion = std::map<std::string, std::string>;
std::string table(const ByRegion& values) {
  std::string text;
  for (const auto& [region, value] : values) text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", region, value);
  return "{ " + text + " }";
}

double start_of(const Model& model, const PopulationModel& population, const std::string& state) {
  const auto& fields = model.kinds[population.kind]->fields;
  for (const FieldStart& start : population.state) {
    if (fields[start.field].name == state) return start.value.a;
  }
  return 0;
}

// `times` as many firms that adopt AI, each as much smaller: what all hold, make and sell together stays what it was.
std::string divided(int times) {
  const std::string shipped = fmt::format("extends = \"{}\"\n", world_file.string());
  const World world = world_of(shipped);
  const Model& model = world.model();
  struct Change {
    ByRegion count, money, goods, sales;
  };
  std::map<std::string, Change> changes;
  for (const PopulationModel& population : model.populations) {
    if (model.kinds[population.kind]->name != adopting_kind) continue;
    Change& change = changes[population.group];
    const std::string& region = model.regions[population.region].name;
    const auto part = [&](double value, const std::string& unit) {
      return fmt::format("\"{} {}\"", value / times, unit);
    };
    change.count[region] = std::to_string(population.count * static_cast<Index>(times));
    change.money[region] = part(population.money.a, model.currency);
    change.sales[region] = part(start_of(model, population, "expected_sales_volume"), "basket");
    for (const AccountModel& account : population.accounts) {
      if (account.quantity.a > 0)
        change.goods[region] = part(account.quantity.a, model.goods[account.good].unit.text());
    }
  }
  std::string text = shipped;
  for (const auto& [name, change] : changes) {
    text += fmt::format(
        "[populations.{}]\ncount = {}\nmoney = {}\nholdings.goods.quantity = {}\nstate.expected_sales_volume = {}\n",
        name, table(change.count), table(change.money), table(change.goods), table(change.sales));
  }
  return text;
}

// Bytes of memory that this process has touched and not given back.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::int64_t agents_of(const State& state) {
  return std::accumulate(state.populations.begin(), state.populations.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& population) { return sum + population.living; });
}

// A run under way, and what was measured of it.
class Measured {
 public:
  Measured(std::string name_, int threads, bool recording)
      : name(std::move(name_)),
        threads_(threads),
        recording_(recording),
        path_(std::filesystem::temp_directory_path() / fmt::format("ondol_bench_{}_{}.db", getpid(), name)) {}
  ~Measured() { stop(); }
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

  void start(const std::string& text) {
    started_ = true;
    const double before = resident_bytes();
    RunOptions options;
    options.threads = threads_;
    options.profile = &profile_;
    run_.emplace(world_of(text), options);
    for (int tick = 0; tick < ticks_to_grow; ++tick) run_->tick();
    agents = agents_of(run_->state());
    bytes = resident_bytes() - before;
    growth_ = profile_.rows();
    if (!recording_) return;
    ResultsOptions output;
    output.overwrite = true;
    output.profile = &profile_;
    results_ = std::make_unique<Results>(path_, *run_, output);
  }
  bool started() const { return started_; }
  // What was measured stays.
  void stop() {
    results_.reset();
    run_.reset();
    std::filesystem::remove(path_);
  }
  void tick() {
    ++ticks_;
    run_->tick();
    if (results_) results_->record();
  }
  std::int64_t ticks() const { return ticks_; }
  // Of those ticks.
  std::vector<Profile::Row> rows() const {
    std::vector<Profile::Row> rows = profile_.rows();
    for (std::size_t i = 0; i < growth_.size(); ++i) rows[i].seconds -= growth_[i].seconds;
    return rows;
  }

  std::string name;
  std::int64_t agents = 0;
  double bytes = 0;

 private:
  // The first ticks take memory, and every firm looks for its first vendor.
  static constexpr int ticks_to_grow = 3;

  Profile profile_;
  std::vector<Profile::Row> growth_;
  int threads_;
  bool recording_;
  std::filesystem::path path_;
  bool started_ = false;
  std::int64_t ticks_ = 0;
  std::optional<Run> run_;
  std::unique_ptr<Results> results_;
};

std::vector<std::unique_ptr<Measured>>& all_measured() {
  static std::vector<std::unique_ptr<Measured>> all;
  return all;
}

void add(int times, std::int64_t agents, int threads, bool recording) {
  const std::string name = fmt::format("korea x{}{}", times, recording ? " recorded" : "");
  static Measured* largest_so_far = nullptr;  // there is memory for one of them
  Measured& measured = *all_measured().emplace_back(
      std::make_unique<Measured>(fmt::format("{}, {} threads", name, threads), threads, recording));
  const bool largest = times == most_times;
  add_engine({name, agents, threads, 0, largest || (recording && times > 1)}, [=, &measured] {
    if (!measured.started()) {
      if (largest && largest_so_far != nullptr) largest_so_far->stop();
      if (largest) largest_so_far = &measured;
      measured.start(divided(times));
    }
    measured.tick();
  });
}

std::int64_t agents_at_start(int times) {
  const World world = world_of(divided(times));
  const auto& populations = world.model().populations;
  return std::accumulate(populations.begin(), populations.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& population) { return sum + population.count; });
}

}  // namespace

void add_korea(bool large) {
  for (const int times : large ? std::vector{most_times} : std::vector{1, 100}) {
    const std::int64_t agents = agents_at_start(times);
    for (const int threads : {1, 2}) add(times, agents, threads, false);
    if (times != most_times) add(times, agents, 1, true);
  }
}

void print_korea() {
  constexpr double least_share = 0.01;  // of a tick, to be listed
  for (const auto& measured : all_measured()) {
    if (!measured->started()) continue;
    const std::vector<Profile::Row> rows = measured->rows();
    double tick = 0;
    for (const Profile::Row& row : rows) tick += row.part == "phase" ? row.seconds : 0;
    const auto ticks = static_cast<double>(measured->ticks());
    fmt::print(
        "\n{}: {} agents, {:.2f} ticks/s, {:.0f} bytes an agent\n\n| part | name | ms a tick | of a tick |\n"
        "|---|---|---|---|\n",
        measured->name, measured->agents, ticks / tick, measured->bytes / static_cast<double>(measured->agents));
    for (const Profile::Row& row : rows) {
      if (row.seconds < least_share * tick) continue;
      fmt::print("| {} | {} | {:.2f} | {:.1f} % |\n", row.part, row.name, 1e3 * row.seconds / ticks,
                 100 * row.seconds / tick);
    }
  }
}

}  // namespace ondol::bench
