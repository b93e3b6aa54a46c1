// Lines of credit: what a debtor may spend beyond its own money, what it then owes, and who bears the loss.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace ondol {
namespace {

using namespace test;
using testing::HasSubstr;

// A client with 20 USD and a line of 100 at a bank that issues money; lines are granted in tick 0.
std::string town(const std::string& bank, const std::string& clients) {
  return R"(
plugins = ["credit", "village"]
currency = "USD"
ticks = 9
schedule = ["finance", "pay"]
[regions.here]
treasury = "bank"
[instruments.money]
issuer = "bank"
[instruments.loan]
class = "credit"
collect = "finance"
[populations.bank]
kind = "line_bank"
ports = { loans = "loan", money = "money", clients = "clients" }
)" + bank +
         R"(
[populations.shop]
kind = "utility"
ports = { fee = "purchase" }
[populations.clients]
kind = "line_client"
money = "20 USD"
ports = { loan = "loan", shop = "shop" }
)" + clients;
}

std::string failure_of(const std::string& world, int ticks) {
  try {
    ticked(world_of(world), ticks);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CreditLine, CarriesWhatItsOwnMoneyLacks) {
  const auto run = ticked(world_of(town("", "params.spend = \"50 USD\"\n")), 2);
  EXPECT_EQ(field(run, "clients", 0, "line"), 100);
  EXPECT_EQ(field(run, "clients", 0, "could_spend"), 120);
  EXPECT_EQ(money(run, "shop", 0), 50);
  EXPECT_EQ(money(run, "clients", 0), 0);
  EXPECT_EQ(run.state().claims.amount, std::vector<Units>{3'000}) << "its own 20 first";
  EXPECT_EQ(state_of(run, "bank").money_issued[0], 5'000) << "20 at the start, and what was drawn";
  EXPECT_EQ(state_of(run, "clients").income[0], -5'000) << "drawing is no income";
  EXPECT_EQ(state_of(run, "bank").income[0], 0);
  const auto later = ticked(run.world(), 3);
  EXPECT_EQ(field(later, "clients", 0, "line"), 70);
  EXPECT_EQ(field(later, "clients", 0, "could_spend"), 70);
  EXPECT_EQ(field(later, "bank", 0, "lent"), 30);
}

TEST(CreditLine, EndsWhereItsLimitIs) {
  EXPECT_EQ(failure_of(town("", "params.spend = \"120 USD\"\n"), 3), "");
  EXPECT_THAT(failure_of(town("", "params.spend = \"120.01 USD\"\n"), 3), HasSubstr("can spend only 120"));
}

TEST(CreditLine, CarriesPromisesAsFarAsItGoes) {
  const auto within = ticked(world_of(town("", "params.owe = \"110 USD\"\n")), 2);
  EXPECT_EQ(money(within, "shop", 0), 110);
  EXPECT_EQ(within.state().claims.amount, std::vector<Units>{9'000});
  const auto beyond = ticked(world_of(town("", "params.owe = \"150 USD\"\n")), 2);
  EXPECT_EQ(money(beyond, "shop", 0), 120);
  EXPECT_EQ(state_of(beyond, "clients").arrears_owed[0], 3'000);
}

TEST(CreditLine, IsThereAgainAsItIsRepaid) {
  const auto run = ticked(world_of(town("", "params = { spend = \"50 USD\", repay = \"10 USD\" }\n")), 4);
  EXPECT_EQ(field(run, "clients", 0, "line"), 70) << "it had no money to repay with";
  const auto funded = ticked(world_of(town("", "params = { owe = \"50 USD\", repay = \"10 USD\" }\n") + R"(
[populations.patron]
kind = "line_client"
money = "15 USD"
traits.bill = "15 USD"
ports.shop = "clients"
)"),
                             4);
  EXPECT_EQ(field(funded, "clients", 0, "line"), 80) << "of what the patron paid it";
  EXPECT_EQ(field(funded, "clients", 0, "could_spend"), 85);
}

TEST(CreditLine, BearsInterestOnWhatIsDrawn) {
  const auto run = ticked(world_of(town("params.rate = 0.1\n", "params.spend = \"50 USD\"\n")), 3);
  EXPECT_EQ(run.state().claims.amount, std::vector<Units>{3'300}) << "interest on 30, paid out of the line itself";
  EXPECT_EQ(state_of(run, "bank").income[0], 300);
}

TEST(CreditLine, IsReplacedAndEnded) {
  const std::string spends = "params.spend = \"50 USD\"\n";
  const auto wider = ticked(world_of(town("params = { new_limit = \"200 USD\", new_limit_tick = 2 }\n", spends)), 3);
  EXPECT_EQ(field(wider, "clients", 0, "line"), 170) << "of 200, 30 are drawn";
  const auto ended = ticked(world_of(town("params = { new_limit = \"0 USD\", new_limit_tick = 2 }\n", spends)), 3);
  EXPECT_EQ(field(ended, "clients", 0, "line"), 0);
  EXPECT_EQ(ended.state().lines.size(), 0U);
  EXPECT_EQ(ended.state().claims.amount, std::vector<Units>{3'000}) << "what was drawn stays owed";
}

TEST(CreditLine, IsGrantedByWhoIssuesMoneyToWhoIssuesTheInstrument) {
  const auto without = [](std::string world, const std::string& what) {
    return world.erase(world.find(what), what.size());
  };
  EXPECT_THAT(failure_of(without(town("", ""), ", money = \"money\""), 1),
              HasSubstr("grants a line of 'loan' without issuing money"));
  EXPECT_THAT(failure_of(without(town("", ""), "loan = \"loan\", "), 1),
              HasSubstr("grants a line of 'loan' to an agent that does not issue it"));
}

// Clients i = 0, 1, … hold 20, owe a bill b_i and may draw 100. Closed form: each draws min(100, (b_i - 20)^+); who
// still owes gives up, having nothing; the bank's loss is 100 for each of them, and the shop's what they still owed.
TEST(CreditLine, ANetworkWithBankruptciesEndsAsReckonedByHand) {
  constexpr int count = 2'000;
  std::string bills;
  Units drawn = 0, paid = 0, lost = 0, owed = 0;
  for (int i = 0; i < count; ++i) {
    const Units bill = (i * 37 % 200) * 100;
    bills += fmt::format("{}\"{} USD\"", i > 0 ? ", " : "", bill / 100);
    const Units draws = std::clamp<Units>(bill - 2'000, 0, 10'000);
    const bool fails = bill > 12'000;
    drawn += draws;
    paid += std::min<Units>(bill, 12'000);
    lost += fails ? draws : 0;
    owed += fails ? 0 : draws;
  }
  const World world = world_of(
      town("", fmt::format("count = {}\nparams.gives_up = true\ntraits.bill = {{ list = [{}] }}\n", count, bills)));
  const auto before = ticked(world, 2);
  EXPECT_EQ(state_of(before, "bank").money_issued[0], count * 2'000 + drawn);
  EXPECT_EQ(state_of(before, "shop").money_held[0], paid);
  const auto after = ticked(world, 3);
  EXPECT_EQ(state_of(after, "bank").income[0], -lost);
  const auto& amounts = after.state().claims.amount;
  EXPECT_EQ(std::accumulate(amounts.begin(), amounts.end(), Units{0}), owed);
  for (const int threads : {2, 3, 8})
    EXPECT_EQ(ticked(world, 5, threads).fingerprint(), ticked(world, 5).fingerprint()) << threads;
}

}  // namespace
}  // namespace ondol
