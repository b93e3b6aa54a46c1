// The cost share's description and rules.
#include "cost_share.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::policy {

namespace {

// Numbers on the tie to a claimant: its base, and what it was granted so far.
struct Claim {
  double base = 0;
  double granted = 0;
};

Claim claim_of(const Agent& self, AgentId claimant) {
  for (const Tie tie : self.ties(CostShare::claims)) {
    if (tie.other() == claimant) return {tie.value(0), tie.value(1)};
  }
  return {};
}

double additional(const CostShare::Params& p, double eligible, double base) {
  return std::max(0.0, eligible - p.base_share * base);
}

}  // namespace

void CostShare::describe(Kind<CostShare>& kind) {
  kind.name("cost_share").doc("Pays a share of what others spend on what is eligible, beyond a base.");
  kind.param("rate", &Params::rate, "1").initial(0.25).range(0, 0.95).assumed(0.15, 0.35).doc("r: paid of a unit.");
  kind.param("base_share", &Params::base_share, "1")
      .initial(1)
      .range(0, 10)
      .doc("a: of the base, that does not count: 1, only additional spending; 0, all of it.");
  kind.param("base_months", &Params::base_months, "month")
      .initial(12)
      .range(1, 120)
      .doc("Over which the base is smoothed, until the programme is announced.");
  kind.state("eligible", &State::eligible, "money").range(0, 1e18).doc("Claimants' eligible spending since it opened.");
  kind.state("additional", &State::additional, "money").range(0, 1e18).doc("Of that, beyond their bases.");
  kind.state("base", &State::base, "money").range(0, 1e18).doc("Sum of the claimants' bases of a tick.");
  kind.port(claimants).attributes({"eligible"}).doc("Who may claim, of those in its region.");
  kind.port(rate).optional().doc("Its rate while it is open: what claimants reckon with.");
  kind.port(claims).attributes({"base", "granted"}).doc("Each claimant's base, and what it was granted so far.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(grant, "Public shares of private costs.");
  kind.on<&CostShare::open>("open", "Authorises; asks the treasury; tells its rate.");
  kind.on<&CostShare::hire>("hire", "Pays claims on the last month's spending.");
  kind.on<&CostShare::close>("close", "Learns bases; pays its clerks; returns what lapses.");
}

void CostShare::open(const Params& p, const Traits&, State& s, Agent& self) {
  purse.open(p.purse, s.purse, self);
  if (self.bound(rate) && p.purse.announced > 0) self.contribute(rate, purse.is_open(p.purse, s.purse) ? p.rate : 0.0);
}

void CostShare::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double money = budget::Purse::available(p.purse, self);
  if (!(money > 0)) return;
  double due = 0;
  for (const Member claimant : self.members(claimants)) {
    if (claimant.region() != self.region()) continue;
    const double extra = additional(p, claimant.value(0), claim_of(self, claimant.id()).base);
    s.eligible += claimant.value(0);
    s.additional += extra;
    due += p.rate * extra;
  }
  if (!(due > 0)) return;
  const double part = std::min(1.0, money / due);
  for (const Member claimant : self.members(claimants)) {
    if (claimant.region() != self.region()) continue;
    const Claim claim = claim_of(self, claimant.id());
    const double amount = part * p.rate * additional(p, claimant.value(0), claim.base);
    if (!(amount > 0)) continue;
    budget::Purse::pay(s.purse, self, claimant.id(), amount, grant);
    self.bind(claims, claimant.id(), {claim.base, claim.granted + amount});
  }
}

// b <- b + (E - b) / months until the announcement; from then on it stands, whatever claimants do.
void CostShare::close(const Params& p, const Traits&, State& s, Agent& self) {
  purse.close(p.purse, s.purse, self);
  if (p.purse.announced > 0) return;
  s.base = 0;
  for (const Member claimant : self.members(claimants)) {
    if (claimant.region() != self.region()) continue;
    const Claim claim = claim_of(self, claimant.id());
    const double base = smooth(claim.base, claimant.value(0), std::min(1.0, months_per_tick(self) / p.base_months));
    if (base > 0) self.bind(claims, claimant.id(), {base, claim.granted});
    s.base += base;
  }
}

}  // namespace ondol::policy
