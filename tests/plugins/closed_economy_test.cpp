// The ordinary economy closed: producers, traders, households, banks, funds and governments of two regions alike in all
// but luck, without the layers of AI. It must settle, live on, and not care what its regions are called.
#include "support/small_economy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ondol::test {
namespace {

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("nothing like " + from);
  text.replace(at, from.size(), to);
}

// Wages of 10 buy 16.5 baskets at cost; with a mark-up of a half and a tax of a tenth the price is 1.
std::string closed_economy(const std::string& here = "a", const std::string& there = "b", int firms = 20) {
  const std::string count = "{ here = " + std::to_string(firms) + ", there = " + std::to_string(firms) + " }";
  std::string text = small_economy({"industry", "households", "finance", "government"}, R"(
[populations.firms]
kind = "producer"
count = )" + count + R"(
money = "6e6 USD"
holdings.goods = { quantity = "6.65e6 basket", unit_value = "0.6 USD/basket" }
state = { expected_sales_volume = "6.65e6 basket", base_productivity = "16.5 basket/person_month" }
[populations.firms.ports]
share = "share"
loan = "loan"
loans = "loans"
policy_rate = "policy_rate"
turnover = "turnover"
adopters = "adopters"
workforce = "workforce"
[populations.traders]
kind = "trader"
count = { here = 1, there = 1 }
money = "1e7 USD"
holdings.goods = { quantity = "15e6 basket", unit_value = "1 USD/basket" }
state.expected_demand = "10e6 basket"
ports = { labour = "labour", share = "share" }
[populations.people]
kind = "household"
count = { here = 3, there = 3 }
money = "207e6 USD"
params.import_share = 0.1
state = { people = 1, labour_supply = "3.333e6 person_month", wage = "10 USD/person_month", income_hat = "36e6 USD" }
ports.imports = "imports"
[populations.banks]
kind = "bank"
count = { here = 2, there = 2 }
money = "1e7 USD"
params.reserve = "1e7 USD"
ports = { bonds = "bonds", share = "share", labour = "labour", borrowers = "firms", treasury = "governments", banks = "banks" }
[populations.funds]
kind = "fund"
count = { here = 1, there = 1 }
money = "1e6 USD"
state.dividend_hat = "30e6 USD"
ports.equity = "equity"
[populations.governments]
kind = "government"
count = { here = 1, there = 1 }
money = "60e6 USD"
state = { turnover_hat = "133e6 USD", outlay_hat = "50e6 USD" }
ports = { people = "people", bonds = "bonds", policy_rate = "policy_rate", wage_base = "wages", sales_base = "goods", dividend_base = "dividend" }
)");
  for (const char* issuer : {"firms", "traders", "banks"}) {
    text += std::string("[[claims]]\ninstrument = \"share\"\nissuer = \"") + issuer +
            "\"\nholder = \"funds\"\namount = 1000\n";
  }
  text += "[[claims]]\ninstrument = \"unit\"\nissuer = \"funds\"\nholder = \"people\"\namount = 1000\n";
  replace(text, "here = {}\nthere = {}", "here = { luck = \"" + here + "\" }\nthere = { luck = \"" + there + "\" }");
  replace(text, "goods = { good = \"goods\", mechanism = \"posted_offers\"",
          "goods = { good = \"goods\", mechanism = \"logit_choice\", params = { price_weight = 4, attribute_weights = "
          "[1] }");
  return text;
}

TEST(ClosedEconomy, SettlesNearTheUnemploymentAndInflationItsRulesAimAt) {
  const World world = world_of(closed_economy());
  ::ondol::Run run(world, {1, {}});
  for (int tick = 0; tick < 120; ++tick) {
    run.tick();
    if (tick < 36) continue;
    for (const std::string region : {"here", "there"}) {
      ASSERT_NEAR(field(run, "governments." + region, 0, "unemployment"), 0.05, 0.045) << "tick " << tick;
      ASSERT_NEAR(field(run, "governments." + region, 0, "inflation"), 0.02, 0.06) << "tick " << tick;
    }
  }
  // Productivity grew by a hundredth a year, and output with it.
  EXPECT_NEAR(field(run, "firms.here", 0, "productivity"), 16.5 * std::pow(1.01, 10), 1e-9);
  double made = 0;
  for (Index row = 0; row < 20; ++row) made += field(run, "firms.here", row, "made");
  EXPECT_NEAR(made / 133e6, 1.10, 0.06);
}

TEST(ClosedEconomy, EveryLayerReceivesAndPays) {
  const auto run = ticked(world_of(closed_economy()), 60);
  for (const char* population : {"firms", "traders", "people", "banks", "funds", "governments"}) {
    const PopulationState& state = state_of(run, std::string(population) + ".here");
    for (Index row = 0; row < state.size; ++row) {
      EXPECT_GT(state.received[0][row] + state.received[2][row], 0) << population;
      EXPECT_GT(state.paid[0][row] + state.paid[2][row], 0) << population;
      EXPECT_EQ(state.arrears_owed[row], 0) << population;
    }
  }
}

TEST(ClosedEconomy, IsTheSameEconomyWhateverItsRegionsAreCalled) {
  const auto original = ticked(world_of(closed_economy("a", "b")), 24);
  const auto renamed = ticked(world_of(closed_economy("b", "a")), 24);
  for (const char* population : {"firms", "traders", "people", "banks", "funds", "governments"}) {
    const std::string name = population;
    EXPECT_EQ(state_of(original, name + ".here").money_held, state_of(renamed, name + ".there").money_held) << name;
    EXPECT_EQ(state_of(original, name + ".there").money_held, state_of(renamed, name + ".here").money_held) << name;
  }
}

TEST(ClosedEconomy, IsTheSameOnAnyNumberOfThreads) {
  const World world = world_of(closed_economy("a", "b", 600));
  const std::string expected = ticked(world, 6, 1).fingerprint();
  for (const int threads : {2, 3}) EXPECT_EQ(ticked(world, 6, threads).fingerprint(), expected) << threads;
}

}  // namespace
}  // namespace ondol::test
