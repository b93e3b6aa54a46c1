// Households: what they spend, import, try and ask for their work, against numbers worked by hand.
#include "support/small_economy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace ondol::test {
namespace {

// A household with 1,000 of money that supplies 100 of work, and an employer who wants `employed` of it.
std::string one_household(const std::string& employed, const std::string& state = "", const std::string& ports = "",
                          const std::string& others = "") {
  return small_economy({"households"}, R"(
[populations.household]
kind = "household"
region = "here"
money = "1000 USD"
state = { people = 1, labour_supply = "100 person_month", wage = "10 USD/person_month", income_hat = "100 USD")" +
                                           state + R"( }
ports = { labour = "labour", goods = "goods")" +
                                           ports + R"( }
[populations.employer]
kind = "labour_customer"
region = "here"
money = "1e6 USD"
params = { quantity = ")" + employed + R"( person_month", limit = "100 USD/person_month" }
ports.ware = "labour"
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "10000 basket", price = "1 USD/basket" }
ports.ware = "goods"
)" + others);
}

TEST(Household, SpendsOutOfExpectedIncomeAndOutOfMoney) {
  const auto idle = ticked(world_of(one_household("0")), 1);
  // Income was nothing, so expected income fell by .3: C = .8 * 70 + .03 * 1000.
  EXPECT_NEAR(field(idle, "household", 0, "income_hat"), 70, 1e-9);
  EXPECT_EQ(field(idle, "household", 0, "consumption"), 86);
  EXPECT_EQ(money(idle, "household", 0), 1000 - 86);
  const auto busy = ticked(world_of(one_household("100")), 1);
  EXPECT_NEAR(field(busy, "household", 0, "income"), 1000, 1e-9);
  const double expected = 100 + 0.3 * 900;
  EXPECT_EQ(field(busy, "household", 0, "consumption"), std::round(0.8 * expected + 0.03 * 2000));
}

TEST(Household, CountsAsIncomeWhateverCameSinceItLastSpent) {
  const World world = world_of(one_household("50"));
  const auto run = ticked(world, 3);
  EXPECT_NEAR(field(run, "household", 0, "income"), 50 * field(ticked(world, 2), "household", 0, "wage"), 0.5);
  EXPECT_EQ(field(run, "household", 0, "left"), money(run, "household", 0));
}

TEST(Household, AsksLessWhereManyAreIdleAndMoreWhereFewAre) {
  const auto wage_at = [](const char* employed) {
    return field(ticked(world_of(one_household(employed)), 1), "household", 0, "wage");
  };
  EXPECT_NEAR(wage_at("80"), 10 * (1 + (0.02 + 0.01 + 1.5 * (0.05 - 0.20)) / 12), 1e-9);
  EXPECT_NEAR(wage_at("95"), 10 * (1 + 0.03 / 12), 1e-9);
  EXPECT_NEAR(wage_at("100"), 10 * (1 + (0.03 + 1.5 * 0.05) / 12), 1e-9);
  EXPECT_NEAR(field(ticked(world_of(one_household("80")), 1), "household", 0, "jobless"), 20, 1e-9);
}

TEST(Household, WagesFollowSurprisingInflationAfterAYear) {
  std::string text = one_household("95");
  text += "[events.start]\ntick = 6\npopulation = \"shop\"\nparam = \"price\"\nvalue = \"1.1 USD/basket\"\n";
  const auto run = ticked(world_of(text), 13);
  EXPECT_NEAR(field(run, "household", 0, "inflation"), 0.1, 0.001);
  const double before = field(ticked(world_of(text), 12), "household", 0, "wage");
  EXPECT_NEAR(field(run, "household", 0, "wage"), before * (1 + (0.03 + 0.3 * 0.08) / 12), 0.01);
}

const std::string importer = R"(
[populations.abroad]
kind = "goods_stand"
region = "there"
params = { quantity = "10000 basket", price = "1.05 USD/basket" }
ports.ware = "imports"
)";

TEST(Household, BuysFewerImportsWhereTheyAreDear) {
  const auto usual = ticked(world_of(one_household("0", "", ", imports = \"imports\"", importer)), 1);
  EXPECT_EQ(field(usual, "abroad", 0, "sold"), std::round(0.15 * 86 / 1.05));
  std::string text = one_household("0", "", ", imports = \"imports\"", importer);
  text.replace(text.find("\"1.05 USD/basket\", reach"), 17, "\"1.48 USD/basket\"");
  const auto dear = ticked(world_of(text), 1);
  EXPECT_EQ(field(dear, "abroad", 0, "sold"), std::round(0.15 * std::pow(1.48 / 1.05, -2) * 86 / 1.48));
}

const std::string tokens = R"(
[populations.models]
kind = "token_stand"
region = "here"
params = { quantity = "1e6 Mtoken", price = "2 USD/Mtoken", quality = 0.6931471805599453 }
ports.ware = "tokens"
)";

TEST(Household, TriesAiAsOthersDoAndSpendsMoreOnBetterModels) {
  const World world =
      world_of(one_household("0", ", users = 0.5", R"(, tokens = "tokens")", tokens) +
               "[events.end]\ntick = 0\npopulation = \"household\"\nparam = \"token_share\"\nvalue = 0.9\n");
  const auto run = ticked(world, 1);
  const double users = 0.5 + (0.02 + 0.6 * 0.5) * 0.5 / 12;
  EXPECT_NEAR(field(run, "household", 0, "users"), users, 1e-12);
  const double budget = users * 0.9 * 100 * (1 - std::exp(-2.0));
  EXPECT_EQ(field(run, "models", 0, "sold"), std::round(budget / 2));
  // What went to AI is income too, and is taken off what is left for goods.
  EXPECT_NEAR(field(run, "household", 0, "income"), 0, 1e-9);
}

const std::string expert_employer = R"(
[populations.laboratory]
kind = "labour_customer"
region = "here"
money = "1e6 USD"
params = { quantity = "1000 expert_month", limit = "100 USD/expert_month" }
ports.ware = "expertise"
)";

TEST(Household, TrainsSpecialistsFromWorkersWhileTheyEarnMore) {
  const World world =
      world_of(one_household("100", R"(, expert_supply = "10 expert_month", expert_wage = "44 USD/expert_month")",
                             ", expertise = \"expertise\"", expert_employer));
  const auto run = ticked(world, 1);
  const double wage = 10 * (1 + (0.03 + 1.5 * 0.05) / 12);
  const double expert_wage = 44 * (1 + (0.03 + 4 * 0.05) / 12);
  EXPECT_NEAR(field(run, "household", 0, "expert_wage"), expert_wage, 1e-9);
  const double growth = std::min(0.4, 0.6 * std::log(expert_wage / (2.2 * wage)));
  EXPECT_NEAR(field(run, "household", 0, "expert_supply"), 10 * (1 + growth / 12), 1e-9);
  const auto later = ticked(world, 60);
  EXPECT_GT(field(later, "household", 0, "expert_supply"), 15);
  EXPECT_NEAR(field(later, "household", 0, "expert_supply") + field(later, "household", 0, "labour_supply"), 110, 1e-9);
}

TEST(Household, SpecialistsNeverAskLessThanWorkers) {
  const auto run =
      ticked(world_of(one_household("100", R"(, expert_supply = "10 expert_month", expert_wage = "5 USD/expert_month")",
                                    ", expertise = \"expertise\"", expert_employer)),
             1);
  EXPECT_EQ(field(run, "household", 0, "expert_wage"), field(run, "household", 0, "wage"));
}

TEST(Household, NeverSpendsMoreThanItHas) {
  std::string text =
      one_household("0", R"(, users = 1)", R"(, tokens = "tokens", imports = "imports")", tokens + importer);
  text.replace(text.find("income_hat = \"100 USD\""), 22, "income_hat = \"1e9 USD\"");
  const auto run = ticked(world_of(text), 12);
  EXPECT_GE(money(run, "household", 0), 0);
  EXPECT_LT(money(run, "household", 0), 1000);
}

}  // namespace
}  // namespace ondol::test
