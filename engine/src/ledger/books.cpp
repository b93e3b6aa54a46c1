// Closing the books: goods that expire, every agent's balance sheet, and the checks that nothing was lost or invented.
#include "base/columns.hpp"
#include "ledger/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ondol {

void Ledger::plan_blocks() {
  block_count_ = 0;
  for (Index p = 0; p < state_.populations.size(); ++p) {
    const Index size = state_.populations[p].size;
    for (Index first = 0; first < size; first += rows_per_block) {
      if (block_count_ == blocks_.size()) blocks_.emplace_back();
      RowBlock& block = blocks_[block_count_++];
      block.population = p;
      block.first = first;
      block.last = std::min(first + rows_per_block, size);
    }
  }
}

void Ledger::begin_tick() {
  for (FlowRow& flow : state_.flows) flow.amount = flow.quantity = 0;
  for (GoodFlows& good : state_.goods) good = {0, 0, 0, 0, 0, 0, good.stock};
  for (PopulationState& population : state_.populations) population.contributed.restart(0, population.size);
}

void Ledger::end_tick() {
  drop_dead_claims();
  assess_claims();
  plan_blocks();
  scheduler_.for_each(block_count_, [this](std::uint32_t i) {
    RowBlock& block = blocks_[i];
    block.failure.reset();
    for (Index row = block.first; row < block.last; row += rows_per_chunk)
      state_.populations[block.population].restart_flows(row / rows_per_chunk, state_.tick);
    expire_goods(block);
    close_receipts(block);
    close_books(block);
    check_accounts(block);
  });
  for (std::uint32_t i = 0; i < block_count_; ++i) {
    if (blocks_[i].failure) throw Violation(*blocks_[i].failure);
  }
  check_totals();
}

void Ledger::check_totals() {
  Wide held = 0;
  Wide issued = 0;
  Wide reserved = 0;
  for (auto* by_good : {&offered_, &stock_, &reserved_}) std::fill(by_good->begin(), by_good->end(), 0);
  for (std::uint32_t i = 0; i < block_count_; ++i) {
    const RowBlock& block = blocks_[i];
    held += block.money_held;
    issued += block.money_issued;
    reserved += block.money_reserved;
    for (Index g = 0; g < model_.goods.size(); ++g) {
      stock_[g] += block.stock[g];
      reserved_[g] += block.reserved[g];
      state_.goods[g].expired += static_cast<Units>(block.expired[g]);
    }
  }
  Wide orders = 0;
  for (Index m = 0; m < state_.markets.size(); ++m) {
    for (const Units money : state_.markets[m].orders.reserved) orders += money;
    if (model_.markets[m].good == none) continue;
    for (const Units quantity : state_.markets[m].offers.quantity) offered_[model_.markets[m].good] += quantity;
  }
  if (held != issued) throw Violation{none, "money held differs from money issued"};
  if (reserved != orders) throw Violation{none, "money reserved differs from what standing orders hold"};
  for (Index g = 0; g < model_.goods.size(); ++g) {
    GoodFlows& good = state_.goods[g];
    good.stock += good.made - good.used - good.scrapped - good.expired - good.lost;
    if (stock_[g] != good.stock) {
      throw Violation{none,
                      fmt::format("the stock of good '{}' is not what its entries add up to", model_.goods[g].name)};
    }
    if (reserved_[g] != offered_[g]) {
      throw Violation{none,
                      fmt::format("reserved stock of good '{}' differs from what offers hold", model_.goods[g].name)};
    }
  }
}

void Ledger::open_books() {
  assess_claims();
  plan_blocks();
  for (std::uint32_t i = 0; i < block_count_; ++i) close_books(blocks_[i]);
  for (Index p = 0; p < state_.populations.size(); ++p) {
    PopulationState& population = state_.populations[p];
    std::fill(population.income.begin(), population.income.end(), 0);
    for (Index a = 0; a < population.accounts.size(); ++a) {
      for (const Units stock : population.accounts[a].stock) {
        state_.goods[model_.populations[p].accounts[a].good].stock += stock;
      }
    }
  }
}

void Ledger::restart_flows() {
  for (PopulationState& population : state_.populations) population.restart_flows(state_.tick);
}

void Ledger::expire_goods(RowBlock& block) {
  block.expired.assign(model_.goods.size(), 0);
  PopulationState& population = state_.populations[block.population];
  for (Index a = 0; a < population.accounts.size(); ++a) {
    const Index good = model_.populations[block.population].accounts[a].good;
    if (!model_.goods[good].lasts_tick) continue;
    AccountState& account = population.accounts[a];
    for (Index row = block.first; row < block.last; ++row) {
      block.expired[good] += account.stock[row];
      account.stock[row] = account.available[row] = account.book[row] = 0;
    }
  }
}

void Ledger::close_receipts(const RowBlock& block) {
  PopulationState& population = state_.populations[block.population];
  for (PortState& port : population.ports) {
    if (port.receipts == none) continue;
    Column& receipts = population.levy_base[port.receipts];
    std::copy(receipts.begin() + block.first, receipts.begin() + block.last, port.received.begin() + block.first);
    std::fill(receipts.begin() + block.first, receipts.begin() + block.last, 0);
  }
}

void Ledger::drop_dead_claims() {
  Claims& claims = state_.claims;
  if (dead_claims_ * 4 <= claims.size()) return;
  issued_.clear(claims.issuer);
  held_.clear(claims.holder);
  latest_claim_.clear();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (claims.amount[i] == 0) continue;
    latest_claim_[{claims.instrument[i], claims.issuer[i], claims.holder[i]}] = static_cast<Index>(kept);
    claims.move_row(kept++, i);
  }
  claims.resize(kept);
  dead_claims_ = 0;
  if (kept > 0) issued_.index(claims.issuer);
}

// What claims are worth to their holders, and credit to its issuers.
void Ledger::value_claims() {
  const Claims& claims = state_.claims;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (claims.amount[i] == 0) continue;
    const Place holder = place(claims.holder[i]);
    const Place issuer = place(claims.issuer[i]);
    const bool credit = model_.instruments[claims.instrument[i]].instrument_class == InstrumentClass::credit;
    claim_assets_[holder.population].at(holder.row) += credit ? claims.amount[i] : claims.book[i];
    if (credit) claim_debts_[issuer.population].at(issuer.row) += claims.amount[i];
  }
}

bool Ledger::has_debts(Index p) const {
  const PopulationState& population = state_.populations[p];
  return population.money_issued.written() != nullptr || population.arrears_owed.written() != nullptr ||
         claim_debts_[p].written() != nullptr;
}

bool Ledger::has_more_than_money(Index p) const {
  const PopulationState& population = state_.populations[p];
  return !population.accounts.empty() || population.arrears_receivable.written() != nullptr ||
         claim_assets_[p].written() != nullptr;
}

// What claims are worth, and columns for those who owe: made here, before all threads write to them.
void Ledger::assess_claims() {
  value_claims();
  for (Index p = 0; p < state_.populations.size(); ++p) {
    if (!has_debts(p)) continue;
    state_.populations[p].debts.values();
    state_.populations[p].gross_assets.values();
  }
}

void Ledger::close_books(const RowBlock& block) {
  PopulationState& population = state_.populations[block.population];
  const Index count = block.last - block.first;
  // Sums over columns, of which those that were never written are left out.
  const auto add = [&](Units* sum, const Column& column) {
    const Units* values = column.data() + block.first;
    for (Index row = 0; row < count; ++row) sum[row] += values[row];
  };
  const auto add_late = [&](Units* sum, const LateColumn& column) {
    if (column.written() != nullptr) add(sum, *column.written());
  };
  const Units* worth = population.money_held.data() + block.first;
  std::array<Units, rows_per_block> sum;
  const bool plain = !has_more_than_money(block.population) && population.debts.written() == nullptr;
  if (!plain) {
    worth = std::copy_n(worth, count, sum.data()) - count;
    for (const AccountState& account : population.accounts) add(sum.data(), account.book);
    add_late(sum.data(), population.arrears_receivable);
    add_late(sum.data(), claim_assets_[block.population]);
    claim_assets_[block.population].restart(block.first, block.last);
  }
  if (population.debts.written() != nullptr) {
    std::copy_n(worth, count, population.gross_assets.values().data() + block.first);
    Units* debts = population.debts.values().data() + block.first;
    std::fill_n(debts, count, 0);
    add_late(debts, population.money_issued);
    add_late(debts, population.arrears_owed);
    add_late(debts, claim_debts_[block.population]);
    claim_debts_[block.population].restart(block.first, block.last);
    for (Index row = 0; row < count; ++row) sum[row] -= debts[row];
  }
  Units* equity = population.equity.data() + block.first;
  Units* income = population.income.data() + block.first;
  columns::close(worth, equity, income, count);
  if (population.contributed.written() == nullptr) return;
  const Units* contributed = population.contributed.written()->data() + block.first;
  for (Index row = 0; row < count; ++row) income[row] -= contributed[row];
}

void Ledger::check_accounts(RowBlock& block) {
  const PopulationState& population = state_.populations[block.population];
  block.money_issued = block.money_reserved = 0;
  block.stock.assign(model_.goods.size(), 0);
  block.reserved.assign(model_.goods.size(), 0);
  const Index count = block.last - block.first;
  bool sound = true;
  const auto add_up = [&](const Column& column) {
    const columns::Total total = columns::total(column.data() + block.first, count);
    sound &= !total.negative;
    return total.sum;
  };
  block.money_held = add_up(population.money_held);
  if (const Column* reserved = population.money_reserved.written()) {
    block.money_reserved = add_up(*reserved);
    for (Index row = block.first; row < block.last; ++row) sound &= (*reserved)[row] <= population.money_held[row];
  }
  if (const Column* issued = population.money_issued.written()) block.money_issued = add_up(*issued);
  if (!sound) {
    const auto wrong = [&](Index row) {
      return population.money_reserved[row] < 0 || population.money_available(row) < 0 ||
             population.money_issued[row] < 0;
    };
    Index row = block.first;
    while (!wrong(row)) ++row;
    block.failure = Violation{population.agent(row), "has an account of money that does not add up"};
    return;
  }
  for (Index a = 0; a < population.accounts.size(); ++a) {
    const AccountState& account = population.accounts[a];
    const Index good = model_.populations[block.population].accounts[a].good;
    for (Index row = block.first; row < block.last; ++row) {
      const Units reserved = account.stock[row] - account.available[row];
      if (account.available[row] < 0 || reserved < 0) {
        block.failure = Violation{population.agent(row), fmt::format("has an account of good '{}' that does not add up",
                                                                     model_.goods[good].name)};
        return;
      }
      block.stock[good] += account.stock[row];
      block.reserved[good] += reserved;
    }
  }
}

}  // namespace ondol
