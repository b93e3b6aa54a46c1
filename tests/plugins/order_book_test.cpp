// Order books: bids and asks that stand, at levels, and orders that either side cancels.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ondol::test {
namespace {

using testing::HasSubstr;

std::string book(const std::string& mechanism, const std::string& more) {
  return "plugins = [\"elephant\", \"toy\", \"trader\", \"double_auction\", \"contracts\", \"posted_offers\"]\n" +
         std::string(R"(
currency = "USD"
money_decimals = 2
ticks = 20
schedule = ["quote", "trade", "look", "finance"]
[units]
piece = {}
[goods.ware]
unit = "piece"
decimals = 2
[instruments.money]
issuer = "bank"
[populations.bank]
kind = "financier"
region = "here"
[regions.here]
[markets.ware]
good = "ware"
step = "trade"
price_decimals = 2
mechanism = ")") +
         mechanism + "\"\n" + more;
}

std::string quoter(const std::string& name, const std::string& params) {
  return "[populations." + name +
         "]\nkind = \"quoter\"\nregion = \"here\"\nmoney = \"1000 USD\"\nports = { sale = \"ware\", purchase = "
         "\"ware\" "
         "}\nparams = { " +
         params + " }\n";
}

// Asks come a tick after bids, unless the tick is moved.
const std::string bids_5 = "bids = \"10 piece\", bid = \"5 USD/piece\"";
const std::string asks_3 = "stock = \"10 piece\", asks = \"4 piece\", ask = \"3 USD/piece\"";

TEST(DoubleAuction, TradesAtThePriceOfTheQuoteThatStoodFirst) {
  const auto run = ticked(world_of(book("double_auction", quoter("b", bids_5) + quoter("s", asks_3))), 2);
  EXPECT_EQ(money(run, "s", 0), 1000.0 + 4 * 5);
  EXPECT_EQ(field(run, "b", 0, "bought"), 4.0);
  EXPECT_EQ(field(run, "b", 0, "standing"), 6.0);
  EXPECT_EQ(state_of(run, "b").money_reserved[0], 6 * 500);
  // The other way round, it is the ask's.
  const auto later =
      ticked(world_of(book("double_auction", quoter("b", bids_5 + ", quote_tick = 3") + quoter("s", asks_3))), 4);
  EXPECT_EQ(money(later, "s", 0), 1000.0 + 4 * 3);
  EXPECT_EQ(state_of(later, "b").money_reserved[0], 6 * 500);
}

TEST(DoubleAuction, FillsTheBestLevelsFirst) {
  // Bids of 2 at 5, 4 and 3 meet an ask of 10 at 3.50: four are sold, six stand.
  const auto run =
      ticked(world_of(book("double_auction",
                           quoter("b", "bids = \"2 piece\", bid = \"5 USD/piece\", levels = 3") +
                               quoter("s", "stock = \"10 piece\", asks = \"10 piece\", ask = \"3.5 USD/piece\""))),
             2);
  EXPECT_EQ(money(run, "s", 0), 1000.0 + 2 * 5 + 2 * 4);
  EXPECT_EQ(field(run, "b", 0, "standing"), 2.0);
  EXPECT_EQ(run.state().markets[0].offers.quantity[0], 600);
}

TEST(DoubleAuction, WhoCameEarlierAtAPriceIsServedFirst) {
  const auto run =
      ticked(world_of(book("double_auction", quoter("late", bids_5 + ", quote_tick = 1") + quoter("early", bids_5) +
                                                 quoter("s", asks_3 + ", quote_tick = 2"))),
             4);
  EXPECT_EQ(field(run, "early", 0, "standing"), 6.0);
  EXPECT_EQ(field(run, "late", 0, "standing"), 10.0);
}

TEST(DoubleAuction, WhoArrivesFirstInAStepIsDrawn) {
  std::set<double> prices;
  for (int seed = 1; seed <= 20; ++seed) {
    const auto run =
        ticked(world_of("seed = " + std::to_string(seed) + "\n" +
                        book("double_auction", quoter("b", bids_5 + ", quote_tick = 1") + quoter("s", asks_3))),
               2);
    prices.insert((money(run, "s", 0) - 1000) / 4);
  }
  EXPECT_EQ(prices, (std::set<double>{3.0, 5.0}));
}

TEST(OrderBooks, ABidIsTakenBackWithItsMoney) {
  const auto run =
      ticked(world_of(book("double_auction", quoter("b", bids_5 + ", withdraw_tick = 1") + quoter("s", asks_3))), 3);
  EXPECT_EQ(state_of(run, "b").money_reserved[0], 0);
  EXPECT_EQ(field(run, "b", 0, "standing"), 0.0);
  EXPECT_EQ(money(run, "s", 0), 1000.0);
}

TEST(OrderBooks, ABidIsClippedToTheMoneyThereIs) {
  // 300 pieces at 5 USD would take 1500.
  const auto run =
      ticked(world_of(book("double_auction", quoter("b", "bids = \"300 piece\", bid = \"5 USD/piece\""))), 1);
  EXPECT_EQ(field(run, "b", 0, "standing"), 200.0);
  EXPECT_EQ(state_of(run, "b").money_reserved[0], 100'000);
}

TEST(OrderBooks, AMechanismWithoutOneRefusesBids) {
  try {
    ticked(world_of(book("posted_offers", quoter("b", bids_5))), 1);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("bids in market 'ware', where mechanism 'posted_offers' keeps no order book"));
  }
}

TEST(OrderBooks, AreTheSameOnAnyNumberOfThreads) {
  const World world = world_of(book(
      "double_auction", quoter("b", "bids = \"2 piece\", bid = \"5 USD/piece\", step = \"0.5 USD/piece\", levels = 6") +
                            "count = 1500\n" +
                            quoter("s", "stock = \"90 piece\", asks = \"7 piece\", ask = \"3.5 USD/piece\"") +
                            "count = 1200\n"));
  const std::string expected = ticked(world, 4, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 4, threads).fingerprint(), expected);
}

std::string contract(const std::string& seller, const std::string& client) {
  return book("contracts", "deposit = 0.5\nforfeit = 0.4\nparams.lead_time = \"10 tick\"\n" +
                               quoter("s", asks_3 + seller) +
                               "[populations.c]\nkind = \"client\"\nregion = \"here\"\nmoney = \"1000 USD\"\n"
                               "ports.purchase = \"ware\"\nparams = { order_tick = 3" +
                               client + " }\n");
}

TEST(Contracts, ABuyerThatCancelsForfeitsWhatTheMarketStates) {
  // Half of 6 at 2 USD is held, two fifths of that are the seller's.
  const auto before = ticked(world_of(contract("", "")), 5);
  EXPECT_EQ(state_of(before, "c").money_reserved[0], 600);
  EXPECT_EQ(field(before, "c", 0, "ordered"), 6.0);
  const auto run = ticked(world_of(contract("", ", cancel_tick = 5")), 6);
  EXPECT_EQ(state_of(run, "c").money_reserved[0], 0);
  EXPECT_EQ(field(run, "c", 0, "ordered"), 0.0);
  EXPECT_EQ(money(run, "c", 0), 1000 - 2.4);
  EXPECT_EQ(money(run, "s", 0), 1000 + 2.4);
}

TEST(Contracts, ASellerThatCancelsReturnsTheDeposit) {
  const auto run = ticked(world_of(contract(", cancel_tick = 5", "")), 6);
  EXPECT_EQ(state_of(run, "c").money_reserved[0], 0);
  EXPECT_EQ(field(run, "c", 0, "ordered"), 0.0);
  EXPECT_EQ(money(run, "c", 0), 1000.0);
  EXPECT_EQ(money(run, "s", 0), 1000.0);
}

TEST(Mechanisms, MayBeWrittenInCppAndShareALibraryWithKinds) {
  const auto run =
      ticked(world_of(book("first_come",
                           "params.part = 0.5\n" + quoter("s", asks_3) +
                               "[populations.c]\nkind = \"client\"\nregion = \"here\"\nmoney = \"1000 USD\"\n"
                               "ports.purchase = \"ware\"\nparams = { order_tick = 3, limit = \"3 USD/piece\" }\n")),
             4);
  EXPECT_EQ(field(run, "c", 0, "bought"), 3.0);
  EXPECT_EQ(money(run, "s", 0), 1000 + 9.0);
}

TEST(Mechanisms, AreRefusedWhereTheirMemoryIsMoreThanTheMachineHas) {
  // In each of a thousand regions.
  std::string world = book("elephant", "scope = \"region\"\n");
  for (int region = 1; region < 1000; ++region) world += "[regions.r" + std::to_string(region) + "]\n";
  try {
    world_of(world);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("markets.ware.mechanism"), HasSubstr("and this machine has")));
  }
}

}  // namespace
}  // namespace ondol::test
