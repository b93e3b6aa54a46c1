// Relations: firms that hire and let go, and workers who look for work, ten for each firm, in every tick.
#include "case.hpp"
#include "state/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace ondol::bench {
namespace {

constexpr std::int64_t workers_per_firm = 10;

std::string labour_world(std::int64_t firms) {
  return fmt::format(R"(plugins = ["bench_agents"]
money_decimals = 0
ticks = 1
schedule = ["seek", "hire", "pay"]
regions.here = {{}}
instruments.money.issuer = "mint"
relations.employment = {{}}
relations.applying = {{}}
[populations.mint]
kind = "mint"
[populations.firms]
kind = "employer"
count = {}
money = "20 money"
ports = {{ staff = "employment", applications = "applying" }}
[populations.workers]
kind = "worker"
count = {}
ports = {{ job = "employment", application = "applying", employers = "firms" }}
)",
                     firms, workers_per_firm * firms);
}

// Nobody has two jobs, and most have one.
void check_labour() {
  const auto run = run_of(labour_world(100), 1);
  for (int i = 0; i < 50; ++i) run->tick();
  const Ties& ties = run->state().ties;
  std::set<Index> employed;
  for (std::size_t tie = 0; tie < ties.size(); ++tie) {
    if (ties.relation[tie] != 0) continue;
    const Index worker = std::max(ties.from[tie], ties.to[tie]);
    if (!employed.insert(worker).second) differ("a worker has two jobs");
  }
  if (employed.size() < 300) differ("hardly anybody works");
}

}  // namespace

void add_labour() {
  check_labour();
  for (const std::int64_t firms : {100, 1'000, 10'000}) {
    for (const int threads : {1, 2}) {
      const Case labour{"hiring and firing", firms * (1 + workers_per_firm), threads};
      add_engine(labour, kept<Run>([=] { return run_of(labour_world(firms), threads); }));
    }
  }
}

}  // namespace ondol::bench
