// Standing offers: posted, replaced, withdrawn, and the stock they reserve.
#include "acting/records.hpp"
#include "markets/clearing.hpp"
#include "markets/clearing_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace ondol {

void Clearing::drop_empty_offers(Index m) {
  OfferColumns& offers = state_.markets[m].offers;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    if (offers.quantity[i] != 0) offers.move_row(kept++, i);
  }
  offers.resize(kept);
  changed_[m] = 1;
}

void Clearing::post(std::span<const Chunk> chunks, const Moment& now) {
  post_offers(chunks, now);
  post_bids(chunks, now);
}

void Clearing::post_offers(std::span<const Chunk> chunks, const Moment& now) {
  gather_offers(chunks);
  for (Index m = 0; m < state_.markets.size(); ++m) {
    OfferColumns& posted = work_[m]->posted;
    if (posted.size() == 0) continue;
    if (model_.markets[m].book) {
      for (std::size_t i = 0; i < posted.size(); ++i)
        posted.turn[i] = turn_of(m, now, posted.luck[i], 2U * posted.level[i] + 1);
    }
    merge_offers(m);
  }
}

// By seller already; a book's offers of one seller by level, the latest at a level last.
void Clearing::sort_levels(Index m) {
  Work& work = *work_[m];
  OfferColumns& posted = work.posted;
  std::vector<std::uint32_t> order(posted.size());
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&posted](std::uint32_t row) { return std::pair(posted.seller[row], posted.level[row]); };
  const auto before = [&key](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); };
  if (std::is_sorted(order.begin(), order.end(), before)) return;
  std::stable_sort(order.begin(), order.end(), before);
  work.merged.resize(posted.size());
  for (std::size_t i = 0; i < order.size(); ++i) work.merged.copy_row(i, posted, order[i]);
  std::swap(posted, work.merged);
}

Index Clearing::market_of(const Chunk& chunk, const ondol_offer_record& offer) const {
  const PortModel& port = port_of_record(model_, chunk, offer.row, offer.port, {ONDOL_SELLS}, "offers");
  if (offer.quantity < 0 || offer.price < 0)
    throw Violation{chunk.agent(offer.row), "offers a quantity or price that is negative"};
  const MarketModel& market = model_.markets[port.target];
  if (offer.level != 0 && !market.book)
    throw Violation{chunk.agent(offer.row),
                    fmt::format("offers at level {} in market '{}', where mechanism '{}' keeps no order book",
                                offer.level, market.label, market.mechanism_name)};
  return port.target;
}

void Clearing::gather_offers(std::span<const Chunk> chunks) {
  records_.count<ondol_offer_record>(
      chunks, ONDOL_OUT_OFFER,
      [this](const Chunk& chunk, const ondol_offer_record& offer) { return market_of(chunk, offer); });
  for (Index m = 0; m < state_.markets.size(); ++m) work_[m]->posted.resize(records_.of_market(m));
  records_.put<ondol_offer_record>(
      ONDOL_OUT_OFFER,
      [this](const Chunk& chunk, const ondol_offer_record& offer) {
        return model_.populations[chunk.population].ports[offer.port].target;
      },
      [this](const Chunk& chunk, const ondol_offer_record& offer, Index m, std::size_t row) {
        const PopulationModel& population = model_.populations[chunk.population];
        const auto& attributes = population.ports[offer.port].attributes;
        OfferColumns& posted = work_[m]->posted;
        posted.seller[row] = chunk.agent(offer.row);
        posted.region[row] = static_cast<std::uint16_t>(population.region);
        posted.price[row] = offer.price;
        posted.quantity[row] = offer.quantity;
        posted.level[row] = offer.level;
        posted.turn[row] = 0;
        posted.luck[row] = state_.populations[chunk.population].luck[chunk.first_row + offer.row];
        for (auto& column : posted.attributes) column[row] = 0;
        for (std::size_t a = 0; a < attributes.size(); ++a) posted.attributes[attributes[a]][row] = offer.attributes[a];
      });
}

// Both lists are ordered by seller: chunks come in the order of agents, and rules go through the agents of a chunk in
// theirs, or are refused. Of several offers of an agent, one after the other, the last counts.
void Clearing::merge_offers(Index m) {
  Work& work = *work_[m];
  const std::vector<Index>& sellers = work.posted.seller;
  const auto unordered = std::is_sorted_until(sellers.begin(), sellers.end());
  if (unordered != sellers.end()) {
    throw Violation{*unordered,
                    fmt::format("offers in market '{}' after an agent that comes later in its block; a rule by blocks "
                                "offers in ascending order (see docs/fast-rules.md)",
                                model_.markets[m].label)};
  }
  if (model_.markets[m].book) sort_levels(m);
  divide_offers(m);
  const auto pieces = static_cast<std::uint32_t>(pieces_.size());
  scheduler_.for_each(pieces, [&](std::uint32_t i) { replace_offers(m, pieces_[i]); });
  std::size_t kept = 0;
  for (OfferPiece& piece : pieces_) kept += std::exchange(piece.kept, kept);
  work.merged.resize(kept);
  scheduler_.for_each(pieces, [&](std::uint32_t i) { merge_piece(m, pieces_[i], pieces_[i].kept); });
  std::swap(state_.markets[m].offers, work.merged);
  work.posted.resize(0);
  changed_[m] = 1;
}

void Clearing::divide_offers(Index m) {
  constexpr std::size_t posted_per_piece = 2048;
  const std::vector<Index>& standing = state_.markets[m].offers.seller;
  const std::vector<Index>& posted = work_[m]->posted.seller;
  pieces_.clear();
  OfferPiece piece{};
  while (piece.posted_end < posted.size()) {
    piece = {piece.standing_end, piece.posted_end, standing.size(), posted.size(), 0};
    if (posted.size() - piece.posted > posted_per_piece) {
      const Index last = posted[piece.posted + posted_per_piece - 1];
      const auto after = [last](const std::vector<Index>& sellers) {
        return static_cast<std::size_t>(std::upper_bound(sellers.begin(), sellers.end(), last) - sellers.begin());
      };
      piece.standing_end = after(standing);
      piece.posted_end = after(posted);
    }
    pieces_.push_back(piece);
  }
}

// Offers take the place of those their sellers had; those for which there is no stock keep a quantity of 0. First all
// that they replace is free, so that no level lacks the stock that another one gives up.
void Clearing::replace_offers(Index m, OfferPiece& piece) {
  const OfferColumns& standing = state_.markets[m].offers;
  OfferColumns& posted = work_[m]->posted;
  piece.kept = piece.standing_end - piece.standing;
  std::size_t s = piece.standing;
  for (std::size_t p = piece.posted; p < piece.posted_end; ++p) {
    const std::uint64_t quote = posted.quote(p);
    if (p + 1 < piece.posted_end && posted.quote(p + 1) == quote) {
      posted.quantity[p] = 0;
      continue;
    }
    while (s < piece.standing_end && standing.quote(s) < quote) ++s;
    if (s < piece.standing_end && standing.quote(s) == quote) {
      unreserve(m, posted.seller[p], standing.quantity[s]);
      --piece.kept;
    }
  }
  for (std::size_t p = piece.posted; p < piece.posted_end; ++p) {
    posted.quantity[p] = reserve(m, posted.seller[p], posted.quantity[p]);
    piece.kept += posted.quantity[p] > 0;
  }
}

void Clearing::merge_piece(Index m, const OfferPiece& piece, std::size_t out) {
  OfferColumns& merged = work_[m]->merged;
  const OfferColumns& standing = state_.markets[m].offers;
  const OfferColumns& posted = work_[m]->posted;
  std::size_t s = piece.standing;
  for (std::size_t p = piece.posted; p < piece.posted_end; ++p) {
    const std::uint64_t quote = posted.quote(p);
    while (s < piece.standing_end && standing.quote(s) < quote) merged.copy_row(out++, standing, s++);
    if (s < piece.standing_end && standing.quote(s) == quote) ++s;
    if (posted.quantity[p] > 0) merged.copy_row(out++, posted, p);
  }
  while (s < piece.standing_end) merged.copy_row(out++, standing, s++);
}

Units Clearing::reserve(Index m, Index seller, Units wanted) {
  if (model_.markets[m].good == none) return wanted;
  const Place at = ledger_.place(seller);
  Units& available =
      ledger_.population(at).accounts[ledger_.account(at.population, model_.markets[m].good)].available[at.row];
  const Units quantity = std::min(wanted, available);
  available -= quantity;
  return quantity;
}

void Clearing::unreserve(Index m, Index seller, Units quantity) {
  if (model_.markets[m].good == none) return;
  const Place at = ledger_.place(seller);
  ledger_.population(at).accounts[ledger_.account(at.population, model_.markets[m].good)].available[at.row] += quantity;
}

void Clearing::withdraw(Index agent) {
  for (Index m = 0; m < state_.markets.size(); ++m) {
    OfferColumns& offers = state_.markets[m].offers;
    const auto found = std::lower_bound(offers.seller.begin(), offers.seller.end(), agent);
    if (found != offers.seller.end() && *found == agent) {
      for (auto row = static_cast<std::size_t>(found - offers.seller.begin());
           row < offers.size() && offers.seller[row] == agent; ++row)
        unreserve(m, agent, std::exchange(offers.quantity[row], 0));
      drop_empty_offers(m);
    }
    OrderColumns& orders = state_.markets[m].orders;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (orders.buyer[i] == agent || orders.seller[i] == agent) {
        free_order(orders, i);
      } else {
        orders.move_row(kept++, i);
      }
    }
    if (kept == orders.size()) continue;
    orders.resize(kept);
    count_standing(m);
  }
}

}  // namespace ondol
