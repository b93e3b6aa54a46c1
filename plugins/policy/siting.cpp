// Siting's description and rules.
#include "siting.hpp"

#include <ondol/economics.hpp>

namespace ondol::policy {

void Siting::describe(Kind<Siting>& kind) {
  kind.name("siting").doc("Pays grid operators for network while connections wait for long.");
  kind.param("longest_wait", &Params::longest_wait, "month")
      .initial(6)
      .range(0, 1000)
      .assumed(0, 24)
      .doc("Of a new connection, at and below which it pays nothing.");
  kind.state("wait", &State::wait, "month").range(0, 1e9).doc("Mean of its region's grid operators.");
  kind.port(grids).attributes({"wait"}).doc("Grid operators, of those in its region.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(network, "Public money for the grid.");
  kind.on<&Siting::open>("open", "Authorises; asks the treasury.");
  kind.on<&Siting::hire>("hire", "Pays while the queue is long.");
  kind.on<&Siting::close>("close", "Pays its clerks; returns what lapses.");
}

void Siting::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void Siting::hire(const Params& p, const Traits&, State& s, Agent& self) {
  double count = 0, sum = 0;
  for (const Member grid : self.members(grids)) {
    if (grid.region() != self.region()) continue;
    count += 1;
    sum += grid.value(0);
  }
  s.wait = ratio(sum, count);
  const double money = budget::Purse::available(p.purse, self);
  if (!(money > 0) || !(s.wait > p.longest_wait)) return;
  for (const Member grid : self.members(grids)) {
    if (grid.region() == self.region()) budget::Purse::pay(s.purse, self, grid.id(), money / count, network);
  }
}

void Siting::close(const Params& p, const Traits&, State& s, Agent& self) { purse.close(p.purse, s.purse, self); }

}  // namespace ondol::policy
