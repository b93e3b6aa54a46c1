// Market mechanisms at work between makers and eaters whose trades can be reckoned by hand.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace ondol::test {
namespace {

using testing::HasSubstr;

// A market of one good under some mechanism; populations follow.
std::string market(const std::string& mechanism, const std::string& more) {
  return "plugins = [\"toy\", \"" + mechanism + R"("]
currency = "USD"
money_decimals = 2
ticks = 20
schedule = ["make", "trade", "eat", "finance"]
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
attributes = ["quality"]
mechanism = ")" +
         mechanism + "\"\n" + more;
}

std::string maker(const std::string& name, double output, double price, const std::string& region = "here") {
  return "[populations." + name + "]\nkind = \"maker\"\nregion = \"" + region +
         "\"\nports.ware = \"ware\"\nparams = { output = \"" + std::to_string(output) + " piece\", price = \"" +
         std::to_string(price) + " USD/piece\" }\n";
}

std::string eater(const std::string& name, double appetite, double limit, const std::string& region = "here") {
  return "[populations." + name + "]\nkind = \"eater\"\nregion = \"" + region +
         "\"\nmoney = \"1000 USD\"\nports.food = \"ware\"\nparams = { by_name = false, appetite = \"" +
         std::to_string(appetite) + " piece\", limit = \"" + std::to_string(limit) + " USD/piece\" }\n";
}

TEST(PostedOffers, WhoNamesNobodyTakesTheCheapestFirst) {
  const auto run =
      ticked(world_of(market("posted_offers", maker("dear", 10, 5) + maker("cheap", 4, 2) + eater("e", 6, 9))), 1);
  EXPECT_EQ(money(run, "cheap", 0), 8.0);
  EXPECT_EQ(money(run, "dear", 0), 10.0);
}

TEST(PostedOffers, ALimitIsNeverExceeded) {
  const auto run =
      ticked(world_of(market("posted_offers", maker("dear", 10, 5) + maker("cheap", 4, 2) + eater("e", 6, 4.99))), 1);
  EXPECT_EQ(money(run, "dear", 0), 0.0);
  EXPECT_EQ(field(run, "e", 0, "bought"), 4.0);
}

TEST(PostedOffers, ATariffIsPaidToTheBuyersTreasuryAndLossesShrinkWhatArrives) {
  const std::string text = market(
      "posted_offers", std::string("reach = [{ buyer = \"there\", seller = \"here\", tariff = 0.5, loss = 0.25 }]\n") +
                           "[regions.there]\ntreasury = \"state\"\n" +
                           "[populations.state]\nkind = \"financier\"\nregion = \"there\"\n" + maker("m", 10, 2) +
                           eater("e", 4, 3, "there"));
  const auto run = ticked(world_of(text), 1);
  EXPECT_EQ(money(run, "m", 0), 8.0);
  EXPECT_EQ(money(run, "state", 0), 4.0);
  EXPECT_EQ(field(run, "e", 0, "spent"), 12.0);
  EXPECT_EQ(field(run, "e", 0, "bought"), 3.0);
  EXPECT_EQ(run.state().goods[0].lost, 100);
}

TEST(PostedOffers, ABarIsABar) {
  const std::string text =
      market("posted_offers", std::string("reach = [{ buyer = \"there\", seller = \"here\", allowed = false }]\n") +
                                  "[regions.there]\n" + maker("m", 10, 2) + eater("e", 4, 3, "there"));
  EXPECT_EQ(field(ticked(world_of(text), 2), "e", 0, "bought"), 0.0);
}

TEST(CallAuction, TheDearestOfferUsedSetsOnePriceForAll) {
  // 10 at 1, 10 at 3, 10 at 6; wanted: 15 at up to 5. So 15 are dispatched at 3.
  const auto run = ticked(world_of(market("call_auction", maker("base", 10, 1) + maker("middle", 10, 3) +
                                                              maker("peak", 10, 6) + eater("e", 15, 5))),
                          1);
  EXPECT_EQ(money(run, "base", 0), 30.0);
  EXPECT_EQ(money(run, "middle", 0), 15.0);
  EXPECT_EQ(money(run, "peak", 0), 0.0);
  EXPECT_EQ(field(run, "e", 0, "spent"), 45.0);
}

TEST(CallAuction, EqualOffersShareTheMargin) {
  const auto run =
      ticked(world_of(market("call_auction", maker("a", 30, 2) + maker("b", 10, 2) + eater("e", 20, 5))), 1);
  EXPECT_EQ(money(run, "a", 0), 30.0);
  EXPECT_EQ(money(run, "b", 0), 10.0);
}

TEST(CallAuction, LowLimitsStayOut) {
  const auto run =
      ticked(world_of(market("call_auction", maker("m", 10, 2) + eater("high", 10, 5) + eater("low", 10, 1.5))), 1);
  EXPECT_EQ(field(run, "high", 0, "bought"), 10.0);
  EXPECT_EQ(field(run, "low", 0, "bought"), 0.0);
}

std::string contract(const std::string& lead, const std::string& deposit, double output) {
  std::string buyer = eater("e", 6, 2);
  buyer.replace(buyer.find("by_name = false"), 15, "by_name = true");
  return market("contracts", "deposit = " + deposit + "\nparams.lead_time = \"" + lead + " tick\"\n" +
                                 maker("m", output, 2) + buyer);
}

TEST(Contracts, DeliverWhenTheLeadTimeHasPassed) {
  const World world = world_of(contract("3", "0.25", 100));
  const auto early = ticked(world, 3);
  EXPECT_EQ(field(early, "e", 0, "bought"), 0.0);
  EXPECT_EQ(field(early, "e", 0, "ordered"), 18.0);
  // A quarter of three orders of 12 USD is held.
  EXPECT_EQ(state_of(early, "e").money_reserved[0], 900);
  const auto due = ticked(world, 4);
  EXPECT_EQ(field(due, "e", 0, "bought"), 6.0);
  EXPECT_EQ(money(due, "m", 0), 12.0);
  EXPECT_EQ(field(due, "e", 0, "ordered"), 18.0);
}

TEST(Contracts, QueueWhenTheSellerIsShortAndTheBacklogShows) {
  const auto run = ticked(world_of(contract("0", "1", 2)), 4);
  EXPECT_EQ(field(run, "e", 0, "bought"), 2.0);
  EXPECT_EQ(field(run, "e", 0, "ordered"), 4 * 6.0 - 4 * 2.0);
  EXPECT_EQ(field(run, "m", 0, "backlog"), 3 * 6.0 - 3 * 2.0);
}

std::string logit(const std::string& more) {
  return market("logit_choice", "params = { price_weight = 2, spread = true }\n" + more);
}

TEST(LogitChoice, SharesFollowTheLogOfPrices) {
  // Price weight 2: shares go as p^-2, so at 1 and 2 USD as 4 to 1.
  const auto run = ticked(world_of(logit(maker("cheap", 1000, 1) + maker("dear", 1000, 2) + eater("e", 100, 5))), 1);
  EXPECT_NEAR(money(run, "cheap", 0), 80.0, 0.02);
  EXPECT_NEAR(money(run, "dear", 0), 40.0, 0.04);
  EXPECT_EQ(field(run, "e", 0, "bought"), 100.0);
}

TEST(LogitChoice, WhatASoldOutOfferCannotFillGoesToTheOthers) {
  const auto run = ticked(world_of(logit(maker("cheap", 10, 1) + maker("dear", 1000, 2) + eater("e", 100, 5))), 1);
  EXPECT_EQ(money(run, "cheap", 0), 10.0);
  EXPECT_EQ(field(run, "e", 0, "bought"), 100.0);
}

TEST(LogitChoice, OffersAboveTheLimitDoNotCount) {
  const auto run = ticked(world_of(logit(maker("cheap", 10, 1) + maker("dear", 1000, 2) + eater("e", 100, 1.5))), 1);
  EXPECT_EQ(field(run, "e", 0, "bought"), 10.0);
}

TEST(LogitChoice, DrawnChoicesComeOutInTheSameProportions) {
  std::string buyers = eater("e", 1, 5);
  buyers += "count = 5000\n";
  std::string text = logit(maker("cheap", 9000, 1) + maker("dear", 9000, 2) + buyers);
  text.replace(text.find("spread = true"), 13, "spread = false");
  const auto run = ticked(world_of(text), 1);
  // Binomial with p = 0.8: five standard deviations are 141.
  EXPECT_NEAR(money(run, "cheap", 0), 4000.0, 141.0);
}

TEST(Mechanisms, AreTheSameOnAnyNumberOfThreads) {
  for (const char* mechanism : {"posted_offers", "logit_choice"}) {
    const World world =
        world_of(market(mechanism, maker("a", 300, 1) + maker("b", 100, 2) + eater("e", 0.37, 5) + "count = 2000\n"));
    const std::string expected = ticked(world, 6, 1).fingerprint();
    for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 6, threads).fingerprint(), expected) << mechanism;
  }
}

TEST(Mechanisms, BookManyTradesTheSameOnAnyNumberOfThreads) {
  const World world = world_of(logit(maker("cheap", 3, 1) + "count = 3000\n" + maker("dear", 9, 2) + "count = 2500\n" +
                                     eater("e", 1800, 5) + "count = 9\n"));
  const auto run = ticked(world, 4, 1);
  EXPECT_GT(run.state().markets[0].tick_trades, 16'000);
  const std::string expected = run.fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 4, threads).fingerprint(), expected);
}

// Of a mechanism that plays two tricks, each on one of 20,000 fills.
std::string refusal(int trick, int at, int other_trick, int other_at, int threads) {
  const World world = world_of(market(
      "crooked", "params = { trick = [" + std::to_string(trick) + ", " + std::to_string(other_trick) + "], at = [" +
                     std::to_string(at) + ", " + std::to_string(other_at) + "] }\n" + maker("m", 60, 2) +
                     "count = 7\n" + eater("e", 1, 5) + "count = 20000\n" + eater("rich", 100, 5)));
  try {
    ticked(world, 1, threads);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Mechanisms, AreHeldToWhatTheBooksAllow) {
  EXPECT_EQ(refusal(0, 0, 0, 0, 1), "nothing");
  EXPECT_THAT(refusal(1, 9000, 0, 0, 1), HasSubstr("fills an offer or order that does not exist"));
  EXPECT_THAT(refusal(2, 9000, 0, 0, 1), HasSubstr("fills a quantity that is not positive"));
  EXPECT_THAT(refusal(3, 9000, 0, 0, 1), HasSubstr("fills at a negative price"));
  EXPECT_THAT(refusal(4, 9000, 0, 0, 1), HasSubstr("fills more than the order wants"));
  EXPECT_THAT(refusal(5, 9000, 0, 0, 1), HasSubstr("fills above the order's limit"));
  EXPECT_THAT(refusal(6, 9000, 0, 0, 1), HasSubstr("fills below the offer's price"));
  EXPECT_THAT(refusal(7, 20000, 0, 0, 1), HasSubstr("fills more than the offer has"));  // the order of the rich
}

TEST(Mechanisms, AreToldOfTheFirstFillThatMayNotBe) {
  for (const int threads : {1, 3}) {
    EXPECT_THAT(refusal(4, 15000, 6, 5000, threads), HasSubstr("fills below the offer's price"));
    EXPECT_THAT(refusal(4, 5000, 6, 15000, threads), HasSubstr("fills more than the order wants"));
  }
}

TEST(Mechanisms, AreNotReachedByOrdersOfAnotherStepAndTheFirstToPlaceOneIsNamed) {
  std::string text = market("posted_offers", maker("m", 10, 2) + eater("e", 1, 5) + "count = 2000\n");
  text.replace(text.find("step = \"trade\""), 14, "step = \"eat\"");
  const World world = world_of(text);
  for (const int threads : {1, 3}) {
    try {
      ticked(world, 1, threads);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("agent 'e#1'"));
      EXPECT_THAT(error.what(), HasSubstr("orders in market 'ware', which clears in step 'eat' and not in this one"));
    }
  }
}

}  // namespace
}  // namespace ondol::test
