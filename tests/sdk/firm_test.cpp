// The SDK's economics of firms, against numbers worked by hand: rates, finance, prices, order books, choice of makers.
#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/pricing.hpp>
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

Scene firm(double money = 1000) {
  Scene scene("firms", "firm", {std::filesystem::path(ONDOL_BUILD_DIR) / "tests" / "plugins"});
  // It spends 100 a month.
  scene.purse(money).owned("share", 1000).offers("input", 1e6, 1).buys_in("input", "work");
  return scene;
}

TEST(Rates, ShareOfAStockLeavesTheSameAfterAYearWhateverTheTick) {
  for (const double ticks : {1.0, 4.0, 12.0, 52.0, 365.0}) {
    ondol_chunk chunk{};
    chunk.ticks_per_year = ticks;
    const Agent self(chunk);
    EXPECT_NEAR(std::pow(1 - share_per_tick(self, 0.5), ticks), std::pow(0.5, 12), 1e-12) << ticks;
    EXPECT_NEAR(std::pow(growth_per_tick(self, 0.1), ticks), 1.1, 1e-9) << ticks;
    EXPECT_NEAR(std::pow(1 - chance_per_tick(self, 0.25), ticks), std::exp(-3), 1e-9) << ticks;
    EXPECT_EQ(share_per_tick(self, 1), 1);
    EXPECT_EQ(share_per_tick(self, 0), 0);
  }
}

TEST(Rates, TwelveMonthsEndInAYearWhateverTheTick) {
  for (const int ticks : {1, 4, 12, 52, 365}) {
    int months = 0;
    for (int tick = 0; tick < 3 * ticks; ++tick) {
      ondol_chunk chunk{};
      chunk.ticks_per_year = ticks;
      chunk.now.tick = tick;
      months += months_ending(Agent(chunk));
    }
    EXPECT_EQ(months, 36) << ticks;
  }
}

TEST(Rates, APipelineOfMonthsArrivesInItsMonth) {
  for (const int ticks : {4, 12, 365}) {
    Pipeline<9> pipeline;
    pipeline.add(5, 6);
    int arrived = -1;
    for (int tick = 0; tick < ticks; ++tick) {
      ondol_chunk chunk{};
      chunk.ticks_per_year = ticks;
      chunk.now.tick = tick;
      if (advance_by_months(Agent(chunk), pipeline) > 0) arrived = tick;
    }
    EXPECT_NEAR((arrived + 1.0) / ticks, 0.5, 1.0 / 300) << ticks;
  }
}

TEST(Finance, ExpectsFirstWhatItSeesAndThenMovesByItsSpeed) {
  Scene scene = firm();
  scene.tick();
  EXPECT_NEAR(scene.state("expected_outlays"), 100, 1e-9);
  scene.tick();
  EXPECT_NEAR(scene.state("expected_outlays"), 100, 1e-9);
  Scene told = firm();
  told.starts("expected_outlays", 50);
  told.tick();
  EXPECT_NEAR(told.state("expected_outlays"), 50 + 0.3 * (100 - 50), 1e-9);
}

TEST(Finance, PaysOutOnlyIncomeAndOnlyBeyondWhatItKeeps) {
  // 500 of income are distributable; 1000 - 100 spent - 3 months of 100 = 600 are spare: min(600, 500) counts.
  Scene rich = firm();
  rich.starts("distributable", 500);
  rich.tick();
  EXPECT_NEAR(rich.paid("dividend"), 0.3 * 500, 0.01);
  EXPECT_NEAR(rich.state("distributable"), 500 - 150, 0.01);
  // 450 - 100 - 300 = 50 are spare.
  Scene modest = firm(450);
  modest.starts("distributable", 500);
  modest.tick();
  EXPECT_NEAR(modest.paid("dividend"), 0.3 * 50, 0.01);
  // What it wants to invest, 10 a month for 3 months, comes first; commitments of 15 too.
  Scene planning = firm(450);
  planning.starts("distributable", 500).param("wanted", 10).param("committed", 15);
  planning.tick();
  EXPECT_NEAR(planning.paid("dividend"), 0.3 * (50 - 30 - 15), 0.01);
  // Without income nothing leaves, however much it has.
  Scene endowed = firm(1e6);
  endowed.tick();
  EXPECT_EQ(endowed.paid("dividend"), 0);
}

TEST(Finance, WorkingCapitalIsKeptFirstAndMoneyMovesInvestmentWhereItIsShort) {
  const auto invested = [](double money, double wanted) {
    Scene scene = firm(money);
    scene.param("wanted", wanted);
    scene.tick();
    EXPECT_EQ(scene.state("wanted_investment"), wanted);
    EXPECT_NEAR(scene.state("affordable_investment"), std::max(0.0, (money - 100 - 300) / 6), 1e-9);
    return scene.state("invested");
  };
  // No cash flow (it only spends): a sixth of what is spare after three months of outlays.
  EXPECT_NEAR(invested(1000, 200), (1000 - 100 - 300) / 6.0, 1e-9);
  EXPECT_NEAR(invested(1060, 200), 110, 1e-9);  // 60 more: 10 a month more
  EXPECT_NEAR(invested(1000, 70), 70, 1e-9);    // what pays binds
  EXPECT_NEAR(invested(1060, 70), 70, 1e-9);    // and money moves nothing
  EXPECT_EQ(invested(350, 70), 0);
}

// 200 of stock sold a month at 1; assets are money and stock.
Scene earning(double money, double wanted) {
  Scene scene = firm(money);
  scene.holds("output", 0).starts("expected_sales", 200).starts("expected_outlays", 100).param("wanted", wanted);
  scene.param("expectation_speed", 0).signal("policy_rate", 0.03).bind("loan");
  scene.holds("loans", 1e9);  // a scene trades papers like goods
  return scene;
}

TEST(Finance, BorrowsForWhatItLacksAsFarAsCoverAndCollateralGo) {
  // Rate .03 + .02; first service (.05/12 + 1/60); cover: 100 / 1.5 over that; collateral .35 of 900 binds first.
  Scene scene = earning(1000, 1e6);
  scene.tick();
  EXPECT_NEAR(scene.state("credit_room"), 0.35 * 1000, 1e-6);  // assets as the tick began
  EXPECT_NEAR(scene.offer("loans").quantity, 350, 0.01);
  EXPECT_NEAR(scene.offer("loans").attributes.at("rate"), 0.05 / 12, 1e-12);
  EXPECT_NEAR(scene.offer("loans").attributes.at("term"), 60, 1e-12);
  EXPECT_NEAR(scene.offer("loans").attributes.at("cover"), 100 / (350 * (0.05 / 12 + 1.0 / 60)), 1e-6);
  // With much collateral, cover binds: (100 / 1.5) / (.05/12 + 1/60) = 3200.
  Scene covered = earning(1e5, 1e6);
  covered.tick();
  EXPECT_NEAR(covered.state("credit_room"), 100 / 1.5 / (0.05 / 12 + 1.0 / 60), 1e-6);
  // It asks for no more than it lacks: 6 months of 110 - 100 a month less the 500 that are spare, nothing; of 210, 160.
  Scene content = earning(900, 110);
  content.tick();
  EXPECT_EQ(content.offer("loans").quantity, 0);
  Scene building = earning(900, 210);
  building.tick();
  EXPECT_NEAR(building.offer("loans").quantity, 6 * 110 - 500, 0.01);
}

TEST(Finance, OpensARoundWhenItsRunwayIsShortAndTheLastIsLongAgo) {
  const auto round = [](double age, double money) {
    Scene scene = firm(money);
    scene.holds("equity", 1e9).param("round_hazard", 100).starts("round_age", age);
    scene.tick();
    return scene.offer("equity").quantity * scene.offer("equity").price;
  };
  // It burns 100 a month; spare 1000 - 100 - 300 = 600 last six months, so it needs 1200; it is worth its equity of
  // 1000 as the tick began and sells .17 of that.
  EXPECT_NEAR(round(9, 1000), 170, 1);
  EXPECT_EQ(round(3, 1000), 0);
  EXPECT_EQ(round(9, 1e4), 0);
}

TEST(Finance, WindsUpAfterMonthsWithoutMoneyAndLeaves) {
  Scene scene = firm(420);
  scene.tick(4);  // 100 a month: 20 are left after the fourth, below .25 of 100
  EXPECT_EQ(scene.state("months_short"), 1);
  scene.tick(4);
  EXPECT_EQ(scene.state("winding_up"), 0);
  scene.tick();
  EXPECT_EQ(scene.state("months_short"), 6);
  EXPECT_EQ(scene.state("winding_up"), 1);
  EXPECT_EQ(scene.state("takes_orders"), 0);
  EXPECT_TRUE(scene.alive());
  scene.tick(2);
  EXPECT_FALSE(scene.alive());
}

TEST(Finance, PatienceOfNoughtIsForEver) {
  Scene scene = firm(420);
  scene.param("patience", 0);
  scene.tick(48);
  EXPECT_TRUE(scene.alive());
}

TEST(Pricing, EachDoublingLowersCostByTheLearningRate) {
  EXPECT_NEAR(pricing::learned_cost(50, 0.2, 800, 100), 50 * 0.8 * 0.8 * 0.8, 1e-9);
  EXPECT_EQ(pricing::learned_cost(50, 0.2, 60, 100), 50);
  EXPECT_EQ(pricing::learned_cost(50, 0.2, 60, 0), 50);
}

TEST(Pricing, LogitPriceHasTheLernerIndexOfItsPart) {
  // 1 / (4 (1 - .5)) = .5: twice the cost. Held at .75 and .3.
  EXPECT_NEAR(pricing::logit_price(10, 4, 0.5, 0, 0.9), 20, 1e-9);
  EXPECT_NEAR(pricing::logit_price(10, 4, 0.95, 0, 0.75), 40, 1e-9);
  EXPECT_NEAR(pricing::logit_price(10, 4, 0, 0.3, 0.9), 10 / 0.7, 1e-9);
  EXPECT_NEAR(pricing::logit_price(10, 4, 1, 0, 0.75), 40, 1e-9);
}

TEST(Pricing, OutputRefillsTheStock) {
  ondol_chunk chunk{};
  chunk.ticks_per_year = 12;
  const Agent self(chunk);
  EXPECT_NEAR(pricing::output_for_stock(self, 100, 40, 1.5, 0.2), 100 + 0.2 * (150 - 40), 1e-9);
  EXPECT_EQ(pricing::output_for_stock(self, 100, 1e6, 1.5, 0.2), 0);
  chunk.ticks_per_year = 4;  // 300 a quarter; the stock is of months
  EXPECT_NEAR(pricing::output_for_stock(self, 300, 40, 1.5, 0.2), 300 + (1 - 0.8 * 0.8 * 0.8) * (150 - 40), 1e-9);
}

// 60 ordered from it by name in the first tick's end, with capacity for 10 a month.
Scene maker(double makes) {
  Scene scene = firm(1e6);
  scene.mechanism("output", "contracts").orders("output", 60, 2, 0).param("makes", makes);
  return scene;
}

TEST(OrderBook, WaitIsTheBacklogAtThePaceOfLate) {
  Scene steady = maker(1);
  steady.tick(2);
  EXPECT_NEAR(steady.state("wait"), 60 / 10.0, 1e-9);
  Scene slow = maker(0.25);
  slow.tick(2);
  EXPECT_NEAR(slow.state("wait"), 60 / 2.5, 1e-9);
  Scene growing = maker(0.25);
  growing.param("coming", 5);
  growing.tick(2);
  EXPECT_NEAR(growing.state("wait"), 60 / 7.5, 1e-9);
}

TEST(OrderBook, WhoMakesNothingOfItsBacklogTakesNoMoreOrders) {
  Scene scene = maker(0);
  scene.tick(3);  // idle with a backlog in the second and third
  EXPECT_EQ(scene.state("takes_orders"), 1);
  EXPECT_EQ(scene.state("wait"), 999);
  scene.tick();
  EXPECT_EQ(scene.state("takes_orders"), 0);
  Scene resting = firm();
  resting.tick(2);
  EXPECT_EQ(resting.state("takes_orders"), 1);  // without orders it may well make nothing
}

TEST(MarkUp, RisesWhileTheWaitIsLongerThanItsTarget) {
  Scene scene = maker(1);
  scene.starts("mark_up", 0.5).param("mark_up_target", 4).param("mark_up_gain", 0.1).param("most_slack", 0.2);
  scene.tick();
  EXPECT_NEAR(scene.state("mark_up"), 0.5 * (1 - 0.1 * 0.2), 1e-12);  // no backlog yet: as slack as counts
  scene.tick();
  EXPECT_NEAR(scene.state("mark_up"), 0.5 * 0.98 * (1 + 0.1 * (6.0 / 4 - 1)), 1e-12);
}

TEST(Makers, NothingIsOrderedFromWhoTakesNoOrders) {
  const auto ordered = [](double takes, double price) {
    Scene scene = firm();
    scene.bind("machines").offers("machines", 1e6, 1).buys_in("machines", "work");
    scene.discloses("machine_makers",
                    {{"list_price", price}, {"wait", 1}, {"takes_orders", takes}, {"late", 0}, {"worth", 1}});
    scene.tick();
    return scene.ordered("machines");
  };
  EXPECT_EQ(ordered(1, 10), 1);
  EXPECT_EQ(ordered(0, 10), 0);
  EXPECT_EQ(ordered(1, 0), 0);
}

TEST(Makers, WeighPriceByWorthWaitLatenessAndNearness) {
  const double prices[] = {2, 1, 1, 1}, waits[] = {1, 3, 3, 1}, takes[] = {1, 1, 1, 0}, late[] = {2, 4, 0, 0};
  const double worth[] = {1, 1, 0.5, 1};
  const double* const fields[] = {prices, waits, takes, late, worth};
  const std::uint32_t ids[] = {1, 2, 3, 4};
  const std::uint16_t regions[] = {0, 0, 1, 0};
  const ondol_members members{sizeof members, 4, ids, regions, fields, 5, 0};
  ondol_chunk chunk{};
  const Agent self(chunk);
  const choice::Makers::Params p{2, 0.1, 0.7};
  const auto weight = [&](std::uint32_t i) { return choice::Makers::weight(p, self, Member(members, i, "makers")); };
  EXPECT_NEAR(weight(0), std::exp(-0.3 + 0.7) / 4, 1e-12);
  EXPECT_NEAR(weight(1), std::exp(-0.7 + 0.7), 1e-12);
  EXPECT_NEAR(weight(2), std::exp(-0.3) / 4, 1e-12) << "half as good counts as twice as dear";
  EXPECT_EQ(weight(3), 0);
}

TEST(Demand, IsWhatWasNamedOrSoldAndMoreWhereNothingIsLeft) {
  EXPECT_NEAR(choice::seen_demand(100, 0, 0, 0.2), 120, 1e-12);
  EXPECT_NEAR(choice::seen_demand(100, 1, 0, 0.2), 120, 1e-12);
  EXPECT_NEAR(choice::seen_demand(100, 2, 0, 0.2), 100, 1e-12);
  EXPECT_NEAR(choice::seen_demand(100, 0, 300, 0.2), 300, 1e-12);
  EXPECT_EQ(choice::seen_demand(0, 0, 0, 0.2), 0);
}

TEST(Entry, TheHazardIsThatOfTheExcessReturnAndTheRoomInTheNiche) {
  firm::Entry::Params p{};
  p.entry_rate = 0.5;
  p.required_premium = 0.10;
  p.most_excess = 3;
  p.niche = 20;
  // Twice what founders require (.03 + .10), three quarters of the niche free: .5 * 1 * .75.
  EXPECT_NEAR(firm::Entry::hazard(p, 0.26, 0.03, 5), 0.375, 1e-12);
  EXPECT_NEAR(firm::Entry::hazard(p, 0.195, 0.03, 0), 0.25, 1e-12);
  EXPECT_NEAR(firm::Entry::hazard(p, 5, 0.03, 10), 0.5 * 3 * 0.5, 1e-12);  // counted no further
  EXPECT_EQ(firm::Entry::hazard(p, 0.13, 0.03, 5), 0);                     // just what they require
  EXPECT_EQ(firm::Entry::hazard(p, -1, 0.03, 5), 0);
  EXPECT_EQ(firm::Entry::hazard(p, 0.26, 0.03, 20), 0);  // no room
  EXPECT_EQ(firm::Entry::hazard(p, 0.26, 0.03, 25), 0);
}

}  // namespace
}  // namespace ondol::test
