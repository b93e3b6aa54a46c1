// Market mechanisms: at work between makers and eaters whose trades can be reckoned by hand, and alone in large
// markets.
#include "support/market.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/mechanism.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <thread>

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

TEST(PostedOffers, WhatIsWorthLessThanHalfACentDoesNotChangeHands) {
  std::string text = market("posted_offers", maker("m", 10, 0.004) + eater("e", 1, 9) + eater("two", 2, 9));
  text.replace(text.find("price_decimals = 2"), 18, "price_decimals = 4");
  const auto run = ticked(world_of(text), 1);
  EXPECT_EQ(field(run, "e", 0, "bought"), 0.0) << "for 0.004 USD";
  EXPECT_EQ(field(run, "two", 0, "bought"), 2.0) << "for 0.008 USD";
  EXPECT_EQ(money(run, "m", 0), 0.01);
  EXPECT_EQ(run.state().markets[0].tick_trades, 1);
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

// 4 USD a tick for a treasury whose officials come and go: bees, one a tick, that live for some.
std::string tariff_for_bees(int brood) {
  std::string text = market(
      "posted_offers",
      std::string("reach = [{ buyer = \"there\", seller = \"here\", tariff = 0.5 }]\n") +
          "[regions.there]\ntreasury = \"bees\"\n[populations.bees]\nkind = \"bee\"\nregion = \"there\"\ncount = 1\n"
          "params.life = 3\n[populations.queen]\nkind = \"queen\"\nregion = \"there\"\nports.bees = \"bees\"\n"
          "params.brood = " +
          std::to_string(brood) + "\n[instruments.share]\nclass = \"residual\"\n" +
          "[[claims]]\ninstrument = \"share\"\nissuer = \"bees\"\nholder = \"queen\"\namount = 1\n" +
          maker("m", 10, 2) + eater("e", 4, 3, "there"));
  text.replace(text.find("plugins = ["), 11, "plugins = [\"hive\", ");
  text.replace(text.find("schedule = ["), 12, "schedule = [\"lay\", \"live\", ");
  return text;
}

TEST(PostedOffers, ATariffIsPaidToWhoLivesOfATreasury) {
  for (int ticks = 1; ticks <= 12; ++ticks) {
    const auto run = ticked(world_of(tariff_for_bees(1)), ticks);
    EXPECT_EQ(field(run, "e", 0, "spent"), 12.0) << "in tick " << ticks;
  }
}

TEST(PostedOffers, ATariffOfATreasuryWithoutTheLivingIsNotCollected) {
  EXPECT_EQ(field(ticked(world_of(tariff_for_bees(0)), 2), "e", 0, "spent"), 12.0);
  EXPECT_EQ(field(ticked(world_of(tariff_for_bees(0)), 8), "e", 0, "spent"), 8.0);
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

TEST(CallAuction, PricesBetweenTheMarginsOfBothSides) {
  // The dearest offer used asks 3, the lowest order served pays 5.
  const auto priced = [](const std::string& split) {
    return money(ticked(world_of(market("call_auction", "params.split = " + split + "\n" + maker("base", 10, 1) +
                                                            maker("middle", 10, 3) + maker("peak", 10, 6) +
                                                            eater("e", 15, 5) + eater("low", 5, 2.5))),
                        1),
                 "base", 0);
  };
  EXPECT_EQ(priced("0"), 30.0);
  EXPECT_EQ(priced("0.5"), 40.0);
  EXPECT_EQ(priced("1"), 50.0);
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

TEST(Contracts, DeliverEvenlyOverTheirTerm) {
  // Orders of 6 over 3 ticks: 2 of each a tick, so 2, 4, 6 and from then on 6; what is left of them in between 4 and 2.
  std::string text = contract("0", "0.5", 100);
  text.replace(text.find("params.lead_time"), 0, "params.term = \"3 tick\"\n");
  const World world = world_of(text);
  const double expected[] = {2, 4, 6, 6, 6};
  for (int ticks = 1; ticks <= 5; ++ticks)
    EXPECT_EQ(field(ticked(world, ticks), "e", 0, "bought"), expected[ticks - 1]) << ticks;
  const auto run = ticked(world, 5);
  EXPECT_EQ(field(run, "e", 0, "ordered"), 4.0 + 2.0);
  EXPECT_EQ(money(run, "m", 0), (2 + 4 + 6 + 6 + 6) * 2.0);
}

TEST(Contracts, ArePaidInProgressAtTheirOwnPrice) {
  // Of 12 USD an order, 6 are held; each third that arrives is paid at once, half of it out of what is held. What is
  // asked from tick 1 on changes nothing for the order of tick 0.
  std::string text = contract("0", "0.5", 100);
  text.replace(text.find("params.lead_time"), 0, "params.term = \"3 tick\"\n");
  text += "[events.dearer]\ntick = 1\npopulation = \"m\"\nparam = \"price\"\nvalue = \"5 USD/piece\"\n";
  const World world = world_of(text);
  const auto begun = ticked(world, 1);
  EXPECT_EQ(money(begun, "m", 0), 2 * 2.0);
  EXPECT_EQ(state_of(begun, "e").money_reserved[0], 400);
  const auto later = ticked(world, 2);
  EXPECT_EQ(money(later, "m", 0), (2 + 4) * 2.0);
  EXPECT_EQ(state_of(later, "e").money_reserved[0], 200 + 400);
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
  for (const char* mechanism : {"posted_offers", "logit_choice", "call_auction"}) {
    const World world = world_of(
        market(mechanism, maker("a", 3000, 1) + maker("b", 1000, 2) + eater("e", 0.37, 5) + "count = 40000\n"));
    const std::string expected = ticked(world, 3, 1).fingerprint();
    for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 3, threads).fingerprint(), expected) << mechanism;
  }
}

TEST(Mechanisms, BookManyTradesTheSameOnAnyNumberOfThreads) {
  const World world = world_of(logit("pairs = true\n" + maker("cheap", 3, 1) + "count = 3000\n" + maker("dear", 9, 2) +
                                     "count = 2500\n" + eater("e", 1800, 5) + "count = 9\n"));
  const auto run = ticked(world, 4, 1);
  EXPECT_GT(run.state().markets[0].tick_trades, 16'000);
  const std::string expected = run.fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 4, threads).fingerprint(), expected);
}

// ---- Lots: who bought from whom is not said

TEST(Lots, GiveEveryBuyerTheSharesOfWhatItReaches) {
  // At 1 and 2 USD shares are 4 to 1. Who pays 1.50 at most takes all of 100 from the cheap one, the other 80 and 20.
  const auto run = ticked(world_of(logit(maker("cheap", 1000, 1) + maker("dear", 1000, 2) + eater("low", 100, 1.5) +
                                         eater("high", 100, 5))),
                          1);
  EXPECT_EQ(run.state().markets[0].tick_trades, 2);
  EXPECT_EQ(field(run, "low", 0, "bought"), 100.0);
  EXPECT_EQ(field(run, "low", 0, "spent"), 100.0);
  EXPECT_EQ(field(run, "high", 0, "bought"), 100.0);
  EXPECT_NEAR(field(run, "high", 0, "spent"), 120.0, 0.02);
  EXPECT_NEAR(money(run, "cheap", 0), 180.0, 0.02);
  EXPECT_NEAR(money(run, "dear", 0), 40.0, 0.02);
  EXPECT_EQ(money(run, "cheap", 0) + money(run, "dear", 0), 100.0 + field(run, "high", 0, "spent"));
}

TEST(Lots, ShareAShortOfferAmongThoseWhoReachIt) {
  // In the first round the cheap offer is wanted by both as 100 to 80: its 90 go as 50 to 40, the dear one's 20 to the
  // other. What is still wanted then, 50 and 40, meets the dear one alone, which only the second reaches.
  const auto run = ticked(
      world_of(logit(maker("cheap", 90, 1) + maker("dear", 1000, 2) + eater("low", 100, 1.5) + eater("high", 100, 5))),
      1);
  EXPECT_NEAR(field(run, "low", 0, "bought"), 50.0, 0.02);
  EXPECT_NEAR(field(run, "low", 0, "spent"), 50.0, 0.02);
  EXPECT_EQ(field(run, "high", 0, "bought"), 100.0);
  EXPECT_NEAR(field(run, "high", 0, "spent"), 40.0 + 60 * 2, 0.04);
  EXPECT_EQ(money(run, "cheap", 0), 90.0);
}

TEST(Lots, PayTariffsAndLoseOnTheWayByWhereUnitsComeFrom) {
  // Abroad 2 USD cost 3 with the tariff, at home 3: half of 100 from each, and a quarter of what comes from abroad is
  // lost.
  const std::string text = logit(
      std::string("reach = [{ buyer = \"there\", seller = \"here\", tariff = 0.5, loss = 0.25 }]\n") +
      "[regions.there]\ntreasury = \"state\"\n" + "[populations.state]\nkind = \"financier\"\nregion = \"there\"\n" +
      maker("abroad", 1000, 2) + maker("home", 1000, 3, "there") + eater("e", 100, 5, "there"));
  const auto run = ticked(world_of(text), 1);
  EXPECT_EQ(money(run, "abroad", 0), 100.0);
  EXPECT_EQ(money(run, "home", 0), 150.0);
  EXPECT_EQ(money(run, "state", 0), 50.0);
  EXPECT_EQ(field(run, "e", 0, "spent"), 300.0);
  EXPECT_EQ(field(run, "e", 0, "bought"), 87.5);
  EXPECT_EQ(run.state().goods[0].lost, 1250);
}

// Smallest units that went between regions for wares in the tick.
std::pair<Units, Units> flow_between(const Run& run, Index from, Index to) {
  std::pair<Units, Units> sum{0, 0};
  const Index purpose = run.world().model().markets[0].purpose;
  for (const FlowRow& flow : run.state().flows) {
    const auto& groups = run.state().groups;
    if (flow.purpose != purpose || groups[flow.from].region != from || groups[flow.to].region != to) continue;
    sum.first += flow.amount;
    sum.second += flow.quantity;
  }
  return sum;
}

TEST(Lots, CountFlowsBetweenRegionsByWhereUnitsComeFrom) {
  // Two thirds of what is wanted in `there` reach their own region only; prices are equal.
  const std::string text =
      logit(std::string("reach = [{ buyer = \"here\", seller = \"there\", allowed = false }]\n[regions.there]\n") +
            maker("m", 1000, 2) + maker("n", 1000, 2, "there") + eater("e", 60, 5, "there") + eater("f", 40, 5));
  const auto run = ticked(world_of(text), 1);
  EXPECT_EQ(flow_between(run, 0, 0), std::make_pair(Units{8000}, Units{4000}));
  EXPECT_EQ(flow_between(run, 0, 1), std::make_pair(Units{0}, Units{0}));
  EXPECT_EQ(flow_between(run, 1, 0), std::make_pair(Units{6000}, Units{3000}));
  EXPECT_EQ(flow_between(run, 1, 1), std::make_pair(Units{6000}, Units{3000}));
}

// Many buyers with limits of their own, many sellers some of whom are short, three regions, prices that do not divide.
std::string crowd() {
  std::string text = logit(
      "reach = [{ buyer = \"there\", seller = \"here\", tariff = 0.07, loss = 0.01 "
      "}]\n[regions.there]\n[regions.far]\n");
  int number = 0;
  for (const char* region : {"here", "there", "far"}) {
    for (int i = 0; i < 30; ++i)
      text += maker("m" + std::to_string(++number), 3.17 + i, 1.01 + 0.13 * i, region) + "count = 3\n";
    for (int i = 0; i < 30; ++i)
      text += eater("e" + std::to_string(++number), 5.13 + 0.11 * i, 1 + 0.11 * i, region) + "count = 7\n";
  }
  return text;
}

TEST(Lots, AddUpToTheLastUnitOnBothSides) {
  const auto run = ticked(world_of(crowd()), 1);
  const Index purpose = run.world().model().markets[0].purpose;
  Units bought = 0;
  Units spent = 0;
  Units sold = 0;
  Units revenue = 0;
  for (Index p = 0; p < run.state().populations.size(); ++p) {
    for (const PortState& port : run.state().populations[p].ports) {
      for (const Units units : port.bought) bought += units;
      for (const Units units : port.spent) spent += units;
      for (const Units units : port.sold) sold += units;
      for (const Units units : port.revenue) revenue += units;
    }
  }
  std::pair<Units, Units> flows{0, 0};
  for (const FlowRow& flow : run.state().flows) {
    EXPECT_GE(flow.amount, 0);
    EXPECT_GE(flow.quantity, 0);
    if (flow.purpose != purpose) continue;
    flows.first += flow.amount;
    flows.second += flow.quantity;
  }
  EXPECT_GT(sold, 100'000);
  EXPECT_EQ(bought + run.state().goods[0].lost, sold);
  EXPECT_EQ(spent, revenue);  // a tariff without a treasury is not collected
  EXPECT_EQ(flows, std::make_pair(revenue, sold));
  EXPECT_EQ(run.state().markets[0].tick_volume, sold);
  EXPECT_EQ(run.state().markets[0].tick_value, revenue);
}

TEST(Lots, AreTheSameOnAnyNumberOfThreads) {
  const World world = world_of(crowd());
  const std::string expected = ticked(world, 4, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 4, threads).fingerprint(), expected);
}

TEST(Lots, SellAsMuchAsPairsWould) {
  std::string pairs = crowd();
  pairs.replace(pairs.find("reach ="), 0, "pairs = true\n");
  const auto by_pairs = ticked(world_of(pairs), 1);
  const auto by_lots = ticked(world_of(crowd()), 1);
  EXPECT_GT(by_pairs.state().markets[0].tick_trades, 10 * by_lots.state().markets[0].tick_trades);
  // Units that are rounded, not drawn: of what 630 buyers get, a part in a thousand may differ.
  EXPECT_NEAR(static_cast<double>(by_lots.state().markets[0].tick_volume),
              static_cast<double>(by_pairs.state().markets[0].tick_volume),
              1e-3 * static_cast<double>(by_pairs.state().markets[0].tick_volume));
  for (Index p = 0; p < by_lots.state().populations.size(); ++p) {
    const auto& ports = by_lots.state().populations[p].ports;
    if (ports.empty() || ports[0].sold.empty()) continue;
    const auto expected = static_cast<double>(by_pairs.state().populations[p].ports[0].sold[0]);
    EXPECT_NEAR(static_cast<double>(ports[0].sold[0]), expected, 0.01 * expected + 10);
  }
}

// Of a mechanism that makes a lot with one thing wrong.
std::string refused_lot(int what, const std::string& more = "") {
  const World world = world_of(market("crooked", more + "params.lot = " + std::to_string(what) + "\n" +
                                                     maker("m", 60, 2) + eater("e", 1, 5) + "count = 5\n"));
  try {
    ticked(world, 1);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Lots, AreHeldToWhatTheBooksAllow) {
  EXPECT_EQ(refused_lot(1), "nothing");
  EXPECT_THAT(refused_lot(1, "pairs = true\n"), HasSubstr("where it has to be known who bought from whom"));
  EXPECT_THAT(refused_lot(2), HasSubstr("gives of an offer that does not exist"));
  EXPECT_THAT(refused_lot(3), HasSubstr("gives below the offer's price"));
  EXPECT_THAT(refused_lot(4), HasSubstr("takes for an order that does not exist"));
  EXPECT_THAT(refused_lot(5), HasSubstr("takes a quantity that is not positive"));
  EXPECT_THAT(refused_lot(6), HasSubstr("taken more or less than given"));
  EXPECT_THAT(refused_lot(7), HasSubstr("parts and prices do not add up"));
  EXPECT_THAT(refused_lot(8), HasSubstr("takes above the order's limit"));
  EXPECT_THAT(refused_lot(9), HasSubstr("takes more than the order wants"));
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

// ---- Large markets, whose orders come in several pieces

constexpr std::size_t buyers = 50'000;
constexpr std::size_t sellers = 50;

void in_order(std::uint32_t count, const std::function<void(std::uint32_t)>& piece) {
  for (std::uint32_t i = 0; i < count; ++i) piece(i);
}

void backwards_on_threads(std::uint32_t count, const std::function<void(std::uint32_t)>& piece) {
  for (std::uint32_t i = count; i-- > 0;) std::thread(piece, i).join();
}

std::vector<ondol_fill> cleared(Market& market, const Pieces& pieces = in_order) {
  const auto fills = market.clear(pieces);
  return {fills.begin(), fills.end()};
}

testing::AssertionResult same(const std::vector<ondol_fill>& a, const std::vector<ondol_fill>& b) {
  if (a.size() != b.size()) return testing::AssertionFailure() << a.size() << " fills and " << b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same_fill(a[i], b[i])) return testing::AssertionFailure() << "fill " << i << " differs";
  }
  return testing::AssertionSuccess();
}

TEST(Lots, SpreadWholeUnitsOfTheSmallestOrdersFairly) {
  // A hundred buyers of one unit each, at two offers of 4 to 1: eighty and twenty, whoever they are.
  Market market("logit_choice", ONDOL_BUILD_DIR "/plugins", 2, 100, 1000);
  market.price = {100, 200};
  market.supply = {1000, 1000};
  std::fill(market.limit.begin(), market.limit.end(), 1000);
  std::fill(market.wanted.begin(), market.wanted.end(), 1);
  market.set("price_weight", 2);
  EXPECT_TRUE(cleared(market).empty());
  ASSERT_EQ(market.lots.size(), 1);
  const ondol_lot& lot = market.lots[0];
  ASSERT_EQ(lot.give_count, 2);
  EXPECT_NEAR(static_cast<double>(lot.gives[0].quantity), 80, 1);
  EXPECT_EQ(lot.gives[0].quantity + lot.gives[1].quantity, 100);
  ASSERT_EQ(lot.takers_count, 1);
  EXPECT_EQ(lot.takers[0].take_count, 100);
  EXPECT_NEAR(lot.takers[0].price[0], 120, 1);
}

// One seller, short, and orders that all name it, placed now or before; what each gets.
std::vector<std::int64_t> contracted(std::int64_t supply, const std::vector<std::int64_t>& orders,
                                     const std::vector<std::pair<std::string, double>>& params,
                                     const std::vector<std::int64_t>& placed = {}, std::uint64_t luck = 0) {
  Market market("contracts", ONDOL_BUILD_DIR "/plugins", 1, orders.size(), 1000);
  market.price = {100};
  market.supply = {supply};
  market.wanted = orders;
  std::fill(market.limit.begin(), market.limit.end(), 100);
  std::fill(market.named.begin(), market.named.end(), 0);
  if (!placed.empty()) market.placed = placed;
  for (std::uint64_t& of_buyer : market.buyer_luck) of_buyer = mix(luck += 1000);
  market.set("lead_time", 0);
  for (const auto& [name, value] : params) market.set(name, value);
  std::vector<std::int64_t> gets(orders.size());
  for (const ondol_fill& fill : cleared(market)) {
    EXPECT_EQ(fill.price, 100);
    gets[fill.order] += fill.quantity;
  }
  return gets;
}

using Gets = std::vector<std::int64_t>;

TEST(Contracts, ShareAShortageBySize) {
  EXPECT_EQ(contracted(30, {10, 20, 30}, {}), (Gets{5, 10, 15}));
  // Squares weigh 1, 4 and 9 of 14: 2.1, 8.6 and 19.3 of 30.
  const Gets squares = contracted(30, {10, 20, 30}, {{"size_priority", 1}});
  EXPECT_NEAR(static_cast<double>(squares[0]), 30.0 / 14, 1);
  EXPECT_NEAR(static_cast<double>(squares[1]), 120.0 / 14, 1);
  EXPECT_NEAR(static_cast<double>(squares[2]), 270.0 / 14, 1);
  EXPECT_EQ(squares[0] + squares[1] + squares[2], 30);
  // All alike, and nobody more than it wants.
  EXPECT_EQ(contracted(30, {10, 20, 30}, {{"size_priority", -1}}), (Gets{10, 10, 10}));
  EXPECT_EQ(contracted(50, {1, 1, 100}, {{"size_priority", -1}}), (Gets{1, 1, 48}));
}

TEST(Contracts, ShareAShortageByAgeOrNot) {
  EXPECT_EQ(contracted(10, {8, 8}, {}, {-5, 0}), (Gets{8, 2}));
  EXPECT_EQ(contracted(10, {8, 8}, {{"by_age", 0}}, {-5, 0}), (Gets{5, 5}));
}

TEST(Contracts, ServeByLotOneAfterTheOther) {
  int first[3] = {0, 0, 0};
  for (std::uint64_t luck = 0; luck < 900; ++luck) {
    const Gets gets = contracted(10, {10, 10, 10}, {{"by_lot", 1}}, {}, mix(luck));
    EXPECT_EQ(gets[0] + gets[1] + gets[2], 10);
    for (int i = 0; i < 3; ++i) first[i] += gets[i] == 10;
  }
  EXPECT_EQ(first[0] + first[1] + first[2], 900);
  // Binomial with p = 1/3: five standard deviations are 71.
  for (const int times : first) EXPECT_NEAR(times, 300, 71);
}

// Fifty sellers at prices from 100 to 149, three of them short.
std::unique_ptr<Market> shops(const std::string& mechanism) {
  auto market = std::make_unique<Market>(mechanism, ONDOL_BUILD_DIR "/plugins", sellers, buyers, 1000);
  for (std::size_t i = 0; i < sellers; ++i) {
    market->price[i] = 100 + static_cast<std::int64_t>(i);
    market->supply[i] = i % 17 == 0 ? buyers / 5 : 1'000'000'000;
  }
  std::fill(market->limit.begin(), market->limit.end(), 1000);
  return market;
}

TEST(Mechanisms, PiecesOfALargeMarketRunInAnyOrder) {
  for (const char* mechanism : {"posted_offers", "logit_choice"}) {
    for (const double spread : {0.0, 1.0}) {
      const auto market = shops(mechanism);
      market->set("spread", spread);
      market->pairs = true;
      for (std::size_t i = 0; i < buyers; i += 3) market->named[i] = static_cast<std::uint32_t>(market->draw(sellers));
      const auto expected = cleared(*market);
      ASSERT_GT(expected.size(), buyers / 2);
      EXPECT_TRUE(same(cleared(*market, backwards_on_threads), expected)) << mechanism << spread;
    }
  }
}

TEST(PostedOffers, PiecesShareAShortOfferAsOneRow) {
  const auto market = shops("posted_offers");
  std::vector<ondol_wide> wanted(sellers);
  for (std::size_t i = 0; i < buyers; ++i) {
    market->named[i] = static_cast<std::uint32_t>(market->draw(sellers));
    if (i % 100 == 0) market->limit[i] = market->price[market->named[i]] - 1;
    if (i % 100 != 0) wanted[market->named[i]] += market->wanted[i];
  }
  ondol_clearing draws{};
  draws.now = Market::now;
  std::vector<ondol_rationing> rationing;
  for (std::uint32_t j = 0; j < sellers; ++j) {
    const ondol_wide sold = std::min<ondol_wide>(wanted[j], market->supply[j]);
    rationing.push_back(
        ondol_ration(static_cast<std::int64_t>(sold), wanted[j], ondol_draw(&draws, 0, market->seller_luck[j], 0)));
  }
  std::vector<ondol_fill> expected;
  for (std::uint32_t i = 0; i < buyers; ++i) {
    const std::uint32_t j = market->named[i];
    const std::int64_t quantity = i % 100 == 0 ? 0 : ondol_share(&rationing[j], market->wanted[i]);
    if (quantity > 0) expected.push_back({j, i, quantity, market->price[j]});
  }
  EXPECT_TRUE(same(cleared(*market), expected));
}

TEST(PostedOffers, WhoNamesNobodyComesInDrawnOrder) {
  const auto market = shops("posted_offers");
  ondol_clearing draws{};
  draws.now = Market::now;
  std::uint64_t last = 0;
  std::vector<std::int64_t> left = market->wanted;
  for (const ondol_fill& fill : cleared(*market)) {
    const std::uint64_t draw = ondol_draw(&draws, 2, market->buyer_luck[fill.order], 0);
    EXPECT_GE(draw, last);
    last = draw;
    left[fill.order] -= fill.quantity;
  }
  EXPECT_TRUE(std::all_of(left.begin(), left.end(), [](std::int64_t units) { return units == 0; }));
}

TEST(LogitChoice, LooksUpWhatItWouldFindByAddingUp) {
  // An offer too dear for all makes limits bind: then weights are added up order by order, to the same choice.
  const auto free = shops("logit_choice");
  const auto bound = shops("logit_choice");
  bound->add_offer(1001, 1000);
  for (Market* market : {free.get(), bound.get()}) {
    market->set("spread", 0);
    market->set("price_weight", 3);
  }
  EXPECT_TRUE(same(cleared(*free), cleared(*bound)));
}

TEST(LogitChoice, SplitsAsItWouldByAddingUp) {
  const auto free = shops("logit_choice");
  const auto bound = shops("logit_choice");
  bound->add_offer(1001, 1000);
  for (Market* market : {free.get(), bound.get()}) market->pairs = true;
  EXPECT_TRUE(same(cleared(*free), cleared(*bound)));
}

TEST(LogitChoice, WeightsNextToNothingLeadSomewhereOnceTheBestIsSoldOut) {
  // Against an offer at 1, those at 1650 weigh some 1e-322, of which few numbers are left.
  Market market("logit_choice", ONDOL_BUILD_DIR "/plugins", 4, buyers, 1000);
  market.price = {1, 1650, 1650, 1650};
  market.supply = {1, 1'000'000'000, 1'000'000'000, 1'000'000'000};
  std::fill(market.limit.begin(), market.limit.end(), 2000);
  market.set("spread", 0);
  market.set("price_weight", 100);
  std::vector<std::int64_t> left = market.wanted;
  for (const ondol_fill& fill : cleared(market)) left[fill.order] -= fill.quantity;
  EXPECT_EQ(std::accumulate(left.begin(), left.end(), std::int64_t{0}), 0);
}

TEST(LogitChoice, DrawsOneOfEqualOffersByTheSizeOfTheDraw) {
  const auto market = shops("logit_choice");
  std::fill(market->supply.begin(), market->supply.end(), 1'000'000'000);
  market->set("spread", 0);
  market->set("price_weight", 0);
  ondol_clearing draws{};
  draws.now = Market::now;
  for (const ondol_fill& fill : cleared(*market)) {
    const double drawn = Draws(Market::now, DrawPurpose{1}, market->buyer_luck[fill.order]).uniform(1);
    ASSERT_EQ(fill.offer, static_cast<std::uint32_t>(drawn * sellers)) << fill.order;
  }
}

TEST(CallAuction, CountsByPriceWhatItWouldRank) {
  // An offer that nobody would pay spreads prices too far for counting, and changes nothing else.
  for (const std::int64_t prices : {1, 3, 100, 20'000}) {
    Market close("call_auction", ONDOL_BUILD_DIR "/plugins", buyers, buyers, prices);
    Market far("call_auction", ONDOL_BUILD_DIR "/plugins", buyers, buyers, prices);
    far.add_offer(std::int64_t{1} << 50U, 1);
    const auto fills = cleared(close);
    ASSERT_FALSE(fills.empty());
    EXPECT_TRUE(same(cleared(far), fills)) << prices;
  }
}

TEST(CallAuction, RanksWhereQuantitiesDoNotAddUpIn64Bits) {
  Market small("call_auction", ONDOL_BUILD_DIR "/plugins", 4, 2, 1);
  std::fill(small.supply.begin(), small.supply.end(), std::int64_t{1} << 62U);
  small.wanted = {std::int64_t{1} << 62U, 3};
  std::int64_t sold = 0;
  for (const ondol_fill& fill : cleared(small)) sold += fill.order == 1 ? fill.quantity : 0;
  EXPECT_EQ(sold, 3);
}

TEST(Mechanisms, SharesAreTheSameInAnyNumberOfBits) {
  std::uint64_t at = 1;
  const auto draw = [&at](int bits) { return static_cast<std::int64_t>(mix(++at) >> (64 - bits)); };
  for (int i = 0; i < 100'000; ++i) {
    const ondol_wide weights = static_cast<ondol_wide>(draw(1 + i % 63)) + 1;
    const auto total = static_cast<std::int64_t>(draw(1 + i % 61) % weights);
    ondol_rationing rationing = ondol_ration(total, weights, mix(at));
    const auto first = static_cast<std::int64_t>(draw(63) % weights);
    const auto given = static_cast<std::int64_t>((static_cast<ondol_wide>(first) * total + rationing.offset) / weights);
    ASSERT_EQ(ondol_share(&rationing, first), given);
    ASSERT_EQ(ondol_ration_from(&rationing, first).given, given);
    ASSERT_EQ(ondol_share(&rationing, static_cast<std::int64_t>(weights) - first), total - given);
  }
}

TEST(Mechanisms, ShareOutHoweverMuchIsWanted) {
  // Products of weights and total have up to 63 + 63 + 10 bits.
  constexpr std::int64_t each = std::numeric_limits<std::int64_t>::max();
  constexpr int buyers = 1000;
  for (const std::int64_t total : {each, each - 1, std::int64_t{1} << 40U, std::int64_t{buyers}, std::int64_t{1}}) {
    for (std::uint64_t draw = 0; draw < 5; ++draw) {
      ondol_rationing rationing = ondol_ration(total, ondol_wide{each} * buyers, mix(draw));
      std::int64_t sum = 0;
      for (int i = 0; i < buyers; ++i) {
        const std::int64_t share = ondol_share(&rationing, each);
        ASSERT_GE(share, total / buyers);
        ASSERT_LE(share, total / buyers + 1);
        sum += share;
      }
      ASSERT_EQ(sum, total);
    }
  }
}

}  // namespace
}  // namespace ondol::test
