// States that are left and taken up: bit for bit the same run, or a refusal that says why not.
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"
#include "run/genesis.hpp"
#include "state/fingerprint.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/snapshot.hpp>
#include <ondol/random.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace ondol::test {
namespace {

using testing::HasSubstr;

World world_in(const std::string& file) {
  return World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / file, with_fixtures());
}

// Queens lay bees, which inherit and leave; rows move.
const std::string hive = R"(plugins = ["hive"]
currency = "coin"
money_decimals = 0
ticks = 1000
schedule = ["lay", "live"]
regions.here.treasury = "queens"
[instruments.money]
issuer = "queens"
[populations.queens]
kind = "queen"
count = 2
money = "1000000 coin"
params = { brood = 40, dowry = "10 coin" }
ports.bees = "bees"
[populations.bees]
kind = "bee"
count = 3
traits.size = { uniform = [0, 1] }
params.life = 4
)";

// Hands ask bosses for work, each by a signal of its own; more come, some leave.
const std::string village = R"(plugins = ["village"]
currency = "USD"
ticks = 50
schedule = ["seek", "pay"]
regions.here.treasury = "state"
instruments.money.issuer = "state"
relations.employment.attributes = ["wage"]
signals.asked = { unit = "USD", scope = "agent" }
[populations.state]
kind = "boss"
ports = { staff = "employment" }
[populations.bosses]
kind = "boss"
count = 2
money = "1000 USD"
ports = { staff = "employment", applications = "asked" }
[populations.hands]
kind = "hand"
count = 4
traits.asks = { list = ["10 USD", "20 USD", "30 USD", "40 USD"] }
ports = { job = "employment", bosses = "bosses", application = "asked", income = "wage" }
[events.arrivals]
tick = 3
population = "hands"
found = 3
[events.departures]
tick = 6
population = "hands"
leave = 2
)";

// Of births and deaths, ties, orders that stand, claims and credit, lags, and every mechanism there is.
std::vector<std::pair<World, int>> many_worlds() {
  std::vector<std::pair<World, int>> worlds;
  worlds.emplace_back(world_of(hive), 30);
  worlds.emplace_back(world_of(village), 12);
  for (const auto& [file, ticks] : std::map<std::string, int>{{"hello.toml", 60},
                                                              {"korea/korea-small.toml", 60},
                                                              {"lengnick.toml", 90},
                                                              {"zero_intelligence.toml", 30},
                                                              {"eisenberg_noe.toml", 5},
                                                              {"platform-race.toml", 40},
                                                              {"merit_order.toml", 10}}) {
    worlds.emplace_back(world_in(file), ticks);
  }
  return worlds;
}

std::vector<std::byte> bytes_of(const Snapshot& snapshot) { return {snapshot.bytes().begin(), snapshot.bytes().end()}; }

RunOptions on(int threads) {
  RunOptions options;
  options.threads = threads;
  return options;
}

// Another run takes over after every tick, on another number of threads.
TEST(Snapshot, ARunThatIsHandedOnAfterEveryTickIsTheSame) {
  for (const auto& [world, ticks] : many_worlds()) {
    ondol::Run whole(world, on(1));
    ondol::Run handed(world, on(2));
    const int threads[] = {1, 2, 3, 8};
    for (int tick = 0; tick < ticks; ++tick) {
      handed = ondol::Run(world, handed.snapshot(), on(threads[tick % 4]));
      whole.tick();
      handed.tick();
      ASSERT_EQ(handed.ticks(), whole.ticks());
      ASSERT_EQ(handed.fingerprint(), whole.fingerprint()) << world.name() << " after " << tick + 1;
    }
    EXPECT_EQ(bytes_of(handed.snapshot()), bytes_of(whole.snapshot())) << world.name();
  }
}

TEST(Snapshot, IsTakenUpOnAnyNumberOfThreadsAfterAnyTick) {
  const World world = world_in("korea/korea-small.toml");
  const std::string expected = ticked(world, 40).fingerprint();
  for (const int tick : {0, 1, 13, 39, 40}) {
    const Snapshot snapshot = ticked(world, tick).snapshot();
    EXPECT_EQ(snapshot.ticks(), tick);
    for (const int threads : {1, 2, 3, 8}) {
      ondol::Run run(world, Snapshot(world, bytes_of(snapshot)), on(threads));
      while (run.ticks() < 40) run.tick();
      EXPECT_EQ(run.fingerprint(), expected) << "from " << tick << " on " << threads;
    }
  }
}

TEST(Snapshot, LeavesTheRunAsItWas) {
  const World world = world_in("hello.toml");
  ondol::Run run(world);
  for (int i = 0; i < 20; ++i) {
    run.snapshot();
    run.tick();
  }
  EXPECT_EQ(run.fingerprint(), ticked(world, 20).fingerprint());
}

TEST(Snapshot, KeepsTheSeed) {
  const World world = world_in("hello.toml");
  const ondol::Run run = ticked(world, 5, 1, 77);
  ondol::Run next(world, run.snapshot());
  next.tick();
  EXPECT_EQ(next.seed(), 77U);
  EXPECT_EQ(next.fingerprint(), ticked(world, 6, 1, 77).fingerprint());
}

TEST(Snapshot, IsBetweenTwoTicksOnly) {
  ondol::Run run(world_of(hive));
  run.step();
  try {
    run.snapshot();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
}

// A claim that an heir took over on other terms comes after its own in the table, but what it lends later is added to
// its own.
TEST(Snapshot, WhatIsLentLaterIsAddedToTheClaimItWouldBe) {
  const World world = world_of(hive + R"([instruments.loan]
class = "credit"
collect = "live"
[instruments.share]
class = "residual"
)");
  const Model& model = world.model();
  const Index loan = model.instruments[1].name == "loan" ? 1 : 2;
  const Moment now = moment_of_genesis(1);
  State state = make_state(model, now);
  Scheduler scheduler(1);
  Ledger ledger(model, state, scheduler);
  const Index queen = model.populations[population_named(ondol::Run(world), "queens")].first_agent;
  const Index heir = model.populations[population_named(ondol::Run(world), "bees")].first_agent;
  ledger.add_claim(3 - loan, heir + 1, heir, 1, 0, 0, 0);
  ledger.add_claim(loan, queen, heir, 100, 0, 0.01, 0);
  ledger.add_claim(loan, queen, heir + 1, 50, 0, 0.02, 0);
  ledger.settle_exit(heir + 1, now);
  State again = state;
  Ledger reminded(model, again, scheduler);
  ASSERT_TRUE(reminded.remember(ledger.memory()));
  for (Ledger* book : {&ledger, &reminded}) book->add_claim(loan, queen, heir, 7, 0, 0.01, 0);
  EXPECT_THAT(state.claims.amount, testing::ElementsAre(0, 107, 50));
  EXPECT_EQ(again.claims.amount, state.claims.amount);
}

// ---- Branches

std::string with_brood(int tick, int brood) {
  return hive +
         fmt::format("[events.more]\ntick = {}\npopulation = \"queens\"\nparam = \"brood\"\nvalue = {}\n", tick, brood);
}

TEST(Snapshot, FuturesBranchFromOnePast) {
  const Snapshot past = ticked(world_of(hive), 10).snapshot();
  for (const std::string& future : {with_brood(10, 3), with_brood(15, 90)}) {
    const World world = world_of(future);
    ondol::Run branch(world, past);
    while (branch.ticks() < 20) branch.tick();
    EXPECT_EQ(branch.fingerprint(), ticked(world, 20).fingerprint());
    EXPECT_NE(branch.fingerprint(), ticked(world_of(hive), 20).fingerprint());
  }
}

std::pair<ErrorCode, std::string> refusal(const World& world, const Snapshot& from, RunOptions options = {}) {
  try {
    const ondol::Run run(world, from, options);
    return {ErrorCode::internal, "goes on"};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
}

TEST(Snapshot, RefusesAPastThatIsNotItsOwn) {
  const Snapshot past = ticked(world_of(hive), 10).snapshot();
  const auto sooner = refusal(world_of(with_brood(9, 3)), past);
  EXPECT_EQ(sooner.first, ErrorCode::world);
  EXPECT_THAT(sooner.second, HasSubstr("event 'more' of tick 9"));
  std::string longer = hive;
  longer.replace(longer.find("life = 4"), 8, "life = 5");
  const auto other = refusal(world_of(longer), past);
  EXPECT_EQ(other.first, ErrorCode::world);
  EXPECT_THAT(other.second, HasSubstr("populations.bees.params.life is 5 here, and 4 there"));
  EXPECT_EQ(refusal(world_of(longer), ticked(world_of(hive), 0).snapshot()).first, ErrorCode::world);
  const auto more = refusal(world_of(hive + "[populations.drones]\nkind = \"bee\"\ncount = 1\n"), past);
  EXPECT_THAT(more.second, HasSubstr("populations.drones"));
  RunOptions seeded;
  seeded.seed = 5;
  EXPECT_EQ(refusal(world_of(hive), past, seeded).first, ErrorCode::usage);
  // What is recorded, how long it runs and what it is called are no part of the past.
  std::string as_good = hive;
  as_good.replace(as_good.find("ticks = 1000"), 12, "ticks = 20\nname = \"short\"\nrecord.every = 5");
  EXPECT_EQ(refusal(world_of(as_good), past).second, "goes on");
}

// ---- Bytes

std::pair<ErrorCode, std::string> refusal(const World& world, std::vector<std::byte> bytes) {
  try {
    return refusal(world, Snapshot(world, std::move(bytes)));
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
}

TEST(Snapshot, BytesKnowWhatTheyBelongTo) {
  const World world = world_of(hive);
  const std::vector<std::byte> bytes = bytes_of(ticked(world, 10).snapshot());
  EXPECT_EQ(refusal(world, bytes).second, "goes on");
  const auto other = refusal(world_of(with_brood(15, 3)), bytes);
  EXPECT_EQ(other.first, ErrorCode::world);
  EXPECT_THAT(other.second, HasSubstr("of another world"));
  const auto plugins = refusal(world_in("hello.toml"), bytes);
  EXPECT_EQ(plugins.first, ErrorCode::plugin);
  EXPECT_THAT(plugins.second, HasSubstr("plugin 'hive'"));
}

TEST(Snapshot, RefusesBytesThatAreCutOffOrDamaged) {
  const World world = world_of(hive);
  const std::vector<std::byte> bytes = bytes_of(ticked(world, 10).snapshot());
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{55}, std::size_t{56}, bytes.size() - 1}) {
    const auto cut = refusal(world, {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_EQ(cut.first, ErrorCode::output) << size;
    EXPECT_THAT(cut.second, HasSubstr("cut off")) << size;
  }
  for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 300) {
    std::vector<std::byte> damaged = bytes;
    damaged[at] ^= std::byte{4};
    if (at >= 12 && at < 16) continue;  // padding of the header
    EXPECT_EQ(refusal(world, damaged).first, ErrorCode::output) << at;
  }
}

TEST(Snapshot, RefusesAnotherEngine) {
  const World world = world_of(hive);
  std::vector<std::byte> bytes = bytes_of(ticked(world, 10).snapshot());
  constexpr std::size_t header = 56, hash = 24, at = header + sizeof(std::uint64_t);
  ASSERT_EQ(std::memcmp(&bytes[at], version().data(), version().size()), 0);
  bytes[at] = std::byte{'9'};
  hash_of_bytes(std::span(bytes).subspan(header)).copy(reinterpret_cast<char*>(&bytes[hash]), 32);
  const auto refused = refusal(world, bytes);
  EXPECT_EQ(refused.first, ErrorCode::output);
  EXPECT_THAT(refused.second, HasSubstr("this is " + version()));
}

// The hash keeps out what chance does; what somebody made on purpose has to be refused, or go on, but never to break.
TEST(Snapshot, SurvivesAnyBytesWithTheRightHash) {
  constexpr std::size_t header = 56, hash = 24, length = 16;
  std::size_t refused = 0;
  for (const World& world : {world_of(hive), world_in("hello.toml"), world_in("zero_intelligence.toml")}) {
    const std::vector<std::byte> bytes = bytes_of(ticked(world, 5).snapshot());
    for (std::uint64_t i = 0; i < 2000; ++i) {
      std::vector<std::byte> forged = bytes;
      const std::size_t at = header + mix(3 * i) % (bytes.size() - header);
      const std::uint64_t value = mix(3 * i + 1) % 3 == 0 ? ~std::uint64_t{0} >> (mix(i) % 64) : mix(3 * i + 2);
      std::memcpy(&forged[at], &value, std::min<std::size_t>(1 + mix(i) % 8, bytes.size() - at));
      if (i % 5 == 0) forged.resize(at + 1);
      const std::uint64_t size = forged.size() - header;
      std::memcpy(&forged[length], &size, sizeof size);
      hash_of_bytes(std::span(forged).subspan(header)).copy(reinterpret_cast<char*>(&forged[hash]), 32);
      refused += refusal(world, forged).second != "goes on";
    }
  }
  EXPECT_GT(refused, 1200U);  // a fifth is cut off
}

}  // namespace
}  // namespace ondol::test
