// The clear phase: gathers a market's orders, lets its mechanism match them, checks every fill and books it.
#pragma once

#include "acting/acting.hpp"
#include "base/moment.hpp"
#include "base/scheduler.hpp"
#include "base/watchdog.hpp"
#include "ledger/ledger.hpp"
#include "markets/market_records.hpp"
#include "markets/trades.hpp"

#include <ondol/engine/profile.hpp>

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ondol {

class Clearing {
 public:
  Clearing(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler, Watchdog& watchdog,
           Profile* profile);
  ~Clearing();

  // Clears the markets of a step with the orders that its chunks wrote.
  void clear(Index step, std::span<const Chunk> chunks, const Moment& now);
  // Puts the offers and bids that chunks wrote in place of those they had, as far as stock and money go.
  void post(std::span<const Chunk> chunks, const Moment& now);
  // Takes back what an agent offers and orders, and what is ordered from it, before it exits.
  void withdraw(Index agent);
  // Offers of goods that last a tick lapse with it.
  void end_tick();
  void begin_tick();
  // Markets whose offers moved in memory since the last call.
  const std::vector<Index>& take_changed();

 private:
  struct Work;  // one market's clearing under way

  struct Bid {  // as written
    Index buyer;
    std::uint16_t level, port, region;
    Units quantity, limit;
    std::uint64_t luck;
    std::uint64_t quote() const { return quote_of(buyer, level); }
  };
  struct Cancel {  // as written: of an agent's orders, as buyer or as seller, those with the other side; none: all
    bool buys;
    Index agent, other;
    auto operator<=>(const Cancel&) const = default;
  };

  struct OfferPiece {  // of a market's sellers: their standing and their posted offers, and how many remain
    std::size_t standing, posted, standing_end, posted_end, kept;
  };

  Index market_of(Index step, const Chunk& chunk, const ondol_order_record& order) const;
  Index market_of(const Chunk& chunk, const ondol_offer_record& offer) const;
  void gather_orders(Index step, std::span<const Chunk> chunks);
  void gather_offers(std::span<const Chunk> chunks);
  Index market_of(const Chunk& chunk, const ondol_bid_record& bid) const;
  void post_offers(std::span<const Chunk> chunks, const Moment& now);
  void post_bids(std::span<const Chunk> chunks, const Moment& now);
  static void sort_bids(std::vector<Bid>& bids);
  void free_replaced_bids(Index market);
  void merge_bids(Index market, const Moment& now);
  bool place_bid(Index market, const Bid& bid, const Moment& now, std::size_t row);
  void cancel(std::span<const Chunk> chunks);
  void cancel_in(Index market);
  void forfeit(Index market, std::size_t order);
  std::uint64_t turn_of(Index market, const Moment& now, std::uint64_t luck, std::uint32_t quote) const;
  void sort_levels(Index market);
  void count_demand(Index market);
  void reset_columns(Index market, std::uint32_t round);
  void prepare(Index market, const Moment& now);
  void tell_orders_apart(Index market, const Moment& now);
  void call(Index market);
  std::string still_at_work(const std::vector<Index>& markets, std::int64_t since) const;
  void book(Index market, std::uint32_t round);
  void release(Index market);
  void free_excess(Index market, std::size_t order, Units left);
  void free_order(OrderColumns& orders, std::size_t order);
  void count_standing(Index market);
  void drop_empty_offers(Index market);
  void merge_offers(Index market);
  void divide_offers(Index market);
  void replace_offers(Index market, OfferPiece& piece);
  void merge_piece(Index market, const OfferPiece& piece, std::size_t out);
  Units reserve(Index market, Index seller, Units wanted);
  void unreserve(Index market, Index seller, Units quantity);
  [[noreturn]] void refuse(Index market, const std::string& what) const;

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Scheduler& scheduler_;
  Watchdog& watchdog_;
  Profile* profile_;
  MarketPorts ports_;
  MarketRecords records_;
  std::vector<std::unique_ptr<Work>> work_;  // [market]
  std::vector<std::uint8_t> changed_;        // [market]
  std::vector<Index> taken_;                 // by the latest take_changed
  std::vector<OfferPiece> pieces_;           // of the market whose offers are merged
  Trades trades_;
};

}  // namespace ondol
