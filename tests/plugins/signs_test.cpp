// Signs that theory gives of public money, in worlds small enough to see why: whom it moves, and whom it only enriches.
#include "support/small_economy.hpp"

#include <ondol/testing.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

std::string paid(const std::string& name, const std::string& kind, const std::string& budget,
                 const std::string& ports) {
  return fmt::format(
      "[populations.{0}]\nkind = \"{1}\"\nregion = \"here\"\nmoney = \"{2} USD\"\nports = {{ {3} }}\n"
      "params = {{ announced = \"{2} USD\", budget = \"{2} USD/month\", delay = \"0 month\", administration = 0 }}\n",
      name, kind, budget, ports);
}

// ---- Investment: an operator of a thousand accelerators that sells its hours at about 2 and wants more of them.
struct Investment {
  double wanted;
  double affordable;
};

Investment investment_of(double money, double credit) {
  Scene scene("infrastructure", "operator", {std::filesystem::path(ONDOL_BUILD_DIR) / "plugins"});
  scene.purse(money).starts("fleet_kw", 1).starts("price", 2).holds("accelerators", 1000, 20000);
  scene.starts("expected_hours", 1000 * 730.5 * 0.7).starts("running", 1000);
  for (const char* part : {"storage", "ups", "cooling", "construction", "connection"}) {
    scene.holds(part, 10, 1e6).mechanism(part, "contracts").offers(part, 1e4, 1e6).buys_in(part, "supply");
  }
  scene.mechanism("accelerators", "contracts").offers("accelerators", 1e6, 20000).buys_in("accelerators", "supply");
  scene.offers("electricity", 1e6, 100).offers("expertise", 1e6, 20000).offers("goods", 1e9, 1);
  scene.buys_in("electricity", "supply").buys_in("expertise", "hire").buys_in("goods", "spend");
  scene.signal("accelerator_kw", 1).signal("investment_credit", credit).orders("compute", 650e3, 1e3);
  scene.tick(3);
  return {scene.state("wanted_investment"), scene.state("affordable_investment")};
}

double invested(const Investment& i) { return std::min(i.wanted, i.affordable); }

TEST(Sign, AGrantToAFirmThatLacksNoMoneyIsWindfall) {
  const double alone = invested(investment_of(1e9, 0)), with_grant = invested(investment_of(1e9 + 1e7, 0));
  ASSERT_GT(alone, 0);
  EXPECT_EQ(with_grant, alone);
}

TEST(Sign, AGrantToAFirmThatLacksMoneyIsInvested) {
  EXPECT_GT(invested(investment_of(4e6, 0)), invested(investment_of(3e6, 0)));
  EXPECT_LT(invested(investment_of(4e6, 0)), investment_of(4e6, 0).wanted);
}

TEST(Sign, ACreditRaisesInvestmentWhereALumpSumDoesNot) {
  const Investment none = investment_of(1e9, 0), lump_sum = investment_of(1e9 + 1e7, 0),
                   credit = investment_of(1e9, 0.25);
  EXPECT_GT(invested(credit), invested(none));
  EXPECT_GT(invested(credit) - invested(none), invested(lump_sum) - invested(none));
}

// ---- Leakage: people at home who spend on imports by their share.
double leaked(const std::string& import_share, const std::string& budget) {
  const std::string text = small_economy({"households", "policy"}, R"(
[populations.people]
kind = "household"
region = "here"
money = "1000 USD"
params = { import_share = )" + import_share + R"( }
state = { people = 1, labour_supply = "100 person_month", wage = "10 USD/person_month" }
ports = { labour = "labour", goods = "goods", imports = "imports" }
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "1e6 basket", price = "1 USD/basket" }
ports.ware = "goods"
[populations.importer]
kind = "goods_stand"
region = "there"
params = { quantity = "1e6 basket", price = "1.05 USD/basket" }
ports.ware = "imports"
)" + paid("transfer", "household_transfer", budget, "people = \"people\""));
  return money(ticked(world_of(text), 12), "importer", 0);
}

TEST(Sign, MoneyLeaksAbroadByTheShareOfImports) {
  const double light = leaked("0.1", "1e4") - leaked("0.1", "0"), heavy = leaked("0.4", "1e4") - leaked("0.4", "0");
  EXPECT_GT(light, 0);
  EXPECT_NEAR(heavy / light, 4, 0.1);
}

// ---- First customer: an application firm that nobody else buys from.
double quality_with(const std::string& budget) {
  std::string text = small_economy({"applications", "policy"}, R"(
[populations.model]
kind = "token_stand"
region = "here"
params = { quantity = "1e9 Mtoken", price = "12 USD/Mtoken", quality = 1 }
ports.ware = "tokens"
[populations.experts]
kind = "labour_stand"
region = "here"
params = { quantity = "1e6 expert_month", price = "22 USD/expert_month" }
ports.ware = "expertise"
[populations.firm]
kind = "application"
region = "here"
money = "1e7 USD"
params = { first_experience = "1000 seat_month" }
state = { expected_seats = "100 seat_month/month", price = "90 USD/seat_month", staff = "5 expert_month/month" }
)" + paid("customer", "procurement", budget, "product = \"seats\""));
  text.replace(text.find("[units]\n"), 8, "[goods.licence]\nunit = \"Gtoken\"\n[units]\nGtoken = {}\n");
  text.replace(text.find("[markets]\n"), 10,
               "[markets]\nlicences = { good = \"licence\", mechanism = \"posted_offers\", step = \"query\" }\n");
  for (const char* params : {"price_weight = 2, ", "price_weight = 3, "})
    text.replace(text.find(params), std::string(params).size(), params + std::string("home_weight = 0, "));
  return field(ticked(world_of(text), 24), "firm", 0, "quality");
}

TEST(Sign, AFirstCustomerRaisesQualityThroughExperience) { EXPECT_GT(quality_with("1e5"), 1.05 * quality_with("0")); }

// ---- Helicopter: producers that lack nothing, paid a sum or their owners in their place.
std::string economy(const std::string& receivers) {
  return small_economy({"industry", "policy"}, R"(
[populations.workers]
kind = "labour_stand"
region = "here"
params = { quantity = "1e6 person_month", price = "10 USD/person_month" }
ports.ware = "labour"
[populations.producers]
kind = "producer"
region = "here"
count = 3
money = "1e6 USD"
holdings.goods = { quantity = "2000 basket", unit_value = "1 USD/basket" }
state = { expected_sales_volume = "2000 basket", base_productivity = "10 basket/person_month" }
ports = { labour = "labour", goods = "goods", share = "share", loan = "loan", loans = "loans" }
[populations.owners]
kind = "crowd"
region = "here"
[populations.customers]
kind = "goods_customer"
region = "here"
money = "1e6 USD"
params = { quantity = "6000 basket", limit = "5 USD/basket" }
ports.ware = "goods"
[[claims]]
instrument = "share"
issuer = "producers"
holder = "owners"
amount = 10
)" + paid("helicopter", "lump_sum", "30000", "receivers = \"" + receivers + "\""));
}

TEST(Sign, ALumpSumToFirmsThatNeedNoMoneyDoesWhatItDoesToTheirOwners) {
  const World firms = world_of(economy("producers")), owners = world_of(economy("owners"));
  auto one = ticked(firms, 0), two = ticked(owners, 0);
  for (int tick = 0; tick < 36; ++tick) {
    one.tick();
    two.tick();
    for (const char* decision : {"workers", "made", "price", "mark_up", "expected_sales_volume"}) {
      for (const Index row : {0U, 1U, 2U})
        ASSERT_EQ(field(one, "producers", row, decision), field(two, "producers", row, decision)) << decision << tick;
    }
  }
  EXPECT_GT(money(two, "owners", 0), 0);
}

// ---- Interchangeable layers: three populations alike of producers in both regions, who are short of money and adopt
// applications by chance; a lump sum goes to one of them.
std::string three_layers(const std::string& layer, const std::string& region, const std::string& luck_here = "a",
                         const std::string& luck_there = "b") {
  std::string populations;
  for (const char* name : {"first", "second", "third"}) {
    populations += fmt::format(R"(
[populations.{}]
kind = "producer"
count = {{ here = 4, there = 4 }}
money = "300 USD"
params = {{ innovation = "2 1/year" }}
state = {{ expected_sales_volume = "4000 basket", base_productivity = "16.5 basket/person_month" }}
ports = {{ labour = "labour", goods = "goods", seats = "seats" }}
)",
                               name);
  }
  for (const char* where : {"here", "there"}) {
    populations += fmt::format(R"(
[populations.workers_{0}]
kind = "labour_stand"
region = "{0}"
params = {{ quantity = "1e6 person_month", price = "10 USD/person_month" }}
ports.ware = "labour"
[populations.customers_{0}]
kind = "goods_customer"
region = "{0}"
money = "1e7 USD"
params = {{ quantity = "60000 basket", limit = "5 USD/basket" }}
ports.ware = "goods"
[populations.vendors_{0}]
kind = "seat_stand"
region = "{0}"
params = {{ quantity = "1e6 seat_month", price = "0.75 USD/seat_month", quality = 1.3862943611198906 }}
ports.ware = "seats"
)",
                               where);
  }
  populations += fmt::format(R"(
[populations.grant]
kind = "lump_sum"
region = "{1}"
money = "4000 USD"
params = {{ announced = "4000 USD", budget = "4000 USD/month", delay = "0 month", administration = 0 }}
ports = {{ receivers = "{0}.{1}" }}
)",
                             layer, region);
  std::string text = small_economy({"industry", "policy"}, populations);
  const std::string regions = "here = {}\nthere = {}";
  text.replace(text.find(regions), regions.size(),
               "here = { luck = \"" + luck_here + "\" }\nthere = { luck = \"" + luck_there + "\" }");
  return text;
}

double output(const World& world, std::uint64_t seed) {
  Run run = ticked(world, 0, 1, seed);
  double sum = 0;
  for (int tick = 0; tick < 12; ++tick) {
    run.tick();
    for (const char* name : {"first.here", "second.here", "third.here"}) {
      for (Index row = 0; row < 4; ++row) sum += field(run, name, row, "made");
    }
  }
  return sum;
}

TEST(Sign, InterchangeableLayersTie) {
  const World first = world_of(three_layers("first", "here")), second = world_of(three_layers("second", "here"));
  const World third = world_of(three_layers("third", "here")), none = world_of(three_layers("mint", "there"));
  const char* asked = std::getenv("ONDOL_SEEDS");
  const int seeds = asked != nullptr ? std::stoi(asked) : 24;
  double effect = 0;
  std::vector<double> to_second, to_third;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto chance = static_cast<std::uint64_t>(seed);
    const double paid_first = output(first, chance);
    effect += (paid_first - output(none, chance)) / seeds;
    to_second.push_back(output(second, chance) - paid_first);
    to_third.push_back(output(third, chance) - paid_first);
  }
  for (const auto& differences : {to_second, to_third}) {
    double mean = 0, square = 0;
    for (const double d : differences) mean += d / seeds;
    for (const double d : differences) square += (d - mean) * (d - mean) / (seeds - 1);
    const double half = (1.96 + 2.4 / (seeds - 1)) * std::sqrt(square / seeds);  // Student's t, nearly
    EXPECT_LE(std::abs(mean), half);
    EXPECT_LT(half, 0.05 * effect);
  }
}

TEST(Sign, RegionsThatChangeNamesAndLuckChangeResultsAndNothingElse) {
  const auto one = ticked(world_of(three_layers("second", "here", "a", "b")), 24);
  const auto two = ticked(world_of(three_layers("second", "there", "b", "a")), 24);
  const auto other = ticked(world_of(three_layers("second", "here", "b", "a")), 24);
  bool luck_matters = false;
  for (const char* name : {"first", "second", "third"}) {
    const std::string here = std::string(name) + ".here", there = std::string(name) + ".there";
    EXPECT_EQ(state_of(one, here).money_held, state_of(two, there).money_held) << name;
    EXPECT_EQ(state_of(one, there).money_held, state_of(two, here).money_held) << name;
    for (Index row = 0; row < 4; ++row) {
      for (const char* decision : {"made", "price", "depth", "seats"}) {
        EXPECT_EQ(field(one, here, row, decision), field(two, there, row, decision)) << name << row << decision;
        EXPECT_EQ(field(one, there, row, decision), field(two, here, row, decision)) << name << row << decision;
        luck_matters = luck_matters || field(one, here, row, decision) != field(other, here, row, decision);
      }
    }
  }
  EXPECT_TRUE(luck_matters);
}

}  // namespace
}  // namespace ondol::test
