// Start: load, check and draw a world of a million agents.
#include "case.hpp"

namespace ondol::bench {
namespace {

const char* const plain_world = R"(plugins = ["bench_agents"]
money_decimals = 0
ticks = 1
schedule = ["act"]
regions.here = {}
instruments.money.issuer = "mint"
[populations.mint]
kind = "mint"
[populations.coins]
kind = "coin"
count = 1000000
money = "100 money"
ports.all = "coins"
)";

}  // namespace

void add_start() {
  add_engine({"start", 1'000'000, 1}, [] { run_of(plain_world, 1); });
}

}  // namespace ondol::bench
