// The developer's description and rules.
#include "developer.hpp"

#include "scaling_law.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::models {

namespace {

using Params = Developer::Params;
using State = Developer::State;

// Quality is the reducible loss of a model trained with 1e25 operations over a model's own: 1 for that model.
constexpr double reference_operations = 1e25;
// Parameters of that model; a larger one takes more accelerator-hours for a token, as N^0.75 (assumed).
const double reference_parameters = ScalingLaw::optimal(reference_operations).parameters;

double quality_of(ScalingLaw::Model model) {
  const double reference = ScalingLaw::loss(ScalingLaw::optimal(reference_operations)) - ScalingLaw::irreducible;
  return reference / (ScalingLaw::loss(model) - ScalingLaw::irreducible);
}

double hours_per_token(const Params& p, const State& s) {
  return p.first_hours * ondol::pow(s.parameters / reference_parameters, 0.75) / s.algorithm;
}

// Unique data: public text and licences; synthetic data count for what verification leaves of them.
double unique_tokens(const Params& p, const Agent& self) {
  return p.unique_tokens + 1e9 * self.stock(Developer::licences);
}

// Algorithms: d ln a = g clip((R / 3e7 h)^0.2, 0.2, 1.2) a^-0.1 of its own research, slower the further it has come,
// and diffusion from the frontier, faster from what is published. About threefold a year at the frontier (Epoch AI
// 2024).
void improve_algorithm(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double effort = std::clamp(ondol::pow(std::max(1.0, s.research_hours / months) / 3e7, 0.2), 0.2, 1.2);
  s.algorithm *= ondol::exp(p.algorithm_growth / 12.0 * months * effort * ondol::pow(s.algorithm, -0.1));
  s.algorithm += p.diffusion * months * std::max(0.0, self.signal(Developer::best_algorithm) - s.algorithm);
  s.algorithm += p.open_diffusion * months * std::max(0.0, self.signal(Developer::open_algorithm) - s.algorithm);
  self.contribute(Developer::best_algorithm, s.algorithm);
  if (p.open) self.contribute(Developer::open_algorithm, s.algorithm);
}

// A new model at the earliest six months after the last, once as much effective compute has come together as it took
// (or half of it after 14 months); kept if it is better.
void train_model(const Params& p, State& s, Agent& self) {
  const bool ready =
      s.age >= 6 && (s.operations >= s.last_operations || (s.age > 14 && s.operations > 0.5 * s.last_operations));
  if (!ready || !(s.operations > 0)) return;
  const double synthetic = p.synthetic_worth * 1e9 * self.stock(Developer::synthetic);
  const double wanted = ScalingLaw::optimal(s.operations).tokens;
  const double worth = ScalingLaw::worth(wanted, unique_tokens(p, self), p.repeats_worth) + synthetic;
  const ScalingLaw::Model model = ScalingLaw::within(s.operations, std::max(1e9, worth));
  const double quality = quality_of(model);
  if (quality > s.quality) {
    s.quality = quality;
    s.parameters = model.parameters;
    s.tokens = model.tokens;
  }
  s.last_operations = s.operations;
  s.operations = 0;
  s.age = 0;
}

// Bertrand competition under logit demand in log prices: Lerner index (p - c) / p = 1 / (alpha (1 - s)) (Anderson, de
// Palma, Thisse 1992), clipped; the price moves part of the way and does not fall below cost.
void reprice(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double cost = s.hours_per_token * self.price(Developer::compute);
  s.share = std::min(0.95, ratio(self.sold(Developer::token_market), self.volume(Developer::token_market)));
  const double lerner = std::clamp(1.0 / (p.price_sensitivity * (1.0 - s.share)), 0.2, 0.75);
  s.price = std::max(smooth(s.price, cost / (1.0 - lerner), p.price_speed * months), 1.02 * cost);
}

void raise_money(const Params& p, State& s, Agent& self, double burn) {
  if (!self.bound(Developer::equity)) return;
  if (self.money() >= 12.0 * burn || s.round_age < 6) return self.withdraw(Developer::equity);
  const double need = 18.0 * burn;
  const double value = std::max({need, self.equity(), p.sales_multiple * s.sales_hat * self.ticks_per_year()});
  const double price = ratio(value, self.outstanding(Developer::equity_share));
  if (price > 0) self.offer(Developer::equity, std::min(need, 0.25 * value) / price, price, {1.0});
}

}  // namespace

void Developer::describe(Kind<Developer>& kind) {
  kind.name("developer").doc("Trains language models on rented compute and sells tokens.");
  kind.param("open", &Params::open, "1").initial(0).range(0, 1).doc("Publishes its weights and methods.");
  kind.param("final_share", &Params::final_share, "1")
      .initial(0.12)
      .range(0, 1)
      .doc("Of research compute that goes into final runs (assumed).");
  kind.param("flops", &Params::flops, "FLOP/(s*accelerator)")
      .initial(989e12 * 0.4)
      .range(0, 1e20)
      .doc("Used of an accelerator: 989 TFLOP/s dense BF16 of an H100, 40 % of it (assumed).");
  kind.param("algorithm_growth", &Params::algorithm_growth, "1/year")
      .initial(1.1)
      .range(0, 10)
      .doc("Of the log of efficiency: threefold a year (Epoch AI 2024, algorithmic progress).");
  kind.param("diffusion", &Params::diffusion, "1/month")
      .initial(0.02)
      .range(0, 1)
      .doc("phi: from the frontier (assumed).");
  kind.param("open_diffusion", &Params::open_diffusion, "1/month")
      .initial(0.05)
      .range(0, 1)
      .doc("phi_open: from what is published (assumed).");
  kind.param("runway", &Params::runway, "month")
      .initial(18)
      .range(1, 1000)
      .doc("Over which it plans to spend its money (assumed).");
  kind.param("sales_share", &Params::sales_share, "1")
      .initial(0.8)
      .range(0, 10)
      .doc("Of sales, spent on compute (assumed).");
  kind.param("price_sensitivity", &Params::price_sensitivity, "1")
      .initial(2)
      .range(1, 100)
      .doc("alpha: of demand to the log price (assumed).");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .doc("theta: towards the Bertrand price (assumed).");
  kind.param("first_hours", &Params::first_hours, "accelerator_hour/Mtoken")
      .initial(1.5)
      .range(0, 1e9)
      .doc("For a million tokens of the reference model at efficiency 1 (assumed).");
  kind.param("synthetic_worth", &Params::synthetic_worth, "1")
      .initial(0.6)
      .range(0, 1)
      .doc("chi: of a verified synthetic token (assumed).");
  kind.param("licence_term", &Params::licence_term, "month")
      .initial(36)
      .range(1, 1000)
      .doc("After which a right to train runs out (assumed).");
  kind.param("synthetic_term", &Params::synthetic_term, "month")
      .initial(24)
      .range(1, 1000)
      .doc("After which synthetic data are behind the models that would learn from them (assumed).");
  kind.param("repeats_worth", &Params::repeats_worth, "1")
      .initial(15)
      .range(0.1, 1000)
      .doc("R*: repeats after which data wear out (Muennighoff et al. 2023).");
  kind.param("unique_tokens", &Params::unique_tokens, "1")
      .initial(5e12)
      .range(1e6, 1e18)
      .doc("Of public text it may use; 15 trillion went into models of 2024 (assumed).");
  kind.param("staff_share", &Params::staff_share, "1")
      .initial(0.2)
      .range(0, 1)
      .doc("Of sales and planned spending, for experts (assumed).");
  kind.param("sales_multiple", &Params::sales_multiple, "1")
      .initial(20)
      .range(0, 1000)
      .doc("Value of the firm in years of sales, in a round (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above 30 months of outlays that is paid out (assumed).");
  kind.param("months_to_exit", &Params::months_to_exit, "month")
      .initial(0)
      .range(0, 1e6)
      .doc("Months without money for a month's outlays after which it closes; 0: never.");
  kind.state("algorithm", &State::algorithm, "1")
      .initial(1)
      .range(1e-6, 1e12)
      .disclosed("model")
      .doc("a: effective operations per operation.");
  kind.state("operations", &State::operations, "FLOP")
      .range(0, 1e40)
      .doc("Effective compute gathered for the next model.");
  kind.state("last_operations", &State::last_operations, "FLOP").range(0, 1e40).doc("Of the last model.");
  kind.state("quality", &State::quality, "1")
      .range(0, 1e6)
      .disclosed("model")
      .doc("Reducible loss of the reference model over its own.");
  kind.state("parameters", &State::parameters, "1").initial(1e9).range(1e6, 1e20).doc("N of its model.");
  kind.state("tokens", &State::tokens, "1").range(0, 1e20).doc("D its model was trained on.");
  kind.state("hours_per_token", &State::hours_per_token, "accelerator_hour/Mtoken")
      .range(0, 1e12)
      .doc("Compute for a million tokens.");
  kind.state("price", &State::price, "money/Mtoken").range(0, 1e12).doc("Asked.");
  kind.state("tokens_hat", &State::tokens_hat, "Mtoken").range(0, 1e18).doc("Demand it expects in a tick.");
  kind.state("sales_hat", &State::sales_hat, "money").range(0, 1e18).doc("Smoothed sales of a tick.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
  kind.state("staff", &State::staff, "expert_month/month").range(0, 1e12).doc("Experts it wants.");
  kind.state("age", &State::age, "month").range(0, 1e6).doc("Of its model.");
  kind.state("round_age", &State::round_age, "month").range(0, 1e6).doc("Months since it last sold shares.");
  kind.state("research_hours", &State::research_hours, "accelerator_hour")
      .range(0, 1e18)
      .doc("Compute of the tick that did not serve customers.");
  kind.state("share", &State::share, "1").range(0, 1).doc("Of the market for tokens.");
  kind.state("months_short", &State::months_short, "month")
      .range(0, 1e6)
      .doc("Months in a row without money for a month's outlays.");
  kind.port(compute).doc("Computing hours.");
  kind.port(expertise).doc("Researchers.");
  kind.port(licences).doc("Rights to train on data.");
  kind.port(synthetic).doc("Synthetic data.");
  kind.port(token_market).attributes({"quality"}).doc("What it sells.");
  kind.port(equity_share).optional().doc("Its shares.");
  kind.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
  kind.port(best_algorithm).doc("Efficiency of the frontier.");
  kind.port(open_algorithm).doc("Efficiency of what is published.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.purpose(dividend, "To owners.");
  kind.on<&Developer::hire>("hire", "Hires researchers.");
  kind.on<&Developer::train>("train", "Rents compute for customers and research.");
  kind.on<&Developer::serve>("serve", "Improves its algorithms, trains, offers tokens.");
  kind.on<&Developer::query>("query", "Buys data.");
  kind.on<&Developer::close>("close", "Expects, prices, hires, raises money, pays out or closes.");
}

void Developer::hire(const Params&, const Traits&, State& s, Agent& self) {
  self.order(expertise, s.staff * months_per_tick(self), 1.3 * self.price(expertise));
}

// Budget: part of sales, and its money spread over the runway, less wages; customers are served first.
void Developer::train(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  s.hours_per_token = hours_per_token(p, s);
  const double months = months_per_tick(self);
  const double for_customers = 1.2 * s.tokens_hat * s.hours_per_token;
  const double wages = s.staff * months * self.price(expertise);
  const double budget =
      std::clamp(p.sales_share * s.sales_hat + self.money() / p.runway * months - wages, 0.0, 0.5 * self.money());
  const double price = self.price(compute);
  const double hours = std::max(ratio(budget, price), std::min(for_customers, ratio(0.6 * self.money(), price)));
  self.order(compute, hours, 1.8 * price);
}

void Developer::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double hours = self.available(compute);
  const double for_customers = std::min(hours, 1.2 * s.tokens_hat * s.hours_per_token);
  s.research_hours = hours - for_customers;
  s.operations += s.research_hours * p.final_share * p.flops * 3600.0 * s.algorithm;
  improve_algorithm(p, s, self);
  s.age += months;
  s.round_age += months;
  train_model(p, s, self);
  s.hours_per_token = hours_per_token(p, s);
  // Some of the research machines serve customers where more come than expected.
  const double tokens = std::min(1e15, ratio(for_customers + 0.3 * s.research_hours, s.hours_per_token));
  self.transform(compute, hours, token_market, tokens);
  self.offer(token_market, tokens, s.price, {ondol::log(std::max(1e-6, s.quality))});
}

// Data: what has reached its term goes, a constant share a month; three hundredths of sales and a little of its money
// for licences; as much for synthetic data once human data run short, a hundredth of sales before.
void Developer::query(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  self.use(licences, self.available(licences) * std::min(1.0, months / p.licence_term));
  self.use(synthetic, self.available(synthetic) * std::min(1.0, months / p.synthetic_term));
  const double budget = 0.03 * s.sales_hat + 0.0015 * self.money();
  self.order(licences, ratio(budget, self.price(licences)), 1.2 * self.price(licences));
  const bool short_of_data = s.tokens > 0.3 * unique_tokens(p, self);
  self.order(synthetic, ratio(short_of_data ? budget : 0.01 * s.sales_hat, self.price(synthetic)),
             1.2 * self.price(synthetic));
}

void Developer::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(token_market);
  const bool sold_out = sold > 0 && self.stock(token_market) <= 0.01 * sold;
  const double demand = std::max(self.demand(token_market), sold_out ? 1.3 * sold : sold);
  s.tokens_hat = smooth(s.tokens_hat, demand, 0.3 * months);
  s.sales_hat = smooth(s.sales_hat, self.revenue(token_market), 0.3 * months);
  const double outlay = self.spent(compute) + self.spent(expertise) + self.spent(licences) + self.spent(synthetic);
  s.outlay_hat = smooth(s.outlay_hat, outlay, 0.3 * months);
  reprice(p, s, self);
  const double affordable =
      ratio(p.staff_share * (s.sales_hat / months + self.money() / p.runway), self.price(expertise), s.staff);
  s.staff = std::max(20.0, smooth(s.staff, affordable, 0.05 * months));
  if (self.bound(ai_sales)) self.contribute(ai_sales, self.revenue(token_market));

  if (self.bound(equity) && self.sold(equity) > 0) s.round_age = 0;
  raise_money(p, s, self, std::max(0.0, s.outlay_hat - s.sales_hat) / months);
  const double keep = 30.0 / months * s.outlay_hat;
  if (self.bound(equity_share) && self.money() > keep)
    self.distribute(equity_share, p.payout * (self.money() - keep), dividend);
  s.months_short = self.money() < s.outlay_hat ? s.months_short + months : 0.0;
  if (p.months_to_exit > 0 && s.months_short >= p.months_to_exit) self.exit();
}

}  // namespace ondol::models

ONDOL_PLUGIN("models", "0.1.0", ondol::models::Developer)
