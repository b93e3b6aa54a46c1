// Standing offers: posted, replaced, withdrawn, and the stock they reserve.
#include "clearing.hpp"
#include "clearing_work.hpp"

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
  std::vector<std::uint8_t>& posted = posted_;
  posted.assign(model_.markets.size(), 0);
  for (const Chunk& chunk : chunks) {
    chunk.outboxes->for_each<ondol_offer_record>(
        ONDOL_OUT_OFFER, [&](const ondol_offer_record& offer) { posted[gather_offer(chunk, offer)] = 1; });
  }
  for (Index m = 0; m < posted.size(); ++m) {
    if (posted[m] != 0) merge_offers(m);
  }
}

Index Clearing::gather_offer(const Chunk& chunk, const ondol_offer_record& offer) {
  const PopulationModel& population = model_.populations[chunk.population];
  const Index seller = chunk.agent(offer.row);
  const PortModel* port = offer.port < population.ports.size() ? &population.ports[offer.port] : nullptr;
  if (port == nullptr || !port->bound || port->type != ONDOL_SELLS || offer.row >= chunk.call.rows) {
    throw Violation{seller, "offers through a port that is not one it sells through"};
  }
  if (offer.quantity < 0 || offer.price < 0) throw Violation{seller, "offers a quantity or price that is negative"};
  OfferColumns& posted = work_[port->target]->posted;
  const bool again = posted.size() > 0 && posted.seller.back() == seller;
  const std::size_t row = again ? posted.size() - 1 : posted.size();
  if (!again) posted.resize(row + 1);
  posted.seller[row] = seller;
  posted.region[row] = static_cast<std::uint16_t>(population.region);
  posted.price[row] = offer.price;
  posted.quantity[row] = offer.quantity;
  for (auto& column : posted.attributes) column[row] = 0;
  for (std::size_t a = 0; a < port->attributes.size(); ++a) {
    posted.attributes[port->attributes[a]][row] = offer.attributes[a];
  }
  return port->target;
}

// Both lists are ordered by seller: chunks come in the order of agents, and a seller's rules in one step post through
// different markets, or one after the other for the same agent.
void Clearing::merge_offers(Index m) {
  Work& work = *work_[m];
  OfferColumns& standing = state_.markets[m].offers;
  const OfferColumns& posted = work.posted;
  OfferColumns& merged = work.merged;
  merged.resize(standing.size() + posted.size());
  std::size_t s = 0;
  std::size_t p = 0;
  std::size_t out = 0;
  while (s < standing.size() || p < posted.size()) {
    if (p == posted.size() || (s < standing.size() && standing.seller[s] < posted.seller[p])) {
      merged.copy_row(out++, standing, s++);
      continue;
    }
    if (p > 0 && posted.seller[p] < posted.seller[p - 1]) {
      throw Violation{posted.seller[p],
                      fmt::format("offers in market '{}' from two rules of one step", model_.markets[m].label)};
    }
    if (s < standing.size() && standing.seller[s] == posted.seller[p]) {
      unreserve(m, standing.seller[s], standing.quantity[s]);
      ++s;
    }
    const Units quantity = reserve(m, posted.seller[p], posted.quantity[p]);
    if (quantity > 0) {
      merged.copy_row(out, posted, p);
      merged.quantity[out++] = quantity;
    }
    ++p;
  }
  merged.resize(out);
  std::swap(standing, merged);
  work.posted.resize(0);
  changed_[m] = 1;
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
