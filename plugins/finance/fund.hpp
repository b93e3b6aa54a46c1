/// A fund: owns a region's firms for its households, pays their dividends on, and keeps a part for new shares.
#pragma once

#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::finance {

struct Fund {
  struct Params {
    double venture_share;
    double deployment;
    double home_weight;
    double most_of_offer;
    double pot_limit;
    double sentiment_floor;
    double sentiment_slope;
    double release;
    double least_growth;
    double most_growth;
    double dividend_speed;
    double sales_speed;
    double sentiment_speed;
    double least_sentiment;
    double most_sentiment;
    firm::Entry::Params entry;
  };
  struct Traits {};
  struct State {
    double pot;
    double receipts;
    double dividend_hat;
    double paid_out;
    double invested;
    double sentiment;
    double sales_hat;
    double growth;
    firm::Entry::State entry;
  };

  static constexpr Issues unit{0, "unit"};
  static constexpr Buys equity{1, "equity"};
  static constexpr Reads ai_sales{2, "ai_sales"};
  static constexpr Reads policy_rate{3, "policy_rate"};
  static constexpr firm::Entry entry{4, 1};
  static constexpr Purpose payout{0, "payout"};

  static void describe(Kind<Fund>& kind);
  static void finance(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::finance
