// The transfers' descriptions and rules.
#include "transfers.hpp"

namespace ondol::policy {

void LumpSum::describe(Kind<LumpSum>& kind) {
  kind.name("lump_sum").doc("Pays public money in equal parts, and asks nothing.");
  kind.port(receivers).doc("Who is paid, of those in its region.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(grant, "Public money without a string.");
  kind.on<&LumpSum::open>("open", "Authorises; asks the treasury.");
  kind.on<&LumpSum::hire>("hire", "Pays.");
  kind.on<&LumpSum::close>("close", "Pays its clerks; returns what lapses.");
}

void LumpSum::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void LumpSum::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double paid = budget::Purse::share_out(self, receivers, budget::Purse::available(p.purse, self), grant);
  if (paid > 0) budget::Purse::count(s.purse, paid, budget::Purse::count_here(self, receivers));
}

void LumpSum::close(const Params& p, const Traits&, State& s, Agent& self) { purse.close(p.purse, s.purse, self); }

void HouseholdTransfer::describe(Kind<HouseholdTransfer>& kind) {
  kind.name("household_transfer").doc("Pays public money to people, by heads: the reference for other instruments.");
  kind.port(people).attributes({"people"}).doc("The households.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(transfer, "Public money to people, by heads.");
  kind.on<&HouseholdTransfer::open>("open", "Authorises; asks the treasury.");
  kind.on<&HouseholdTransfer::hire>("hire", "Pays.");
  kind.on<&HouseholdTransfer::close>("close", "Pays its clerks; returns what lapses.");
}

void HouseholdTransfer::open(const Params& p, const Traits&, State& s, Agent& self) {
  purse.open(p.purse, s.purse, self);
}

void HouseholdTransfer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const auto heads = [&](const Member& household) {
    return household.region() == self.region() ? household.value(0) : 0.0;
  };
  double all = 0;
  for (const Member household : self.members(people)) all += heads(household);
  const double amount = budget::Purse::available(p.purse, self);
  if (!(all > 0) || !(amount > 0)) return;
  for (const Member household : self.members(people))
    budget::Purse::pay(s.purse, self, household.id(), amount * heads(household) / all, transfer);
}

void HouseholdTransfer::close(const Params& p, const Traits&, State& s, Agent& self) {
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
