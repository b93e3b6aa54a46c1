/// A data owner: licenses a stock of human data that grows, at a posted price.
#pragma once

#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::data {

struct DataOwner {
  struct Params {
    double growth;
    double sales_target;
    double price_gain;
    double staff;
    double most_gap;
    double supply;
    double staff_cover;
    double wage_limit;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double corpus;
    double price;
    firm::Finance::State finance;
  };
  static constexpr Sells licences{0, "licences", "Gtoken"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr firm::Finance finance{2, 0};

  static void describe(Kind<DataOwner>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::data
