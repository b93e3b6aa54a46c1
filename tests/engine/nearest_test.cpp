// Misspelt names are answered with the name that was meant, or with the names there are.
#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using ondol::nearest;
using ondol::suggestion;

const std::vector<std::string> markets = {"wafer", "chip", "accelerator", "power"};

TEST(Nearest, FindsNamesWithOneEditInThreeCharacters) {
  EXPECT_EQ(nearest("waffer", markets), "wafer");             // insertion
  EXPECT_EQ(nearest("chp", markets), "chip");                 // deletion
  EXPECT_EQ(nearest("tower", markets), "power");              // substitution
  EXPECT_EQ(nearest("acelertaors", markets), "accelerator");  // three edits, one of them a swap
}

TEST(Nearest, CountsASwapOfNeighboursAsOneEdit) {
  EXPECT_EQ(nearest("cihp", {"chip"}), "chip");
  EXPECT_EQ(nearest("hcpi", {"chip"}), "");
}

TEST(Nearest, IgnoresCase) {
  EXPECT_EQ(nearest("usd", {"KRW", "USD"}), "USD");
  EXPECT_EQ(nearest("gw", {"W", "GW"}), "GW");
}

TEST(Nearest, GuessesNothingFarOrFromOneLetter) {
  EXPECT_EQ(nearest("token", markets), "");
  EXPECT_EQ(nearest("x", {"m", "s"}), "");
  EXPECT_EQ(nearest("", markets), "");
  EXPECT_EQ(nearest("chip", {}), "");
}

TEST(Nearest, PrefersFewerEditsThenTheEarlierName) {
  EXPECT_EQ(nearest("chips", {"ships", "clips", "chips"}), "chips");
  EXPECT_EQ(nearest("thips", {"ships", "chips"}), "ships");
}

TEST(Suggestion, AsksForTheNearName) { EXPECT_EQ(suggestion("chpi", markets), "; did you mean 'chip'?"); }

TEST(Suggestion, ListsTheNamesWhenNoneIsNear) {
  EXPECT_EQ(suggestion("token", {"wafer", "chip"}), "; expected one of: wafer, chip");
}

TEST(Suggestion, ListsAtMostTwelveNames) {
  EXPECT_NE(suggestion("wafer", std::vector<std::string>(12, "market")), "");
  EXPECT_EQ(suggestion("wafer", std::vector<std::string>(13, "market")), "");
  EXPECT_EQ(suggestion("wafer", {}), "");
}

}  // namespace
