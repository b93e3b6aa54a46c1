// Procurement's description and rules.
#include "procurement.hpp"

#include <ondol/economics.hpp>

namespace ondol::policy {

void Procurement::describe(Kind<Procurement>& kind) {
  kind.name("procurement").doc("Buys from sellers of its region, as a first customer.");
  kind.state("bought", &State::bought, "1").range(0, 1e18).doc("Units bought and used so far.");
  kind.port(product).doc("What it buys.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.on<&Procurement::open>("open", "Authorises; asks the treasury.");
  kind.on<&Procurement::adopt>("adopt", "Orders from sellers of its region.");
  kind.on<&Procurement::close>("close", "Uses what it bought; pays its clerks; returns what lapses.");
}

void Procurement::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void Procurement::adopt(const Params& p, const Traits&, State&, Agent& self) {
  const double money = budget::Purse::available(p.purse, self);
  if (!(money > 0)) return;
  const auto at_home = [&](const Offer& offer) { return offer.region() == self.region() && offer.price() > 0; };
  double sellers = 0;
  for (const Offer offer : self.offers(product)) sellers += at_home(offer) ? 1 : 0;
  if (sellers == 0) return;
  for (const Offer offer : self.offers(product)) {
    if (at_home(offer)) self.order(product, money / sellers / offer.price(), offer);
  }
}

void Procurement::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double held = self.available(product);
  s.bought += held;
  self.use(product, held);
  if (held > 0) budget::Purse::count(s.purse, self.spent(product), 1);
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
