// Closing the books: goods that expire, every agent's balance sheet, and the checks that nothing was lost or invented.
#include "ledger.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace ondol {

// What must agree over all agents.
struct Ledger::Totals {
  Wide money_held = 0, money_issued = 0, money_reserved = 0;
  std::vector<Wide> stock, reserved;  // by good
};

void Ledger::begin_tick() {
  for (FlowRow& flow : state_.flows) flow.amount = flow.quantity = 0;
  for (GoodFlows& good : state_.goods) good = {0, 0, 0, 0, 0, 0, good.stock};
  for (PopulationState& population : state_.populations) {
    const auto rows = static_cast<std::ptrdiff_t>(population.size);
    for (std::size_t i = 0; i < 3; ++i) {
      std::fill_n(population.received[i].begin(), rows, 0);
      std::fill_n(population.paid[i].begin(), rows, 0);
    }
    std::fill_n(population.contributed.begin(), rows, 0);
  }
}

void Ledger::end_tick() {
  expire_goods();
  drop_dead_claims();
  close_books();
  Totals totals;
  totals.stock.resize(model_.goods.size());
  totals.reserved.resize(model_.goods.size());
  for (Index p = 0; p < state_.populations.size(); ++p) {
    check_population(p, totals);
    check_state_fields(p);
  }
  Wide orders = 0;
  std::vector<Wide> offers(model_.goods.size());
  for (Index m = 0; m < state_.markets.size(); ++m) {
    for (const Units reserved : state_.markets[m].orders.reserved) orders += reserved;
    if (model_.markets[m].good == none) continue;
    for (const Units quantity : state_.markets[m].offers.quantity) offers[model_.markets[m].good] += quantity;
  }
  if (totals.money_held != totals.money_issued) throw Violation{none, "money held differs from money issued"};
  if (totals.money_reserved != orders) throw Violation{none, "money reserved differs from what standing orders hold"};
  for (Index g = 0; g < model_.goods.size(); ++g) {
    GoodFlows& good = state_.goods[g];
    good.stock += good.made - good.used - good.scrapped - good.expired - good.lost;
    if (totals.stock[g] != good.stock) {
      throw Violation{none,
                      fmt::format("the stock of good '{}' is not what its entries add up to", model_.goods[g].name)};
    }
    if (totals.reserved[g] != offers[g]) {
      throw Violation{none,
                      fmt::format("reserved stock of good '{}' differs from what offers hold", model_.goods[g].name)};
    }
  }
}

void Ledger::open_books() {
  index_claims();
  close_books();
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

void Ledger::expire_goods() {
  for (Index p = 0; p < state_.populations.size(); ++p) {
    PopulationState& population = state_.populations[p];
    for (Index a = 0; a < population.accounts.size(); ++a) {
      const Index good = model_.populations[p].accounts[a].good;
      if (!model_.goods[good].lasts_tick) continue;
      AccountState& account = population.accounts[a];
      for (Index row = 0; row < population.size; ++row) {
        state_.goods[good].expired += account.stock[row];
        account.stock[row] = account.available[row] = account.book[row] = 0;
      }
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

void Ledger::close_books() {
  for (Index p = 0; p < state_.populations.size(); ++p) {
    std::fill(claim_assets_[p].begin(), claim_assets_[p].end(), 0);
    std::fill(claim_debts_[p].begin(), claim_debts_[p].end(), 0);
  }
  const Claims& claims = state_.claims;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (claims.amount[i] == 0) continue;
    const Place holder = place(claims.holder[i]);
    const Place issuer = place(claims.issuer[i]);
    const bool credit = model_.instruments[claims.instrument[i]].instrument_class == InstrumentClass::credit;
    claim_assets_[holder.population][holder.row] += credit ? claims.amount[i] : claims.book[i];
    if (credit) claim_debts_[issuer.population][issuer.row] += claims.amount[i];
  }
  for (Index p = 0; p < state_.populations.size(); ++p) {
    PopulationState& population = state_.populations[p];
    Column& assets = claim_assets_[p];
    for (const AccountState& account : population.accounts) {
      for (Index row = 0; row < population.size; ++row) assets[row] += account.book[row];
    }
    for (Index row = 0; row < population.size; ++row) {
      population.assets[row] = assets[row] + population.money_held[row] + population.arrears_receivable[row];
      population.debts[row] = claim_debts_[p][row] + population.money_issued[row] + population.arrears_owed[row];
      const Units equity = population.assets[row] - population.debts[row];
      population.income[row] = equity - population.equity[row] - population.contributed[row];
      population.equity[row] = equity;
    }
  }
}

void Ledger::check_population(Index index, Totals& totals) {
  const PopulationState& population = state_.populations[index];
  for (Index row = 0; row < population.size; ++row) {
    const Units reserved = population.money_held[row] - population.money_available[row];
    if (population.money_available[row] < 0 || reserved < 0 || population.money_issued[row] < 0) {
      throw Violation{first_agent_[index] + row, "has an account of money that does not add up"};
    }
    totals.money_held += population.money_held[row];
    totals.money_issued += population.money_issued[row];
    totals.money_reserved += reserved;
  }
  for (Index a = 0; a < population.accounts.size(); ++a) {
    const AccountState& account = population.accounts[a];
    const Index good = model_.populations[index].accounts[a].good;
    for (Index row = 0; row < population.size; ++row) {
      const Units reserved = account.stock[row] - account.available[row];
      if (account.available[row] < 0 || reserved < 0) {
        throw Violation{first_agent_[index] + row,
                        fmt::format("has an account of good '{}' that does not add up", model_.goods[good].name)};
      }
      totals.stock[good] += account.stock[row];
      totals.reserved[good] += reserved;
    }
  }
}

void Ledger::check_state_fields(Index index) {
  const KindDescription& kind = *model_.kinds[model_.populations[index].kind];
  const PopulationState& population = state_.populations[index];
  for (const FieldDescription& field : kind.fields) {
    if (field.role != ONDOL_STATE || field.type != ONDOL_F64) continue;
    for (Index row = 0; row < population.size; ++row) {
      if (population.alive[row] == 0) continue;
      const std::byte* at = population.state.data() + std::size_t{row} * kind.state_size + field.offset;
      for (std::uint32_t i = 0; i < field.count; ++i) {
        double value = 0;
        std::memcpy(&value, at + i * sizeof value, sizeof value);
        if (std::isfinite(value) && value >= field.minimum && value <= field.maximum) continue;
        throw Violation{first_agent_[index] + row, fmt::format("has state '{}' = {}, outside its range {} to {}",
                                                               field.name, value, field.minimum, field.maximum)};
      }
    }
  }
}

}  // namespace ondol
