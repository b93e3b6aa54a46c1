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
}

}  // namespace
}  // namespace ondol::test
