// The tournament's description and rules.
#include "tournament.hpp"

#include <algorithm>

namespace ondol::policy {

namespace {

bool plays(const Agent& self, const Member& contestant) { return contestant.region() == self.region(); }

double count_from(const Agent& self, double quality) {
  double count = 0;
  for (const Member contestant : self.members(Tournament::contestants))
    count += plays(self, contestant) && contestant.value(0) >= quality ? 1 : 0;
  return count;
}

// The highest quality that at least m contestants reach, or the lowest of all where fewer play.
double quality_of_last_winner(const Agent& self, double winners) {
  double reached = 0, lowest = 1e300;
  for (const Member contestant : self.members(Tournament::contestants)) {
    if (!plays(self, contestant)) continue;
    lowest = std::min(lowest, contestant.value(0));
    if (count_from(self, contestant.value(0)) >= winners) reached = std::max(reached, contestant.value(0));
  }
  return reached > 0 ? reached : lowest;
}

}  // namespace

void Tournament::describe(Kind<Tournament>& kind) {
  kind.name("tournament").doc("Grants to the best of a field, in equal parts.");
  kind.param("winners", &Params::winners, "1").initial(2).range(1, 1000).assumed(1, 5).doc("m: how many share it.");
  kind.state("least_quality", &State::least_quality, "1").range(0, 1e300).doc("Of the last who won.");
  kind.port(contestants).attributes({"quality"}).doc("Who plays, of those in its region.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(prize, "Grants to the winners of a tournament.");
  kind.on<&Tournament::open>("open", "Authorises; asks the treasury.");
  kind.on<&Tournament::hire>("hire", "Judges and pays.");
  kind.on<&Tournament::close>("close", "Pays its clerks; returns what lapses.");
}

void Tournament::open(const Params& p, const Traits&, State& s, Agent& self) { purse.open(p.purse, s.purse, self); }

void Tournament::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double money = budget::Purse::available(p.purse, self);
  if (!(money > 0)) return;
  s.least_quality = quality_of_last_winner(self, p.winners);
  const double winners = count_from(self, s.least_quality);
  for (const Member contestant : self.members(contestants)) {
    if (plays(self, contestant) && contestant.value(0) >= s.least_quality)
      budget::Purse::pay(s.purse, self, contestant.id(), money / winners, prize);
  }
}

void Tournament::close(const Params& p, const Traits&, State& s, Agent& self) { purse.close(p.purse, s.purse, self); }

}  // namespace ondol::policy
