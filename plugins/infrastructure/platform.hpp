/// The economics of a race for a platform: what a group believes of it, what it is worth, and how much capital it holds
/// in it. Functions of numbers alone; each equation stands here once.
///
/// Money in the world's currency, rates and prizes per year, growth as yearly log growth.
#pragma once

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::infrastructure {

/// Yearly log growth of sales R if AI is a platform: mu_1 = b1 (1 - R/M), logistic growth towards the market M
/// (Verhulst 1838); below zero beyond M.
inline double platform_growth(double fastest, double sales, double market) {
  return fastest * (1.0 - ratio(sales, market, 1.0));
}

/// The same if it stays a niche: mu_0 = b0 (1 - min(R/M0, most)).
inline double niche_growth(double fastest, double sales, double niche, double most) {
  return fastest * (1.0 - std::min(ratio(sales, niche, most), most));
}

/// pi after `months` in which yearly growth g was seen. By Bayes' rule for two normal hypotheses with means mu_1, mu_0
/// and standard deviation s of what a year shows,
///     ln(pi/(1 - pi)) += clip((mu_1 - mu_0)(g - (mu_1 + mu_0)/2)/(12 s^2), +-most)   a month,
/// and then pi += h (prior - pi) a month, since the regime may change (hidden Markov chain: Hamilton 1989). No growth
/// is a threshold, and pi stays off 0 and 1.
struct Observed {
  double growth;    ///< g
  double platform;  ///< mu_1
  double niche;     ///< mu_0
  double noise;     ///< s
};
inline double revised_belief(double belief, const Observed& seen, double most_step, double switching, double prior,
                             double months) {
  const double evidence = (seen.platform - seen.niche) * (seen.growth - (seen.platform + seen.niche) / 2.0) /
                          (12.0 * seen.noise * seen.noise);
  const double held = between(belief, 1e-6, 1.0 - 1e-6);  // who is certain learns nothing
  const double odds = held / (1.0 - held) * exp(between(months * between(evidence, -most_step, most_step), -100, 100));
  const double learnt = odds / (1.0 + odds);
  return learnt + (1.0 - pow(1.0 - switching, months)) * (prior - learnt);
}

/// M^e: mean yearly sales over the years lead + 1 ... lead + horizon of logistic growth from R towards M at the rate b,
///     M / (1 + (M/R - 1)^+ exp(-b tau)).
inline double expected_market(double market, double sales, double rate, double lead, int horizon) {
  const double room = std::max(0.0, ratio(market, sales, 1.0) - 1.0);
  double sum = 0;
  for (int year = 1; year <= horizon; ++year) sum += market / (1.0 + room * exp(-rate * (lead + year)));
  return ratio(sum, horizon);
}

/// V, a year: pi (theta F + m a M^e): the cash flow F of the group's own business that is at risk, and rents m of the
/// part a of the market for which its region competes.
inline double prize(double belief, double at_risk, double cash_flow, double margin, double part, double market) {
  return belief * (at_risk * std::max(0.0, cash_flow) + margin * part * market);
}

/// Strength of capital K in the contest: w K^r.
inline double strength(double weight, double capital, double returns) {
  return weight * pow(std::max(0.0, capital), returns);
}

/// What one more unit of K adds to the prize a year, V r w K^(r-1) S/(w K^r + S)^2, S the strength of all others:
/// the derivative of V w K^r/(w K^r + S) (Tullock 1980, "Efficient rent seeking"). Falls in K for r <= 1.
inline double marginal_prize(double prize, double capital, double others, double weight, double returns) {
  const double own = strength(weight, capital, returns);
  return prize * returns * ratio(own, capital) * ratio(others, (own + others) * (own + others));
}

/// K*: where marginal_prize is the user cost of capital c (a year per unit), by bisection in ln K between bounds; the
/// lower where even that costs more than it brings.
inline double contest(double prize, double others, double cost, double weight, double returns) {
  constexpr double least = -12.0;  // ln of money
  constexpr double most = 42.0;
  double low = least;
  double high = most;
  if (!(prize > 0) || !(others > 0)) return 0;
  for (int step = 0; step < 50; ++step) {
    const double middle = (low + high) / 2.0;
    (marginal_prize(prize, exp(middle), others, weight, returns) > cost ? low : high) = middle;
  }
  return exp((low + high) / 2.0);
}

/// c_i = max(c_0, c (1 - beta (1 - omega) clip(q, least, most))): what capital costs net of what renting it out brings,
/// so that it is tied to what users pay. omega is the part that the group uses itself, q rent over full cost. No rent
/// makes capital free: c_0 remains.
inline double user_cost(double cost, double rent_weight, double own_use, double profitability, double least,
                        double most, double least_cost) {
  return std::max(least_cost, cost * (1.0 - rent_weight * (1.0 - own_use) * between(profitability, least, most)));
}

/// Full cost of an hour of a machine: c k/(8766 u) + running cost, k its capital, 8766 hours a year, u the part of them
/// that is sold where trade is normal (user cost of capital: Jorgenson 1963).
inline double full_cost(double cost, double capital, double utilisation, double running) {
  constexpr double hours_per_year = 8766;
  return ratio(cost * capital, hours_per_year * utilisation) + running;
}

/// Own use that a group moves to: omega_0 clip(full cost/rent, least, most)^e: dear hours are rented out.
inline double wanted_own_use(double usual, double cost_over_rent, double least, double most, double elasticity) {
  return std::min(1.0, usual * pow(between(cost_over_rent, least, most), elasticity));
}

/// Orders, money a month: speed (K* - K)^+ + installed / life, K with what is under way.
inline double wanted_orders(double target, double capital, double installed, double speed, double life) {
  return speed * std::max(0.0, target - capital) + installed / life;
}

}  // namespace ondol::infrastructure
