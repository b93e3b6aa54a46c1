// Fabs and chip designers: slots, mark-ups, Leontief inputs and research, against numbers worked by hand.
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

// A unit takes 2 person-months at 10 and 10 baskets at 1: it costs 30.
Scene fab(double capacity, double demand) {
  Scene scene("chips", "fab", {plugins});
  scene.param("labour_per_unit", 2).param("baskets_per_unit", 10).param("capital_cost", 100).purse(1e6);
  scene.starts("capacity", capacity).starts("mark_up", 0.5).starts("price", 45).starts("expected_demand", demand);
  scene.holds("goods", 1e4, 1).offers("labour", 1e6, 10).offers("goods", 1e6, 1);
  scene.buys_in("labour", "hire").buys_in("goods", "spend");
  return scene;
}

TEST(Fab, MakesWhatItExpectsAndAPartOfWhatItsStockLacks) {
  Scene scene = fab(1000, 80);
  scene.tick();
  EXPECT_NEAR(scene.state("made"), 80 + 0.3 * 0.7 * 80, 1e-6);
  EXPECT_NEAR(scene.spent("labour"), scene.state("made") * 2 * 10, 1e-3);
}

TEST(Fab, NeverMakesMoreThanItsSlots) {
  Scene scene = fab(50, 80);
  scene.param("growth_limit", 0).orders("output", 80, 1e6);
  scene.tick(12);
  EXPECT_NEAR(scene.state("made"), 50, 1e-6);
  EXPECT_NEAR(scene.sold("output"), 50, 1e-6);
  EXPECT_EQ(scene.ordered("output"), 80);
}

TEST(Fab, RaisesItsMarkUpWhileMoreIsWantedThanItCanMake) {
  Scene scene = fab(50, 100);
  scene.param("growth_limit", 0).orders("output", 100, 1e6, 0);
  scene.tick(2);
  // The first close saw no orders yet: d = 100 + .25 (0 - 100) = 75, the second d = 75 + .25 (100 - 75).
  const double first = 0.5 * (1 + 0.05 * (75.0 / 50 - 1));
  const double second = first * (1 + 0.05 * (81.25 / 50 - 1));
  EXPECT_NEAR(scene.state("mark_up"), second, 1e-9);
  EXPECT_NEAR(scene.state("price"), (1 + second) * 30, 1e-6);
}

TEST(Fab, NewSlotsComeEightMonthsAfterTheirMachines) {
  Scene scene = fab(50, 100);
  scene.orders("output", 100, 1e6);
  scene.tick(1);
  EXPECT_NEAR(scene.state("expansion"), 0.15 * 50, 1e-9);
  // Ordered in the second tick, installed at its end, at work in the hire of the tenth.
  scene.tick(8);
  EXPECT_NEAR(scene.state("capacity"), 50, 1e-9);
  scene.tick(1);
  EXPECT_NEAR(scene.state("capacity"), 57.5, 1e-6);
}

// At 14 a wafer, 5 stacks and 3500 baskets an accelerator costs 14000/14 + 5 * 100 + 3500 = 5000 in inputs.
Scene designer(double wafers = 1e4, double stacks = 1e6) {
  Scene scene("chips", "chip_designer", {plugins});
  scene.purse(1e9).starts("mark_up", 1).starts("list_price", 10000).starts("expected_orders", 1000);
  scene.param("research_rate", 0).param("boards", 3500).mechanism("accelerators", "contracts");
  scene.offers("wafers", wafers, 14000).offers("memory", stacks, 100).offers("goods", 1e8, 1);
  scene.offers("expertise", 1e6, 20000);
  scene.buys_in("wafers", "supply").buys_in("memory", "supply").buys_in("goods", "spend");
  scene.buys_in("expertise", "hire").holds("goods", 1e8, 1);
  return scene;
}

TEST(ChipDesigner, OrdersInputsForOnceAndAHalfItsTarget) {
  Scene scene = designer();
  scene.tick();
  // Without a backlog the target is .3 of 1000.
  EXPECT_NEAR(scene.bought("wafers"), 1.5 * 300 / 14, 1e-3);
  EXPECT_NEAR(scene.bought("memory"), 1.5 * 300 * 5, 1e-3);
}

TEST(ChipDesigner, MakesWhatTheScarcestInputAllows) {
  Scene few_wafers = designer(10);
  few_wafers.tick();
  EXPECT_NEAR(few_wafers.state("made"), 10 * 14, 1e-6);
  Scene few_stacks = designer(1e4, 350);
  few_stacks.tick();
  EXPECT_NEAR(few_stacks.state("made"), 350.0 / 5, 1e-6);
  EXPECT_NEAR(few_stacks.holding("memory"), 0, 1e-6);
}

// With ten wafers of the 32 that it asks for, boards go with what those make: money is left for the next wafers.
TEST(ChipDesigner, BuysBoardsForWhatWafersAndMemoryCarry) {
  Scene scene = designer(10);
  scene.holds("goods", 140 * 3500, 1);
  scene.tick();
  ASSERT_NEAR(scene.state("made"), 140, 1e-6);
  EXPECT_NEAR(scene.bought("goods"), 1.5 * 140 * 3500, 1);
}

TEST(ChipDesigner, BuysFromTheCheaperMakerByTheFourthPower) {
  Scene scene = designer();
  scene.offers("memory", 1e6, 200);
  scene.tick();
  const double cheap_share = 16.0 / 17;
  EXPECT_NEAR(scene.spent("memory"), 2250 * (cheap_share * 100 + (1 - cheap_share) * 200), 1);
}

TEST(ChipDesigner, MarksUpByItsShareOfTheMarketAndPricesTowardsThat) {
  // Within 3.5, across 1.25: a leader with .9 faces an elasticity of .35 + 1.125, a follower with .1 one of 3.15 +
  // .125.
  for (const auto& [share, mark_up] : {std::pair{0.9, 1 / 0.475}, std::pair{0.1, 1 / 2.275}, std::pair{1.0, 4.0}}) {
    Scene scene = designer();
    scene.starts("sales_share", share);
    double price = 10000;
    for (int tick = 0; tick < 6; ++tick) {
      scene.tick();
      ASSERT_NEAR(scene.state("mark_up"), mark_up, 1e-9) << "nothing was sold, so it keeps to the share it knew";
      price += 0.3 * ((1 + mark_up) * 5000 - price);
      ASSERT_NEAR(scene.state("list_price"), price, 1e-6) << "on the cost of inputs";
    }
  }
}

TEST(ChipDesigner, LearnsItsShareFromSales) {
  Scene scene = designer();
  scene.starts("sales_share", 0.5).orders("accelerators", 100, 1e5, 0);
  scene.tick(3);
  ASSERT_GT(scene.sold("accelerators"), 0);
  EXPECT_GT(scene.state("sales_share"), 0.5) << "nobody else sells";
}

// It has all that it wants in stock: making nothing says nothing about how fast it could.
TEST(ChipDesigner, WithStockEnoughItGoesOnTakingOrders) {
  Scene scene = designer();
  scene.holds("accelerators", 1e4, 5000).orders("accelerators", 100, 1e5, 0);
  scene.tick(6);
  EXPECT_EQ(scene.state("made"), 0);
  EXPECT_LT(scene.state("wait"), 1);
  EXPECT_EQ(scene.state("takes_orders"), 1);
}

// dw/dt = g w (1 - w) (E / E_ref)^.5, g a year: .24 becomes .24 (1 + .25 * .76)^(1/12) in a month at the scale.
TEST(ChipDesigner, SoftwareGrowsWithResearchUntilItIsAsGoodAsTheBest) {
  Scene scene = designer();
  scene.starts("worth", 0.24).starts("staff", 16000).starts("expected_sales", 16000 * 20000 / 0.12);
  scene.tick();
  EXPECT_NEAR(scene.state("worth"), 0.24 * std::pow(1 + 0.25 * 0.76, 1.0 / 12), 1e-9);
  Scene leader = designer();
  leader.starts("worth", 1).starts("staff", 16000);
  leader.tick(3);
  EXPECT_EQ(leader.state("worth"), 1);
}

TEST(ChipDesigner, ResearchMakesMoreOfAWaferAtLessPowerAndThriftier) {
  Scene scene = designer();
  scene.param("launch_gap", 0)
      .param("switch_months", 1)
      .param("research_rate", 10)
      .starts("staff", 16000)
      .starts("expected_sales", 16000 * 20000 / 0.12);
  scene.tick();
  EXPECT_EQ(scene.state("generation"), 1);  // the chance is 1 - exp(-10)
  const double step = scene.state("per_wafer") / 14 - 1;
  EXPECT_GE(step, 0.15);
  EXPECT_LE(step, 1.55);
  EXPECT_NEAR(scene.state("kw"), 1.25 / std::pow(1 + step, 0.7), 1e-9);
  const double inputs = 14000 / (14 * (1 + step)) + (500 + 3500) * std::pow(1 + step, -0.6);
  EXPECT_NEAR(scene.state("unit_cost"), inputs, 1e-6);
}

TEST(ChipDesigner, ImitationClosesTwoFifthsOfTheGapToTheBestRival) {
  Scene scene = designer();
  // The chance is 1 - exp(-(staff / scale)^.5 / 24): all but certain for a scale of one.
  scene.param("imitation_scale", 1).param("launch_gap", 0).param("switch_months", 1).starts("staff", 3e4);
  scene.discloses("rivals", {{"per_wafer", 20}}).discloses("rivals", {{"per_wafer", 34}});
  scene.tick();
  EXPECT_NEAR(scene.state("per_wafer"), 14 + 0.4 * (34 - 14), 1e-9);
  EXPECT_NEAR(scene.state("kw"), 1.25 * std::pow(14.0 / 22.0, 0.7), 1e-9);
}

TEST(ChipDesigner, GenerationsComeApartAndTakeOverSlotsStepByStep) {
  Scene scene = designer();
  scene.param("launch_gap", 12).param("research_rate", 0).param("imitation_scale", 1e12);
  scene.starts("found", 2).starts("launch_age", 6);
  scene.tick(5);
  EXPECT_NEAR(scene.state("per_wafer"), 14, 1e-9);  // eleven months after the last launch
  scene.tick();
  EXPECT_EQ(scene.state("generation"), 1);
  EXPECT_NEAR(scene.state("per_wafer"), 14 * std::pow(2, 1.0 / 8), 1e-9);  // an eighth of the way, in logarithms
  scene.tick();
  EXPECT_NEAR(scene.state("per_wafer"), 14 * std::pow(2, 1.0 / 8 + 7.0 / 64), 1e-9);
}

}  // namespace
}  // namespace ondol::test
