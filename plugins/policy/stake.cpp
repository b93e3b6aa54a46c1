// The stake's description and rules.
#include "stake.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <cmath>

namespace ondol::policy {

namespace {

bool wanted(const Agent& self, const Members& firms, const Offer& offer) {
  return offer.region() == self.region() && offer.price() > 0 && firms.find(offer.seller()) < firms.size();
}

}  // namespace

void Stake::describe(Kind<Stake>& kind) {
  kind.name("stake").doc("Buys new shares for the state.");
  kind.param("public_share", &Params::public_share, "1")
      .initial(0.51)
      .range(0, 1)
      .assumed(0.2, 0.51)
      .doc("Of every offer of new shares, the most that it takes (51 % is what plans name).");
  kind.state("shares", &State::shares, "1").range(0, 1e18).doc("Bought so far.");
  kind.state("dividends", &State::dividends, "money").range(0, 1e18).doc("Passed on to the treasury so far.");
  kind.port(equity).doc("Where it buys.");
  kind.port(firms).doc("Whose shares, of those in its region.");
  kind.port(income).optional().doc("Dividends on them.");
  kind.part(purse, &Params::purse, &State::purse);
  kind.purpose(passed_on, "Dividends on stakes, to the treasury.");
  kind.on<&Stake::open>("open", "Passes dividends on; authorises; asks the treasury.");
  kind.on<&Stake::finance>("finance", "Orders its part of new shares.");
  kind.on<&Stake::close>("close", "Counts; pays its clerks; returns what lapses.");
}

void Stake::open(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.bound(income)) {
    const double due = std::min(self.received(income), self.money());
    s.dividends += budget::Purse::share_out(self, purse.treasury, due, passed_on);
  }
  purse.open(p.purse, s.purse, self);
}

void Stake::finance(const Params& p, const Traits&, State&, Agent& self) {
  const double money = budget::Purse::available(p.purse, self);
  if (!(money > 0)) return;
  const Members whose = self.members(firms);
  double cost = 0;
  for (const Offer offer : self.offers(equity)) {
    if (wanted(self, whose, offer)) cost += std::floor(p.public_share * offer.quantity()) * offer.price();
  }
  const double part = std::min(1.0, ratio(money, cost));
  for (const Offer offer : self.offers(equity)) {
    const double most = std::floor(p.public_share * offer.quantity());
    if (wanted(self, whose, offer)) self.order(equity, std::floor(part * most), offer);
  }
}

void Stake::close(const Params& p, const Traits&, State& s, Agent& self) {
  s.shares += self.bought(equity);
  if (self.spent(equity) > 0) budget::Purse::count(s.purse, self.spent(equity), 1);
  purse.close(p.purse, s.purse, self);
}

}  // namespace ondol::policy
