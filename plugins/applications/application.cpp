// The application firm's description and rules.
#include "application.hpp"

#include <ondol/economics.hpp>
#include <ondol/pricing.hpp>

#include <algorithm>

namespace ondol::applications {

namespace {

using Params = Application::Params;
using State = Application::State;

// What of a vendor's price it pays itself, where a voucher pays a part.
double own_part(const Agent& self) {
  return self.bound(Application::voucher) ? 1.0 - self.signal(Application::voucher) : 1.0;
}

// Learns quality and price of its vendor's offer; false when that has none.
bool look_at(State& s, Agent& self) {
  const auto offers = self.offers(Application::tokens);
  const auto found = offers.find(s.vendor);
  if (found == offers.end()) return false;
  s.vendor_quality = ondol::exp((*found).attribute(0));
  s.token_price = (*found).price();
  return true;
}

// Q = q^a (1 + data/d0)^b (1 + experience/e0)^c: the model's quality, its own data, and deployments so far (Dosi,
// Fagiolo, Roventini 2010 for innovation by doing; exponents assumed).
double quality_of(const Params& p, const State& s, const Agent& self) {
  const double data = ondol::pow(1.0 + self.stock(Application::licences) / p.first_data, p.data_weight);
  const double experience = ondol::pow(1.0 + s.experience / p.first_experience, p.experience_weight);
  return ondol::pow(std::max(1e-6, s.vendor_quality), p.model_weight) * data * experience;
}

}  // namespace

void Application::describe(Kind<Application>& kind) {
  kind.name("application").doc("Sells AI applications by the seat: a fixed team, tokens and support for each seat.");
  kind.param("first_tokens", &Params::first_tokens, "Mtoken/seat_month")
      .initial(3)
      .range(0, 1e9)
      .assumed(1, 10)
      .doc("Used by a seat at the first token price; reasoning models raise it.");
  kind.param("token_elasticity", &Params::token_elasticity, "1")
      .initial(1.2)
      .range(0, 4)
      .assumed(0.7, 1.6)
      .doc("epsilon: of tokens per seat to their price; above 1 cheaper tokens raise spending.");
  kind.param("first_token_price", &Params::first_token_price, "money/Mtoken")
      .initial(12)
      .range(1e-9, 1e9)
      .assumed()
      .doc("At which that was reckoned.");
  kind.param("support", &Params::support, "expert_month/seat_month")
      .initial(10.0 / 15000)
      .range(0, 1)
      .assumed(3e-4, 1.5e-3)
      .doc("To keep a seat working.");
  kind.param("staff_share", &Params::staff_share, "1")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.35)
      .doc("Of sales, for the fixed team.");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Towards the Bertrand price.");
  kind.param("vendor_review", &Params::vendor_review, "1/month")
      .initial(1.0 / 12)
      .range(0, 1)
      .assumed(1.0 / 24, 1.0 / 4)
      .doc("How often it looks for another model.");
  kind.param("model_weight", &Params::model_weight, "1")
      .initial(0.5)
      .range(0, 10)
      .assumed(0.3, 0.8)
      .doc("Exponent of the model's quality.");
  kind.param("data_weight", &Params::data_weight, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0.03, 0.2)
      .doc("Exponent of its data.");
  kind.param("experience_weight", &Params::experience_weight, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0.03, 0.2)
      .doc("Exponent of its experience.");
  kind.param("first_data", &Params::first_data, "Gtoken").initial(50).range(1e-9, 1e12).assumed(10, 200).doc("d0.");
  kind.param("first_experience", &Params::first_experience, "seat_month")
      .initial(1e6)
      .range(1e-9, 1e15)
      .assumed(3e5, 3e6)
      .doc("e0.");
  kind.param("least_lerner", &Params::least_lerner, "1")
      .initial(0.2)
      .range(0, 0.99)
      .assumed(0.1, 0.3)
      .doc("Least Lerner index it asks.");
  kind.param("most_lerner", &Params::most_lerner, "1")
      .initial(0.6)
      .range(0, 0.99)
      .assumed(0.5, 0.8)
      .doc("Most that it asks.");
  kind.param("hope", &Params::hope, "1")
      .initial(0.03)
      .range(0, 10)
      .assumed(0, 0.1)
      .doc("Seats that it prepares for beyond those seen.");
  kind.param("least_seats", &Params::least_seats, "seat_month/month")
      .initial(50)
      .range(0, 1000000000.0)
      .assumed(10, 500)
      .doc("Seats that a going firm prepares for.");
  kind.param("demand_speed", &Params::demand_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of expected seats towards those seen.");
  kind.param("staff_speed", &Params::staff_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.2)
      .doc("Of its team towards what sales pay for.");
  kind.param("least_staff", &Params::least_staff, "expert_month/month")
      .initial(5)
      .range(0, 1000000000.0)
      .assumed(2, 20)
      .doc("The team of a going firm.");
  kind.param("unserved", &Params::unserved, "1")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 0.8)
      .doc("Share of the tokens it wants below which it looks for another vendor.");
  kind.param("token_reserve", &Params::token_reserve, "1")
      .initial(0.15)
      .range(0, 10)
      .assumed(0.05, 0.3)
      .doc("Tokens bought beyond expected seats.");
  kind.param("data_of_sales", &Params::data_of_sales, "1")
      .initial(0.02)
      .range(0, 1)
      .assumed(0.01, 0.05)
      .doc("Of sales, for data.");
  kind.param("most_wages", &Params::most_wages, "1/month")
      .initial(0.6)
      .range(0, 1)
      .assumed(0.3, 0.8)
      .doc("Of its money, most that it spends on wages.");
  kind.param("least_size", &Params::least_size, "seat_month/month")
      .initial(100)
      .range(1, 1000000000.0)
      .assumed()
      .doc("Size that a small firm is seen with.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("token_limit", &Params::token_limit, "1")
      .initial(1.05)
      .range(1, 100)
      .assumed(1, 1.2)
      .doc("Most it bids over its vendor's price.");
  kind.param("data_limit", &Params::data_limit, "1")
      .initial(1.2)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last price of data.");
  kind.state("vendor", &State::vendor, "1").doc("Developer whose model it uses.");
  kind.state("vendor_quality", &State::vendor_quality, "1").range(0, 1e9).doc("Of that model.");
  kind.state("quality", &State::quality, "1").range(0, 1e9).doc("Q: of the application.");
  kind.state("price", &State::price, "money/seat_month").range(0, 1e12).doc("Asked for a seat.");
  kind.state("expected_seats", &State::expected_seats, "seat_month/month")
      .range(0, 1e15)
      .doc("Seats it expects to sell.");
  kind.state("experience", &State::experience, "seat_month").range(0, 1e18).doc("Seats sold ever.");
  kind.state("staff", &State::staff, "expert_month/month").range(0, 1e12).doc("The fixed team.");
  kind.state("tokens_per_seat", &State::tokens_per_seat, "Mtoken/seat_month")
      .range(0, 1e12)
      .doc("At the present price.");
  kind.state("token_price", &State::token_price, "money/Mtoken").range(0, 1e12).doc("Of its vendor.");
  kind.state("market_share", &State::market_share, "1").range(0, 1).doc("Of the market for seats.");
  kind.state("eligible", &State::eligible, "money")
      .range(0, 1e18)
      .disclosed("outlay")
      .doc("Its bill for tokens of the tick: what a voucher pays a part of.");
  kind.port(tokens).attributes({"quality"}).market_params(choice::vendor_params()).doc("Models it can build on.");
  kind.port(expertise).doc("Its team and support.");
  kind.port(licences).doc("Data of its customers' trades.");
  kind.port(seats).attributes({"quality", "size"}).market_params({"price_weight"}).doc("What it sells.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.port(voucher).optional().doc("Part v of the price of tokens that is paid back to it.");
  kind.field("sales_multiple").initial(20).assumed(10, 30);
  kind.field("told_growth").initial(1).assumed();
  kind.field("most_debt").initial(0);
  kind.on<&Application::hire>("hire", "Hires its team and support.");
  kind.on<&Application::query>("query", "Chooses a vendor, buys tokens and data.");
  kind.on<&Application::apply>("apply", "Makes seats from tokens, offers them.");
  kind.on<&Application::close>("close", "Learns, prices, sizes its team, raises money, pays out or closes.");
}

void Application::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double wanted = (s.staff + p.support * s.expected_seats) * months_per_tick(self);
  const double fee = self.price(expertise);
  const double affordable = ratio(share_per_tick(self, p.most_wages) * self.money(), fee, wanted);
  self.order(expertise, std::min(wanted, affordable), p.wage_limit * fee);
}

// Tokens per seat: tau = tau0 (p (1 - v) / p0)^-epsilon, v what a voucher pays.
void Application::query(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double months = months_per_tick(self);
  const double before = s.expected_seats * months * s.tokens_per_seat;
  const bool unserved = before > 0 && self.bought(tokens) < p.unserved * before;
  const bool review = !s.vendor || unserved || self.bernoulli("review", share_per_tick(self, p.vendor_review));
  if (review || !look_at(s, self)) {
    s.vendor = choice::draw_vendor(self, tokens, self.uniform("vendor"), 1);
    if (!look_at(s, self)) return;
  }
  const double cheaper = std::clamp(ratio(own_part(self) * s.token_price, p.first_token_price, 1.0), 1e-3, 1e3);
  s.tokens_per_seat = p.first_tokens * ondol::pow(cheaper, -p.token_elasticity);
  const double limit = p.token_limit * s.token_price;
  const double wanted = (1.0 + p.token_reserve) * s.expected_seats * months * s.tokens_per_seat;
  self.order(tokens, std::min(wanted, ratio(self.money(), limit, wanted)), limit, s.vendor);
  const double on_data = p.data_of_sales * s.finance.expected_sales * months;
  self.order(licences, ratio(on_data, self.price(licences)), p.data_limit * self.price(licences));
}

void Application::apply(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  const double held = self.available(tokens);
  const double made = ratio(held, s.tokens_per_seat);
  s.quality = quality_of(p, s, self);
  self.transform(tokens, held, seats, made);
  if (finance.is_winding_up(s.finance)) return;
  self.offer(seats, made, s.price,
             {ondol::log(std::max(1e-6, s.quality)), ondol::log(std::max(p.least_size, s.expected_seats))});
}

// The price moves part of the way to that of Bertrand competition. The team follows sales slowly: in the short run it
// is a fixed cost, so margins move with sales (operating leverage).
void Application::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(seats);
  s.experience += sold;
  s.eligible = self.spent(tokens);
  const double seen = (1.0 + p.hope) * choice::seen_demand(sold, 1, self.demand(seats), 0) / months;
  s.expected_seats = std::max(p.least_seats, adapt(self, s.expected_seats, seen, p.demand_speed));
  finance.observe(p.finance, s.finance, self, self.revenue(seats),
                  self.spent(tokens) + self.spent(expertise) + self.spent(licences));
  s.market_share = std::min(1.0, ratio(sold, self.volume(seats)));
  const double cost = s.tokens_per_seat * own_part(self) * s.token_price + p.support * self.price(expertise);
  const double sensitivity = self.market_param(seats, 0);
  const double target = pricing::logit_price(cost, sensitivity, s.market_share, p.least_lerner, p.most_lerner);
  if (cost > 0) s.price = adapt(self, s.price, target, p.price_speed);
  const double team = ratio(p.staff_share * s.finance.expected_sales, self.price(expertise), s.staff);
  s.staff = adapt(self, s.staff, std::max(p.least_staff, team), p.staff_speed);
  if (self.bound(ai_sales)) self.contribute(ai_sales, self.revenue(seats));
  if (finance.winds_up(p.finance, s.finance, self)) return self.withdraw(seats);
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::applications

ONDOL_PLUGIN("applications", "0.2.0", ondol::applications::Application)
