// Standing offers: posted, replaced, withdrawn, and the stock they reserve.
#include "acting/records.hpp"
#include "markets/clearing.hpp"
#include "markets/clearing_work.hpp"

#include <fmt/format.h>

#include <algorithm>
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

void Clearing::post_offers(std::span<const Chunk> chunks) {
  gather_offers(chunks);
  for (Index m = 0; m < state_.markets.size(); ++m) {
    if (work_[m]->posted.size() > 0) merge_offers(m);
  }
}

Index Clearing::market_of(const Chunk& chunk, const ondol_offer_record& offer) const {
  const PortModel& port = port_of_record(model_, chunk, offer.row, offer.port, {ONDOL_SELLS}, "offers");
  if (offer.quantity < 0 || offer.price < 0)
    throw Violation{chunk.agent(offer.row), "offers a quantity or price that is negative"};
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

// Offers take the place of those their sellers had; those for which there is no stock keep a quantity of 0.
void Clearing::replace_offers(Index m, OfferPiece& piece) {
  const OfferColumns& standing = state_.markets[m].offers;
  OfferColumns& posted = work_[m]->posted;
  piece.kept = piece.standing_end - piece.standing;
  std::size_t s = piece.standing;
  for (std::size_t p = piece.posted; p < piece.posted_end; ++p) {
    const Index seller = posted.seller[p];
    if (p + 1 < piece.posted_end && posted.seller[p + 1] == seller) {
      posted.quantity[p] = 0;
      continue;
    }
    while (s < piece.standing_end && standing.seller[s] < seller) ++s;
    if (s < piece.standing_end && standing.seller[s] == seller) {
      unreserve(m, seller, standing.quantity[s]);
      --piece.kept;
    }
    posted.quantity[p] = reserve(m, seller, posted.quantity[p]);
    piece.kept += posted.quantity[p] > 0;
  }
}

void Clearing::merge_piece(Index m, const OfferPiece& piece, std::size_t out) {
  OfferColumns& merged = work_[m]->merged;
  const OfferColumns& standing = state_.markets[m].offers;
  const OfferColumns& posted = work_[m]->posted;
  std::size_t s = piece.standing;
  for (std::size_t p = piece.posted; p < piece.posted_end; ++p) {
    const Index seller = posted.seller[p];
    while (s < piece.standing_end && standing.seller[s] < seller) merged.copy_row(out++, standing, s++);
    if (s < piece.standing_end && standing.seller[s] == seller) ++s;
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
      const auto row = static_cast<std::size_t>(found - offers.seller.begin());
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
