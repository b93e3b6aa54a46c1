// How an agent leaves the world: what it owes is paid as far as it goes, in a stated order, and nothing disappears.
#include "ledger/ledger.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <utility>

namespace ondol {

void Ledger::settle_exit(Index agent, const Moment& now) {
  const Place at = place(agent);
  PopulationState& leaving = population(at);
  if (leaving.money_issued[at.row] != 0) throw Violation{agent, "exits while money it issued is in use"};
  leave_lines(agent);
  pay_dues(agent);
  drop_own_claims(agent);
  for (const Index claim : claims_issued_by(agent)) seize_collateral(claim);
  const Index heir = heir_of(agent, now);
  pay_creditors(agent, now);
  pay_owners(agent, heir, now);
  leave_dues(agent, heir);
  leave_goods(agent, heir);
  leave_claims(agent, heir);
  leaving.contributed.at(at.row) = 0;
  leaving.alive[at.row] = 0;
  leaving.died.at(at.row) = state_.tick;
  --leaving.living;
}

namespace {

// Who has most; among equals, who draws most.
struct Heir {
  Index agent = none;
  Units amount = 0;
  std::uint64_t draw = 0;

  void challenge(Index other, Units others, std::uint64_t drawn) {
    if (agent == none || others > amount || (others == amount && drawn > draw)) *this = {other, others, drawn};
  }
};

}  // namespace

std::uint64_t Ledger::luck_of(Index agent) const {
  const Place at = place(agent);
  return state_.populations[at.population].luck[at.row];
}

Index Ledger::heir_of(Index agent, const Moment& now) {
  const Claims& claims = state_.claims;
  const DrawPurpose purpose{name_hash("inherit") ^ luck_of(agent)};
  const auto drawn_by = [&](Index heir) { return Draws(now, purpose, luck_of(heir)).bits(); };
  Heir owner;
  Heir creditor;
  for (const Index claim : claims_issued_by(agent)) {
    if (claims.amount[claim] == 0) continue;
    const bool credit = model_.instruments[claims.instrument[claim]].instrument_class == InstrumentClass::credit;
    const Index holder = claims.holder[claim];
    (credit ? creditor : owner).challenge(holder, claims.amount[claim], drawn_by(holder));
  }
  if (owner.agent != none) return owner.agent;
  if (creditor.agent != none) return creditor.agent;
  const Index treasury = model_.regions[model_.populations[place(agent).population].region].treasury;
  if (treasury == none) {
    throw Violation{agent, "exits with neither owner nor creditor, and its region names no treasury to inherit"};
  }
  Heir official;
  for (Index row = 0; row < state_.populations[treasury].size; ++row) {
    const Index member = state_.populations[treasury].agent(row);
    if (member != agent && alive(member)) official.challenge(member, 0, drawn_by(member));
  }
  if (official.agent != none) return official.agent;
  throw Violation{agent,
                  fmt::format("exits with neither owner nor creditor, and nobody of its region's treasury '{}' is "
                              "left to inherit",
                              model_.populations[treasury].name)};
}

// What an agent owes itself, or owns of itself, ends with it.
void Ledger::drop_own_claims(Index agent) {
  Claims& claims = state_.claims;
  for (const Index claim : claims_issued_by(agent)) {
    if (claims.holder[claim] != agent || claims.amount[claim] == 0) continue;
    change_outstanding(agent, claims.instrument[claim], -claims.amount[claim]);
    claims.amount[claim] = 0;
    claims.book[claim] = 0;
    ++dead_claims_;
  }
}

void Ledger::pay_creditors(Index agent, const Moment& now) {
  Claims& claims = state_.claims;
  const Place at = place(agent);
  Wide owed = 0;
  for (const Index claim : claims_issued_by(agent)) {
    if (model_.instruments[claims.instrument[claim]].instrument_class == InstrumentClass::credit)
      owed += claims.amount[claim];
  }
  if (owed == 0) return;
  const auto paid = static_cast<Units>(std::min<Wide>(owed, population(at).money_available(at.row)));
  ProRata shares(paid, owed, Draws(now, "pay creditors", luck_of(agent)).bits());
  for (const Index claim : claims_issued_by(agent)) {
    const InstrumentModel& instrument = model_.instruments[claims.instrument[claim]];
    if (instrument.instrument_class != InstrumentClass::credit || claims.amount[claim] == 0) continue;
    const Units part = shares.next(claims.amount[claim]);
    reserve(at, part);
    if (part > 0) transfer(agent, claims.holder[claim], part, instrument.principal_purpose);
    count_flow(at.population, place(claims.holder[claim]).population, model_.default_purpose,
               claims.amount[claim] - part, 0);
    change_outstanding(agent, claims.instrument[claim], -claims.amount[claim]);
    claims.amount[claim] = 0;
    ++dead_claims_;
  }
}

void Ledger::pay_owners(Index agent, Index heir, const Moment& now) {
  Claims& claims = state_.claims;
  const Place at = place(agent);
  const Units left = population(at).money_available(at.row);
  reserve(at, left);
  Wide units = 0;
  for (const Index claim : claims_issued_by(agent)) units += claims.amount[claim];
  ProRata shares(left, units > 0 ? units : 1, Draws(now, "pay owners", luck_of(agent)).bits());
  for (const Index claim : claims_issued_by(agent)) {
    if (claims.amount[claim] == 0) continue;
    const Units part = shares.next(claims.amount[claim]);
    if (part > 0) transfer(agent, claims.holder[claim], part, model_.bequest_purpose);
    change_outstanding(agent, claims.instrument[claim], -claims.amount[claim]);
    claims.amount[claim] = 0;
    claims.book[claim] = 0;
    ++dead_claims_;
  }
  if (units == 0 && left > 0) {
    transfer(agent, heir, left, model_.bequest_purpose);
    contribute(agent, heir, left);
  }
}

void Ledger::leave_dues(Index agent, Index heir) {
  Dues& dues = state_.dues;
  if (!due_.indexed() && dues.size() > 0) due_.index(dues.payee);
  const Place at = place(agent);
  const Place to = place(heir);
  for (const Index due : owed_.of(agent)) {
    if (dues.amount[due] == 0) continue;
    const Place payee = place(dues.payee[due]);
    population(at).arrears_owed.at(at.row) -= dues.amount[due];
    population(payee).arrears_receivable.at(payee.row) -= dues.amount[due];
    count_flow(at.population, payee.population, model_.default_purpose, dues.amount[due], 0);
    dues.amount[due] = 0;
    ++settled_dues_;
  }
  due_.pass_on(agent, heir, [&](Index due) {
    if (dues.amount[due] == 0) return false;
    population(at).arrears_receivable.at(at.row) -= dues.amount[due];
    population(to).arrears_receivable.at(to.row) += dues.amount[due];
    dues.payee[due] = heir;
    return true;
  });
}

void Ledger::leave_goods(Index agent, Index heir) {
  const Place at = place(agent);
  const Place to = place(heir);
  const PopulationModel& population_model = model_.populations[at.population];
  for (Index a = 0; a < population_model.accounts.size(); ++a) {
    AccountState& account_state = population(at).accounts[a];
    const Index good = population_model.accounts[a].good;
    const Units quantity = account_state.stock[at.row];
    const Units book = account_state.book[at.row];
    if (quantity == 0) continue;
    account_state.stock[at.row] = account_state.available[at.row] = account_state.book[at.row] = 0;
    if (account(to.population, good) == none) {
      state_.goods[good].scrapped += quantity;
    } else {
      goods(to.population, account(to.population, good)).enter(to.row, quantity, book);
    }
  }
}

void Ledger::leave_claims(Index agent, Index heir) {
  Claims& claims = state_.claims;
  claims_changed_ = true;
  if (!held_.indexed() && claims.size() > 0) held_.index(claims.holder);
  held_.pass_on(agent, heir, [&](Index claim) {
    latest_claim_.erase({claims.instrument[claim], claims.issuer[claim], agent});
    if (claims.amount[claim] == 0) return false;
    claims.holder[claim] = heir;
    const auto [own, added] = latest_claim_.try_emplace({claims.instrument[claim], claims.issuer[claim], heir}, claim);
    return added || !merge_claim(own->second, claim);
  });
}

}  // namespace ondol
