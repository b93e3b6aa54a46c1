// Training's description and rules.
#include "training.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <cmath>

namespace ondol::policy {

namespace {

// Ordinary work that a household of the agent's region offers.
double workers(const Agent& self, const Member& household) {
  return household.region() == self.region() ? household.value(0) : 0.0;
}

double all_workers(const Agent& self) {
  double sum = 0;
  for (const Member household : self.members(Training::people)) sum += workers(self, household);
  return sum;
}

}  // namespace

void Training::describe(Kind<Training>& kind) {
  kind.name("training").doc("Trains specialists: hires teachers, pays trainees, and tells households who has learnt.");
  kind.param("teaching", &Params::teaching, "expert_month")
      .initial(1.5)
      .range(0.01, 1000)
      .assumed(0.5, 4)
      .doc("Of teachers that a specialist takes.");
  kind.param("stipend", &Params::stipend, "money")
      .initial(0)
      .range(0, 1e9)
      .doc("Paid to the trainee of a place when it begins; 0: pays teachers only.");
  kind.param("lag", &Params::lag, "month")
      .initial(18)
      .range(1, 60)
      .assumed(6, 48)
      .doc("From the beginning of a place until its specialist works as one.");
  kind.param("fee_limit", &Params::fee_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last fee of specialists.");
  kind.state("begun", &State::begun, "1").range(0, 1e12).doc("Places begun so far.");
  kind.state("learning", &State::learning, "1").range(0, 1e12).doc("Who learn now.");
  kind.state("trained", &State::trained, "1").range(0, 1e12).doc("Specialists who came of it so far.");
  kind.state("classes", &State::classes, "1").range(0, 1e12).doc("Who learn, by months to go.");
  kind.port(teachers).doc("Specialists who teach: they do nothing else meanwhile.");
  kind.port(specialists).doc("Told each household: its members who have become specialists.");
  kind.port(people).attributes({"labour_supply"}).doc("The households, whose workers it trains.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(stipends, "Public money to trainees.");
  kind.on<&Training::open>("open", "Authorises; asks the treasury.");
  kind.on<&Training::hire>("hire", "Orders teachers for the places that its money pays for.");
  kind.on<&Training::close>("close", "Begins places; tells who has learnt; pays its clerks; returns what lapses.");
}

void Training::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void Training::hire(const Params& p, const Traits&, State&, Agent& self) {
  const double money = budget::Purse::available(p.purse, self);
  const double limit = p.fee_limit * self.price(teachers);
  const double places = ratio(money, p.teaching * limit + p.stipend);
  if (places > 0) self.order(teachers, places * p.teaching, limit);
}

void Training::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double taught = self.available(teachers);
  const double workforce = all_workers(self);
  const double places = taught / p.teaching;
  const double learnt = advance_by_months(self, s.classes);
  self.use(teachers, taught);
  if (taught > 0) budget::Purse::count(s.purse, self.spent(teachers), 1);
  s.classes.add(places, static_cast<std::size_t>(std::lround(p.lag)));
  s.begun += places;
  s.trained += learnt;
  s.learning = s.classes.total();
  const double paid = std::min(places * p.stipend, budget::Purse::available(p.purse, self));
  for (const Member household : self.members(people)) {
    const double part = ratio(workers(self, household), workforce);
    if (part * paid > 0) budget::Purse::pay(s.purse, self, household.id(), part * paid, stipends);
    if (part * learnt > 0) self.contribute(specialists, household.id(), part * learnt * months_per_tick(self));
  }
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
