// Instruments that act on a supply: money in, and what others then can do, against numbers worked by hand.
#include "support/small_economy.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

// An instrument that has been paid its whole budget already.
std::string paid(const std::string& name, const std::string& kind, const std::string& budget, const std::string& params,
                 const std::string& ports) {
  return fmt::format(
      "[populations.{0}]\nkind = \"{1}\"\nregion = \"here\"\nmoney = \"{2} USD\"\nports = {{ {4} }}\n"
      "params = {{ announced = \"{2} USD\", budget = \"{2} USD/month\", delay = \"0 month\", administration = 0{3} "
      "}}\n",
      name, kind, budget, params, ports);
}

// All populations but the instrument and the mint have the same money and state, tick by tick, with and without it.
void expect_nobody_changed(const std::string& without, const std::string& with, const std::string& instrument) {
  const World bare = world_of(without), full = world_of(with);
  auto one = ticked(bare, 0), two = ticked(full, 0);
  for (int tick = 0; tick < 36; ++tick) {
    one.tick();
    two.tick();
    for (const auto& population : one.world().model().populations) {
      if (population.name == instrument) continue;
      ASSERT_EQ(state_of(one, population.name).money_held, state_of(two, population.name).money_held)
          << population.name << tick;
      ASSERT_EQ(state_of(one, population.name).state, state_of(two, population.name).state) << population.name << tick;
    }
  }
}

// ---- Training: households of 300 and 100 workers, who earn what leaves them as they are, and an employer of both.
const std::string told = "specialists = { unit = \"expert_month\", scope = \"agent\" }\n";

std::string household(const std::string& name, const std::string& workers, const std::string& experts,
                      const std::string& port) {
  return fmt::format(R"(
[populations.{0}]
kind = "household"
region = "here"
money = "1000 USD"
params = {{ retraining = "0 1/year", wage_response = "0 1/year", trend = "0 1/year", inflation_target = "0 1/year", most_expert_growth = "1 1/year", least_expert_growth = "-0.5 1/year" }}
state = {{ labour_supply = "{1} person_month", expert_supply = "{2} expert_month", wage = "10 USD/person_month", expert_wage = "22 USD/expert_month" }}
ports = {{ labour = "labour", expertise = "expertise", goods = "goods"{3} }}
)",
                     name, workers, experts, port);
}

std::string school(const std::string& training, const std::string& jobs = "10",
                   const std::string& port = ", specialists = \"specialists\"") {
  std::string text = small_economy({"households", "policy"},
                                   household("many", "300", "30", port) + household("few", "100", "10", port) + R"(
[populations.employer]
kind = "labour_customer"
region = "here"
money = "1e6 USD"
params = { quantity = ")" + jobs + R"( expert_month", limit = "100 USD/expert_month" }
ports.ware = "expertise"
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "10000 basket", price = "1 USD/basket" }
ports.ware = "goods"
)" + training);
  text.insert(text.find("[markets]\n"), told);
  return text;
}

std::string training(const std::string& budget, const std::string& lag = "3") {
  return paid("academy", "training", budget,
              ", teaching = \"2 expert_month\", fee_limit = 1, stipend = \"56 USD\", lag = \"" + lag + " month\"",
              "teachers = \"expertise\", specialists = \"specialists\", people = [\"many\", \"few\"]");
}

TEST(Training, ItsPlacesBecomeSpecialistsAfterTheLagByWorkers) {
  // 1,000 pay for ten places: 44 for two months of teaching at 22 and a stipend of 56 each, three quarters of them to
  // the many. Begun as the first month ends, they have learnt as the fourth does, and work as specialists in the fifth.
  const World world = world_of(school(training("1000")));
  const auto begun = ticked(world, 1);
  EXPECT_NEAR(field(begun, "academy", 0, "begun"), 10, 0.05);
  EXPECT_NEAR(field(begun, "academy", 0, "spent"), 1000, 2);
  EXPECT_NEAR(money(begun, "academy", 0), 0, 2);
  const auto before = ticked(world, 4), after = ticked(world, 5);
  EXPECT_EQ(field(before, "many", 0, "expert_supply"), 30);
  EXPECT_NEAR(field(after, "many", 0, "expert_supply"), 30 + 7.5, 0.05);
  EXPECT_NEAR(field(after, "few", 0, "expert_supply"), 10 + 2.5, 0.05);
  EXPECT_NEAR(field(after, "many", 0, "labour_supply") + field(after, "many", 0, "expert_supply"), 330, 1e-9);
  EXPECT_NEAR(field(ticked(world, 20), "many", 0, "expert_supply"), 30 + 7.5, 0.05) << "told once";
}

TEST(Training, LowersWhatSpecialistsEarnOnceTheyWork) {
  const auto wage = [](const std::string& budget, int ticks) {
    return field(ticked(world_of(school(training(budget), "36")), ticks), "many", 0, "expert_wage");
  };
  EXPECT_GT(wage("1000", 1), wage("0", 1)) << "teachers are scarce first";
  EXPECT_LT(wage("1000", 12), wage("0", 12));
}

TEST(Training, WithoutABudgetChangesNobody) {
  expect_nobody_changed(school("", "10", ""), school(training("0")), "academy");
}

}  // namespace
}  // namespace ondol::test
