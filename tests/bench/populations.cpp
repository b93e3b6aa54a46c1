// Exchange and firms: agents that only act, pay and signal.
#include "case.hpp"
#include "model/model.hpp"
#include "population_limits.hpp"
#include "state/state.hpp"

#include <ondol/math.hpp>
#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ondol::bench {
namespace {

std::string coins(std::int64_t agents) {
  return fmt::format(R"(plugins = ["bench_agents"]
money_decimals = 0
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
instruments.money.issuer = "mint"
[populations.mint]
kind = "mint"
[populations.coins]
kind = "coin"
count = {}
money = "100 money"
ports.all = "coins"
)",
                     agents);
}

std::string firms(std::int64_t agents, const std::string& kind) {
  return fmt::format(R"(plugins = ["bench_agents"]
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
signals.price = {{ aggregate = "mean", initial = 1 }}
[populations.firms]
kind = "{}"
count = {}
ports = {{ price = "price", next = "price" }}
)",
                     kind, agents);
}

template <class Number>
double variance(const std::vector<Number>& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  const auto squares = [mean](double sum, Number value) {
    const double off = static_cast<double>(value) - mean;
    return sum + off * off;
  };
  return std::accumulate(values.begin(), values.end(), 0.0, squares) / static_cast<double>(values.size());
}

// They draw differently, so what they come to is compared: no coin is lost, and coins spread as fast.
void check_exchange(int threads) {
  constexpr std::size_t agents = 10'000;
  const auto run = run_of(coins(agents), threads);
  ExchangeLimit limit(agents, threads);
  for (int i = 0; i < 100; ++i) run->tick(), limit.tick();
  const Column& held = run->state().populations[0].money_held;
  const auto total = [](const auto& values) { return std::accumulate(values.begin(), values.end(), std::int64_t{0}); };
  if (total(held) != 100 * agents || total(limit.coins()) != 100 * agents) differ("exchange loses coins");
  if (std::abs(variance(held) / variance(limit.coins()) - 1) > 0.1) differ("exchange spreads coins otherwise");
}

std::unique_ptr<ExchangeBooksLimit> books_limit(const Run& run, int threads) {
  const Model& model = run.world().model();
  std::vector<std::uint64_t> luck = run.state().populations[0].luck;
  return std::make_unique<ExchangeBooksLimit>(std::move(luck), model.seed, model.steps[0].hash, threads);
}

// To the last coin, in every column.
void check_exchange_books(int threads) {
  const auto run = run_of(coins(100'000), threads);
  const auto limit = books_limit(*run, threads);
  const PopulationState& state = run->state().populations[0];
  for (int i = 0; i < 150; ++i) run->tick(), limit->tick();
  if (state.money_held != limit->held() || state.income != limit->income() || state.equity != limit->equity() ||
      *state.received[ONDOL_CURRENT].written() != limit->received() ||
      *state.paid[ONDOL_CURRENT].written() != limit->paid())
    differ("books of exchange");
}

void check_firms(int threads) {
  const auto run = run_of(firms(10'000, "firm"), threads);
  const auto blocks = run_of(firms(10'000, "firm_by_blocks"), threads);
  FirmsLimit rows(10'000, threads);
  FirmColumnsLimit columns(9'999, threads);
  for (int i = 0; i < 50; ++i) run->tick(), blocks->tick(), rows.tick(), columns.tick();
  if (run->state().signals[0] != blocks->state().signals[0]) differ("firms by blocks are not the same firms");
  for (const double price : {rows.mean(), columns.mean()}) {
    if (std::abs(run->state().signals[0] - price) > 1e-3) differ("firms come to another price");
  }
}

void add_agents(std::int64_t agents) {
  const auto size = static_cast<std::size_t>(agents);
  for (const int threads : {1, 2}) {
    const Case exchange{"exchange", agents, threads, ExchangeLimit::bytes_per_agent};
    add_limit(exchange, kept<ExchangeLimit>([=] { return std::make_unique<ExchangeLimit>(size, threads); }));
    add_engine(exchange, kept<Run>([=] { return run_of(coins(agents), threads); }));
    const Case books{"exchange, as books", agents, threads, ExchangeBooksLimit::bytes_per_agent};
    add_limit(books, kept<ExchangeBooksLimit>([=] { return books_limit(*run_of(coins(agents), 1), threads); }));
    add_engine(books, kept<Run>([=] { return run_of(coins(agents), threads); }));
    const Case firm{"firms", agents, threads, FirmsLimit::bytes_per_agent};
    add_limit(firm, kept<FirmsLimit>([=] { return std::make_unique<FirmsLimit>(size, threads); }));
    add_engine(firm, kept<Run>([=] { return run_of(firms(agents, "firm"), threads); }));
  }
}

void add_firm_variants(std::int64_t agents) {
  const auto size = static_cast<std::size_t>(agents);
  for (const int threads : {1, 2}) {
    const Case portable{"firms, portable logarithm", agents, threads, FirmsLimit::bytes_per_agent};
    add_limit(portable, kept<FirmsLimit>([=] {
                return std::make_unique<FirmsLimit>(size, threads, [](double x) { return ondol::log(x); });
              }));
    add_engine(portable, kept<Run>([=] { return run_of(firms(agents, "firm"), threads); }));
    const Case column{"firms by blocks", agents, threads, FirmColumnsLimit::bytes_per_agent};
    add_limit(column, kept<FirmColumnsLimit>([=] { return std::make_unique<FirmColumnsLimit>(size, threads); }));
    add_engine(column, kept<Run>([=] { return run_of(firms(agents, "firm_by_blocks"), threads); }));
  }
}

}  // namespace

void add_populations(bool large) {
  for (const int threads : {1, 2}) check_exchange(threads), check_exchange_books(threads), check_firms(threads);
  if (large) return add_agents(10'000'000);
  for (const std::int64_t agents : {10'000, 100'000, 1'000'000}) {
    add_agents(agents);
    add_firm_variants(agents);
  }
  constexpr std::int64_t agents = 1'000'000;
  add_memory("exchange", agents, ExchangeLimit(1, 1).memory_per_agent(), [] { return run_of(coins(agents), 1); });
  add_memory("exchange, as books", agents, ExchangeBooksLimit::memory_per_agent,
             [] { return run_of(coins(agents), 1); });
  add_memory("firms", agents, FirmsLimit::memory_per_agent, [] { return run_of(firms(agents, "firm"), 1); });
}

}  // namespace ondol::bench
