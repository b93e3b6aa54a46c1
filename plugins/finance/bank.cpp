// The bank's description and rules.
#include "bank.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <cmath>

namespace ondol::finance {

namespace {

using Params = Bank::Params;
using State = Bank::State;

// Positions among the attributes of `loans`, and among the fields of the records it observes.
constexpr std::size_t cover = 0;
constexpr std::size_t debts = 0;
constexpr std::size_t assets = 1;

double banks_here(Agent& self) {
  if (!self.bound(Bank::banks)) return 1;
  double count = 0;
  for (const Member bank : self.members(Bank::banks)) count += bank.region() == self.region() ? 1 : 0;
  return std::max(count, 1.0);
}

// What of a loan to this borrower would be the bank's own loss: all that nobody guarantees.
double own_risk(const Agent& self, AgentId borrower) {
  if (!self.bound(Bank::guaranteed_part) || !self.bound(Bank::guaranteed)) return 1;
  const Members guaranteed = self.members(Bank::guaranteed);
  const bool is_guaranteed = guaranteed.find(borrower) < guaranteed.size();
  return is_guaranteed ? 1.0 - std::clamp(self.signal(Bank::guaranteed_part), 0.0, 1.0) : 1.0;
}

// The part of a loan that the borrower can carry, of which the bank counts what is at its own risk, e: all of it up to
// the L with (debts + e L) / (assets + L) = most leverage, none where income does not cover e times the least cover or
// the borrower's books are not known.
double sound_part(const Params& p, Agent& self, const Offer& offer) {
  const Members known = self.members(Bank::borrowers);
  const std::uint32_t at = known.find(offer.seller());
  const double risk = own_risk(self, offer.seller());
  if (at == known.size() || offer.attribute(cover) < risk * p.least_cover) return 0;
  const Member borrower = known[at];
  const double room = p.most_leverage * borrower.value(assets) - borrower.value(debts);
  if (room > 0 && risk <= p.most_leverage) return offer.quantity();
  return std::clamp(offer.quantity(), 0.0, std::max(room / std::max(risk - p.most_leverage, 1e-9), 0.0));
}

double bonds_offered(Agent& self) {
  double sum = 0;
  if (self.bound(Bank::bonds)) {
    for (const Offer offer : self.offers(Bank::bonds)) sum += offer.quantity();
  }
  return sum;
}

// Banks of a region take equal parts of every bond, so each holds an equal part of all.
double bonds_held(Agent& self) {
  double sum = 0;
  if (self.bound(Bank::treasury)) {
    for (const Member government : self.members(Bank::treasury)) {
      if (government.region() == self.region()) sum += government.value(0);
    }
  }
  return sum / banks_here(self);
}

}  // namespace

void Bank::describe(Kind<Bank>& kind) {
  kind.name("bank").doc("Creates money by lending; retires it when loans are paid back.");
  kind.param("least_cover", &Params::least_cover, "1")
      .initial(1.2)
      .range(0, 100)
      .assumed(1.1, 2)
      .doc("Least cash flow over debt service of a borrower (form: Caiani et al. 2016).");
  kind.param("most_leverage", &Params::most_leverage, "1")
      .initial(0.6)
      .range(0, 0.99)
      .assumed(0.5, 0.8)
      .doc("Most debts over assets of a borrower, the loan included.");
  kind.param("capital_ratio", &Params::capital_ratio, "1")
      .initial(0.1)
      .range(0.001, 1)
      .doc("Least equity over loans to firms (order of Basel III with buffers, BCBS 2010).");
  kind.param("wage_share", &Params::wage_share, "1")
      .initial(0.2)
      .range(0, 1)
      .assumed()
      .doc("Part of its profit spent on staff.");
  kind.param("reserve", &Params::reserve, "money").initial(0).range(0, 1e18).doc("Money it never pays out.");
  kind.param("reserve_ratio", &Params::reserve_ratio, "1")
      .initial(0.1)
      .range(0, 1)
      .assumed()
      .doc("Money kept over claims, beyond the reserve.");
  kind.param("payout", &Params::payout, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.2, 0.8)
      .doc("Share of money beyond these that is paid out.");
  kind.state("claims", &State::claims, "money").range(0, 1e18).doc("Loans and bonds it holds, as the tick began.");
  kind.state("loans_held", &State::loans_held, "money").range(0, 1e18).doc("Loans to firms among them.");
  kind.state("wanted", &State::wanted, "money").range(0, 1e18).doc("Its part of the loans it finds sound.");
  kind.state("at_risk", &State::at_risk, "money").range(0, 1e18).doc("Of these, what nobody guarantees.");
  kind.state("appetite", &State::appetite, "1").range(0, 1).doc("Share of those that its capital allows.");
  kind.state("lent", &State::lent, "money").range(0, 1e18).doc("Loans and bonds taken in the latest tick.");
  kind.port(loans).attributes({"cover"}).doc("Loans that firms of its region ask for.");
  kind.port(bonds).optional().doc("Bonds of its government.");
  kind.port(money).doc("Money, which it creates.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(labour).optional().doc("Staff.");
  kind.port(borrowers).attributes({"debts", "assets"}).doc("Those it may lend to, whose books it sees.");
  kind.port(treasury).optional().attributes({"bonds"}).doc("Its government, whose bonds weigh nothing in its capital.");
  kind.port(banks).optional().doc("The banks of its region, itself among them, that share every loan.");
  kind.port(guaranteed_part).optional().doc("Of loans to those that `guaranteed` leads to, what the state bears.");
  kind.port(guaranteed).optional().doc("Borrowers whose loans are guaranteed.");
  kind.purpose(dividend, "Profit paid to shareholders.");
  kind.on<&Bank::open>("open", "Judges what is asked for; creates the money to lend, or retires what was paid back.");
  kind.on<&Bank::finance>("finance", "Takes its part of bonds and of sound loans.");
  kind.on<&Bank::hire>("hire", "Orders staff.");
  kind.on<&Bank::close>("close", "Pays out profit beyond its reserves.");
}

// Money issued M against claims K: what exceeds claims, M - K, was paid back (or defaulted on, at the bank's own cost).
// Lending X needs X - (M - K) of new money, or lets (M - K) - X be retired. Endogenous money: Godley, Lavoie (2007);
// loans to firms only up to equity / capital ratio, new ones as far as they are at its own risk.
void Bank::open(const Params& p, const Traits&, State& s, Agent& self) {
  const double parts = banks_here(self);
  s.claims = std::max(0.0, self.assets() - self.money_held());
  s.loans_held = std::max(0.0, s.claims - bonds_held(self));
  s.wanted = s.at_risk = 0;
  for (const Offer offer : self.offers(loans)) {
    const double part = sound_part(p, self, offer) / parts;
    s.wanted += part;
    s.at_risk += own_risk(self, offer.seller()) * part;
  }
  const double room = std::max(0.0, self.equity() / p.capital_ratio - s.loans_held);
  s.appetite = std::min(1.0, ratio(room, s.at_risk, 1.0));
  const double lending = s.appetite * s.wanted + bonds_offered(self) / parts;
  const double excess = std::max(0.0, self.outstanding(money) - s.claims);
  if (lending >= excess) {
    self.issue(money, std::ceil(lending - excess));
  } else {
    self.retire(money, std::min(std::floor(excess - lending), self.money()));
  }
}

void Bank::finance(const Params& p, const Traits&, State& s, Agent& self) {
  const double parts = banks_here(self);
  if (self.bound(bonds)) {
    for (const Offer offer : self.offers(bonds)) self.order(bonds, offer.quantity() / parts, offer);
  }
  for (const Offer offer : self.offers(loans)) {
    const double part = s.appetite * sound_part(p, self, offer) / parts;
    if (part >= 1) self.order(loans, part, offer);
  }
}

void Bank::hire(const Params& p, const Traits&, State& s, Agent& self) {
  s.lent = self.spent(loans) + (self.bound(bonds) ? self.spent(bonds) : 0.0);
  if (!self.bound(labour)) return;
  const double wage = self.price(labour);
  self.order(labour, ratio(p.wage_share * std::max(0.0, self.income()), wage), 1.3 * wage);
}

// Money that was created and not lent, or paid back, is not profit.
void Bank::close(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.bound(labour)) self.use(labour, self.available(labour));
  const double claims = s.claims + s.lent;
  const double unlent = std::max(0.0, self.outstanding(money) - claims);
  const double free = self.money() - unlent - p.reserve - p.reserve_ratio * claims;
  if (self.bound(share) && free > 0) {
    self.distribute(share, share_per_tick(self, p.payout) * free, dividend);
  }
}

}  // namespace ondol::finance
