// Rates are rates: what a kind does at a rate per month or year comes to the same in a year, whatever the tick.
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

struct Firm {
  std::string plugin, kind;
  friend std::ostream& operator<<(std::ostream& out, const Firm& firm) {
    return out << firm.plugin << "/" << firm.kind;
  }
};

// A year is 365.25 days: 52 weeks are a little less.
double years(int ticks) { return ticks == 52 ? 52 * 7 / 365.25 : ticks == 365 ? 365 / 365.25 : 1; }

// The steps in which the markets clear that the kind buys in.
Scene scene_of(const std::string& plugin, const std::string& kind, int ticks) {
  const std::map<std::string, std::map<std::string, std::string>> steps = {
      {"supplier", {{"labour", "hire"}, {"goods", "spend"}}},
      {"operator",
       {{"accelerators", "supply"},
        {"storage", "supply"},
        {"ups", "supply"},
        {"cooling", "supply"},
        {"construction", "supply"},
        {"connection", "supply"},
        {"electricity", "supply"},
        {"expertise", "hire"},
        {"goods", "spend"}}},
      {"fab", {{"labour", "hire"}, {"goods", "spend"}}},
      {"chip_designer", {{"wafers", "supply"}, {"memory", "supply"}, {"goods", "spend"}, {"expertise", "hire"}}},
      {"developer", {{"compute", "train"}, {"expertise", "hire"}, {"licences", "query"}, {"synthetic", "query"}}},
      {"data_owner", {{"expertise", "hire"}}},
      {"synthesizer", {{"compute", "train"}, {"expertise", "hire"}}},
      {"application", {{"tokens", "query"}, {"expertise", "hire"}, {"licences", "query"}}},
      {"producer", {{"labour", "hire"}}},
      {"trader", {{"goods", "spend"}}},
      {"fuel_producer", {{"labour", "hire"}}},
      {"power_plant", {{"labour", "hire"}, {"goods", "spend"}}},
      {"grid_operator", {{"wholesale", "finance"}, {"labour", "hire"}, {"goods", "spend"}}}};
  const std::map<std::string, std::map<std::string, double>> needed = {
      {"supplier", {{"first_cost", 1}, {"first_wage", 1}}},
      {"fab", {{"labour_per_unit", 1}, {"baskets_per_unit", 1}, {"capital_cost", 1}}},
      {"fuel_producer", {{"mark_up", 1}}},
      {"power_plant", {{"availability", 0.5}, {"capital_cost", 1}}},
      {"grid_operator", {{"margin", 1}, {"connection_price", 1}, {"first_wage", 1}}}};
  Scene scene(plugin, kind, {plugins});
  scene.ticks_per_year(ticks);
  for (const auto& [port, step] : steps.at(kind)) scene.buys_in(port, step);
  const std::map<std::string, std::vector<std::string>> chosen = {{"developer", {"tokens"}},
                                                                  {"application", {"tokens", "seats"}}};
  if (const auto more = chosen.find(kind); more != chosen.end()) {
    for (const std::string& port : more->second) scene.mechanism(port, "logit_choice");
  }
  if (const auto more = needed.find(kind); more != needed.end()) {
    for (const auto& [name, value] : more->second) scene.param(name, value);
  }
  return scene;
}

class AnyTick : public ::testing::TestWithParam<Firm> {};

// Idle, with a million and half of it distributable: a payout of .05 a month leaves .95^12 of that after a year.
TEST_P(AnyTick, PaysOutTheSameInAYear) {
  for (const int ticks : {1, 4, 12, 52, 365}) {
    Scene scene = scene_of(GetParam().plugin, GetParam().kind, ticks);
    scene.purse(1e6).owned("share", 1000).param("payout", 0.05);
    scene.param("investment_reserve", 0).starts("distributable", 5e5);
    scene.tick(ticks);
    EXPECT_NEAR(scene.money(), 1e6 - 5e5 * (1 - std::pow(0.95, 12 * years(ticks))), 500) << ticks << " ticks a year";
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyTick,
                         ::testing::Values(Firm{"suppliers", "supplier"}, Firm{"infrastructure", "operator"},
                                           Firm{"chips", "fab"}, Firm{"chips", "chip_designer"},
                                           Firm{"models", "developer"}, Firm{"data", "data_owner"},
                                           Firm{"data", "synthesizer"}, Firm{"applications", "application"},
                                           Firm{"industry", "producer"}, Firm{"industry", "trader"},
                                           Firm{"power", "fuel_producer"}, Firm{"power", "power_plant"},
                                           Firm{"power", "grid_operator"}),
                         [](const auto& firm) { return firm.param.kind; });

// What is left of `port` after a year, of 1000.
double left_of(const std::string& plugin, const std::string& kind, const std::string& port, int ticks) {
  Scene scene = scene_of(plugin, kind, ticks);
  scene.holds(port, 1000);
  scene.tick(ticks);
  return scene.holding(port);
}

TEST(Rates, WearsOutTheSameInAYear) {
  for (const int ticks : {1, 4, 12, 52, 365}) {
    EXPECT_NEAR(left_of("infrastructure", "operator", "accelerators", ticks),
                1000 * std::pow(1 - 1.0 / 60, 12 * years(ticks)), 0.1);
    EXPECT_NEAR(left_of("infrastructure", "operator", "cooling", ticks),
                1000 * std::pow(1 - 1.0 / 120, 12 * years(ticks)), 0.1);
    EXPECT_NEAR(left_of("models", "developer", "licences", ticks), 1000 * std::pow(1 - 1.0 / 36, 12 * years(ticks)),
                0.1);
  }
}

TEST(Rates, GrowsTheSameInAYear) {
  for (const int ticks : {1, 4, 12, 52, 365}) {
    Scene owner = scene_of("data", "data_owner", ticks);
    owner.starts("corpus", 100).param("growth", 0.3).tick(ticks);
    EXPECT_NEAR(owner.state("corpus"), 100 * std::pow(1.3, years(ticks)), 1e-6) << ticks;
    Scene producer = scene_of("industry", "producer", ticks);
    producer.starts("base_productivity", 100).param("trend", 0.02).tick(ticks);
    EXPECT_NEAR(producer.state("base_productivity"), 100 * std::pow(1.02, years(ticks)), 1e-6) << ticks;
    Scene plant = scene_of("power", "power_plant", ticks);
    plant.starts("capacity", 100).param("life", 240).tick(ticks);
    EXPECT_NEAR(plant.state("capacity"), 100 * std::pow(1 - 1.0 / 240, 12 * years(ticks)), 1e-6) << ticks;
  }
}

}  // namespace
}  // namespace ondol::test
