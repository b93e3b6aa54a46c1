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

// ---- Siting: two grid operators by name alone, and one that builds.
std::string queues(const std::string& instrument) {
  return small_economy({"policy"}, R"(
[populations.crowded]
kind = "goods_stand"
region = "here"
state.wait = 12
ports.ware = "goods"
[populations.abroad]
kind = "goods_stand"
region = "there"
state.wait = 30
ports.ware = "goods"
)" + instrument);
}

TEST(Siting, PaysTheGridsOfItsRegionWhileTheyAreCrowded) {
  const auto paid_to = [](const std::string& longest_wait, const std::string& who) {
    const std::string siting = paid("siting", "siting", "1000", ", longest_wait = \"" + longest_wait + " month\"",
                                    "grids = [\"crowded\", \"abroad.there\"]");
    return money(ticked(world_of(queues(siting)), 3), who, 0);
  };
  EXPECT_EQ(paid_to("11", "crowded"), 1000);
  EXPECT_EQ(paid_to("12", "crowded"), 0);
  EXPECT_EQ(paid_to("11", "abroad"), 0);
}

std::string grid(const std::string& siting, const std::string& port = ", network_grants = \"network grants\"") {
  std::string text = small_economy({"power", "call_auction", "policy"}, R"(
[populations.grid]
kind = "grid_operator"
region = "here"
money = "1e6 USD"
params = { margin = "4 USD/MWh", first_wage = "10 USD/person_month", connection_price = "1 USD/MW_grid", connection_work = "1 USD/MW_grid", connection_baskets = "1 basket/MW_grid", crew_equipment = "100 basket*month/MW_grid", connection_loss = "0 1/month" }
state = { tariff = "80 USD/MWh", connection_rate = "20 MW_grid/month", wait = "12 month" }
ports = { wholesale = "wholesale", electricity = "electricity", connection = "connections", labour = "labour", goods = "goods")" +
                                                                            port +
                                                                            R"( }
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "10000 basket", price = "1 USD/basket" }
ports.ware = "goods"
[populations.hands]
kind = "labour_stand"
region = "here"
params = { quantity = "1000 person_month", price = "10 USD/person_month" }
ports.ware = "labour"
)" + siting);
  text.replace(text.find("[units]\n"), 8, "[goods.connection]\nunit = \"MW_grid\"\n[units]\nMW_grid = {}\n");
  text.replace(text.find("[markets]\n"), 10, R"([markets]
wholesale = { good = "electricity", mechanism = "call_auction", scope = "region", step = "finance", price_decimals = 2, reference_price = "40 USD/MWh" }
connections = { good = "connection", mechanism = "posted_offers", step = "spend" }
)");
  return text;
}

TEST(Siting, TheGridTurnsTheMoneyIntoCrews) {
  // 1,000 buy 1,000 baskets of equipment in the end; 100 of them are a crew for one connection more a month.
  const auto siting = [](const std::string& budget) {
    return paid("siting", "siting", budget, "", "grids = \"grid\"");
  };
  const auto with = ticked(world_of(grid(siting("1000"))), 24), without = ticked(world_of(grid(siting("0"))), 24);
  EXPECT_EQ(field(without, "grid", 0, "connection_rate"), 20);
  EXPECT_NEAR(field(with, "grid", 0, "connection_rate"), 30, 0.05);
  EXPECT_NEAR(field(with, "grid", 0, "network_money"), 0, 5);
}

TEST(Siting, WithoutABudgetChangesNobody) {
  const std::string siting = paid("siting", "siting", "0", "", "grids = \"grid\"");
  // Who has no such port has no purpose to bind it to: both bind it.
  expect_nobody_changed(
      grid(siting), grid(paid("siting", "siting", "0", ", longest_wait = \"0 month\"", "grids = \"grid\"")), "siting");
}

// ---- The data programme: specialists who curate at 22, and users with an account of rights.
std::string library(const std::string& programme) {
  std::string text = small_economy({"policy"}, R"(
[populations.experts]
kind = "labour_stand"
region = "here"
params = { quantity = "100 expert_month", price = "22 USD/expert_month" }
ports.ware = "expertise"
[populations.users]
kind = "goods_customer"
region = "here"
count = 2
ports.ware = "licences"
[populations.abroad]
kind = "goods_customer"
region = "there"
ports.ware = "licences"
)" + programme);
  text.replace(text.find("[units]\n"), 8, "[goods.licence]\nunit = \"Gtoken\"\ndecimals = 3\n[units]\nGtoken = {}\n");
  text.replace(text.find("[markets]\n"), 10,
               "[markets]\nlicences = { good = \"licence\", mechanism = \"posted_offers\", step = \"spend\" }\n");
  return text;
}

std::string programme(const std::string& budget, const std::string& more = "") {
  return paid("programme", "data_programme", budget, ", curation = \"2 expert_month/Gtoken\", fee_limit = 1" + more,
              "curators = \"expertise\", text = \"licence\", users = [\"users\", \"abroad.there\"]");
}

TEST(DataProgramme, GivesAllThatItReleasesToEachUserAtHome) {
  // 440 pay for 20 months of curators, who make 10 Gtoken fit for use.
  const auto run = ticked(world_of(library(programme("440"))), 1);
  const double released = field(run, "programme", 0, "released");
  EXPECT_NEAR(released, 10, 0.06);
  EXPECT_NEAR(field(run, "programme", 0, "spent"), 440, 3);
  EXPECT_NEAR(stock(run, "users", 0, "licence"), released, 0.002);
  EXPECT_NEAR(stock(run, "users", 1, "licence"), released, 0.002);
  EXPECT_EQ(stock(run, "abroad", 0, "licence"), 0);
  EXPECT_NEAR(field(ticked(world_of(library(programme("440"))), 5), "programme", 0, "released"), released, 0.06);
}

TEST(DataProgramme, ReleasesNoMoreThanThereIs) {
  // Of the 440, 132 pay for the 3 Gtoken that there are; the rest is carried, and no later month finds more to release.
  const World world = world_of(library(programme("440", ", stock = \"3 Gtoken\"")));
  const auto first = ticked(world, 1);
  EXPECT_NEAR(field(first, "programme", 0, "released"), 3, 0.01);
  EXPECT_NEAR(field(first, "programme", 0, "spent"), 132, 3);
  EXPECT_NEAR(stock(first, "users", 0, "licence"), 3, 0.01);
  const auto later = ticked(world, 5);
  EXPECT_NEAR(field(later, "programme", 0, "released"), 3, 0.01);
  EXPECT_NEAR(field(later, "programme", 0, "spent"), 132, 3);
}

TEST(DataProgramme, WithoutABudgetChangesNobody) {
  expect_nobody_changed(library(""), library(programme("0")), "programme");
}

// ---- State compute: hours at 4 at home, a developer there and one abroad.
std::string developer(const std::string& name, const std::string& region) {
  return fmt::format(R"(
[populations.{0}]
kind = "developer"
region = "{1}"
money = "1e6 USD"
state = {{ quality = 1, last_operations = "1e40 FLOP", hours_per_token = "1 accelerator_hour/Mtoken", price = "10 USD/Mtoken" }}
)",
                     name, region);
}

std::string laboratory(const std::string& instrument, const std::string& developers) {
  std::string text = small_economy({"policy", "models"}, R"(
[populations.centre]
kind = "goods_stand"
region = "here"
params = { quantity = "1e6 accelerator_hour", price = "4 USD/accelerator_hour" }
ports.ware = "compute"
[populations.foreign_centre]
kind = "goods_stand"
region = "there"
params = { quantity = "1e6 accelerator_hour", price = "4 USD/accelerator_hour" }
ports.ware = "compute"
)" + developers + instrument);
  text.replace(text.find("[units]\n"), 8,
               "[goods.licence]\nunit = \"Gtoken\"\n[goods.synthetic]\nunit = \"Gtoken\"\n[units]\nGtoken = {}\n");
  text.replace(text.find("[signals]\n"), 10, R"([signals]
best_algorithm = { aggregate = "maximum", initial = 1 }
open_algorithm = { aggregate = "maximum", initial = 1 }
)");
  text.replace(text.find("[markets]\n"), 10, R"([markets]
licences = { good = "licence", mechanism = "posted_offers", step = "query" }
synthetic = { good = "synthetic", mechanism = "posted_offers", step = "query" }
)");
  return text;
}

std::string hours(const std::string& budget, const std::string& users) {
  return paid("state", "state_compute", budget, "", "hours = \"compute\", users = [" + users + "]");
}

TEST(StateCompute, RentsAtHomeAndItsDeveloperUsesTheHours) {
  const std::string both = developer("home", "here") + developer("other", "there");
  const auto run = ticked(world_of(laboratory(hours("1000", "\"home\", \"other.there\""), both)), 1);
  EXPECT_EQ(field(run, "state", 0, "rented"), 250);
  EXPECT_EQ(field(run, "state", 0, "passed_on"), 250);
  EXPECT_EQ(field(run, "state", 0, "spent"), 1000);
  EXPECT_EQ(field(run, "home", 0, "given_hours"), 250);
  EXPECT_EQ(field(run, "other", 0, "given_hours"), 0);
}

TEST(StateCompute, CountsHoursThatNobodyAtHomeCanUse) {
  const auto run = ticked(world_of(laboratory(hours("1000", "\"other.there\""), developer("other", "there"))), 1);
  EXPECT_EQ(field(run, "state", 0, "unused"), 250);
  EXPECT_EQ(field(run, "state", 0, "passed_on"), 0);
}

TEST(StateCompute, HoursHandedOnGoIntoResearch) {
  const auto operations = [](const std::string& budget) {
    return field(ticked(world_of(laboratory(hours(budget, "\"home\""), developer("home", "here"))), 3), "home", 0,
                 "operations");
  };
  // .12 of research goes into the next model.
  EXPECT_NEAR((operations("1000") - operations("0")) / (250 * 0.12 * 989e12 * 0.4 * 3600), 1, 0.1);
}

TEST(StateCompute, WithoutABudgetChangesNobody) {
  const std::string home = developer("home", "here");
  expect_nobody_changed(laboratory("", home), laboratory(hours("0", "\"home\""), home), "state");
}

// ---- Guarantees: a bank of 10,000 and a firm; signals tell the part that the state bears.
std::string guaranteed(const std::string& firm, const std::string& assets, const std::string& capital,
                       const std::string& instrument, const std::string& more = "") {
  std::string text = small_economy({"finance", "policy"}, R"(
[populations.bank]
kind = "bank"
region = "here"
money = ")" + capital + R"( USD"
ports = { loans = "loans", money = "money", borrowers = "firm", banks = "bank", guaranteed_part = "guaranteed_part", guaranteed = "firm" }
[populations.firm]
kind = "enterprise"
region = "here"
money = ")" + assets + R"( USD"
params = { )" + firm + R"( }
ports = { loan = "loan", loans = "loans" }
)" + more + instrument);
  text.insert(text.find("[markets]\n"), "guaranteed_part = { unit = \"1\", scope = \"region\" }\n");
  return text;
}

std::string guarantee(const std::string& budget, const std::string& part) {
  return paid("fund", "guarantee", budget, ", guaranteed = " + part,
              "books = \"firm\", firms = \"firm\", banks = \"bank\", guaranteed_part = \"guaranteed_part\"");
}

double lent(const std::string& assets, const std::string& capital, const std::string& budget, const std::string& part) {
  const auto run = ticked(world_of(guaranteed("ask = \"1000 USD\"", assets, capital, guarantee(budget, part))), 2);
  return static_cast<double>(state_of(run, "bank").money_issued[0]);
}

TEST(Guarantee, RaisesLendingWhereABankCountsItsRisk) {
  // (0 + e L) / (100 + L) = .6: 150 at e = 1, 300 at e = .8; all of it once the bank's own part is below .6.
  EXPECT_EQ(lent("100", "10000", "0", "0.2"), 150);
  EXPECT_NEAR(lent("100", "10000", "500", "0.2"), 300, 1);
  EXPECT_EQ(lent("100", "10000", "500", "0.5"), 1000);
  // A tenth of capital for what is at its own risk.
  EXPECT_EQ(lent("10000", "20", "0", "0.5"), 200);
  EXPECT_NEAR(lent("10000", "20", "500", "0.5"), 400, 1);
}

TEST(Guarantee, ChangesNoLoanThatIsMadeAnyway) {
  EXPECT_EQ(lent("10000", "10000", "0", "0.5"), 1000);
  EXPECT_EQ(lent("10000", "10000", "500", "0.5"), 1000);
}

const std::string owes_400 = R"([[claims]]
instrument = "loan"
issuer = "firm"
holder = "bank"
amount = "400 USD"
rate = "0 1/tick"
term = "400 tick"
)";

TEST(Guarantee, BearsItsPartOfWhatAFailingFirmCannotPay) {
  // It owes 400 against 100 and fails in the third month: half of 300 is paid in the fourth, once.
  const auto after = [](const std::string& budget, int ticks) {
    return ticked(world_of(guaranteed("fails_tick = 2", "100", "10000", guarantee(budget, "0.5"), owes_400)), ticks);
  };
  EXPECT_EQ(field(after("1000", 3), "fund", 0, "called"), 0);
  const auto paid = after("1000", 6), none = after("0", 6);
  EXPECT_EQ(field(paid, "fund", 0, "called"), 150);
  EXPECT_EQ(field(paid, "fund", 0, "spent"), 150);
  EXPECT_EQ(money(paid, "bank", 0) - money(none, "bank", 0), 150);
  EXPECT_EQ(field(after("100", 6), "fund", 0, "spent"), 100) << "no more than it was given";
}

TEST(Guarantee, WithoutABudgetChangesNobody) {
  const std::string firm = "ask = \"1000 USD\", fails_tick = 4";
  expect_nobody_changed(guaranteed(firm, "100", "10000", ""), guaranteed(firm, "100", "10000", guarantee("0", "0.5")),
                        "fund");
}

// ---- Stakes: a firm that offers 100 shares at 10 and pays dividends.
std::string stake(const std::string& budget, const std::string& firm = "firm") {
  return small_economy({"policy"}, R"(
[populations.firm]
kind = "enterprise"
region = "here"
money = "1000 USD"
params = { shares_offered = 100, share_price = "10 USD", dividend = "20 USD" }
ports = { share = "share", equity = "equity" }
[populations.foreign]
kind = "enterprise"
region = "there"
params = { shares_offered = 100, share_price = "10 USD" }
ports = { share = "share", equity = "equity" }
[populations.treasury]
kind = "crowd"
region = "here"
)" + (budget.empty() ? ""
                     : paid("stake", "stake", budget, ", public_share = 0.51",
                            "equity = \"equity\", firms = [\"" + firm +
                                "\", \"foreign.there\"], income = \"dividend\", treasury = \"treasury\"")));
}

TEST(Stake, BuysItsPartOfNewSharesAtHomeAndItsDividendsAreTheTreasurys) {
  const auto run = ticked(world_of(stake("1000")), 6);
  EXPECT_EQ(field(run, "stake", 0, "shares"), 51);
  EXPECT_EQ(field(run, "stake", 0, "spent"), 510);
  EXPECT_EQ(money(run, "foreign", 0), 0);
  // 20 a tick from the second on to the one owner, passed on a tick later.
  EXPECT_EQ(money(run, "treasury", 0), 4 * 20);
  EXPECT_EQ(field(run, "stake", 0, "dividends"), 4 * 20);
}

TEST(Stake, BuysNoMoreThanItsMoneyPaysFor) {
  const auto run = ticked(world_of(stake("102")), 4);
  EXPECT_EQ(field(run, "stake", 0, "shares"), 10);
  EXPECT_EQ(field(run, "stake", 0, "spent"), 100);
}

TEST(Stake, WithoutABudgetChangesNobody) { expect_nobody_changed(stake(""), stake("0"), "stake"); }

}  // namespace
}  // namespace ondol::test
