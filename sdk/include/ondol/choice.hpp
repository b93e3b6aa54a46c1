/// How buyers and sellers find one another: what demand a seller sees, what it tells of its order book, and how buyers
/// choose among makers to order.
///
/// Described parts (docs/parts.md) and functions; nothing here knows any industry.
#pragma once

#include <ondol/economics.hpp>
#include <ondol/kind.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ondol::choice {

/// True where a seller that sold `sold` has a hundredth of that or less left: what more was wanted stays unseen.
inline bool sold_out(double sold, double left) { return sold > 0 && left <= 0.01 * sold; }

/// The demand that a seller sees in a tick: what was ordered from it by name or what it sold, whichever is more, and
/// `unseen` times as much again where it sold out.
inline double seen_demand(double sold, double left, double named, double unseen) {
  return std::max(named, sold_out(sold, left) ? (1.0 + unseen) * sold : sold);
}

/// What a BUYS port must declare for draw_vendor: the weights of logit choice.
inline std::vector<const char*> vendor_params() { return {"price_weight", "home_weight", "attribute_weights"}; }

/// How a buyer that keeps to a seller draws one, of the standing offers of a market that still have something, by
///     exp(sum_a w_a attribute_a + h [own region] - alpha ln price)
/// (multinomial logit; McFadden 1974), with the weights w, h and alpha of the market itself: it meets sellers by name
/// as others meet them by chance. `attributes`: how many the port declared. `uniform` from (0, 1); nobody where nothing
/// is on offer.
inline AgentId draw_vendor(Agent& self, Buys port, double uniform, std::size_t attributes) {
  const double price_weight = self.market_param(port, 0);
  const double home_weight = self.market_param(port, 1);
  const auto weight = [&](const Offer& offer) {
    if (!(offer.price() > 0) || !(offer.quantity() > 0)) return 0.0;
    double utility = (offer.region() == self.region() ? home_weight : 0.0) - price_weight * log(offer.price());
    for (std::size_t a = 0; a < attributes; ++a)
      utility += self.market_param(port, 2, self.market_attribute(port, a)) * offer.attribute(a);
    return exp(utility);
  };
  const auto offers = self.offers(port);
  const auto chosen = draw_by_common_weight(self, offers, uniform, weight, port.name);
  return chosen == offers.end() ? nobody : (*chosen).seller();
}

/// A seller's order book, disclosed as `order_book`: what it asks, how long a new order waits, and whether it takes
/// any. Made with the units of its price and of its pace, such as OrderBook{"money/{output}", "{output}/month"}. No
/// ports. Buyers choose with Makers.
struct OrderBook {
  struct Params {
    double memory;
    double longest_idle;
  };
  struct State {
    double list_price;
    double wait;
    double takes_orders;
    double late;
    double worth;
    double made_lately;
    double able_lately;
    double idle;
  };
  const char* price_unit;
  const char* pace_unit;

  void describe(auto& part) const {
    part.param("memory", &Params::memory, "month")
        .initial(3)
        .range(0.01, 1000)
        .assumed(2, 6)
        .doc("Over which it reckons its pace.");
    part.param("longest_idle", &Params::longest_idle, "month")
        .initial(3)
        .range(0, 1e6)
        .assumed(2, 6)
        .doc("With orders and making nothing of what it meant to for so long, it takes no more.");
    part.state("list_price", &State::list_price, price_unit)
        .range(0, 1e18)
        .disclosed("order_book")
        .doc("Asked of new orders.");
    part.state("wait", &State::wait, "month")
        .range(0, 1e9)
        .disclosed("order_book")
        .doc("Months until a new order is filled, at the pace of late and with the capacity under way.");
    part.state("takes_orders", &State::takes_orders, "1")
        .initial(1)
        .range(0, 1)
        .disclosed("order_book")
        .doc("0 while it takes none.");
    part.state("late", &State::late, "month")
        .range(0, 1e6)
        .disclosed("order_book")
        .doc("By how much waits have turned out longer than posted, smoothed.");
    part.state("worth", &State::worth, "1")
        .initial(1)
        .range(1e-9, 1e9)
        .disclosed("order_book")
        .doc("What a unit is worth to buyers, where one of the same size by the best maker at the start is 1.");
    part.state("made_lately", &State::made_lately, pace_unit).range(0, 1e18).doc("Its pace, smoothed.");
    part.state("able_lately", &State::able_lately, pace_unit).range(0, 1e18).doc("What it meant to make, smoothed.");
    part.state("idle", &State::idle, "month").range(0, 1e6).doc("On end in which it made nothing of what it meant to.");
  }

  /// Posts a tick's end. `backlog` in units; `meant` what it set out to make in the tick, less what its stock makes
  /// needless, and `made` what it made;
  /// `capacity` and `coming` (capacity under way) in units a month. Orders wait for
  ///     backlog / max(made_lately, capacity made_lately / able_lately + coming):
  /// capacity counts by the part of its plans that the firm carried out of late, so that idle machines promise nothing
  /// and a maker that is short of hands, inputs or money says so; what it did make it can make again. How much longer
  /// than a month ago the wait is, beyond what new orders add, is lateness.
  static void post(const Params& p, State& s, const Agent& self, double backlog, double ordered, double meant,
                   double made, double capacity, double coming) {
    const double months = months_per_tick(self);
    const double speed = 1.0 / std::max(1.0, p.memory / months);
    const bool first = !(s.able_lately > 0);
    s.made_lately = first ? made / months : smooth(s.made_lately, made / months, speed);
    s.able_lately = first ? meant / months : smooth(s.able_lately, meant / months, speed);
    s.idle = backlog > 0 && meant > 0 && !(made > 0) ? s.idle + months : 0.0;
    const double carried_out = std::min(1.0, ratio(s.made_lately, s.able_lately, 1.0));
    const double pace = std::max(s.made_lately, capacity * carried_out + coming);
    const double before = s.wait;
    s.wait = backlog > 0 ? std::min(ratio(backlog, pace, longest_wait), longest_wait) : 0.0;
    const double old_orders = std::min(ratio(std::max(0.0, backlog - ordered), pace, longest_wait), longest_wait);
    const double slip = std::max(0.0, old_orders - std::max(0.0, before - months));
    s.late = std::min(smooth(s.late, slip, speed), longest_wait);
    s.takes_orders = s.idle >= p.longest_idle ? 0.0 : 1.0;
  }
  /// For a firm that winds up: takes no orders, and says so.
  static void shut(State& s) {
    s.takes_orders = 0;
    s.wait = longest_wait;
  }

  /// Months that stand for never.
  static constexpr double longest_wait = 999;
};

/// How a buyer weighs makers of what it orders: each has
///     exp(-a ln (p / w) - b (wait + late) + c [own region])
/// of the choice (multinomial logit; McFadden 1974), p its list price and w what its unit is worth; none where it takes
/// no orders. For markets with
/// standing orders, where the buyer and not the market chooses. No ports of its own: it orders through the kind's.
struct Makers {
  struct Params {
    double price_weight;
    double wait_weight;
    double home_weight;
  };

  void describe(auto& part) const {
    part.param("maker_price_weight", &Params::price_weight, "1")
        .initial(2)
        .range(0, 100)
        .assumed(1, 4)
        .doc("a: of the log list price in choosing a maker.");
    part.param("maker_wait_weight", &Params::wait_weight, "1/month")
        .initial(0.1)
        .range(0, 10)
        .assumed(0.05, 0.2)
        .doc("b: of its wait and past lateness.");
    part.param("maker_home_weight", &Params::home_weight, "1")
        .initial(0.5)
        .range(-10, 10)
        .assumed(0, 1)
        .doc("c: of its being in the buyer's region.");
  }

  /// What the OBSERVES ports must declare.
  static std::vector<const char*> attributes() { return {"list_price", "wait", "takes_orders", "late", "worth"}; }

  static double weight(const Params& p, const Agent& self, const Member& maker) {
    if (!(maker.value(0) > 0) || !(maker.value(2) > 0)) return 0;
    const double home = maker.region() == self.region() ? p.home_weight : 0.0;
    return exp(-p.price_weight * log(maker.value(0) / maker.value(4)) -
               p.wait_weight * (maker.value(1) + maker.value(3)) + home);
  }
  /// Orders up to `quantity` from one maker, drawn by weight, at its list price. Returns what was placed.
  static double order(const Params& p, Agent& self, Buys port, Observes makers, double quantity) {
    if (!(quantity > 0)) return 0;
    const auto members = self.members(makers);
    const auto chosen = draw_by_weight(members, self.uniform("maker", port.index),
                                       [&](const Member& maker) { return weight(p, self, maker); });
    if (chosen == members.end()) return 0;
    return self.order(port, quantity, (*chosen).value(0), (*chosen).id());
  }
};

}  // namespace ondol::choice
