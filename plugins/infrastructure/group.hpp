/// A group, without sites: a firm with a digital business of its own that holds AI capital for a platform that may
/// come, rents part of it out, and races rivals for position.
#pragma once

#include "own_business.hpp"
#include "race.hpp"

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::infrastructure {

struct Group {
  struct Params {
    double life;
    double site;
    double uptime;
    double running;
    double usual_utilisation;
    double price_gain;
    double most_gap;
    double price_floor;
    double price_limit;
    OwnBusiness::Params business;
    Race::Params race;
    choice::Makers::Params makers;
    firm::Finance::Params finance;
  };
  struct Traits {
    Race::Traits race;
  };
  struct State {
    double rent;
    double utilisation;
    double own_hours;
    double hours;
    double sites_due;
    OwnBusiness::State business;
    Race::State race;
    firm::Finance::State finance;
  };
  static constexpr Buys machines{0, "machines", "accelerator"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Sells compute{2, "compute", "accelerator_hour"};
  static constexpr OwnBusiness business{3};
  static constexpr Writes ai_sales{4, "ai_sales", "money"};
  static constexpr Observes makers_seen{5, "machine_makers", "order_book"};
  static constexpr Race race{6};
  static constexpr firm::Finance finance{7, 0};
  static constexpr choice::Makers makers{};

  static void describe(Kind<Group>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::infrastructure
