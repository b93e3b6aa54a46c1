// The household's description and rules.
#include "household.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::households {

namespace {

using Params = Household::Params;
using State = Household::State;

// Share without work of what it offered in the latest market; 0 when it offered nothing.
double idle(Agent& self, Sells port, double supply) {
  return supply > 0 ? std::clamp(1.0 - self.sold(port) / supply, 0.0, 1.0) : 0.0;
}

// Of specialists, of all households of the region where they tell one another; else of its own. Who asks the market's
// wage and sells last has all that is idle: its own share would say little of the market.
double idle_share_of_specialists(Agent& self, const State& s) {
  if (!self.bound(Household::all_specialists)) return idle(self, Household::expertise, s.expert_supply);
  const double offered = self.signal(Household::all_specialists);
  return offered > 0 ? std::clamp(1.0 - self.volume(Household::expertise) / offered, 0.0, 1.0) : 0.0;
}

// Phillips curve on the market's last wage: growth a year = inflation target + trend + phi (u* - u) + iota (pi -
// target). Specialists' wages follow target + trend + phi_e (u* - u_e), clipped, and
// never fall below ordinary ones.
void bargain(const Params& p, State& s, Agent& self) {
  const double years = 1.0 / self.ticks_per_year();
  const double unemployment = ratio(s.jobless, s.labour_supply);
  const double base = p.inflation_target + p.trend;
  if (self.price(Household::labour) > 0) {
    const double growth = base + p.wage_response * (p.natural_unemployment - unemployment) +
                          p.indexation * (s.inflation - p.inflation_target);
    s.wage = self.price(Household::labour) * std::max(p.least_real_wage, 1.0 + growth * years);
  }
  if (!self.bound(Household::expertise)) return;
  if (self.price(Household::expertise) > 0) {
    const double scarcity = p.natural_unemployment - idle_share_of_specialists(self, s);
    const double growth = between(base + p.expert_response * scarcity, p.least_expert_growth, p.most_expert_growth);
    s.expert_wage = self.price(Household::expertise) * (1.0 + growth * years);
  }
  s.expert_wage = std::max(s.expert_wage, s.wage);
}

// Workers become specialists while specialists can expect to earn more than `wage_ratio` times what workers can, and
// the other way round: d ln E = rho ln(w_e (1 - u_e) / (k w (1 - u))) a year, clipped, u the shares that find no work.
// The number of people who work stays what it was.
void retrain(const Params& p, State& s, Agent& self) {
  if (!(s.expert_supply > 0) || !(s.wage > 0) || !(s.expert_wage > 0)) return;
  constexpr double least = 0.01;  // of work found, that anybody reckons with
  const double found = std::max(least, 1.0 - idle_share_of_specialists(self, s));
  const double found_by_workers = std::max(least, 1.0 - ratio(s.jobless, s.labour_supply));
  const double pull = p.retraining * ondol::log(s.expert_wage * found / (p.wage_ratio * s.wage * found_by_workers));
  const double moving = s.expert_supply * between(pull, p.least_retraining, p.most_retraining) / self.ticks_per_year();
  const double most = 0.01 * s.labour_supply;
  const double moved = std::clamp(moving, -0.5 * s.expert_supply, most);
  s.expert_supply += moved;
  s.labour_supply -= moved;
}

// Those who were trained for it join the specialists, of the ordinary workers.
void graduate(State& s, Agent& self) {
  if (!self.bound(Household::specialists)) return;
  const double moved = std::min(self.sums(Household::specialists).sum, s.labour_supply);
  s.expert_supply += moved;
  s.labour_supply -= moved;
}

// Best quality among the token offers it may buy; offers carry ln q.
double best_quality(Agent& self) {
  double best = 0;
  for (const Offer offer : self.offers(Household::tokens)) best = std::max(best, ondol::exp(offer.attribute(0)));
  return best;
}

}  // namespace

void Household::describe(Kind<Household>& kind) {
  kind.name("household").doc("People of one region and income group: work, consume, hold the funds.");
  kind.param("from_income", &Params::from_income, "1")
      .initial(0.8)
      .range(0, 1)
      .assumed(0.7, 0.95)
      .doc("Propensity to consume out of expected disposable income (form: Godley, Lavoie 2007).");
  kind.param("from_wealth", &Params::from_wealth, "1/month")
      .initial(0.03)
      .range(0, 1)
      .assumed(0.01, 0.06)
      .doc("Propensity to consume out of money (form: Godley, Lavoie 2007).");
  kind.param("most", &Params::most, "1").initial(0.9).range(0, 1).assumed().doc("Most of its money spent in a tick.");
  kind.param("import_share", &Params::import_share, "1")
      .initial(0.15)
      .range(0, 1)
      .assumed()
      .doc("Share of imports in its spending at usual prices.");
  kind.param("import_elasticity", &Params::import_elasticity, "1")
      .initial(2)
      .range(0, 20)
      .assumed(1, 4)
      .doc("Elasticity of that share to the relative price (order of Armington 1969's successors).");
  kind.param("import_premium", &Params::import_premium, "1")
      .initial(1.05)
      .range(0.01, 100)
      .assumed()
      .doc("Price of imports over home prices that is usual.");
  kind.param("token_share", &Params::token_share, "1")
      .initial(0.002)
      .range(0, 1)
      .assumed(0.0005, 0.006)
      .doc("Share of income that a user spends on AI services of unlimited quality.");
  kind.param("digital_share", &Params::digital_share, "1")
      .initial(0.0155)
      .range(0, 1)
      .assumed(0.01, 0.02)
      .doc("Share of income spent on digital services, directly or through what advertising costs.");
  kind.param("innovation", &Params::innovation, "1/year")
      .initial(0.02)
      .range(0, 10)
      .assumed(0.005, 0.04)
      .doc("Bass's p for private users (order of Bass 1969).");
  kind.param("imitation", &Params::imitation, "1/year")
      .initial(0.6)
      .range(0, 10)
      .assumed(0.3, 0.9)
      .doc("Bass's q for private users (order of Bass 1969).");
  kind.param("natural_unemployment", &Params::natural_unemployment, "1")
      .initial(0.05)
      .range(0, 1)
      .assumed()
      .doc("Unemployment at which real wages follow the trend.");
  kind.param("wage_response", &Params::wage_response, "1/year")
      .initial(1.5)
      .range(0, 20)
      .assumed(0.5, 3)
      .doc("Wage growth per point of unemployment below it (form: Phillips 1958).");
  kind.param("expert_response", &Params::expert_response, "1/year")
      .initial(4)
      .range(0, 50)
      .assumed(2, 8)
      .doc("The same for specialists.");
  kind.param("inflation_target", &Params::inflation_target, "1/year")
      .initial(0.02)
      .range(-1, 1)
      .assumed()
      .doc("Inflation expected.");
  kind.param("trend", &Params::trend, "1/year")
      .initial(0.01)
      .range(-1, 1)
      .assumed(0.005, 0.015)
      .doc("Growth of real wages.");
  kind.param("indexation", &Params::indexation, "1")
      .initial(0.3)
      .range(0, 2)
      .assumed(0, 0.8)
      .doc("Part of surprising inflation that wages follow.");
  kind.param("retraining", &Params::retraining, "1/year")
      .initial(0.6)
      .range(0, 20)
      .assumed(0.2, 1.2)
      .doc("Growth of specialists per log point of their premium.");
  kind.param("wage_ratio", &Params::wage_ratio, "1")
      .initial(2.2)
      .range(0.1, 100)
      .assumed()
      .doc("Specialists' wage per ordinary wage at which nobody moves.");
  kind.param("least_real_wage", &Params::least_real_wage, "1")
      .initial(0.5)
      .range(0, 1)
      .assumed()
      .doc("Least factor of wages in a tick.");
  kind.param("least_expert_growth", &Params::least_expert_growth, "1/year")
      .initial(-0.1)
      .range(-1, 0)
      .assumed()
      .doc("Least growth of specialists' wages.");
  kind.param("most_expert_growth", &Params::most_expert_growth, "1/year")
      .initial(0.25)
      .range(0, 10)
      .assumed()
      .doc("Most growth of specialists' wages.");
  kind.param("least_retraining", &Params::least_retraining, "1/year")
      .initial(-0.3)
      .range(-1, 0)
      .assumed(-0.6, -0.1)
      .doc("Fastest fall of specialists: those without work take up ordinary work.");
  kind.param("most_retraining", &Params::most_retraining, "1/year")
      .initial(0.4)
      .range(0, 10)
      .assumed()
      .doc("Fastest growth of specialists.");
  kind.param("least_import_response", &Params::least_import_response, "1")
      .initial(0.3)
      .range(0, 1)
      .assumed()
      .doc("Least factor of the import share.");
  kind.param("most_import_response", &Params::most_import_response, "1")
      .initial(2.5)
      .range(1, 100)
      .assumed()
      .doc("Most factor of the import share.");
  kind.param("most_imports", &Params::most_imports, "1")
      .initial(0.9)
      .range(0, 1)
      .assumed()
      .doc("Most of spending that goes into imports.");
  kind.param("income_speed", &Params::income_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of expected income towards income.");
  kind.param("token_limit", &Params::token_limit, "1")
      .initial(1.6)
      .range(1, 100)
      .assumed(1.2, 2)
      .doc("Most it bids over the last price of tokens.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of goods.");
  kind.param("import_limit", &Params::import_limit, "1")
      .initial(1.2)
      .range(1, 100)
      .assumed(1, 1.4)
      .doc("Most it bids over the last price of imports.");
  kind.param("digital_limit", &Params::digital_limit, "1")
      .initial(1.2)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last price of digital services.");

  kind.state("people", &State::people, "1").initial(1).range(0, 1e12).disclosed("people").doc("Heads, for transfers.");
  kind.state("labour_supply", &State::labour_supply, "person_month")
      .range(0, 1e12)
      .disclosed("people")
      .doc("Work offered a tick.");
  kind.state("expert_supply", &State::expert_supply, "expert_month").range(0, 1e12).doc("Specialist work offered.");
  kind.state("jobless", &State::jobless, "person_month")
      .range(0, 1e12)
      .disclosed("people")
      .doc("Ordinary work offered and not sold in the latest tick.");
  kind.state("idle_specialists", &State::idle_specialists, "expert_month/month")
      .range(0, 1e12)
      .doc("Specialists who found no work as such.");
  kind.state("wage", &State::wage, "money/person_month").range(0, 1e12).doc("Wage asked.");
  kind.state("expert_wage", &State::expert_wage, "money/expert_month").range(0, 1e12).doc("Specialists' wage asked.");
  kind.state("income", &State::income, "money").range(-1e18, 1e18).doc("Disposable income of the latest tick.");
  kind.state("income_hat", &State::income_hat, "money").range(0, 1e18).doc("Disposable income expected a tick.");
  kind.state("left", &State::left, "money").range(0, 1e18).doc("Money left after the latest spending.");
  kind.state("users", &State::users, "1").initial(0.02).range(0, 1).assumed().doc("Share that uses AI services.");
  kind.state("consumption", &State::consumption, "basket").range(0, 1e18).doc("Goods used in the latest tick.");
  kind.state("inflation", &State::inflation, "1/year").range(-1, 1e6).doc("Growth of the price of goods in a year.");
  kind.state("prices", &State::prices, "money/basket")
      .range(0, 1e12)
      .doc("Prices of goods in the last thirteen ticks.");

  kind.port(labour).doc("Ordinary work.");
  kind.port(expertise).optional().doc("Specialist work.");
  kind.port(goods).doc("Goods of its region.");
  kind.port(imports).optional().doc("Goods of other regions.");
  kind.port(tokens).optional().attributes({"quality"}).doc("AI services.");
  kind.port(specialists).optional().doc("Told it: its members who have been trained to be specialists.");
  kind.port(digital).optional().doc("Digital services, such as search, shops and social media.");
  kind.port(specialists_offered).optional().doc("Work of specialists that all households of the region offer.");
  kind.port(all_specialists).optional().doc("The same, as they read it: what of it nobody buys sets their wage.");

  kind.on<&Household::open>("open", "Offers its work.");
  kind.on<&Household::query>("query", "Counts its jobless; orders digital and AI services.");
  kind.on<&Household::spend>("spend", "Orders goods and imports out of income and wealth.");
  kind.on<&Household::close>("close", "Consumes; asks new wages; retrains.");
}

void Household::open(const Params&, const Traits&, State& s, Agent& self) {
  if (self.tick() == 0) s.left = self.money_held();
  graduate(s, self);
  self.make(labour, s.labour_supply);
  self.offer(labour, s.labour_supply, s.wage);
  if (!self.bound(expertise) || !(s.expert_supply > 0)) return;
  self.make(expertise, s.expert_supply);
  self.offer(expertise, s.expert_supply, s.expert_wage);
}

// Users spread as in Bass (1969): dU = (p + q U)(1 - U) a year. They spend the share t (1 - e^-Q) of income, Q the best
// quality on offer.
void Household::query(const Params& p, const Traits&, State& s, Agent& self) {
  s.jobless = idle(self, labour, s.labour_supply) * s.labour_supply;
  s.idle_specialists = self.bound(expertise) ? idle(self, expertise, s.expert_supply) * s.expert_supply : 0.0;
  if (self.bound(specialists_offered)) self.contribute(specialists_offered, s.expert_supply);
  if (self.bound(digital)) {
    const double price = self.price(digital);
    self.order(digital, ratio(p.digital_share * s.income_hat, price), p.digital_limit * price);
  }
  if (!self.bound(tokens)) return;
  const double quality = best_quality(self);
  if (quality <= 0) return;
  const double spread = (p.innovation + p.imitation * s.users) * (1.0 - s.users) / self.ticks_per_year();
  s.users = std::min(1.0, s.users + spread);
  const double budget = s.users * p.token_share * s.income_hat * (1.0 - ondol::exp(-quality));
  self.order(tokens, ratio(budget, self.price(tokens)), p.token_limit * self.price(tokens));
}

// C = a1 YD^ + a2 M, YD^ expected disposable income (all receipts since the last spending, taxes off), M money; no more
// than `most` of M (Godley, Lavoie 2007, chapter 3). The share of imports is m (p_m / (k p))^-e, within bounds.
void Household::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double on_services =
      (self.bound(tokens) ? self.spent(tokens) : 0.0) + (self.bound(digital) ? self.spent(digital) : 0.0);
  s.income = self.money_held() + on_services - s.left;
  s.income_hat = std::max(0.0, adapt(self, s.income_hat, s.income, p.income_speed));
  const double wanted = p.from_income * s.income_hat + p.from_wealth * months * self.money() - on_services;
  const double spending = std::clamp(wanted, 0.0, p.most * self.money());
  const double home_price = self.price(goods);
  double share = 0;
  if (self.bound(imports)) {
    const double foreign_price = self.price(imports);
    const double relative = ratio(foreign_price, p.import_premium * home_price, 1.0);
    const double response = relative > 0 ? ondol::pow(relative, -p.import_elasticity) : p.most_import_response;
    share =
        std::min(p.most_imports, p.import_share * between(response, p.least_import_response, p.most_import_response));
    self.order(imports, ratio(share * spending, foreign_price), p.import_limit * foreign_price);
  }
  self.order(goods, ratio((1.0 - share) * spending, home_price), p.price_limit * home_price);
}

void Household::close(const Params& p, const Traits&, State& s, Agent& self) {
  s.consumption = self.available(goods);
  self.use(goods, s.consumption);
  if (self.bound(tokens)) self.use(tokens, self.available(tokens));
  if (self.bound(digital)) self.use(digital, self.available(digital));
  remember(s.prices, self.price(goods));
  s.inflation = yearly_growth(s.prices, self.ticks_per_year(), p.inflation_target);
  bargain(p, s, self);
  retrain(p, s, self);
  s.left = self.money_held();
}

}  // namespace ondol::households

ONDOL_PLUGIN("households", "0.2.0", ondol::households::Household)
