// State compute's description and rules.
#include "state_compute.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::policy {

void StateCompute::describe(Kind<StateCompute>& kind) {
  kind.name("state_compute").doc("Rents computing hours from operators of its region and hands them to users there.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.5)
      .range(1, 1e6)
      .assumed(1.1, 2)
      .doc("Most it pays, over the market's last price; sellers who ask more get no order.");
  kind.state("rented", &State::rented, "accelerator_hour").range(0, 1e18).doc("Hours rented so far.");
  kind.state("passed_on", &State::passed_on, "accelerator_hour").range(0, 1e18).doc("Of these, handed to users.");
  kind.state("unused", &State::unused, "accelerator_hour").range(0, 1e18).doc("Of these, lost for want of users.");
  kind.port(hours).doc("What it rents.");
  kind.port(users).doc("Who gets them, of those in its region: agents that can use them after they were bought.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.on<&StateCompute::open>("open", "Authorises; asks the treasury.");
  kind.on<&StateCompute::train>("train", "Orders from operators of its region.");
  kind.on<&StateCompute::serve>("serve", "Hands the hours on.");
  kind.on<&StateCompute::close>("close", "Pays its clerks; returns what lapses.");
}

void StateCompute::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void StateCompute::train(const Params& p, const Traits&, State&, Agent& self) {
  budget::Purse::buy_at_home(p.purse, self, hours, p.price_limit);
}

void StateCompute::serve(const Params&, const Traits&, State& s, Agent& self) {
  const double rented = self.available(hours);
  if (!(rented > 0)) return;
  s.rented += rented;
  budget::Purse::count(s.purse, self.spent(hours), 1);
  const double each = ratio(rented, budget::Purse::count_here(self, users));
  for (const Member user : self.members(users)) {
    if (user.region() != self.region()) continue;
    const double quota = std::min(each, self.available(hours));
    self.deliver(hours, user.id(), quota);
    s.passed_on += quota;
  }
  const double left = self.available(hours);
  s.unused += left;
  self.scrap(hours, left);
}

void StateCompute::close(const Params& p, const Traits&, State& s, Agent& self) { purse.close(p.purse, s.purse, self); }

}  // namespace ondol::policy
