// The guarantee's description and rules.
#include "guarantee.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::policy {

namespace {

// What banks lose on firms of its region that began to wind up in the last tick, as far as their assets do not cover
// their debts. `failed` counts them.
double losses_of_banks(const Agent& self, double& failed) {
  double sum = 0;
  const Members known = self.members(Guarantee::books);
  for (const Member firm : self.members(Guarantee::firms)) {
    const bool has_begun = firm.value(0) > 0 && firm.value(0) < 1.5 * months_per_tick(self);
    const std::uint32_t at = known.find(firm.id());
    if (firm.region() != self.region() || !has_begun || at == known.size()) continue;
    failed += 1;
    sum += std::max(0.0, known[at].value(0) - known[at].value(1));
  }
  return sum;
}

}  // namespace

void Guarantee::describe(Kind<Guarantee>& kind) {
  kind.name("guarantee").doc("Bears a part of what banks lose on loans to firms of its region.");
  kind.param("guaranteed", &Params::guaranteed, "1")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 0.85)
      .doc("g: of a loan, and of the loss on it.");
  kind.state("called", &State::called, "money").range(0, 1e18).doc("Its part of losses so far, paid or not.");
  kind.state("failed", &State::failed, "1").range(0, 1e9).doc("Guaranteed firms that began to wind up so far.");
  kind.port(books).attributes({"debts", "assets"}).doc("Firms whose loans it guarantees, by their books.");
  kind.port(firms).attributes({"winding_up"}).doc("The same firms, by what they say of their end.");
  kind.port(banks).doc("Who lends to them, of those in its region.");
  kind.port(guaranteed_part).optional().doc("Told banks: g while something is left to pay with.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(losses, "Losses on guaranteed loans that the state bears.");
  kind.on<&Guarantee::open>("open", "Authorises; asks the treasury.");
  kind.on<&Guarantee::hire>("hire", "Pays its part of the losses of the last tick.");
  kind.on<&Guarantee::close>("close", "Tells banks its part; pays its clerks; returns what lapses.");
}

void Guarantee::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void Guarantee::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (!(p.purse.announced > 0)) return;
  const double lost = p.guaranteed * losses_of_banks(self, s.failed);
  s.called += lost;
  const double here = budget::Purse::count_here(self, banks);
  const double amount = std::min(lost, budget::Purse::available(p.purse, self));
  for (const Member bank : self.members(banks)) {
    if (amount > 0 && bank.region() == self.region())
      budget::Purse::pay(s.purse, self, bank.id(), amount / here, losses);
  }
}

void Guarantee::close(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.bound(guaranteed_part) && p.purse.announced > 0)
    self.contribute(guaranteed_part, budget::Purse::is_open(p.purse, s.purse) ? p.guaranteed : 0.0);
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
