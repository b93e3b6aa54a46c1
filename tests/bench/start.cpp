// Start: load, check and draw a world of a million agents; and the command that only describes itself.
#include "case.hpp"

#include <cstdlib>

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
  // A whole process, plugins loaded anew.
  add_engine({"describe", 1, 1}, [] {
    if (std::system(ONDOL_COMMAND " describe >/dev/null") != 0) differ("ondol describe fails");
  });
}

}  // namespace ondol::bench
