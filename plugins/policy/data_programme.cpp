// The data programme's description and rules.
#include "data_programme.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::policy {

void DataProgramme::describe(Kind<DataProgramme>& kind) {
  kind.name("data_programme").doc("Releases public text, free to all users of its region.");
  kind.param("stock", &Params::stock, "Gtoken")
      .initial(450)
      .range(0, 1e15)
      .assumed(100, 2000)
      .doc("Of text that could be released; it is released once.");
  kind.param("curation", &Params::curation, "expert_month/Gtoken")
      .initial(300)
      .range(1e-6, 1e6)
      .assumed(100, 1000)
      .doc("Of specialists that a gigatoken takes to be fit for use.");
  kind.param("fee_limit", &Params::fee_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last fee of specialists.");
  kind.state("released", &State::released, "Gtoken").range(0, 1e15).doc("So far.");
  kind.state("released_now", &State::released_now, "Gtoken").range(0, 1e15).doc("In the tick.");
  kind.port(curators).doc("Specialists who make text fit for use.");
  kind.port(text).doc("Rights to train on it.");
  kind.port(users).doc("Who gets them, of those in its region: agents with an account of them.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.on<&DataProgramme::open>("open", "Authorises; asks the treasury.");
  kind.on<&DataProgramme::hire>("hire", "Orders curators.");
  kind.on<&DataProgramme::serve>("serve", "Curates: a right for each user.");
  kind.on<&DataProgramme::close>("close", "Hands the rights out; pays its clerks; returns what lapses.");
}

void DataProgramme::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void DataProgramme::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double limit = p.fee_limit * self.price(curators);
  const double left = std::max(0.0, p.stock - s.released) * p.curation;
  const double work = std::min(left, ratio(budget::Purse::available(p.purse, self), limit));
  if (work > 0) self.order(curators, work, limit);
}

void DataProgramme::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double work = self.available(curators);
  s.released_now = work / p.curation;
  if (!(work > 0)) return;
  self.use(curators, work);
  s.released += s.released_now;
  self.make(text, s.released_now * budget::Purse::count_here(self, users));
  budget::Purse::count(s.purse, self.spent(curators), 1);
}

void DataProgramme::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double here = budget::Purse::count_here(self, users);
  const double each = ratio(self.available(text), here);
  for (const Member user : self.members(users)) {
    if (each > 0 && user.region() == self.region()) self.deliver(text, user.id(), std::min(each, self.available(text)));
  }
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
