#include "ledger/stock_entries.hpp"

#include "acting/records.hpp"

#include <algorithm>
#include <utility>

namespace ondol {

StockEntries::StockEntries(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler)
    : model_(model), state_(state), ledger_(ledger), scheduler_(scheduler) {
  constexpr int batches_per_thread = 4;
  const int batches = scheduler.threads() == 1 ? 1 : batches_per_thread * scheduler.threads();
  batches_.resize(static_cast<std::size_t>(batches));
  for (Batch& batch : batches_) batch.totals.resize(model.goods.size());
}

void StockEntries::book(std::span<const Chunk> chunks) {
  const auto writes = [](const Chunk& chunk) { return !chunk.outboxes->empty(ONDOL_OUT_STOCK); };
  if (std::none_of(chunks.begin(), chunks.end(), writes)) return;
  const std::size_t count = std::min(chunks.size(), batches_.size());
  scheduler_.for_each(static_cast<std::uint32_t>(count), [&](std::uint32_t b) {
    Batch& batch = batches_[b];
    try {
      for (const Chunk& chunk :
           chunks.subspan(chunks.size() * b / count, chunks.size() * (b + 1) / count - chunks.size() * b / count))
        book(batch, chunk);
    } catch (const Violation& violation) {
      batch.failure = violation;
    }
  });
  for (Batch& batch : batches_) {
    if (batch.failure) throw Violation(*batch.failure);
    for (std::size_t g = 0; g < batch.totals.size(); ++g) {
      GoodFlows& total = state_.goods[g];
      const GoodFlows added = std::exchange(batch.totals[g], {});
      total.made += added.made;
      total.used += added.used;
      total.scrapped += added.scrapped;
    }
    for (const Delivery& delivery : batch.deliveries)
      ledger_.hand_over(delivery.giver, delivery.taker, delivery.good, delivery.quantity);
    batch.deliveries.clear();
  }
}

void StockEntries::book(Batch& batch, const Chunk& chunk) {
  const std::vector<AccountModel>& accounts = model_.populations[chunk.population].accounts;
  chunk.outboxes->for_each<ondol_stock_record>(ONDOL_OUT_STOCK, [&](const ondol_stock_record& record) {
    const Place place{chunk.population, chunk.first_row + record.row};
    Units worth = 0;
    if (record.action == ONDOL_USE || record.action == ONDOL_SCRAP || record.action == ONDOL_TRANSFORM) {
      const Index input = account(chunk, record, record.input);
      worth = remove(place, input, record.quantity_in);
      GoodFlows& total = batch.totals[accounts[input].good];
      (record.action == ONDOL_SCRAP ? total.scrapped : total.used) += record.quantity_in;
    } else if (record.action == ONDOL_DELIVER) {
      const Index input = account(chunk, record, record.input);
      batch.deliveries.push_back({chunk.agent(record.row), record.to, accounts[input].good, record.quantity_in});
    } else if (record.action != ONDOL_MAKE) {
      throw Violation{chunk.agent(record.row), "books goods in an unknown way"};
    }
    if (record.action == ONDOL_MAKE || record.action == ONDOL_TRANSFORM) {
      const Index output = account(chunk, record, record.output);
      ledger_.goods(chunk.population, output).enter(place.row, record.quantity_out, worth);
      batch.totals[accounts[output].good].made += record.quantity_out;
    }
  });
}

Index StockEntries::account(const Chunk& chunk, const ondol_stock_record& record, std::uint16_t port) const {
  const Index account =
      port_of_record(model_, chunk, record.row, port, {ONDOL_BUYS, ONDOL_SELLS, ONDOL_HOLDS}, "books goods").account;
  if (account == none)
    throw Violation{chunk.agent(record.row), "books goods through a port of a market of instruments"};
  if (record.quantity_in < 0 || record.quantity_out < 0)
    throw Violation{chunk.agent(record.row), "books goods in a negative quantity"};
  return account;
}

Units StockEntries::remove(Place place, Index account, Units quantity) {
  const GoodColumns goods = ledger_.goods(place.population, account);
  const Units worth = quantity > 0 && quantity <= goods.stock[place.row] ? goods.take_book(place.row, quantity) : 0;
  if (!goods.leave(place.row, quantity))
    throw ledger_.without_goods(place, model_.populations[place.population].accounts[account].good, quantity);
  return worth;
}

}  // namespace ondol
