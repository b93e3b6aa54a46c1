// Instruments of policy: where public money goes to the last unit, and that they are judged by what they do alone.
#include "support/small_economy.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

const std::string country = R"(
[relations.claims]
attributes = ["base", "granted"]
[populations.government]
kind = "government"
region = "here"
money = "1e7 USD"
params = { public_jobs = 0, purchases = 0.1, pension = 0.05, benefit = 0, seats_target = "0 seat_month/person_month" }
state = { labour_tax = 0.25, turnover_hat = "10000 USD" }
ports = { labour = "labour", goods = "goods", bond = "bond", people = ["many", "few"], programmes = ["one", "two"] }
[populations.many]
kind = "crowd"
region = "here"
state = { people = 3, labour_supply = "300 person_month", jobless = "30 person_month" }
[populations.few]
kind = "crowd"
region = "here"
state = { people = 1, labour_supply = "100 person_month", jobless = "10 person_month" }
[populations.firms]
kind = "enterprise"
region = "here"
count = 3
[populations.foreign]
kind = "enterprise"
region = "there"
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "1100 basket", price = "1 USD/basket" }
ports.ware = "goods"
)";

std::string instrument(const std::string& name, const std::string& kind, const std::string& params,
                       const std::string& ports) {
  return fmt::format("[populations.{}]\nkind = \"{}\"\nregion = \"here\"\nparams = {{ {} }}\nports = {{ {} }}\n", name,
                     kind, params, ports + ", treasury = \"government\", clerks = [\"many\", \"few\"]");
}

const std::string to_firms = "receivers = [\"firms\", \"foreign.there\"]";
const std::string nothing = "announced = \"0 USD\"";
const std::string thousand = "announced = \"12000 USD\", budget = \"1000 USD/month\", delay = \"0 month\"";

World world_with(const std::string& one, const std::string& two) {
  return world_of(small_economy({"government", "policy"}, country + one + two));
}

double owned(const Run& run) {
  double sum = 0;
  for (const Index row : {0U, 1U, 2U}) sum += money(run, "firms", row);
  return sum;
}

TEST(Policy, SpendsWhatIsAuthorisedButForItsStatedLoss) {
  const auto run = ticked(
      world_with(instrument("one", "lump_sum", thousand, to_firms), instrument("two", "lump_sum", nothing, to_firms)),
      20);
  EXPECT_EQ(field(run, "one", 0, "authorised"), 12000);
  EXPECT_EQ(field(run, "one", 0, "spent"), owned(run));
  EXPECT_NEAR(owned(run), 0.95 * 12000, 3 * 12);
  EXPECT_NEAR(field(run, "one", 0, "administered"), 0.05 * 12000, 2 * 12);
  EXPECT_EQ(field(run, "one", 0, "carried"), money(run, "one", 0));
  EXPECT_EQ(money(run, "foreign", 0), 0);
}

TEST(Policy, AuthorisesNothingThatIsNotAnnouncedNorAsksBeforeItsDelay) {
  const std::string late = "announced = \"3000 USD\", budget = \"1000 USD/month\", delay = \"4 month\"";
  const auto world = world_with(instrument("one", "lump_sum", late, to_firms),
                                instrument("two", "lump_sum", "budget = \"1000 USD/month\"", to_firms));
  EXPECT_EQ(owned(ticked(world, 4)), 0);
  EXPECT_GT(owned(ticked(world, 5)), 0);
  EXPECT_EQ(field(ticked(world, 20), "one", 0, "authorised"), 3000);
  EXPECT_EQ(field(ticked(world, 20), "two", 0, "authorised"), 0);
}

TEST(Policy, ReturnsWhatLapsesAndReportsIt) {
  const std::string nobody = "receivers = \"foreign.there\"";
  const auto run = ticked(world_with(instrument("one", "lump_sum", thousand + ", lapse = \"0.5 1/month\"", nobody),
                                     instrument("two", "lump_sum", nothing, to_firms)),
                          6);
  EXPECT_EQ(field(run, "one", 0, "spent"), 0);
  EXPECT_GT(field(run, "one", 0, "lapsed"), 2000);
  EXPECT_EQ(field(run, "one", 0, "carried"), 6000 - field(run, "one", 0, "lapsed"));
}

TEST(Policy, PaysPeopleByHeads) {
  const auto paid = [](const std::string& budget) {
    return ticked(world_with(instrument("one", "household_transfer", budget + ", administration = 0",
                                        "people = [\"many\", \"few\"]"),
                             instrument("two", "lump_sum", nothing, to_firms)),
                  1);
  };
  const auto with = paid(thousand), without = paid(nothing);
  EXPECT_EQ(money(with, "many", 0) - money(without, "many", 0), 750);
  EXPECT_EQ(money(with, "few", 0) - money(without, "few", 0), 250);
}

// All agents but the instruments have the same money, equity and state, tick by tick, as where there is none.
TEST(Policy, WithoutABudgetChangesNobody) {
  std::string bare = country;
  const std::string programmes = ", programmes = [\"one\", \"two\"]";
  bare.erase(bare.find(programmes), programmes.size());
  const World bare_world = world_of(small_economy({"government"}, bare));
  auto without = ticked(bare_world, 0);
  const World world = world_with(instrument("one", "lump_sum", nothing, to_firms),
                                 instrument("two", "procurement", nothing, "product = \"goods\""));
  auto with = ticked(world, 0);
  for (int tick = 0; tick < 24; ++tick) {
    without.tick();
    with.tick();
    for (const char* name : {"government", "many", "few", "firms", "foreign", "shop", "mint"}) {
      ASSERT_EQ(state_of(with, name).money_held, state_of(without, name).money_held) << name << tick;
      ASSERT_EQ(state_of(with, name).state, state_of(without, name).state) << name << tick;
    }
  }
}

TEST(Policy, TwinsThatDifferInNameAloneDoTheSame) {
  const auto with = [](const std::string& first, const std::string& second) {
    return ticked(
        world_with(instrument("one", "lump_sum", first, to_firms), instrument("two", "lump_sum", second, to_firms)),
        24);
  };
  const auto one = with(thousand, nothing), two = with(nothing, thousand);
  for (const char* name : {"government", "many", "few", "firms", "foreign", "shop"}) {
    EXPECT_EQ(state_of(one, name).money_held, state_of(two, name).money_held) << name;
    EXPECT_EQ(state_of(one, name).state, state_of(two, name).state) << name;
  }
}

TEST(Policy, BuysFromSellersAtHomeAndUsesIt) {
  const auto buying_from = [](const std::string& region) {
    const std::string seller = "[populations.vendor]\nkind = \"seat_stand\"\nregion = \"" + region +
                               "\"\nparams = { quantity = \"1e6 seat_month\", price = \"2 USD/seat_month\" }\n"
                               "ports.ware = \"seats\"\n";
    return ticked(world_with(seller + instrument("one", "lump_sum", nothing, to_firms),
                             instrument("two", "procurement", thousand, "product = \"seats\"")),
                  6);
  };
  const auto home = buying_from("here");
  EXPECT_GT(field(home, "two", 0, "bought"), 0);
  EXPECT_NEAR(field(home, "two", 0, "spent"), 2 * field(home, "two", 0, "bought"), 0.1);
  EXPECT_NEAR(money(home, "vendor", 0), field(home, "two", 0, "spent"), 0.1);
  const auto abroad = buying_from("there");
  EXPECT_EQ(field(abroad, "two", 0, "spent"), 0);
  EXPECT_EQ(field(abroad, "two", 0, "carried"), 6000);
}

TEST(Policy, BuysNotAtAnyPrice) {
  const auto bought_at = [](const std::string& price) {
    const std::string sellers =
        "[populations.cheap]\nkind = \"seat_stand\"\nregion = \"here\"\n"
        "params = { quantity = \"1e6 seat_month\", price = \"2 USD/seat_month\" }\nports.ware = \"seats\"\n"
        "[populations.dear]\nkind = \"seat_stand\"\nregion = \"here\"\n"
        "params = { quantity = \"1e6 seat_month\", price = \"" +
        price + " USD/seat_month\" }\nports.ware = \"seats\"\n";
    const auto run = ticked(world_with(sellers + instrument("one", "lump_sum", nothing, to_firms),
                                       instrument("two", "procurement", thousand, "product = \"seats\"")),
                            6);
    return money(run, "dear", 0);
  };
  const double near = bought_at("2.4"), far = bought_at("9");
  EXPECT_GT(near, 2000) << "half of the money of every month";
  EXPECT_LT(far, 1000) << "in the first month alone, when there was no price yet";
}

TEST(Policy, BuysFromEverySellerAtHomeForTheSameMoney) {
  const std::string sellers =
      "[populations.vendors]\nkind = \"seat_stand\"\nregion = \"here\"\ncount = 2\n"
      "params = { quantity = \"1e6 seat_month\", price = \"2 USD/seat_month\" }\nports.ware = \"seats\"\n";
  const auto run = ticked(world_with(sellers + instrument("one", "lump_sum", nothing, to_firms),
                                     instrument("two", "procurement", thousand, "product = \"seats\"")),
                          6);
  EXPECT_GT(money(run, "vendors", 0), 0);
  EXPECT_NEAR(money(run, "vendors", 0), money(run, "vendors", 1), 0.1);
  EXPECT_NEAR(money(run, "vendors", 0) + money(run, "vendors", 1), field(run, "two", 0, "spent"), 0.1);
}

// Two claimants that spend 100 a tick, and from tick 12 on 300 and 100. The base is learnt until the announcement in
// tick 10, over one month.
const std::string claimants = R"(
[populations.grows]
kind = "claimant"
region = "here"
params = { before = "100 USD", after = "300 USD", change_tick = 12 }
state = { quality = 3 }
[populations.stays]
kind = "claimant"
region = "here"
params = { before = "100 USD", after = "100 USD", change_tick = 12 }
state = { quality = 2 }
[populations.abroad]
kind = "claimant"
region = "there"
params = { before = "100 USD", after = "900 USD", change_tick = 12 }
state = { quality = 9 }
)";
const std::string who = "claimants = [\"grows\", \"stays\", \"abroad.there\"]";

auto shared_cost(const std::string& base_share) {
  const std::string announced = R"(
[events.announced]
tick = 10
population = "two"
param = "announced"
value = "100000 USD"
[events.budget]
tick = 10
population = "two"
param = "budget"
value = "1000 USD/month"
)";
  return ticked(world_with(claimants + announced + instrument("one", "lump_sum", nothing, to_firms),
                           instrument("two", "cost_share",
                                      "rate = 0.25, base_months = \"1 month\", delay = \"0 month\", "
                                      "administration = 0, base_share = " +
                                          base_share,
                                      who + ", claims = \"claims\"")),
                16);
}

TEST(Policy, SharesTheCostOfWhatIsAdditional) {
  // Spending of ticks 12, 13, 14 is claimed in 13, 14, 15: three times a quarter of what goes beyond 100.
  const auto run = shared_cost("1");
  EXPECT_NEAR(money(run, "grows", 0), 3 * 0.25 * 200, 0.1);
  EXPECT_EQ(money(run, "stays", 0), 0);
  EXPECT_EQ(money(run, "abroad", 0), 0);
  EXPECT_NEAR(field(run, "two", 0, "additional"), 3 * 200, 0.1);
  EXPECT_EQ(field(run, "two", 0, "spent"), money(run, "grows", 0));
}

TEST(Policy, AVoucherPaysForWhatWouldHaveBeenBoughtAnyway) {
  const auto run = shared_cost("0");
  EXPECT_GT(money(run, "stays", 0), 3 * 0.25 * 100 - 0.1);
  EXPECT_NEAR(money(run, "grows", 0) - money(run, "stays", 0), 3 * 0.25 * 200, 0.1);
}

TEST(Policy, ATournamentPaysTheBestAtHome) {
  const auto prizes = [](const std::string& winners) {
    return ticked(world_with(claimants + instrument("one", "lump_sum", nothing, to_firms),
                             instrument("two", "tournament", thousand + ", administration = 0, winners = " + winners,
                                        "contestants = [\"grows\", \"stays\", \"abroad.there\"]")),
                  20);
  };
  const auto one = prizes("1"), both = prizes("2");
  EXPECT_EQ(money(one, "grows", 0), 12000);
  EXPECT_EQ(money(one, "stays", 0), 0);
  EXPECT_EQ(money(both, "grows", 0), 6000);
  EXPECT_EQ(money(both, "stays", 0), 6000);
  EXPECT_EQ(money(both, "abroad", 0), 0);
}

}  // namespace
}  // namespace ondol::test
