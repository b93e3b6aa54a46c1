// The application firm's description and rules.
#include "application.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::applications {

namespace {

using Params = Application::Params;
using State = Application::State;

// Vendors are drawn by exp(5 ln q - 2 ln p + 0.5 [own region]) (assumed, and equal to the weights of the market).
AgentId drawn_vendor(Agent& self) {
  const auto offers = self.offers(Application::tokens);
  const auto chosen = draw_by_common_weight(self, offers, self.uniform("vendor"), [&](const Offer& offer) {
    if (!(offer.price() > 0) || !(offer.quantity() > 0)) return 0.0;
    const double home = offer.region() == self.region() ? 0.5 : 0.0;
    return ondol::exp(5.0 * offer.attribute(0) - 2.0 * ondol::log(offer.price()) + home);
  });
  return chosen == offers.end() ? nobody : (*chosen).seller();
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

void raise_money(const Params& p, State& s, Agent& self) {
  if (!self.bound(Application::equity)) return;
  const double months = months_per_tick(self);
  const double burn = std::max(0.0, s.outlay_hat - s.sales_hat) / months;
  const double need = 12.0 * burn + 3.0 * s.seats_hat * s.tokens_per_seat * s.token_price;
  const bool short_of_money = self.money() < 6.0 * burn + 1.5 * s.seats_hat * s.tokens_per_seat * s.token_price;
  if (!short_of_money || s.round_age < 6 || !(need > 0)) return self.withdraw(Application::equity);
  const double value = std::max({need, self.equity(), p.sales_multiple * s.sales_hat * self.ticks_per_year()});
  const double price = ratio(value, self.outstanding(Application::equity_share));
  if (price > 0) self.offer(Application::equity, std::min(need, 0.25 * value) / price, price, {1.0});
}

}  // namespace

void Application::describe(Kind<Application>& kind) {
  kind.name("application").doc("Sells AI applications by the seat: a fixed team, tokens and support for each seat.");
  kind.param("first_tokens", &Params::first_tokens, "Mtoken/seat_month")
      .initial(3)
      .range(0, 1e9)
      .doc("Used by a seat at the first token price (assumed); reasoning models raise it.");
  kind.param("token_elasticity", &Params::token_elasticity, "1")
      .initial(1.2)
      .range(0, 4)
      .doc("epsilon: of tokens per seat to their price; above 1 cheaper tokens raise spending (assumed).");
  kind.param("first_token_price", &Params::first_token_price, "money/Mtoken")
      .initial(12)
      .range(1e-9, 1e9)
      .doc("At which that was reckoned (assumed).");
  kind.param("support", &Params::support, "expert_month/seat_month")
      .initial(10.0 / 15000)
      .range(0, 1)
      .doc("To keep a seat working (assumed).");
  kind.param("staff_share", &Params::staff_share, "1")
      .initial(0.2)
      .range(0, 1)
      .doc("Of sales, for the fixed team (assumed).");
  kind.param("price_sensitivity", &Params::price_sensitivity, "1")
      .initial(3)
      .range(1, 100)
      .doc("alpha: of demand to the log price (assumed).");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.2)
      .range(0, 1)
      .doc("Towards the Bertrand price (assumed).");
  kind.param("vendor_review", &Params::vendor_review, "1/month")
      .initial(1.0 / 12)
      .range(0, 1)
      .doc("How often it looks for another model (assumed).");
  kind.param("model_weight", &Params::model_weight, "1")
      .initial(0.5)
      .range(0, 10)
      .doc("Exponent of the model's quality (assumed).");
  kind.param("data_weight", &Params::data_weight, "1").initial(0.1).range(0, 10).doc("Exponent of its data (assumed).");
  kind.param("experience_weight", &Params::experience_weight, "1")
      .initial(0.1)
      .range(0, 10)
      .doc("Exponent of its experience (assumed).");
  kind.param("first_data", &Params::first_data, "Gtoken").initial(50).range(1e-9, 1e12).doc("d0 (assumed).");
  kind.param("first_experience", &Params::first_experience, "seat_month")
      .initial(1e6)
      .range(1e-9, 1e15)
      .doc("e0 (assumed).");
  kind.param("sales_multiple", &Params::sales_multiple, "1")
      .initial(20)
      .range(0, 1000)
      .doc("Value of the firm in years of sales, in a round (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above 12 months of outlays that is paid out (assumed).");
  kind.param("months_to_exit", &Params::months_to_exit, "month")
      .initial(0)
      .range(0, 1e6)
      .doc("Months without money for a month's outlays after which it closes; 0: never.");
  kind.state("vendor", &State::vendor, "1").doc("Developer whose model it uses.");
  kind.state("vendor_quality", &State::vendor_quality, "1").range(0, 1e9).doc("Of that model.");
  kind.state("quality", &State::quality, "1").range(0, 1e9).doc("Q: of the application.");
  kind.state("price", &State::price, "money/seat_month").range(0, 1e12).doc("Asked for a seat.");
  kind.state("seats_hat", &State::seats_hat, "seat_month").range(0, 1e15).doc("Seats it expects to sell in a tick.");
  kind.state("experience", &State::experience, "seat_month").range(0, 1e18).doc("Seats sold ever.");
  kind.state("staff", &State::staff, "expert_month/month").range(0, 1e12).doc("The fixed team.");
  kind.state("tokens_per_seat", &State::tokens_per_seat, "Mtoken/seat_month")
      .range(0, 1e12)
      .doc("At the present price.");
  kind.state("token_price", &State::token_price, "money/Mtoken").range(0, 1e12).doc("Of its vendor.");
  kind.state("sales_hat", &State::sales_hat, "money").range(0, 1e18).doc("Smoothed sales of a tick.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
  kind.state("round_age", &State::round_age, "month").range(0, 1e6).doc("Months since it last sold shares.");
  kind.state("share", &State::share, "1").range(0, 1).doc("Of the market for seats.");
  kind.state("months_short", &State::months_short, "month")
      .range(0, 1e6)
      .doc("Months in a row without money for a month's outlays.");
  kind.port(tokens).attributes({"quality"}).doc("Models it can build on.");
  kind.port(expertise).doc("Its team and support.");
  kind.port(licences).doc("Data of its customers' trades.");
  kind.port(seats).attributes({"quality", "size"}).doc("What it sells.");
  kind.port(equity_share).optional().doc("Its shares.");
  kind.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.purpose(dividend, "To owners.");
  kind.on<&Application::hire>("hire", "Hires its team and support.");
  kind.on<&Application::query>("query", "Chooses a vendor, buys tokens and data.");
  kind.on<&Application::apply>("apply", "Makes seats from tokens, offers them.");
  kind.on<&Application::close>("close", "Learns, prices, sizes its team, raises money, pays out or closes.");
}

void Application::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double wanted = s.staff * months_per_tick(self) + p.support * s.seats_hat;
  self.order(expertise, std::min(wanted, ratio(0.6 * self.money(), self.price(expertise), wanted)),
             1.3 * self.price(expertise));
}

// Tokens per seat: tau = tau0 (p / p0)^-epsilon.
void Application::query(const Params& p, const Traits&, State& s, Agent& self) {
  const bool unserved = s.tokens_per_seat > 0 && self.bought(tokens) < 0.5 * s.seats_hat * s.tokens_per_seat;
  const bool review = !s.vendor || unserved || self.bernoulli("review", p.vendor_review * months_per_tick(self));
  if (review || !look_at(s, self)) {
    s.vendor = drawn_vendor(self);
    if (!look_at(s, self)) return;
  }
  const double cheaper = std::clamp(ratio(s.token_price, p.first_token_price, 1.0), 1e-3, 1e3);
  s.tokens_per_seat = p.first_tokens * ondol::pow(cheaper, -p.token_elasticity);
  self.order(tokens, 1.15 * s.seats_hat * s.tokens_per_seat, 1.05 * s.token_price, s.vendor);
  self.order(licences, ratio(0.02 * s.sales_hat, self.price(licences)), 1.2 * self.price(licences));
}

void Application::apply(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  const double held = self.available(tokens);
  const double made = ratio(held, s.tokens_per_seat);
  s.quality = quality_of(p, s, self);
  self.transform(tokens, held, seats, made);
  self.offer(seats, made, s.price, {ondol::log(std::max(1e-6, s.quality)), ondol::log(std::max(100.0, s.seats_hat))});
}

// Lerner price as in Anderson, de Palma and Thisse (1992): (p - c) / p = 1 / (alpha (1 - s)), clipped. The team follows
// sales slowly: in the short run it is a fixed cost, so margins move with sales (operating leverage).
void Application::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(seats);
  s.experience += sold;
  s.round_age += months;
  if (self.bound(equity) && self.sold(equity) > 0) s.round_age = 0;
  s.seats_hat = std::max(50.0, smooth(s.seats_hat, 1.03 * std::max(self.demand(seats), sold), 0.3 * months));
  s.sales_hat = smooth(s.sales_hat, self.revenue(seats), 0.3 * months);
  s.outlay_hat = smooth(s.outlay_hat, self.spent(tokens) + self.spent(expertise) + self.spent(licences), 0.3 * months);
  s.share = std::min(0.95, ratio(sold, self.volume(seats)));
  const double cost = s.tokens_per_seat * s.token_price + p.support * self.price(expertise);
  const double lerner = std::clamp(1.0 / (p.price_sensitivity * (1.0 - s.share)), 0.2, 0.6);
  if (cost > 0) s.price = smooth(s.price, cost / (1.0 - lerner), p.price_speed * months);
  const double team = std::max(5.0, ratio(p.staff_share * s.sales_hat / months, self.price(expertise), s.staff));
  s.staff = smooth(s.staff, team, 0.1 * months);
  if (self.bound(ai_sales)) self.contribute(ai_sales, self.revenue(seats));

  raise_money(p, s, self);
  const double keep = 12.0 / months * s.outlay_hat;
  if (self.bound(equity_share) && self.money() > keep)
    self.distribute(equity_share, p.payout * (self.money() - keep), dividend);
  s.months_short = self.money() < s.outlay_hat ? s.months_short + months : 0.0;
  if (p.months_to_exit > 0 && s.months_short >= p.months_to_exit) self.exit();
}

}  // namespace ondol::applications

ONDOL_PLUGIN("applications", "0.1.0", ondol::applications::Application)
