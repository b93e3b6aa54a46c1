// Exchange and firms: agents that only act, pay and signal.
#include "case.hpp"
#include "population_limits.hpp"
#include "state.hpp"

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

void add_agents(std::int64_t agents) {
  const auto size = static_cast<std::size_t>(agents);
  for (const int threads : {1, 2}) {
    const Case exchange{"exchange", agents, threads};
    add_limit(exchange, kept<ExchangeLimit>([=] { return std::make_unique<ExchangeLimit>(size, threads); }));
    add_engine(exchange, kept<Run>([=] { return run_of(coins(agents), threads); }));
    const Case firm{"firms", agents, threads};
    add_limit(firm, kept<FirmsLimit>([=] { return std::make_unique<FirmsLimit>(size, threads); }));
    add_engine(firm, kept<Run>([=] { return run_of(firms(agents), threads); }));
  }
}

}  // namespace

void add_populations(bool large) {
  check_exchange();
  check_firms();
  for (const std::int64_t agents : {10'000, 100'000, 1'000'000}) add_agents(agents);
  if (large) add_agents(10'000'000);
}

}  // namespace ondol::bench
