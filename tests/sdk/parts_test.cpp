// Parts: what a kind takes in is its own, under the names it gives, wherever it lies, and however often.
#include <ondol/sdk.hpp>
#include <ondol/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;
using ::testing::HasSubstr;

Scene thrifty() {
  Scene scene("parts", "thrifty", {std::filesystem::path(ONDOL_BUILD_DIR) / "tests" / "plugins"});
  scene.purse(100).signal("holiday_income", 40).signal("house_income", 10).peers("friends", 1);
  return scene;
}

TEST(Part, TakenInTwiceKeepsTwoAccounts) {
  Scene scene = thrifty();
  scene.tick(3);
  EXPECT_NEAR(scene.state("holiday_saved"), 3 * 0.1 * 40, 1e-9);
  EXPECT_NEAR(scene.state("house_saved"), 3 * 0.5 * 10, 1e-9);  // its default is the kind's, not the part's
  EXPECT_EQ(scene.state("before"), 7);
}

TEST(Part, ParametersAreGivenUnderThePrefix) {
  Scene scene = thrifty();
  scene.param("holiday_rate", 0.25).param("house_rate", 1);
  scene.tick();
  EXPECT_NEAR(scene.state("holiday_saved"), 10, 1e-9);
  EXPECT_NEAR(scene.state("house_saved"), 10, 1e-9);
}

TEST(Part, MayTakeInAnotherAndPayUnderItsOwnPurpose) {
  Scene scene = thrifty();
  scene.tick(2);
  EXPECT_EQ(scene.state("ticks"), 2);
  EXPECT_EQ(scene.state("given"), 0);
  scene.tick();
  EXPECT_EQ(scene.state("ticks"), 0);
  EXPECT_EQ(scene.state("given"), 2);
  EXPECT_EQ(scene.paid("gift"), 2);
}

struct Wheel {
  struct State {
    double turns;
  };
  Reads road;
  void describe(auto& part) const {
    part.state("turns", &State::turns, "1").doc("Made.");
    part.port(road).doc("What it rolls on.");
  }
};

template <class Take>
std::string refusal(Take take) {
  struct Cart {
    struct Params {};
    struct Traits {};
    struct State {
      Wheel::State wheel;
    };
  };
  try {
    Kind<Cart> kind;
    kind.name("cart");
    take(kind, &Cart::State::wheel);
    kind.finish();
    return "";
  } catch (const Failure& failure) {
    return failure.what();
  }
}

TEST(Part, IsRefusedWhereItIsNotNumberedByItsPosition) {
  EXPECT_EQ(refusal([](auto& kind, auto wheel) { kind.part(Wheel{{0, "road"}}, wheel); }), "");
  EXPECT_THAT(refusal([](auto& kind, auto wheel) {
                kind.part("left_", Wheel{{1, "road"}}, wheel);
              }),
              HasSubstr("kind 'cart' declares port 'left_road' as number 0, and its handle says 1"));
}

TEST(Part, IsRefusedWithoutAPlaceForItsState) {
  EXPECT_THAT(refusal([](auto& kind, auto) { kind.part(Wheel{{0, "road"}}); }), HasSubstr("where its Params"));
}

TEST(Part, AFieldThatNobodyDescribedCannotBeRefined) {
  EXPECT_THAT(refusal([](auto& kind, auto) { kind.field("spokes").initial(8); }),
              HasSubstr("kind 'cart' describes no field 'spokes'"));
}

}  // namespace
}  // namespace ondol::test
