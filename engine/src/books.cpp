// Closing the books: goods that expire, every agent's balance sheet, and the checks that nothing was lost or invented.
#include "ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
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
  plan_blocks();
  scheduler_.for_each(block_count_, [this](std::uint32_t i) { restart_flows(blocks_[i]); });
}

void Ledger::end_tick() {
  drop_dead_claims();
  value_claims();
  plan_blocks();
  scheduler_.for_each(block_count_, [this](std::uint32_t i) {
    RowBlock& block = blocks_[i];
    block.failure.reset();
    expire_goods(block);
    close_books(block);
    check_accounts(block);
    check_state_fields(block);
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
  index_claims();
  value_claims();
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

void Ledger::restart_flows(const RowBlock& block) {
  PopulationState& population = state_.populations[block.population];
  const auto zero = [&](Column& column) { std::fill(column.begin() + block.first, column.begin() + block.last, 0); };
  for (Column& column : population.received) zero(column);
  for (Column& column : population.paid) zero(column);
  zero(population.contributed);
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

void Ledger::drop_dead_claims() {
  Claims& claims = state_.claims;
  if (dead_claims_ * 2 <= claims.size()) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (claims.amount[i] != 0) claims.move_row(kept++, i);
  }
  claims.resize(kept);
  dead_claims_ = 0;
  index_claims();
}

void Ledger::index_claims() {
  claims_of_.clear();
  for (Index i = 0; i < state_.claims.size(); ++i) claims_of_[state_.claims.issuer[i]].push_back(i);
}

// What claims are worth to their holders, and credit to its issuers.
void Ledger::value_claims() {
  const Claims& claims = state_.claims;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (claims.amount[i] == 0) continue;
    const Place holder = place(claims.holder[i]);
    const Place issuer = place(claims.issuer[i]);
    const bool credit = model_.instruments[claims.instrument[i]].instrument_class == InstrumentClass::credit;
    claim_assets_[holder.population][holder.row] += credit ? claims.amount[i] : claims.book[i];
    if (credit) claim_debts_[issuer.population][issuer.row] += claims.amount[i];
  }
}

void Ledger::close_books(const RowBlock& block) {
  PopulationState& population = state_.populations[block.population];
  Column& assets = claim_assets_[block.population];
  Column& debts = claim_debts_[block.population];
  for (const AccountState& account : population.accounts) {
    for (Index row = block.first; row < block.last; ++row) assets[row] += account.book[row];
  }
  for (Index row = block.first; row < block.last; ++row) {
    population.assets[row] =
        std::exchange(assets[row], 0) + population.money_held[row] + population.arrears_receivable[row];
    population.debts[row] = std::exchange(debts[row], 0) + population.money_issued[row] + population.arrears_owed[row];
    const Units equity = population.assets[row] - population.debts[row];
    population.income[row] = equity - population.equity[row] - population.contributed[row];
    population.equity[row] = equity;
  }
}

void Ledger::check_accounts(RowBlock& block) {
  const PopulationState& population = state_.populations[block.population];
  block.money_held = block.money_issued = block.money_reserved = 0;
  block.stock.assign(model_.goods.size(), 0);
  block.reserved.assign(model_.goods.size(), 0);
  for (Index row = block.first; row < block.last; ++row) {
    const Units reserved = population.money_held[row] - population.money_available[row];
    if (population.money_available[row] < 0 || reserved < 0 || population.money_issued[row] < 0) {
      block.failure = Violation{first_agent_[block.population] + row, "has an account of money that does not add up"};
      return;
    }
    block.money_held += population.money_held[row];
    block.money_issued += population.money_issued[row];
    block.money_reserved += reserved;
  }
  for (Index a = 0; a < population.accounts.size(); ++a) {
    const AccountState& account = population.accounts[a];
    const Index good = model_.populations[block.population].accounts[a].good;
    for (Index row = block.first; row < block.last; ++row) {
      const Units reserved = account.stock[row] - account.available[row];
      if (account.available[row] < 0 || reserved < 0) {
        block.failure =
            Violation{first_agent_[block.population] + row,
                      fmt::format("has an account of good '{}' that does not add up", model_.goods[good].name)};
        return;
      }
      block.stock[good] += account.stock[row];
      block.reserved[good] += reserved;
    }
  }
}

void Ledger::check_state_fields(RowBlock& block) {
  if (block.failure) return;
  const Index kind = model_.populations[block.population].kind;
  const std::size_t size = model_.kinds[kind]->state_size;
  const PopulationState& population = state_.populations[block.population];
  for (Index row = block.first; row < block.last; ++row) {
    if (population.alive[row] == 0) continue;
    const std::byte* state = population.state.data() + row * size;
    for (const CheckedField& checked : checked_fields_[kind]) {
      for (std::uint32_t i = 0; i < checked.count; ++i) {
        double value = 0;
        std::memcpy(&value, state + checked.offset + i * sizeof value, sizeof value);
        if (value >= checked.least && value <= checked.most) continue;
        block.failure = Violation{first_agent_[block.population] + row,
                                  fmt::format("has state '{}' = {}, outside its range {} to {}", checked.field->name,
                                              value, checked.field->minimum, checked.field->maximum)};
        return;
      }
    }
  }
}

}  // namespace ondol
