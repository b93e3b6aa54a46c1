// A steady tick takes no memory: every allocation of this program is counted, those of plugins and libraries too.
#include "support/worlds.hpp"

#include <ondol/engine/results.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

namespace {

std::atomic<std::int64_t> allocations = 0;

}  // namespace

// The other forms of operator new call these. Not inlined: the compiler would see new and delete apart, and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace ondol::test {
namespace {

// Allocations of ten ticks, after enough of them that everything has grown to its size.
std::int64_t of_ten_ticks(const World& world) {
  auto run = ticked(world, 200);
  const std::int64_t before = allocations;
  for (int i = 0; i < 10; ++i) run.tick();
  return allocations - before;
}

TEST(SteadyTick, TakesNoMemoryToActPayAndSignal) {
  EXPECT_EQ(of_ten_ticks(world_of(R"(
plugins = ["toy"]
ticks = 1000
schedule = ["give"]
regions.here = {}
instruments.money.issuer = "people"
signals.total = { aggregate = "sum" }
[populations.people]
kind = "giver"
count = 5000
money = "100 money"
params.gift = "1 money"
ports = { others = "people", total = "total" }
)")),
            0);
}

std::string shop(const std::string& mechanism) {
  return "plugins = [\"toy\", \"" + mechanism + R"("]
ticks = 1000
schedule = ["make", "trade", "eat", "finance"]
regions.here = {}
instruments.money.issuer = "mint"
[units]
piece = {}
[goods.ware]
unit = "piece"
decimals = 2
[markets.ware]
good = "ware"
step = "trade"
attributes = ["quality"]
mechanism = ")" +
         mechanism + R"("
[populations.mint]
kind = "financier"
[populations.makers]
kind = "maker"
count = 20
ports.ware = "ware"
params = { output = "100 piece", price = "1 money/piece" }
[populations.eaters]
kind = "eater"
count = 300
money = "100000 money"
ports.food = "ware"
params = { by_name = false, appetite = "2 piece", limit = "3 money/piece" }
)";
}

TEST(SteadyTick, TakesNoMemoryToOfferOrderMatchAndBook) {
  for (const char* mechanism : {"posted_offers", "call_auction", "logit_choice"})
    EXPECT_EQ(of_ten_ticks(world_of(shop(mechanism))), 0) << mechanism;
}

TEST(SteadyTick, TakesNoMemoryToRecord) {
  const auto file = std::filesystem::path(testing::TempDir()) / "allocation.db";
  std::filesystem::remove(file);
  ondol::Run run(world_of("record.totals = true\n" + shop("posted_offers")), {1, {}});
  Results results(file, run, {true});
  // Buffers grow while the writer falls behind, up to a bound: in the end ten ticks pass without.
  for (int round = 0; round < 1000; ++round) {
    const std::int64_t before = allocations;
    for (int i = 0; i < 10; ++i) {
      run.tick();
      results.record();
    }
    if (allocations == before) return;
  }
  ADD_FAILURE() << "every ten ticks took memory";
}

TEST(SteadyTick, OnManyThreadsTakesNoMorePerAgent) {
  // Fork and join may take some of their own, however many agents there are.
  const World world =
      World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / "random_exchange.toml", with_fixtures());
  auto run = ticked(world, 200, 2);
  const std::int64_t before = allocations;
  for (int i = 0; i < 10; ++i) run.tick();
  EXPECT_LT(allocations - before, 5000 / 2);
}

}  // namespace
}  // namespace ondol::test
