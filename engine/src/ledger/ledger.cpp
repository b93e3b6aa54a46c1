// Booking: transfers, goods, claims and dues. Closing and checking the books is in books.cpp, exits in exit.cpp.
#include "ledger/ledger.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ondol {

Ledger::Ledger(const Model& model, State& state, Scheduler& scheduler)
    : model_(model),
      state_(state),
      scheduler_(scheduler),
      issued_(state),
      held_(state),
      lines_(state),
      owed_(state),
      due_(state) {
  const std::size_t populations = model.populations.size();
  account_of_.assign(populations * model.goods.size(), none);
  issues_port_.assign(populations * model.instruments.size(), none);
  levied_.resize(populations);
  claim_assets_.resize(populations);
  claim_debts_.resize(populations);
  for (Index p = 0; p < populations; ++p) {
    const PopulationModel& population = model.populations[p];
    for (Index a = 0; a < population.accounts.size(); ++a) {
      account_of_[p * model.goods.size() + population.accounts[a].good] = a;
    }
    for (Index i = 0; i < population.ports.size(); ++i) {
      const PortModel& port = population.ports[i];
      if (port.bound && port.type == ONDOL_ISSUES) issues_port_[p * model.instruments.size() + port.target] = i;
    }
    levied_[p].resize(model.purposes.size());
    for (Index l = 0; l < state.populations[p].levies.size(); ++l) {
      for (const Index purpose : model.levies[state.populations[p].levies[l]].purposes)
        levied_[p][purpose].push_back(l);
    }
    for (Index i = 0; i < population.ports.size(); ++i) {
      if (state.populations[p].ports[i].receipts == none) continue;
      for (const Index purpose : model.levies[population.ports[i].levy].purposes)
        levied_[p][purpose].push_back(state.populations[p].ports[i].receipts);
    }
  }
  fit_rows();
  offered_.resize(model.goods.size());
  stock_.resize(model.goods.size());
  reserved_.resize(model.goods.size());
  flow_block_.assign(state.groups.size() * state.groups.size(), -1);
  list_rows();
}

// Which rows of the tables there are of whom.
void Ledger::list_rows() {
  for (std::size_t row = 0; row < state_.flows.size(); ++row)
    row_of_flow(state_.flows[row].from, state_.flows[row].to, state_.flows[row].purpose) =
        static_cast<std::int32_t>(row);
  if (state_.claims.size() > 0) issued_.index(state_.claims.issuer);
  if (state_.lines.size() > 0) lines_.index(state_.lines.debtor);
  if (state_.dues.size() > 0) owed_.index(state_.dues.payer);
}

LedgerMemory Ledger::memory() const {
  LedgerMemory memory{dead_claims_, settled_dues_, ended_lines_, {}, held_.indexed(), held_.listed()};
  for (const auto& [parties, claim] : latest_claim_) memory.latest.push_back(claim);
  std::sort(memory.latest.begin(), memory.latest.end());
  return memory;
}

bool Ledger::remember(const LedgerMemory& memory) {
  const Claims& claims = state_.claims;
  std::vector<Index> held = memory.held;
  std::sort(held.begin(), held.end());
  const bool each_once = std::adjacent_find(held.begin(), held.end()) == held.end();
  if (!each_once || (!held.empty() && held.back() >= claims.size())) return false;
  for (const Index claim : memory.latest) {
    if (claim >= claims.size()) return false;
    latest_claim_[{claims.instrument[claim], claims.issuer[claim], claims.holder[claim]}] = claim;
  }
  if (memory.by_holder) held_.relist(claims.holder, memory.held);
  dead_claims_ = memory.dead_claims;
  settled_dues_ = memory.settled_dues;
  ended_lines_ = memory.ended_lines;
  claims_changed_ = false;
  return true;
}

void Ledger::fit_rows() {
  for (Index p = 0; p < state_.populations.size(); ++p) {
    claim_assets_[p].resize(state_.populations[p].size);
    claim_debts_[p].resize(state_.populations[p].size);
  }
}

bool Ledger::alive(Index agent) const {
  const Place at = place(agent);
  return at.row != none && state_.populations[at.population].alive[at.row] != 0;
}

Index Ledger::treasury_of(Index region) const {
  const Index treasury = model_.regions[region].treasury;
  if (treasury == none) return none;
  const PopulationState& officials = state_.populations[treasury];
  for (Index row = 0; row < officials.size; ++row) {
    if (officials.alive[row] != 0) return officials.agent(row);
  }
  return none;
}

std::int32_t& Ledger::row_of_flow(Index from_group, Index to_group, Index purpose) {
  std::int32_t& block = flow_block_[from_group * state_.groups.size() + to_group];
  if (block < 0) {
    block = static_cast<std::int32_t>(flow_row_.size());
    flow_row_.resize(flow_row_.size() + model_.purposes.size(), -1);
  }
  return flow_row_[static_cast<std::size_t>(block) + purpose];
}

void Ledger::count_flow(Index from, Index to, Index purpose, Units amount, Units quantity) {
  std::int32_t& row = row_of_flow(state_.group_of[from], state_.group_of[to], purpose);
  if (row < 0) {
    row = static_cast<std::int32_t>(state_.flows.size());
    state_.flows.push_back({state_.group_of[from], state_.group_of[to], purpose, 0, 0});
  }
  FlowRow& flow = state_.flows[static_cast<std::size_t>(row)];
  flow.amount += amount;
  flow.quantity += quantity;
}

std::int32_t Ledger::flow_row(Index from, Index to, Index purpose) const {
  const std::int32_t block = flow_block_[state_.group_of[from] * state_.groups.size() + state_.group_of[to]];
  return block < 0 ? -1 : flow_row_[static_cast<std::size_t>(block) + purpose];
}

MoneyColumns Ledger::paying(Index population, Index purpose) {
  PopulationState& giving = state_.populations[population];
  giving.restart_flows(state_.tick);
  return {giving.money_held.data(),
          giving.money_reserved.values().data(),
          giving.paid[model_.purposes[purpose].flow_class].values().data(),
          {},
          nullptr};
}

MoneyColumns Ledger::receiving(Index population, Index purpose) {
  state_.populations[population].restart_flows(state_.tick);
  return receiving_columns(population, purpose);
}

MoneyColumns Ledger::receiving_columns(Index population, Index purpose) {
  PopulationState& taking = state_.populations[population];
  // What one buys as capital, another has sold as the output it lives on.
  const PurposeModel& sort = model_.purposes[purpose];
  const bool output = sort.flow_class == ONDOL_CAPITAL && sort.market != none;
  return {taking.money_held.data(), nullptr, taking.received[output ? ONDOL_CURRENT : sort.flow_class].values().data(),
          levied_[population][purpose], taking.levy_base.data()};
}

Violation Ledger::overdrawn(Index payer, Units amount, Index purpose) const {
  return {payer, fmt::format("pays {} for '{}' without having it to spend",
                             static_cast<double>(amount) / model_.money_scale, model_.purposes[purpose].name)};
}

Violation Ledger::pays_the_dead(Index payer, Index purpose) const {
  return {payer, fmt::format("pays '{}' to an agent that does not live", model_.purposes[purpose].name)};
}

void Ledger::transfer(Index payer, Index payee, Units amount, Index purpose, Units quantity) {
  if (!alive(payee)) throw pays_the_dead(payer, purpose);
  const Place from = place(payer);
  const Place to = place(payee);
  if (!paying(from.population, purpose).withdraw(from.row, amount)) throw overdrawn(payer, amount, purpose);
  receiving(to.population, purpose).deposit(to.row, amount);
  count_flow(from.population, to.population, purpose, amount, quantity);
}

void Ledger::issue_money(Index agent, Units amount) {
  const Place at = place(agent);
  PopulationState& issuer = population(at);
  issuer.money_issued.at(at.row) += amount;
  issuer.money_held[at.row] += amount;
  change_outstanding(agent, 0, amount);
}

void Ledger::retire_money(Index agent, Units amount) {
  const Place at = place(agent);
  PopulationState& issuer = population(at);
  issuer.money_issued.at(at.row) -= amount;
  issuer.money_held[at.row] -= amount;
  release(at, amount);
  if (issuer.money_issued[at.row] < 0) throw Violation{agent, "retires more money than it has issued"};
  if (issuer.money_reserved[at.row] < 0) throw Violation{agent, "retires money it does not have"};
  change_outstanding(agent, 0, -amount);
}

void Ledger::contribute(Index payer, Index payee, Units amount) {
  const Place from = place(payer);
  const Place to = place(payee);
  population(from).contributed.at(from.row) -= amount;
  population(to).contributed.at(to.row) += amount;
}

// ---- Goods

GoodColumns Ledger::goods(Index population, Index account) {
  AccountState& state = state_.populations[population].accounts[account];
  return {state.stock.data(), state.available.data(), state.book.data()};
}

Violation Ledger::without_goods(Place at, Index good, Units quantity) const {
  return {state_.populations[at.population].agent(at.row),
          fmt::format("takes {} of good '{}' without having it unreserved",
                      static_cast<double>(quantity) / model_.goods[good].scale, model_.goods[good].name)};
}

// Nobody's income: equity of both sides changes, and nothing else.
void Ledger::hand_over(Index giver, Index taker, Index good, Units quantity) {
  if (!alive(taker))
    throw Violation{giver, fmt::format("hands good '{}' to an agent that does not live", model_.goods[good].name)};
  const Place from = place(giver);
  const Place to = place(taker);
  if (account(to.population, good) == none)
    throw Violation{giver,
                    fmt::format("hands good '{}' to an agent that keeps no account of it", model_.goods[good].name)};
  const GoodColumns giving = goods(from.population, account(from.population, good));
  if (quantity == 0) return;
  if (quantity > giving.stock[from.row]) throw without_goods(from, good, quantity);
  const Units worth = giving.take_book(from.row, quantity);
  if (!giving.leave(from.row, quantity)) throw without_goods(from, good, quantity);
  goods(to.population, account(to.population, good)).enter(to.row, quantity, worth);
  contribute(giver, taker, worth);
  count_flow(from.population, to.population, model_.delivery_purpose, worth, 0);
}

// ---- Claims

void Ledger::change_outstanding(Index issuer, Index instrument, Units change) {
  claims_changed_ = true;
  const Place at = place(issuer);
  const Index port = issues_port_[at.population * model_.instruments.size() + instrument];
  if (port != none) population(at).ports[port].claims[at.row] += change;
}

void Ledger::add_claim(Index instrument, Index issuer, Index holder, Units amount, Units book, double rate,
                       std::int64_t term) {
  Claims& claims = state_.claims;
  change_outstanding(issuer, instrument, amount);
  const auto next = static_cast<Index>(claims.size());
  const auto [known, added] = latest_claim_.try_emplace({instrument, issuer, holder}, next);
  if (!added) {
    if (extend_claim(known->second, amount, book, rate, term)) return;
    known->second = next;
  }
  if (!issued_.indexed()) issued_.index(claims.issuer);
  issued_.add(issuer);
  if (held_.indexed()) held_.add(holder);
  claims.instrument.push_back(instrument);
  claims.issuer.push_back(issuer);
  claims.holder.push_back(holder);
  claims.amount.push_back(amount);
  claims.book.push_back(book);
  claims.rate.push_back(rate);
  claims.term.push_back(term);
}

// Claims of the same parties on the same terms are one, unless instalments fall due.
bool Ledger::extend_claim(Index claim, Units amount, Units book, double rate, std::int64_t term) {
  Claims& claims = state_.claims;
  if (claims.rate[claim] != rate || claims.term[claim] != 0 || term != 0) return false;
  dead_claims_ -= claims.amount[claim] == 0;
  claims.amount[claim] += amount;
  claims.book[claim] += book;
  return true;
}

// Into one of the same parties and instrument, where the terms are the same.
bool Ledger::merge_claim(Index into, Index claim) {
  Claims& claims = state_.claims;
  if (!extend_claim(into, claims.amount[claim], claims.book[claim], claims.rate[claim], claims.term[claim]))
    return false;
  claims.amount[claim] = claims.book[claim] = 0;
  ++dead_claims_;
  return true;
}

void Ledger::repay(Index issuer, Index instrument, Units amount) {
  Claims& claims = state_.claims;
  Units left = amount;
  for (const Index claim : claims_issued_by(issuer)) {
    if (left == 0) break;
    if (claims.instrument[claim] != instrument || claims.amount[claim] == 0) continue;
    const Units part = std::min(left, claims.amount[claim]);
    claims.amount[claim] -= part;
    dead_claims_ += claims.amount[claim] == 0;
    left -= part;
    transfer(issuer, claims.holder[claim], part, model_.instruments[instrument].principal_purpose);
  }
  change_outstanding(issuer, instrument, left - amount);
  release(place(issuer), left);
}

void Ledger::distribute(Index issuer, Index instrument, Units amount, Index purpose, const Moment& now) {
  const Claims& claims = state_.claims;
  Wide units = 0;
  for (const Index claim : claims_issued_by(issuer)) {
    if (claims.instrument[claim] == instrument) units += claims.amount[claim];
  }
  const Place at = place(issuer);
  if (units == 0) {
    release(at, amount);
    return;
  }
  ProRata shares(amount, units, Draws(now, "distribute", luck_of(issuer)).bits(purpose));
  for (const Index claim : claims_issued_by(issuer)) {
    if (claims.instrument[claim] != instrument) continue;
    const Units part = shares.next(claims.amount[claim]);
    if (part > 0) transfer(issuer, claims.holder[claim], part, purpose);
  }
  population(at).contributed.at(at.row) -= amount;
}

void Ledger::collect_credit(Index instrument) {
  Claims& claims = state_.claims;
  const InstrumentModel& terms = model_.instruments[instrument];
  for (Index claim = 0; claim < claims.size(); ++claim) {
    if (claims.instrument[claim] != instrument || claims.amount[claim] == 0) continue;
    const auto interest = std::llrint(static_cast<double>(claims.amount[claim]) * claims.rate[claim]);
    owe(claims.issuer[claim], claims.holder[claim], interest, terms.interest_purpose);
    if (claims.term[claim] == 0) continue;
    const Units instalment = claims.amount[claim] / claims.term[claim]--;
    owe(claims.issuer[claim], claims.holder[claim], instalment, terms.principal_purpose);
    claims.amount[claim] -= instalment;
    dead_claims_ += claims.amount[claim] == 0;
    change_outstanding(claims.issuer[claim], instrument, -instalment);
  }
}

void Ledger::write_down(Index claim, Units amount, Index purpose) {
  Claims& claims = state_.claims;
  const Index issuer = claims.issuer[claim];
  count_flow(place(issuer).population, place(claims.holder[claim]).population, purpose, amount, 0);
  change_outstanding(issuer, claims.instrument[claim], -amount);
  claims.amount[claim] -= amount;
  dead_claims_ += claims.amount[claim] == 0;
}

void Ledger::forgive(Index holder, Index issuer, Index instrument, Units amount) {
  const Claims& claims = state_.claims;
  for (const Index claim : claims_issued_by(issuer)) {
    if (claims.holder[claim] != holder || claims.instrument[claim] != instrument) continue;
    const Units part = std::min(amount, claims.amount[claim]);
    if (part == 0) continue;
    write_down(claim, part, model_.default_purpose);
    amount -= part;
  }
}

void Ledger::reset_rate(Index holder, Index issuer, Index instrument, double rate) {
  Claims& claims = state_.claims;
  for (const Index claim : claims_issued_by(issuer)) {
    if (claims.holder[claim] == holder && claims.instrument[claim] == instrument) claims.rate[claim] = rate;
  }
  claims_changed_ = true;
}

void Ledger::seize(Index holder, Index issuer, Index instrument) {
  const Dues& dues = state_.dues;
  bool in_arrears = false;
  for (const Index due : owed_.of(issuer)) in_arrears |= dues.payee[due] == holder && dues.amount[due] != 0;
  if (!in_arrears) return;
  for (const Index claim : claims_issued_by(issuer)) {
    if (state_.claims.holder[claim] == holder && state_.claims.instrument[claim] == instrument) seize_collateral(claim);
  }
}

// Unreserved goods pass to the holder at book value, as far as they cover the claim, and pay it.
void Ledger::seize_collateral(Index claim) {
  const Claims& claims = state_.claims;
  const Index good = model_.instruments[claims.instrument[claim]].collateral;
  if (good == none || claims.amount[claim] == 0) return;
  const Place from = place(claims.issuer[claim]);
  const Place to = place(claims.holder[claim]);
  if (account(from.population, good) == none || account(to.population, good) == none) return;
  const GoodColumns pledged = goods(from.population, account(from.population, good));
  const Units there = pledged.available[from.row];
  const Units value = book_of_part(pledged.book[from.row], pledged.stock[from.row], there);
  const Units quantity =
      value <= claims.amount[claim] ? there : static_cast<Units>(Wide{there} * claims.amount[claim] / value);
  if (quantity == 0) return;
  const Units worth = pledged.take_book(from.row, quantity);
  pledged.stock[from.row] -= quantity;
  pledged.available[from.row] -= quantity;
  goods(to.population, account(to.population, good)).enter(to.row, quantity, worth);
  write_down(claim, std::min(worth, claims.amount[claim]), model_.delivery_purpose);
}

// ---- Dues

void Ledger::owe(Index payer, Index payee, Units amount, Index purpose) {
  if (amount <= 0) return;
  if (!alive(payee))
    throw Violation{payer, fmt::format("owes '{}' to an agent that does not live", model_.purposes[purpose].name)};
  Dues& dues = state_.dues;
  if (!owed_.indexed()) owed_.index(dues.payer);
  owed_.add(payer);
  if (due_.indexed()) due_.add(payee);
  dues.payer.push_back(payer);
  dues.payee.push_back(payee);
  dues.purpose.push_back(purpose);
  dues.amount.push_back(amount);
  dues.tick.push_back(state_.tick);
  const Place from = place(payer);
  const Place to = place(payee);
  Units& owed = population(from).arrears_owed.at(from.row);
  if (owed == 0) state_.debtors.push_back(payer);
  owed += amount;
  population(to).arrears_receivable.at(to.row) += amount;
}

void Ledger::levy(Index levy, Index payee, double rate, Index purpose) {
  const LevyModel& base = model_.levies[levy];
  for (Index p = 0; p < state_.populations.size(); ++p) {
    if (model_.populations[p].region != base.region) continue;
    PopulationState& payers = state_.populations[p];
    const auto position = std::find(payers.levies.begin(), payers.levies.end(), levy);
    Column* receipts =
        base.income ? nullptr : &payers.levy_base[static_cast<std::size_t>(position - payers.levies.begin())];
    for (Index row = 0; row < payers.size; ++row) {
      const Units amount = base.income ? payers.income[row] : std::exchange((*receipts)[row], 0);
      const Index payer = payers.agent(row);
      if (amount > 0 && payers.alive[row] != 0 && payer != payee) {
        owe(payer, payee, std::llrint(static_cast<double>(amount) * rate), purpose);
      }
    }
  }
}

// Who owes is looked at when there is something to take, and what is settled is gone: a step costs what is due in it
// and what its payers can pay, not what is owed.
void Ledger::collect_dues() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < state_.debtors.size(); ++i) {
    const Index payer = state_.debtors[i];
    if (!alive(payer)) continue;
    const Place at = place(payer);
    pay_dues(payer);
    if (population(at).arrears_owed[at.row] != 0) state_.debtors[kept++] = payer;
  }
  state_.debtors.resize(kept);
  drop_settled_dues();
}

// Oldest first, as far as its money goes.
void Ledger::pay_dues(Index payer) {
  const Place at = place(payer);
  const Units lacking = population(at).arrears_owed[at.row] - population(at).money_available(at.row);
  if (population(at).arrears_owed[at.row] == 0) return;
  if (lacking > 0) draw(payer, lacking);
  for (const Index due : owed_.of(payer)) {
    if (population(at).money_available(at.row) <= 0) return;
    collect_due(due);
  }
}

// As far as the payer has money.
void Ledger::collect_due(std::size_t i) {
  Dues& dues = state_.dues;
  const Place from = place(dues.payer[i]);
  const Place to = place(dues.payee[i]);
  const Units part = std::min(population(from).money_available(from.row), dues.amount[i]);
  if (part <= 0) return;
  reserve(from, part);
  population(from).arrears_owed.at(from.row) -= part;
  population(to).arrears_receivable.at(to.row) -= part;
  transfer(dues.payer[i], dues.payee[i], part, dues.purpose[i]);
  dues.amount[i] -= part;
  settled_dues_ += dues.amount[i] == 0;
}

// What is left keeps its order. Done when it makes up for what was settled since the last time.
void Ledger::drop_settled_dues() {
  Dues& dues = state_.dues;
  if (settled_dues_ * 2 < dues.size() || settled_dues_ == 0) return;
  owed_.clear(dues.payer);
  due_.clear(dues.payee);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < dues.size(); ++i) {
    if (dues.amount[i] != 0) dues.move_row(kept++, i);
  }
  dues.resize(kept);
  settled_dues_ = 0;
  if (kept > 0) owed_.index(dues.payer);
}

}  // namespace ondol
