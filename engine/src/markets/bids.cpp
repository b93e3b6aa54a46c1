// Standing bids: posted, replaced, withdrawn, and the money they reserve. Cancelling orders that stand.
#include "acting/records.hpp"
#include "markets/clearing.hpp"
#include "markets/clearing_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace ondol {

namespace {

// Money that so much at a limit takes, rounded up.
Units cost_of(Units quantity, Units limit, int exponent) {
  const Wide worth = Wide{quantity} * limit;
  if (exponent <= 0) return static_cast<Units>(worth * power_of_ten(-exponent));
  const Wide unit = power_of_ten(exponent);
  return static_cast<Units>((worth + unit - 1) / unit);
}

// How much of a quantity so much money pays for at a limit.
Units affordable(Units quantity, Units money, Units limit, int exponent) {
  if (limit == 0) return quantity;
  const Wide scaled = exponent >= 0 ? Wide{money} * power_of_ten(exponent) : Wide{money} / power_of_ten(-exponent);
  return static_cast<Units>(std::min<Wide>(quantity, scaled / limit));
}

}  // namespace

std::uint64_t Clearing::turn_of(Index m, const Moment& now, std::uint64_t luck, std::uint32_t quote) const {
  constexpr std::uint64_t purpose = 0x7475726e;  // "turn"
  const Moment there = now.in(model_.markets[m].hash);
  const std::uint64_t draw = ondol_draw_words(&static_cast<const ondol_moment&>(there), purpose, luck, quote).first;
  return std::uint64_t{state_.markets[m].clearings} << 32U | draw >> 32U;
}

Index Clearing::market_of(const Chunk& chunk, const ondol_bid_record& bid) const {
  const PortModel& port = port_of_record(model_, chunk, bid.row, bid.port, {ONDOL_BUYS}, "bids");
  const Index buyer = chunk.agent(bid.row);
  const MarketModel& market = model_.markets[port.target];
  if (!market.book)
    throw Violation{buyer, fmt::format("bids in market '{}', where mechanism '{}' keeps no order book; order instead",
                                       market.label, market.mechanism_name)};
  if (bid.quantity < 0 || bid.limit < 0) throw Violation{buyer, "bids a quantity or price that is negative"};
  if (bid.level == OrderColumns::no_level) throw Violation{buyer, "bids at a level that is too high"};
  return port.target;
}

void Clearing::post_bids(std::span<const Chunk> chunks, const Moment& now) {
  for (const auto& work : work_) work->bids.clear();
  for (const Chunk& chunk : chunks) {
    if (chunk.outboxes->empty(ONDOL_OUT_BID)) continue;
    chunk.outboxes->for_each<ondol_bid_record>(ONDOL_OUT_BID, [&](const ondol_bid_record& bid) {
      work_[market_of(chunk, bid)]->bids.push_back(
          {chunk.agent(bid.row), bid.level, bid.port,
           static_cast<std::uint16_t>(model_.populations[chunk.population].region), bid.quantity, bid.limit,
           state_.populations[chunk.population].luck[chunk.first_row + bid.row]});
    });
  }
  for (Index m = 0; m < state_.markets.size(); ++m) {
    if (work_[m]->bids.empty()) continue;
    sort_bids(work_[m]->bids);
    free_replaced_bids(m);
    merge_bids(m, now);
    count_standing(m);
  }
}

// By buyer and level, of which the latest counts.
void Clearing::sort_bids(std::vector<Bid>& bids) {
  std::stable_sort(bids.begin(), bids.end(), [](const Bid& a, const Bid& b) { return a.quote() < b.quote(); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < bids.size(); ++i) {
    if (i + 1 == bids.size() || bids[i + 1].quote() != bids[i].quote()) bids[kept++] = bids[i];
  }
  bids.resize(kept);
}

// First all of them, so that no level lacks the money that another one gives up.
void Clearing::free_replaced_bids(Index m) {
  OrderColumns& standing = state_.markets[m].orders;
  std::size_t s = 0;
  std::size_t kept = 0;
  for (const Bid& bid : work_[m]->bids) {
    while (s < standing.size() && standing.quote(s) < bid.quote()) standing.move_row(kept++, s++);
    if (s < standing.size() && standing.quote(s) == bid.quote()) free_order(standing, s++);
  }
  while (s < standing.size()) standing.move_row(kept++, s++);
  standing.resize(kept);
}

void Clearing::merge_bids(Index m, const Moment& now) {
  Work& work = *work_[m];
  OrderColumns& standing = state_.markets[m].orders;
  OrderColumns& merged = work.merged_orders;
  merged.resize(standing.size() + work.bids.size());
  std::size_t s = 0;
  std::size_t out = 0;
  for (const Bid& bid : work.bids) {
    while (s < standing.size() && standing.quote(s) < bid.quote()) merged.copy_row(out++, standing, s++);
    if (place_bid(m, bid, now, out)) ++out;
  }
  while (s < standing.size()) merged.copy_row(out++, standing, s++);
  merged.resize(out);
  std::swap(standing, merged);
}

// As far as there is money; levels of one buyer get it in their order. Says whether anything is left of it.
bool Clearing::place_bid(Index m, const Bid& bid, const Moment& now, std::size_t row) {
  if (!ledger_.alive(bid.buyer)) return false;
  const Place at = ledger_.place(bid.buyer);
  const int exponent = model_.value_exponent(m);
  const Units available = state_.populations[at.population].money_available(at.row);
  const Units quantity = affordable(bid.quantity, available, bid.limit, exponent);
  if (quantity <= 0) return false;
  const Units money = cost_of(quantity, bid.limit, exponent);
  ledger_.reserve(at, money);
  OrderColumns& orders = work_[m]->merged_orders;
  orders.buyer[row] = bid.buyer;
  orders.seller[row] = none;
  orders.region[row] = bid.region;
  orders.port[row] = bid.port;
  orders.limit[row] = bid.limit;
  orders.quantity[row] = quantity;
  orders.reserved[row] = money;
  orders.tick[row] = state_.tick;
  orders.luck[row] = bid.luck + bid.level;
  orders.level[row] = bid.level;
  orders.turn[row] = turn_of(m, now, bid.luck, 2U * bid.level);
  state_.markets[m].tick_ordered += quantity;
  return true;
}

// ---- Cancelling

void Clearing::cancel(std::span<const Chunk> chunks) {
  for (const Chunk& chunk : chunks) {
    if (chunk.outboxes->empty(ONDOL_OUT_CANCEL)) continue;
    chunk.outboxes->for_each<ondol_cancel_record>(ONDOL_OUT_CANCEL, [&](const ondol_cancel_record& record) {
      const PortModel& port =
          port_of_record(model_, chunk, record.row, record.port, {ONDOL_BUYS, ONDOL_SELLS}, "cancels orders");
      work_[port.target]->cancels.push_back({port.type == ONDOL_BUYS, chunk.agent(record.row), record.other});
    });
  }
  for (Index m = 0; m < state_.markets.size(); ++m) {
    if (!work_[m]->cancels.empty()) cancel_in(m);
  }
}

// A buyer forfeits what its seller did not cancel as well.
void Clearing::cancel_in(Index m) {
  std::vector<Cancel>& cancels = work_[m]->cancels;
  std::sort(cancels.begin(), cancels.end());
  const auto says = [&cancels](bool buys, Index agent, Index other) {
    return std::binary_search(cancels.begin(), cancels.end(), Cancel{buys, agent, none}) ||
           std::binary_search(cancels.begin(), cancels.end(), Cancel{buys, agent, other});
  };
  OrderColumns& orders = state_.markets[m].orders;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const bool by_seller = orders.seller[i] != none && says(false, orders.seller[i], orders.buyer[i]);
    if (!by_seller && !says(true, orders.buyer[i], orders.seller[i])) {
      orders.move_row(kept++, i);
      continue;
    }
    if (!by_seller) forfeit(m, i);
    free_order(orders, i);
  }
  cancels.clear();
  orders.resize(kept);
  count_standing(m);
}

// What the seller keeps of a deposit when the buyer cancels.
void Clearing::forfeit(Index m, std::size_t order) {
  const MarketModel& market = model_.markets[m];
  OrderColumns& orders = state_.markets[m].orders;
  if (market.forfeit == 0 || orders.seller[order] == none || orders.seller[order] == orders.buyer[order]) return;
  const auto amount =
      std::min<Units>(orders.reserved[order],
                      static_cast<Units>(std::nearbyint(static_cast<double>(orders.reserved[order]) * market.forfeit)));
  if (amount == 0) return;
  ledger_.transfer(orders.buyer[order], orders.seller[order], amount, model_.forfeit_purpose);
  orders.reserved[order] -= amount;
}

}  // namespace ondol
