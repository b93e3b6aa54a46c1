// Procurement's description and rules.
#include "procurement.hpp"

namespace ondol::policy {

void Procurement::describe(Kind<Procurement>& kind) {
  kind.name("procurement").doc("Buys from sellers of its region, as a first customer.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.5)
      .range(1, 1e6)
      .assumed(1.1, 2)
      .doc("Most it pays, over the market's last price; sellers who ask more get no order.");
  kind.state("bought", &State::bought, "1").range(0, 1e18).doc("Units bought and used so far.");
  kind.port(product).doc("What it buys.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.on<&Procurement::open>("open", "Authorises; asks the treasury.");
  kind.on<&Procurement::adopt>("adopt", "Orders from sellers of its region.");
  kind.on<&Procurement::close>("close", "Uses what it bought; pays its clerks; returns what lapses.");
}

void Procurement::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void Procurement::adopt(const Params& p, const Traits&, State&, Agent& self) {
  budget::Purse::buy_at_home(p.purse, self, product, p.price_limit);
}

void Procurement::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double held = self.available(product);
  s.bought += held;
  self.use(product, held);
  if (held > 0) budget::Purse::count(s.purse, self.spent(product), 1);
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
