// Plugins through the real loader: what loads across minors of the ABI and languages, and how the rest is refused.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal_of(const std::string& plugin) {
  try {
    load_plugin(plugin, with_fixtures().plugin_directories);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::plugin);
    return error.what();
  }
  return "loads";
}

TEST(PluginLibrary, RefusesALibraryThatIsNoPlugin) {
  EXPECT_THAT(refusal_of("foreign"), AllOf(HasSubstr("foreign.so"), HasSubstr("does not export ondol_plugin_entry")));
}

TEST(PluginLibrary, RefusesAnotherMajorOfTheAbi) {
  const auto expected = HasSubstr(fmt::format("expected 0.{}", ONDOL_ABI_MINOR));
  EXPECT_THAT(refusal_of("other_major"), AllOf(HasSubstr("built for ABI 1.3"), expected));
  EXPECT_THAT(refusal_of("other_draft"),
              AllOf(HasSubstr(fmt::format("built for ABI 0.{}", ONDOL_ABI_MINOR + 1)), expected));
  EXPECT_THAT(refusal_of("older_host"), HasSubstr("built for another ABI"));
}

TEST(PluginLibrary, RefusesAPluginThatThrowsWhileItDescribesItself) {
  EXPECT_THAT(refusal_of("throwing_entry"),
              HasSubstr("threw an exception while it described itself: no mood to be described"));
}

TEST(PluginLibrary, RefusesTwoRulesForOneStep) {
  EXPECT_THAT(refusal_of("two_rules"), HasSubstr("kind 'hasty' has two rules for step 'act'; expected one"));
}

TEST(PluginLibrary, RefusesTwoKindsOfOneName) {
  EXPECT_THAT(refusal_of("same_kinds"), HasSubstr("it has two kinds named 'twin'"));
}

TEST(PluginLibrary, NamesTheNearestPlugin) {
  EXPECT_THAT(refusal_of("pure_d"), AllOf(HasSubstr("looked for pure_d.so in"), HasSubstr("did you mean 'pure_c'")));
}

const std::string head = R"(name = "one"
currency = "USD"
ticks = 5
schedule = ["make", "give", "trade", "finance"]
regions.here = {}
instruments.money.issuer = "people"
)";

TEST(PluginLibrary, RunsAKindWrittenInPlainC) {
  const World world = world_of(head + R"(
plugins = ["pure_c"]
[populations.people]
kind = "passer"
count = 3
money = "2 USD"
ports.others = "people"
)");
  // Everybody passes one coin on, and gets one.
  const auto run = ticked(world, 3);
  for (Index row = 0; row < 3; ++row) EXPECT_EQ(money(run, "people", row), 2);
  EXPECT_EQ(state_of(run, "people").paid[ONDOL_CURRENT][0], run.world().model().money_scale);
}

TEST(PluginLibrary, ReadsStructsThatAreLongerThanItKnows) {
  const World world = world_of(head + R"(
plugins = ["longer_structs", "toy"]
[populations.elders]
kind = "longer"
count = 2
[populations.people]
kind = "financier"
)");
  EXPECT_EQ(field(ticked(world, 4), "elders", 1, "age"), 4);
}

const std::string faulty_head = R"(name = "faulty"
plugins = ["faulty", "toy", "posted_offers"]
currency = "USD"
ticks = 5
start = "2023-01"
schedule = ["make", "trade", "finance"]
regions.here = {}
units.piece = {}
goods.ware.unit = "piece"
instruments.money.issuer = "bank"
populations.bank.kind = "financier"
[markets.ware]
good = "ware"
mechanism = "posted_offers"
step = "trade"
[populations.culprits]
count = 3
ports.peers = "culprits"
)";

std::string failure_of(const std::string& kind) {
  try {
    ticked(world_of(faulty_head + "kind = \"" + kind + "\"\n"), 3);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::run);
    return error.what();
  }
  return "runs";
}

TEST(PluginLibrary, ARuleThatFailsStopsTheRunWithPluginAgentStepAndTick) {
  EXPECT_EQ(failure_of("sound"), "runs");
  EXPECT_THAT(failure_of("thrower"), AllOf(HasSubstr("tick 0 (2023-01), in step 'make'"), HasSubstr("culprits#1"),
                                           HasSubstr("plugin 'faulty'"), HasSubstr("cannot go on")));
  EXPECT_THAT(failure_of("spender"), AllOf(HasSubstr("culprits#1"), HasSubstr("can spend only 0")));
  EXPECT_THAT(failure_of("infinite"), AllOf(HasSubstr("culprits#1"), HasSubstr("level")));
  EXPECT_THAT(failure_of("outside"), AllOf(HasSubstr("level"), HasSubstr("2000000000")));
}

TEST(PluginLibrary, ARuleThatDoesNotReturnIsNamed) {
  // The call cannot be ended, so it stays behind in a process of its own.
  EXPECT_EXIT(
      {
        RunOptions options;
        options.threads = 1;
        options.patience = 0.2;
        options.stuck = [](const std::string& message) {
          std::fputs(message.c_str(), stderr);
          std::_Exit(7);
        };
        ::ondol::Run run(world_of(faulty_head + "kind = \"looper\"\n"), options);
        run.tick();
      },
      testing::ExitedWithCode(7),
      "tick 0 .2023-01., in step 'make': agent 'culprits#1' of kind 'looper' .plugin "
      "'faulty'. has not returned for 0.2 s");
}

}  // namespace
}  // namespace ondol::test
