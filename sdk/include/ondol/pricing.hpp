/// How firms price and plan: experience, mark-ups that follow tightness, Bertrand prices under logit demand, stocks.
///
/// Functions of numbers, each equation once, and the described part MarkUp (docs/parts.md). Nothing here knows any
/// industry; every number is the caller's.
#pragma once

#include <ondol/economics.hpp>
#include <ondol/kind.hpp>

#include <algorithm>

namespace ondol::pricing {

/// Wright (1936), "Factors affecting the cost of airplanes": cost falls by `learning_rate` (0..1) with each doubling of
/// experience, c = c0 (X / X0)^log2(1 - LR). `experience` X and `first_experience` X0 in the same unit; below X0, or
/// without one, c0.
inline double learned_cost(double first_cost, double learning_rate, double experience, double first_experience) {
  if (!(first_experience > 0) || experience <= first_experience) return first_cost;
  return first_cost * pow(experience / first_experience, log(1.0 - learning_rate) / log(2.0));
}

/// The price p of a seller with the part s of sales (0..1) of a market with logit demand in log prices, at unit cost c:
/// its Lerner index (p - c) / p = 1 / (alpha (1 - s)) is held between `least` and `most`, both below 1 (Anderson, de
/// Palma, Thisse 1992, "Discrete Choice Theory of Product Differentiation", chapter 7). `sensitivity` is alpha.
inline double logit_price(double cost, double sensitivity, double part, double least, double most) {
  const double room = sensitivity * (1.0 - part);
  return cost / (1.0 - between(room > 0 ? 1.0 / room : most, least, most));
}

/// The mark-up mu over unit cost, p = (1 + mu) c, of a seller with the part s of sales (0..1) where buyers put makers
/// in the place of one another with the elasticity `within`, and all of their goods in the place of other goods with
/// `across`: mu = 1 / (e - 1), e = within (1 - s) + across s (Atkeson, Burstein 2008, "Pricing-to-market, trade costs,
/// and international relative prices", with prices as strategies). Both beyond 1, so that no bound is needed.
inline double nested_mark_up(double part, double within, double across) {
  return 1.0 / (within * (1.0 - part) + across * part - 1.0);
}

/// What to make in a tick of what sells `sales` a tick and stands at `stock`, to have `months` of sales in stock: the
/// sales, and the part `speed` a month of what the stock lacks; not below 0.
inline double output_for_stock(const Agent& self, double sales, double stock, double months, double speed) {
  const double gap = months / months_per_tick(self) * sales - stock;
  return std::max(0.0, sales + share_per_tick(self, speed) * gap);
}

/// A mark-up that rises while trade is tight and falls while it is slack:
///     mu <- mu (1 + g x)^months,  x = clip(tightness / target - 1, -slack, tight),  least <= mu <= most
/// (mark-up pricing: Dosi, Fagiolo, Roventini 2010, "Schumpeter meeting Keynes"; what tightness is the kind says:
/// months of backlog, demand over capacity). No ports.
struct MarkUp {
  struct Params {
    double mark_up_target;
    double mark_up_gain;
    double most_slack;
    double most_tight;
    double least_mark_up;
    double most_mark_up;
    double price_speed;
  };
  struct State {
    double mark_up;
  };

  void describe(auto& part) const {
    part.param("mark_up_target", &Params::mark_up_target, "1")
        .initial(1)
        .range(1e-6, 1e6)
        .assumed()
        .doc("Tightness at which the mark-up rests.");
    part.param("mark_up_gain", &Params::mark_up_gain, "1/month")
        .initial(0.03)
        .range(0, 1)
        .assumed(0.01, 0.1)
        .doc("g: of the mark-up per unit of relative tightness.");
    part.param("most_slack", &Params::most_slack, "1")
        .initial(1)
        .range(0, 1)
        .assumed(0.3, 1)
        .doc("Most that relative tightness counts below its target.");
    part.param("most_tight", &Params::most_tight, "1")
        .initial(1.5)
        .range(0, 100)
        .assumed(1, 3)
        .doc("Most that it counts above its target.");
    part.param("least_mark_up", &Params::least_mark_up, "1")
        .initial(0.1)
        .range(0, 100)
        .assumed()
        .doc("Over unit cost.");
    part.param("most_mark_up", &Params::most_mark_up, "1").initial(2).range(0, 100).assumed().doc("Over unit cost.");
    part.param("price_speed", &Params::price_speed, "1/month")
        .initial(1)
        .range(0, 1)
        .assumed(0.1, 1)
        .doc("Part of the way to cost and mark-up that the price goes.");
    part.state("mark_up", &State::mark_up, "1").range(0, 100).doc("Over unit cost.");
  }

  static void adjust(const Params& p, State& s, const Agent& self, double tightness) {
    const double pressure = std::clamp(tightness / p.mark_up_target - 1.0, -p.most_slack, p.most_tight);
    const double months = months_per_tick(self);
    const double factor = std::max(0.0, 1.0 + p.mark_up_gain * pressure);
    s.mark_up = between(s.mark_up * (months == 1.0 ? factor : pow(factor, months)), p.least_mark_up, p.most_mark_up);
  }
  /// The price after a tick: part of the way to (1 + mu) c.
  static double price(const Params& p, const State& s, const Agent& self, double price, double unit_cost) {
    return adapt(self, price, (1.0 + s.mark_up) * unit_cost, p.price_speed);
  }
};

}  // namespace ondol::pricing
