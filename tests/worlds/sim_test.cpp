// Model SIM at its published values (Godley and Lavoie 2007, chapter 3, table 3.4 and the steady state G/theta).
#include "support/worlds.hpp"

#include <gtest/gtest.h>

namespace ondol::test {
namespace {

World sim() { return World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / "sim.toml", with_fixtures()); }

TEST(Sim, RunsThroughThePublishedIncomes) {
  ondol::Run run(sim());
  for (const double income : {38.4615, 47.9290, 55.9399, 62.7184}) {
    run.tick();
    EXPECT_NEAR(field(run, "household", 0, "income"), income, 5e-5);
    EXPECT_NEAR(field(run, "firm", 0, "output"), income, 5e-5);
  }
}

TEST(Sim, SettlesWhereTaxesPayForSpending) {
  const auto run = ticked(sim(), 100);
  EXPECT_NEAR(field(run, "household", 0, "income"), 100.0, 1e-3);
  EXPECT_NEAR(field(run, "household", 0, "consumption"), 80.0, 1e-3);
  EXPECT_NEAR(money(run, "household", 0), 80.0, 1e-3);
  EXPECT_NEAR(field(run, "government", 0, "taxes"), 20.0, 1e-3);
}

TEST(Sim, HouseholdsHoldWhatTheGovernmentOwes) {
  const auto run = ticked(sim(), 7);
  EXPECT_EQ(state_of(run, "household").money_held[0] + state_of(run, "government").money_held[0],
            state_of(run, "government").money_issued[0]);
}

}  // namespace
}  // namespace ondol::test
