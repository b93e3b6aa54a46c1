// The engine beside its limits, in turns and in one process: every ratio of docs/performance.md comes from here.
//
//     cmake --preset bench && cmake --build --preset bench --target bench-report
//
// --large adds ten million agents. Google Benchmark's own flags work too.
#include "field_value.hpp"
#include "limits.hpp"
#include "state.hpp"

#include <ondol/engine/plugins.hpp>
#include <ondol/engine/results.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/engine/world.hpp>
#include <ondol/random.hpp>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace ondol::bench {
namespace {

[[noreturn]] void differ(const std::string& what) { throw std::runtime_error("engine and limit differ: " + what); }

// ---- Worlds

World world_of(const std::string& text) {
  WorldOptions options;
  options.plugin_directories = {ONDOL_BENCH_PLUGINS, ONDOL_PLUGINS};
  return World::parse(text, "bench.toml", options);
}

std::string coins(std::int64_t agents) {
  return fmt::format(R"(plugins = ["bench_agents"]
money_decimals = 0
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
instruments.money.issuer = "coins"
[populations.coins]
kind = "coin"
count = {}
money = "100 money"
ports.all = "coins"
)",
                     agents);
}

std::string firms(std::int64_t agents) {
  return fmt::format(R"(plugins = ["bench_agents"]
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
signals.price = {{ aggregate = "mean", initial = 1 }}
[populations.firms]
kind = "firm"
count = {}
ports = {{ price = "price", next = "price" }}
)",
                     agents);
}

std::string recorded(std::int64_t agents) {
  return fmt::format(R"(plugins = ["bench_agents"]
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
[populations.recorded]
kind = "recorded"
count = {}
)",
                     agents);
}

std::unique_ptr<Run> run_of(const std::string& text, int threads) {
  RunOptions options;
  options.threads = threads;
  return std::make_unique<Run>(world_of(text), options);
}

// ---- Markets for mechanisms alone: what they match is made up here, what they propose is not booked

class MarketBench {
 public:
  MarketBench(const std::string& mechanism, std::size_t offers, std::size_t orders, std::int64_t prices)
      : library_(load_plugin(mechanism, {ONDOL_PLUGINS})), description_(*library_.mechanisms.front()) {
    for (std::size_t i = 0; i < offers; ++i) {
      seller.push_back(static_cast<std::uint32_t>(i));
      price.push_back(draw(prices));
      supply.push_back(1 + draw(100));
    }
    for (std::size_t i = 0; i < orders; ++i) {
      buyer.push_back(static_cast<std::uint32_t>(offers + i));
      limit.push_back(draw(prices));
      wanted.push_back(1 + draw(100));
    }
    named.assign(orders, ONDOL_NONE);
    zeros_.resize(std::max(offers, orders));
    open_.assign(orders, 1);
    placed_.resize(orders);
    params_.resize(description_.params_size);
    state_.resize(description_.state_size);
    for (const FieldDescription& field : description_.fields) {
      for (std::uint32_t i = 0; field.role == ONDOL_PARAM && i < field.count; ++i)
        write_field_value(field, params_.data(), i, field.initial);
    }
    arena_.resize(std::size_t{1} << 28U);
    fills.resize(offers + orders);
  }

  void set(const std::string& name, double value) {
    for (const FieldDescription& field : description_.fields) {
      if (field.role == ONDOL_PARAM && field.name == name) write_field_value(field, params_.data(), 0, value);
    }
  }

  std::uint32_t clear() {
    used_ = 0;
    ondol_failure failure{};
    ondol_clearing call{};
    call.size = sizeof call;
    call.region_count = 1;
    call.offer_count = static_cast<std::uint32_t>(seller.size());
    call.order_count = static_cast<std::uint32_t>(buyer.size());
    call.offer_seller = seller.data();
    call.offer_region = zeros_.data();
    call.offer_price = price.data();
    call.offer_quantity = supply.data();
    call.order_buyer = buyer.data();
    call.order_region = zeros_.data();
    call.order_limit = limit.data();
    call.order_quantity = wanted.data();
    call.order_offer = named.data();
    call.order_open = open_.data();
    call.order_tick = placed_.data();
    call.delivered_cost = &one_;
    call.params = params_.data();
    call.state = state_.data();
    call.draw_key = 1;
    call.price_units = call.quantity_units = 1;
    call.fills = fills.data();
    call.fill_capacity = static_cast<std::uint32_t>(fills.size());
    call.grow_fills = [](ondol_clearing* clearing) {
      auto& all = static_cast<MarketBench*>(clearing->host_data)->fills;
      all.resize(all.size() * 2);
      clearing->fills = all.data();
      clearing->fill_capacity = static_cast<std::uint32_t>(all.size());
    };
    const ondol_host host = {sizeof(ondol_host), 0, nullptr, nullptr, &scratch, &parallel_for, nullptr};
    call.host = &host;
    call.host_data = this;
    call.failure = &failure;
    if (description_.mechanism->clear(&call) != 0) throw std::runtime_error(failure.message);
    return call.fill_count;
  }

  std::int64_t sold(std::uint32_t count) const {
    std::int64_t sum = 0;
    for (std::uint32_t i = 0; i < count; ++i) sum += fills[i].quantity;
    return sum;
  }

  std::int64_t draw(std::int64_t below) {
    return static_cast<std::int64_t>(mix(at_ += 0x9e3779b97f4a7c15ULL) % static_cast<std::uint64_t>(below));
  }

  std::vector<std::uint32_t> seller, buyer, named;
  std::vector<std::int64_t> price, supply, limit, wanted;
  std::vector<ondol_fill> fills;

 private:
  static void* scratch(ondol_clearing* clearing, std::size_t bytes) {
    auto& self = *static_cast<MarketBench*>(clearing->host_data);
    void* block = self.arena_.data() + self.used_;
    self.used_ += (bytes + 63) / 64 * 64;
    if (self.used_ > self.arena_.size()) throw std::runtime_error("the scratch of the benchmark is too small");
    return block;
  }
  static void parallel_for(ondol_clearing*, std::uint32_t count, void (*body)(void*, std::uint32_t), void* context) {
    for (std::uint32_t i = 0; i < count; ++i) body(context, i);
  }

  PluginLibrary library_;
  const MechanismDescription& description_;
  std::vector<std::uint16_t> zeros_;
  std::vector<std::uint8_t> open_;
  std::vector<std::int64_t> placed_;
  std::vector<std::byte> params_, state_, arena_;
  std::size_t used_ = 0;
  std::uint64_t at_ = 7;
  double one_ = 1;
};

constexpr std::size_t quotes = 500'000;
constexpr std::size_t sellers = 50;
constexpr std::size_t buyers = 1'000'000;
constexpr std::int64_t price_ticks = 10'000;

MarketBench& auction() {
  static MarketBench market("call_auction", quotes, quotes, price_ticks);
  return market;
}

// Fifty sellers, three of them short.
void stock(MarketBench& market) {
  for (std::size_t i = 0; i < sellers; ++i) market.supply[i] = i % 17 == 0 ? 200'000 : 1'000'000'000;
  for (std::size_t i = 0; i < sellers; ++i) market.price[i] = 100 + static_cast<std::int64_t>(i);
  std::fill(market.limit.begin(), market.limit.end(), 1000);
}

MarketBench& posted() {
  static MarketBench market("posted_offers", sellers, buyers, 1000);
  static const bool once = [] {
    stock(market);
    for (std::uint32_t& name : market.named) name = static_cast<std::uint32_t>(market.draw(sellers));
    return true;
  }();
  static_cast<void>(once);
  return market;
}

MarketBench& logit() {
  static MarketBench market("logit_choice", sellers, buyers, 1000);
  static const bool once = [] {
    stock(market);
    market.set("price_weight", 2);
    market.set("spread", 0);
    market.set("rounds", 1);
    return true;
  }();
  static_cast<void>(once);
  return market;
}

std::vector<double> logit_weights() {
  std::vector<double> weights;
  for (std::size_t i = 0; i < sellers; ++i) weights.push_back(std::pow(static_cast<double>(logit().price[i]), -2.0));
  return weights;
}

// ---- Same results

void check_exchange() {
  const auto run = run_of(coins(10'000), 1);
  ExchangeLimit limit(10'000, 2);
  for (int i = 0; i < 2000; ++i) run->tick(), limit.tick();
  const auto& held = run->state().populations[0].money_held;
  if (std::accumulate(held.begin(), held.end(), std::int64_t{0}) != 1'000'000 || limit.total() != 1'000'000)
    differ("exchange loses coins");
  const double empty = static_cast<double>(std::count(held.begin(), held.end(), 0)) / 10'000;
  if (std::abs(empty - limit.empty_handed()) > 0.01) differ("exchange leaves others empty-handed");
}

void check_firms() {
  const auto run = run_of(firms(10'000), 1);
  FirmsLimit limit(10'000, 2);
  for (int i = 0; i < 50; ++i) run->tick(), limit.tick();
  if (std::abs(run->state().signals[0] - limit.mean()) > 1e-3) differ("firms come to another price");
}

void check_markets() {
  std::vector<std::int64_t> of_offers(quotes);
  std::vector<std::int64_t> of_orders(quotes);
  const std::uint32_t count = auction().clear();
  const Auctioned expected = auction_limit({auction().price, auction().supply}, {auction().limit, auction().wanted},
                                           price_ticks, of_offers, of_orders);
  if (auction().sold(count) != expected.volume || auction().fills[0].price != expected.price)
    differ("the auction clears elsewhere");
  if (std::accumulate(of_offers.begin(), of_offers.end(), std::int64_t{0}) != expected.volume ||
      std::accumulate(of_orders.begin(), of_orders.end(), std::int64_t{0}) != expected.volume)
    differ("the auction's limit does not add up");
  std::vector<std::int64_t> fills(buyers);
  std::vector<std::uint32_t> chosen(buyers);
  if (posted().sold(posted().clear()) != posted_limit(posted().named, posted().wanted, posted().supply, fills))
    differ("posted offers sell something else");
  const auto sold = static_cast<double>(logit().sold(logit().clear()));
  const auto of_limit =
      static_cast<double>(logit_limit(logit_weights(), logit().wanted, logit().supply, chosen, fills));
  if (std::abs(sold / of_limit - 1) > 0.01) differ("logit choice sells something else");
}

// ---- Cases

void add(const std::string& name, std::int64_t items, const std::function<void()>& once) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [items, once](benchmark::State& state) {
                                 once();  // warms up, and grows what grows
                                 for ([[maybe_unused]] auto _ : state) once();
                                 state.SetItemsProcessed(state.iterations() * items);
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

// Made when first run, kept until the end: turns come back to it.
template <class Thing>
std::function<void()> kept(std::function<std::unique_ptr<Thing>()> make) {
  auto thing = std::make_shared<std::unique_ptr<Thing>>();
  return [thing, make] {
    if (*thing == nullptr) *thing = make();
    (*thing)->tick();
  };
}

void add_populations(std::int64_t agents) {
  for (const int threads : {1, 2}) {
    const std::string size = fmt::format("{}/{}", agents, threads);
    add("exchange/limit/" + size, agents, kept<ExchangeLimit>([=] {
          return std::make_unique<ExchangeLimit>(static_cast<std::size_t>(agents), threads);
        }));
    add("exchange/engine/" + size, agents, kept<Run>([=] { return run_of(coins(agents), threads); }));
    add("firms/limit/" + size, agents,
        kept<FirmsLimit>([=] { return std::make_unique<FirmsLimit>(static_cast<std::size_t>(agents), threads); }));
    add("firms/engine/" + size, agents, kept<Run>([=] { return run_of(firms(agents), threads); }));
  }
}

void add_markets() {
  add("auction/limit/1000000/1", 2 * quotes, [] {
    static std::vector<std::int64_t> of_offers(quotes);
    static std::vector<std::int64_t> of_orders(quotes);
    benchmark::DoNotOptimize(auction_limit({auction().price, auction().supply}, {auction().limit, auction().wanted},
                                           price_ticks, of_offers, of_orders));
  });
  add("auction/engine/1000000/1", 2 * quotes, [] { benchmark::DoNotOptimize(auction().clear()); });
  add("offers/limit/1000000/1", buyers, [] {
    static std::vector<std::int64_t> fills(buyers);
    benchmark::DoNotOptimize(posted_limit(posted().named, posted().wanted, posted().supply, fills));
  });
  add("offers/engine/1000000/1", buyers, [] { benchmark::DoNotOptimize(posted().clear()); });
  add("logit/limit/1000000/1", buyers, [] {
    static std::vector<std::int64_t> fills(buyers);
    static std::vector<std::uint32_t> chosen(buyers);
    benchmark::DoNotOptimize(logit_limit(logit_weights(), logit().wanted, logit().supply, chosen, fills));
  });
  add("logit/engine/1000000/1", buyers, [] { benchmark::DoNotOptimize(logit().clear()); });
}

// Rows of (tick, agent, six numbers) bound and stepped one by one, in batches of a hundred thousand.
void write_rows(const std::filesystem::path& path, std::int64_t agents, std::int64_t ticks) {
  std::filesystem::remove(path);
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  sqlite3_exec(database,
               "PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
               "CREATE TABLE r (tick INTEGER, agent INTEGER, a REAL, b REAL, c REAL, d REAL, e REAL, f REAL)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?, ?)", -1, &insert, nullptr);
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr);
    for (std::int64_t agent = 0; agent < agents; ++agent) {
      sqlite3_bind_int64(insert, 1, tick);
      sqlite3_bind_int64(insert, 2, agent);
      for (int column = 3; column <= 8; ++column)
        sqlite3_bind_double(insert, column, 1.25 * static_cast<double>(tick * column + agent));
      sqlite3_step(insert);
      sqlite3_reset(insert);
    }
    sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
  }
  sqlite3_finalize(insert);
  sqlite3_close(database);
}

void record_run(const std::filesystem::path& path, std::int64_t agents, std::int64_t ticks, bool recording) {
  const auto run = run_of(recorded(agents), 1);
  if (!recording) {
    for (std::int64_t tick = 0; tick < ticks; ++tick) run->tick();
    return;
  }
  ResultsOptions options;
  options.overwrite = true;
  Results results(path, *run, options);
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    run->tick();
    results.record();
  }
  results.finish(RunStatus::complete);
}

void add_recording() {
  constexpr std::int64_t agents = 100'000;
  constexpr std::int64_t ticks = 20;
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  const auto process = std::to_string(getpid());
  add("recording/limit/2000000/1", agents * ticks,
      [=] { write_rows(folder / ("ondol_bench_limit_" + process + ".db"), agents, ticks); });
  add("recording/engine/2000000/1", agents * ticks,
      [=] { record_run(folder / ("ondol_bench_" + process + ".db"), agents, ticks, true); });
  add("recording off/engine/2000000/1", agents * ticks, [=] { record_run({}, agents, ticks, false); });
}

void add_start() {
  add("start/engine/1000000/1", 1'000'000, [] { run_of(coins(1'000'000), 1); });
}

// ---- The table

// Nanoseconds per item, the best of all turns: what disturbs a turn only ever makes it slower.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const double items = run.counters.at("items_per_second");
      const std::string name = run.benchmark_name().substr(0, run.benchmark_name().find("/real_time"));
      const auto found = nanoseconds_.try_emplace(name, 1e9 / items).first;
      found->second = std::min(found->second, 1e9 / items);
      if (std::find(order_.begin(), order_.end(), name) == order_.end()) order_.push_back(name);
    }
  }

  void print_table(double bytes_per_second) const {
    fmt::print("\nmemory bandwidth (triad, one thread): {:.1f} GB/s\n\n", bytes_per_second / 1e9);
    fmt::print("| case | items | threads | limit, ns | engine, ns | ratio |\n|---|---|---|---|---|---|\n");
    std::vector<std::string> sorted = order_;
    std::sort(sorted.begin(), sorted.end());
    for (const std::string& name : sorted) {
      const auto at = name.find("/engine/");
      if (at == std::string::npos) continue;
      const std::string size = name.substr(at + 8);
      const auto limit = nanoseconds_.find(name.substr(0, at) + "/limit/" + size);
      const double engine = nanoseconds_.at(name);
      const auto slash = size.find('/');
      const bool paired = limit != nanoseconds_.end();
      fmt::print("| {} | {} | {} | {} | {:.1f} | {} |\n", name.substr(0, at), size.substr(0, slash),
                 size.substr(slash + 1), paired ? fmt::format("{:.1f}", limit->second) : "", engine,
                 paired ? fmt::format("{:.2f}", engine / limit->second) : "");
    }
  }

 private:
  std::map<std::string, double> nanoseconds_;
  std::vector<std::string> order_;
};

}  // namespace

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
  check_exchange();
  check_firms();
  check_markets();
  for (const std::int64_t agents : {10'000, 100'000, 1'000'000}) add_populations(agents);
  if (large) add_populations(10'000'000);
  add_markets();
  add_recording();
  add_start();
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_table(triad_bytes_per_second());
  return 0;
}

}  // namespace ondol::bench

int main(int argc, char** argv) { return ondol::bench::main(argc, argv); }
