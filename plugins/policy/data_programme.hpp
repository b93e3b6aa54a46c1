/// Public text: money into curation, and what is released is free to all who train at home, until there is no more.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Hires curators; each gigatoken that they release goes to every user of its region: text is not rival.
struct DataProgramme {
  struct Params {
    double stock;
    double curation;
    double fee_limit;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double released;
    double released_now;
    budget::Purse::State purse;
  };
  static constexpr Buys curators{0, "curators", "expert_month"};
  static constexpr Holds text{1, "text", "Gtoken"};
  static constexpr Peers users{2, "users"};
  static constexpr budget::Purse purse{3, 0};

  static void describe(Kind<DataProgramme>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
