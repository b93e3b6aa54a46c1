// ondol/testing.hpp: agents in a scene, made, run and looked at in the terms of their kind.
#include <ondol/engine/error.hpp>
#include <ondol/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;
using ::testing::HasSubstr;

const std::filesystem::path build = ONDOL_BUILD_DIR;

Scene scene_of(const std::string& kind, const std::string& plugin = "toy") {
  return Scene(plugin, kind, {build / "tests" / "plugins"});
}

TEST(Scene, AMakerSellsToCustomersWhatItMade) {
  Scene scene = scene_of("maker");
  scene.param("output", 10).param("price", 2).orders("ware", 4, 3).orders("ware", 1, 1.5);
  scene.tick();
  EXPECT_EQ(scene.sold("ware"), 4);  // the second customer would not pay 2
  EXPECT_EQ(scene.money(), 8);
  EXPECT_EQ(scene.received("ware"), 8);
  EXPECT_EQ(scene.holding("ware"), 6);
  EXPECT_EQ(scene.offer("ware").quantity, 6);
  EXPECT_EQ(scene.offer("ware").price, 2);
  EXPECT_EQ(scene.ordered("ware"), 5);
  EXPECT_EQ(scene.price("ware"), 2);
}

TEST(Scene, AnEaterBuysFromTheCheaperStand) {
  Scene scene = scene_of("eater");
  scene.count(2).purse(100).param("appetite", 5).param("limit", 3).param("by_name", 0).buys_in("food", "trade");
  scene.offers("food", 3, 1, {{"quality", 2}}).offers("food", 50, 2);
  scene.step("trade");
  EXPECT_EQ(scene.bought("food", 0) + scene.bought("food", 1), 10);
  EXPECT_EQ(scene.paid("food"), 3 * 1 + 7 * 2);
  EXPECT_EQ(scene.spent("food", 0) + scene.spent("food", 1), scene.paid("food"));
  scene.step("eat");
  EXPECT_EQ(scene.holding("food"), 0);
}

TEST(Scene, AgentsAreTheirOwnPeersUnlessOthersAreCalledFor) {
  Scene among_themselves = scene_of("giver");
  among_themselves.count(4).purse(1).param("gift", 1).bind("total").tick();
  EXPECT_EQ(among_themselves.signal("total"), 4);
  EXPECT_EQ(among_themselves.paid("gift"), among_themselves.received("gift"));
  Scene to_others = scene_of("giver");
  to_others.purse(1).param("gift", 1).peers("others", 3).tick();
  EXPECT_EQ(to_others.money(), 0);
  EXPECT_EQ(to_others.state("given"), 1);
  EXPECT_EQ(to_others.received("gift"), 0);
}

TEST(Scene, TheWorldItBuildsRunsByItself) {
  Scene scene = scene_of("maker");
  scene.orders("ware", 4, 3).tick(3);
  EXPECT_THAT(scene.world(), HasSubstr("[populations.it]"));
  EXPECT_EQ(scene.fingerprint().size(), 32U);
}

using ::ondol::testing::Filled;
using ::ondol::testing::MarketScene;
using ::ondol::testing::WorldScene;

TEST(MarketScene, SaysWhatAMechanismProposes) {
  MarketScene market("posted_offers");
  market.offers(10, 3).offers(4, 2).orders(6, 5).orders(3, 5, 0).orders(1, 1.5);
  const std::vector<Filled> fills = market.tick();
  ASSERT_EQ(fills.size(), 3U);  // the last order would not pay 2
  double of_first = 0, worth = 0;
  for (const Filled& fill : fills) {
    EXPECT_EQ(fill.price, fill.offer == 0 ? 3 : 2);
    of_first += fill.order == 0 ? fill.quantity : 0;
    worth += fill.order == 0 ? fill.quantity * fill.price : 0;
  }
  EXPECT_EQ(of_first, 6);
  EXPECT_EQ(worth, 4 * 2 + 2 * 3);
  EXPECT_EQ(market.spent(0), worth);
  EXPECT_EQ(market.sold(0), 2 + 3);
  EXPECT_EQ(market.bought(1), 3);
  EXPECT_EQ(market.bought(2), 0);
  EXPECT_EQ(market.tick().size(), 3U);  // the same offers and orders, anew
}

TEST(MarketScene, KnowsTariffsBarsAndParameters) {
  MarketScene abroad("posted_offers");
  abroad.offers(10, 2).region("abroad").offers(10, 1).region("here").orders(10, 1.2).tariff("here", "abroad", 0.1);
  ASSERT_EQ(abroad.tick().size(), 1U);
  EXPECT_NEAR(abroad.spent(0), 11, 1e-9);
  MarketScene barred("posted_offers");
  barred.region("abroad").offers(10, 1).region("here").orders(10, 1.2).bar("here", "abroad");
  EXPECT_TRUE(barred.tick().empty());
  MarketScene steep("logit_choice");
  steep.param("price_weight", 50).offers(100, 1).offers(100, 2).orders(50, 9).tick();
  EXPECT_GT(steep.sold(0), 49);
}

TEST(MarketScene, LetsOrdersStandWhereTheMechanismDoes) {
  MarketScene market("contracts");
  market.param("lead_time", 2).deposit(0.5).offers(10, 2).orders(1, 3, 0);
  EXPECT_TRUE(market.tick().empty());
  EXPECT_TRUE(market.tick().empty());
  const std::vector<Filled> fills = market.tick();
  ASSERT_EQ(fills.size(), 1U);
  EXPECT_EQ(fills[0].price, 3);  // agreed as it was placed
}

TEST(WorldScene, AsksAnyNumberOfAnyAgentInOneLine) {
  const std::filesystem::path worlds = std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds";
  EXPECT_EQ(WorldScene(worlds / "bertrand.toml").tick(3).value("rivals.cost", 2), 1.5);
  WorldScene sim(worlds / "sim.toml");
  sim.tick(60);
  EXPECT_NEAR(sim.value("household.money") + sim.total("firm.money"), -sim.value("government.equity"), 1e-6);
  EXPECT_GT(sim.value("household.money"), 79);
  EXPECT_EQ(sim.living("household"), 1);
}

template <class Body>
std::string refusal(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "goes";
}

TEST(Scene, NamesTheNearestWhereANameIsUnknown) {
  EXPECT_THAT(refusal([] { scene_of("makr"); }), HasSubstr("did you mean 'maker'"));
  EXPECT_THAT(refusal([] { scene_of("maker").param("ouput", 1); }), HasSubstr("did you mean 'output'"));
  EXPECT_THAT(refusal([] { scene_of("maker").orders("waer", 1, 1); }), HasSubstr("did you mean 'ware'"));
  EXPECT_THAT(refusal([] { scene_of("maker").offers("ware", 1, 1); }), HasSubstr("not one that buys"));
  EXPECT_THAT(refusal([] { scene_of("maker").tick().state("sld"); }), HasSubstr("did you mean 'sold'"));
  EXPECT_THAT(refusal([] { static_cast<void>(scene_of("maker").money()); }), HasSubstr("does not run yet"));
  EXPECT_THAT(refusal([] { scene_of("eater").tick(); }), HasSubstr("Say scene.buys_in"));
  EXPECT_THAT(refusal([] { MarketScene("posted_offers", "posted"); }), HasSubstr("expected one of: posted_offers"));
  EXPECT_THAT(refusal([] { MarketScene("logit_choice").param("price_wait", 1); }), HasSubstr("'price_weight'"));
  EXPECT_THAT(refusal([] { MarketScene("posted_offers").offers(1, 1).orders(1, 1, 1).tick(); }),
              HasSubstr("order 0 names offer 1, and there are 1"));
  WorldScene world(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / "bertrand.toml");
  EXPECT_THAT(refusal([&] { static_cast<void>(world.value("rival.cost")); }), HasSubstr("did you mean 'rivals'"));
  EXPECT_THAT(refusal([&] { static_cast<void>(world.value("rivals.costs")); }), HasSubstr("did you mean 'cost'"));
  EXPECT_THAT(refusal([&] { static_cast<void>(world.value("rivals.cost", 3)); }), HasSubstr("has no agent 3"));
}

}  // namespace
}  // namespace ondol::test
