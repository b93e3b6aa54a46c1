// The developer's description and rules.
#include "developer.hpp"

#include "scaling_law.hpp"

#include <ondol/choice.hpp>
#include <ondol/economics.hpp>
#include <ondol/pricing.hpp>

#include <algorithm>

namespace ondol::models {

namespace {

using Params = Developer::Params;
using State = Developer::State;

// Quality is the reducible loss of a model trained with 1e25 operations over a model's own: 1 for that model.
constexpr double reference_operations = 1e25;
// Parameters of that model; a larger one takes more accelerator-hours for a token, as a power of N.
const double reference_parameters = ScalingLaw::optimal(reference_operations).parameters;

double quality_of(ScalingLaw::Model model) {
  const double reference = ScalingLaw::loss(ScalingLaw::optimal(reference_operations)) - ScalingLaw::irreducible;
  return reference / (ScalingLaw::loss(model) - ScalingLaw::irreducible);
}

// What of the price of compute it pays itself, where a voucher pays a part.
double own_part(const Agent& self) {
  return self.bound(Developer::voucher) ? 1.0 - self.signal(Developer::voucher) : 1.0;
}

double hours_per_token(const Params& p, const State& s) {
  return p.first_hours * ondol::pow(s.parameters / reference_parameters, p.size_exponent) / s.algorithm;
}

// Compute for the customers it expects, and some to spare, in a tick.
double for_customers(const Params& p, const State& s, const Agent& self) {
  return (1.0 + p.serving_reserve) * s.expected_tokens * months_per_tick(self) * s.hours_per_token;
}

// Unique data: public text and licences; synthetic data count for what verification leaves of them.
double unique_tokens(const Params& p, const Agent& self) {
  return p.unique_tokens + 1e9 * self.stock(Developer::licences);
}

// Algorithms: d ln a = g clip((R / R0)^x, least, most) a^-fading of its own research R, slower the further it has come,
// and diffusion from the frontier, faster from what is published. About threefold a year at the frontier (Epoch AI
// 2024).
void improve_algorithm(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double research = std::max(1.0, s.research_hours / months) / p.effort_scale;
  const double effort = between(ondol::pow(research, p.effort_exponent), p.least_effort, p.most_effort);
  const double progress = p.algorithm_growth / 12.0 * months * effort * ondol::pow(s.algorithm, -p.fading);
  s.algorithm = std::min(s.algorithm * ondol::exp(std::min(progress, 50.0)), 1e12);
  const auto learn_from = [&](Writes source, double speed) {
    s.algorithm += share_per_tick(self, speed) * std::max(0.0, self.signal(source) - s.algorithm);
  };
  learn_from(Developer::best_algorithm, p.diffusion);
  learn_from(Developer::open_algorithm, p.open_diffusion);
  self.contribute(Developer::best_algorithm, s.algorithm);
  if (p.open) self.contribute(Developer::open_algorithm, s.algorithm);
}

// A new model at the earliest some months after the last, once as much effective compute has come together as it took
// (or enough of it after longer); kept if it is better.
void train_model(const Params& p, State& s, Agent& self) {
  const bool gathered = s.operations >= s.last_operations;
  const bool enough = s.age > p.patience_for_compute && s.operations > p.enough_compute * s.last_operations;
  if (s.age < p.least_age || !(gathered || enough) || !(s.operations > 0)) return;
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

// The price moves part of the way to that of Bertrand competition and does not fall below cost.
void reprice(const Params& p, State& s, Agent& self) {
  const double cost = s.hours_per_token * own_part(self) * self.price(Developer::compute);
  s.market_share = std::min(1.0, ratio(self.sold(Developer::token_market), self.volume(Developer::token_market)));
  const double sensitivity = self.market_param(Developer::token_market, 0);
  const double target = pricing::logit_price(cost, sensitivity, s.market_share, p.least_lerner, p.most_lerner);
  s.price = std::max(adapt(self, s.price, target, p.price_speed), (1.0 + p.least_margin) * cost);
}

}  // namespace

void Developer::describe(Kind<Developer>& kind) {
  kind.name("developer").doc("Trains language models on rented compute and sells tokens.");
  kind.param("open", &Params::open, "1").initial(0).range(0, 1).doc("Publishes its weights and methods.");
  kind.param("final_share", &Params::final_share, "1")
      .initial(0.12)
      .range(0, 1)
      .assumed(0.05, 0.25)
      .doc("Of research compute that goes into final runs.");
  kind.param("flops", &Params::flops, "FLOP/(s*accelerator)")
      .initial(989e12 * 0.4)
      .range(0, 1e20)
      .assumed()
      .doc("Used of an accelerator: 989 TFLOP/s dense BF16 of an H100, 40 % of it.");
  kind.param("algorithm_growth", &Params::algorithm_growth, "1/year")
      .initial(1.1)
      .range(0, 10)
      .doc("Of the log of efficiency: threefold a year (Epoch AI 2024, algorithmic progress).");
  kind.param("diffusion", &Params::diffusion, "1/month")
      .initial(0.02)
      .range(0, 1)
      .assumed(0.005, 0.04)
      .doc("phi: from the frontier.");
  kind.param("open_diffusion", &Params::open_diffusion, "1/month")
      .initial(0.05)
      .range(0, 1)
      .assumed(0.02, 0.1)
      .doc("phi_open: from what is published.");
  kind.param("plan_months", &Params::plan_months, "month")
      .initial(18)
      .range(1, 1000)
      .assumed(12, 30)
      .doc("Over which it plans to spend its money.");
  kind.param("sales_share", &Params::sales_share, "1")
      .initial(0.8)
      .range(0, 10)
      .assumed(0.5, 1)
      .doc("Of sales, spent on compute.");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("theta: towards the Bertrand price.");
  kind.param("first_hours", &Params::first_hours, "accelerator_hour/Mtoken")
      .initial(1.5)
      .range(0, 1e9)
      .assumed(0.7, 3)
      .doc("For a million tokens of the reference model at efficiency 1.");
  kind.param("synthetic_worth", &Params::synthetic_worth, "1")
      .initial(0.6)
      .range(0, 1)
      .assumed(0.3, 0.9)
      .doc("chi: of a verified synthetic token.");
  kind.param("licence_term", &Params::licence_term, "month")
      .initial(36)
      .range(1, 1000)
      .assumed()
      .doc("After which a right to train runs out.");
  kind.param("synthetic_term", &Params::synthetic_term, "month")
      .initial(24)
      .range(1, 1000)
      .assumed()
      .doc("After which synthetic data are behind the models that would learn from them.");
  kind.param("repeats_worth", &Params::repeats_worth, "1")
      .initial(15)
      .range(0.1, 1000)
      .doc("R*: repeats after which data wear out (Muennighoff et al. 2023).");
  kind.param("unique_tokens", &Params::unique_tokens, "1")
      .initial(5e12)
      .range(1e6, 1e18)
      .assumed(3e12, 1.5e13)
      .doc("Of public text it may use; 15 trillion went into models of 2024.");
  kind.param("staff_share", &Params::staff_share, "1")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.35)
      .doc("Of sales and planned spending, for experts.");
  kind.param("size_exponent", &Params::size_exponent, "1")
      .initial(0.75)
      .range(0, 2)
      .assumed(0.6, 1)
      .doc("Of compute for a token in the size of a model.");
  kind.param("effort_scale", &Params::effort_scale, "accelerator_hour/month")
      .initial(3e7)
      .range(1, 1e15)
      .assumed(1e7, 1e8)
      .doc("R0: research at which algorithms improve at that rate.");
  kind.param("effort_exponent", &Params::effort_exponent, "1")
      .initial(0.2)
      .range(0, 2)
      .assumed(0.1, 0.4)
      .doc("x: of research in the speed of progress.");
  kind.param("least_effort", &Params::least_effort, "1")
      .initial(0.2)
      .range(0, 10)
      .assumed()
      .doc("Least that research counts.");
  kind.param("most_effort", &Params::most_effort, "1")
      .initial(1.2)
      .range(0, 100)
      .assumed()
      .doc("Most that research counts.");
  kind.param("fading", &Params::fading, "1")
      .initial(0.1)
      .range(0, 2)
      .assumed(0, 0.3)
      .doc("Of progress, in what has been reached.");
  kind.param("least_age", &Params::least_age, "month").initial(6).range(0, 1000).assumed(3, 12).doc("Between models.");
  kind.param("patience_for_compute", &Params::patience_for_compute, "month")
      .initial(14)
      .range(0, 1000)
      .assumed(10, 24)
      .doc("After which less compute than the last took is enough.");
  kind.param("enough_compute", &Params::enough_compute, "1")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 1)
      .doc("What is enough then, of the last.");
  kind.param("least_lerner", &Params::least_lerner, "1")
      .initial(0.2)
      .range(0, 0.99)
      .assumed(0.1, 0.3)
      .doc("Least Lerner index it asks.");
  kind.param("most_lerner", &Params::most_lerner, "1")
      .initial(0.75)
      .range(0, 0.99)
      .assumed(0.6, 0.85)
      .doc("Most that it asks.");
  kind.param("least_margin", &Params::least_margin, "1")
      .initial(0.02)
      .range(0, 10)
      .assumed()
      .doc("Least over the cost of compute.");
  kind.param("serving_reserve", &Params::serving_reserve, "1")
      .initial(0.2)
      .range(0, 10)
      .assumed(0.1, 0.4)
      .doc("Compute for customers beyond those expected.");
  kind.param("research_serves", &Params::research_serves, "1")
      .initial(0.3)
      .range(0, 1)
      .assumed(0, 0.5)
      .doc("Part of the research machines that serve where more customers come.");
  kind.param("most_spent", &Params::most_spent, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.2, 0.6)
      .doc("Of its money, most that it plans to spend on compute.");
  kind.param("most_served", &Params::most_served, "1/month")
      .initial(0.6)
      .range(0, 1)
      .assumed(0.4, 0.8)
      .doc("Of its money, most that it spends on compute for customers.");
  kind.param("data_of_sales", &Params::data_of_sales, "1")
      .initial(0.03)
      .range(0, 1)
      .assumed(0.01, 0.1)
      .doc("Of sales, for data licences.");
  kind.param("data_of_money", &Params::data_of_money, "1/month")
      .initial(0.0015)
      .range(0, 1)
      .assumed(0.0005, 0.005)
      .doc("Of money, for data licences.");
  kind.param("synthetic_of_sales", &Params::synthetic_of_sales, "1")
      .initial(0.01)
      .range(0, 1)
      .assumed(0, 0.03)
      .doc("Of sales, for synthetic data before human data run short.");
  kind.param("data_shortage", &Params::data_shortage, "1")
      .initial(0.3)
      .range(0, 100)
      .assumed(0.2, 1)
      .doc("Tokens trained on over those it may use, from which human data are short.");
  kind.param("demand_speed", &Params::demand_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of expected demand towards what is seen.");
  kind.param("staff_speed", &Params::staff_speed, "1/month")
      .initial(0.05)
      .range(0, 1)
      .assumed(0.03, 0.15)
      .doc("Of its staff towards what it can pay.");
  kind.param("least_staff", &Params::least_staff, "expert_month/month")
      .initial(20)
      .range(0, 1000000000.0)
      .assumed(5, 50)
      .doc("Researchers that a going developer keeps.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.3)
      .range(0, 10)
      .assumed(0.1, 0.5)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("compute_limit", &Params::compute_limit, "1")
      .initial(1.8)
      .range(1, 100)
      .assumed(1.3, 2.5)
      .doc("Most it bids over the last price of compute.");
  kind.param("data_limit", &Params::data_limit, "1")
      .initial(1.2)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last price of data.");
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
  kind.state("parameters", &State::parameters, "1").initial(1e9).range(1e6, 1e30).doc("N of its model.");
  kind.state("tokens", &State::tokens, "1").range(0, 1e30).doc("D its model was trained on.");
  kind.state("hours_per_token", &State::hours_per_token, "accelerator_hour/Mtoken")
      .range(0, 1e12)
      .doc("Compute for a million tokens.");
  kind.state("price", &State::price, "money/Mtoken").range(0, 1e12).doc("Asked.");
  kind.state("expected_tokens", &State::expected_tokens, "Mtoken/month").range(0, 1e18).doc("Demand it expects.");
  kind.state("staff", &State::staff, "expert_month/month").range(0, 1e12).doc("Experts it wants.");
  kind.state("age", &State::age, "month").range(0, 1e6).doc("Of its model.");
  kind.state("research_hours", &State::research_hours, "accelerator_hour")
      .range(0, 1e18)
      .doc("Compute of the tick that did not serve customers.");
  kind.state("given_hours", &State::given_hours, "accelerator_hour")
      .range(0, 1e18)
      .doc("Compute that it was handed after it served, for the research of the next tick.");
  kind.state("market_share", &State::market_share, "1").range(0, 1).doc("Of the market for tokens.");
  kind.state("eligible", &State::eligible, "money")
      .range(0, 1e18)
      .disclosed("outlay")
      .doc("Its bill for compute of the tick: what a voucher pays a part of.");
  kind.port(compute).doc("Computing hours.");
  kind.port(expertise).doc("Researchers.");
  kind.port(licences).doc("Rights to train on data.");
  kind.port(synthetic).doc("Synthetic data.");
  kind.port(token_market).attributes({"quality"}).market_params({"price_weight"}).doc("What it sells.");
  kind.port(best_algorithm).doc("Efficiency of the frontier.");
  kind.port(open_algorithm).doc("Efficiency of what is published.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.port(voucher).optional().doc("Part of the price of compute that is paid back to it.");
  kind.field("sales_multiple").initial(20).assumed(10, 30);
  kind.field("told_growth").initial(1).assumed();
  kind.field("most_debt").initial(0);
  kind.on<&Developer::hire>("hire", "Hires researchers.");
  kind.on<&Developer::train>("train", "Rents compute for customers and research.");
  kind.on<&Developer::serve>("serve", "Improves its algorithms, trains, offers tokens.");
  kind.on<&Developer::query>("query", "Buys data.");
  kind.on<&Developer::close>("close", "Expects, prices, hires, raises money, pays out or closes.");
}

void Developer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  self.order(expertise, s.staff * months_per_tick(self), p.wage_limit * self.price(expertise));
}

// Budget: part of sales, and its money spread over the runway, less wages; customers are served first.
void Developer::train(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  s.hours_per_token = hours_per_token(p, s);
  if (finance.is_winding_up(s.finance)) return;
  const double months = months_per_tick(self);
  const double price = self.price(compute);
  const double wages = s.staff * self.price(expertise);
  const double monthly = p.sales_share * s.finance.expected_sales + self.money() / p.plan_months - wages;
  const double budget = between(monthly * months, 0.0, share_per_tick(self, p.most_spent) * self.money());
  const double serving = share_per_tick(self, p.most_served) * self.money();
  const double cost = own_part(self) * price;
  self.order(compute, std::max(ratio(budget, cost), std::min(for_customers(p, s, self), ratio(serving, cost))),
             p.compute_limit * price);
}

void Developer::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double hours = self.available(compute);
  const double serving = std::min(hours, for_customers(p, s, self));
  s.research_hours = hours - serving + s.given_hours;
  s.operations += s.research_hours * p.final_share * p.flops * 3600.0 * s.algorithm;
  improve_algorithm(p, s, self);
  s.age += months;
  train_model(p, s, self);
  s.hours_per_token = hours_per_token(p, s);
  const double tokens = std::min(1e15, ratio(serving + p.research_serves * (hours - serving), s.hours_per_token));
  self.transform(compute, hours, token_market, tokens);
  if (!finance.is_winding_up(s.finance))
    self.offer(token_market, tokens, s.price, {ondol::log(std::max(1e-6, s.quality))});
}

// Hours that others handed it go into research. Data: what has reached its term goes, a constant share a month; parts
// of sales and money for licences; as much for synthetic data once human data run short, less before.
void Developer::query(const Params& p, const Traits&, State& s, Agent& self) {
  s.given_hours = self.available(compute);
  self.use(compute, s.given_hours);
  self.use(licences, self.available(licences) * share_per_tick(self, 1.0 / p.licence_term));
  self.use(synthetic, self.available(synthetic) * share_per_tick(self, 1.0 / p.synthetic_term));
  if (finance.is_winding_up(s.finance)) return;
  const double sales = s.finance.expected_sales * months_per_tick(self);
  const double budget = p.data_of_sales * sales + share_per_tick(self, p.data_of_money) * self.money();
  self.order(licences, ratio(budget, self.price(licences)), p.data_limit * self.price(licences));
  const bool short_of_data = s.tokens > p.data_shortage * unique_tokens(p, self);
  self.order(synthetic, ratio(short_of_data ? budget : p.synthetic_of_sales * sales, self.price(synthetic)),
             p.data_limit * self.price(synthetic));
}

void Developer::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double demand =
      choice::seen_demand(self.sold(token_market), self.stock(token_market), self.demand(token_market), p.unseen);
  s.expected_tokens = adapt(self, s.expected_tokens, demand / months, p.demand_speed);
  finance.observe(p.finance, s.finance, self, self.revenue(token_market),
                  self.spent(compute) + self.spent(expertise) + self.spent(licences) + self.spent(synthetic));
  s.eligible = self.spent(compute);
  reprice(p, s, self);
  const double affordable =
      ratio(p.staff_share * (s.finance.expected_sales + self.money() / p.plan_months), self.price(expertise), s.staff);
  s.staff = std::max(p.least_staff, adapt(self, s.staff, affordable, p.staff_speed));
  if (self.bound(ai_sales)) self.contribute(ai_sales, self.revenue(token_market));
  if (finance.winds_up(p.finance, s.finance, self)) return self.withdraw(token_market);
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::models

ONDOL_PLUGIN("models", "0.2.0", ondol::models::Developer)
