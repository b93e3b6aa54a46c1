// The trades of one market's clearing: checked and booked, on all threads.
#pragma once

#include "base/scheduler.hpp"
#include "ledger/flow_tally.hpp"
#include "ledger/ledger.hpp"
#include "markets/fill_blocks.hpp"

#include <ondol/abi.h>

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace ondol {

// A mechanism failed, or proposed what the books do not allow.
struct ClearingFailure {
  Index market;
  std::string message;
};

// Who trades in each market, through which port.
struct MarketPorts {
  struct At {
    Index population, port;
  };
  explicit MarketPorts(const Model& model);
  std::vector<std::vector<At>> of_market;
  std::vector<std::vector<Index>> selling;  // [population][market]: its SELLS port, or none
};

// Many trades touch the same agents, from both sides. So they are booked twice: first by blocks of buyers, who fix what
// each trade is worth from what their orders hold, pay, and take the goods; then by blocks of sellers, who are paid
// and send them. Within a block, trades keep the order in which the mechanism proposed them, and no two blocks touch
// the same agent: the books come out as if one thread had done it.
class Trades {
 public:
  Trades(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler, const MarketPorts& ports);

  // Books what a market's mechanism proposed, fills before lots; `order_left` holds what each order still wants. Throws
  // the ClearingFailure or Violation of the first fill that may not be, or of the first lot.
  void book(Index market, std::span<const ondol_fill> fills, std::span<const ondol_lot> lots, Column& order_left,
            std::uint32_t round);

 private:
  // What a trade came to before tariffs, in money.
  struct Trade {
    Units value;
    Units paid;  // of it, at once
  };
  struct Tariff {
    Units value, paid;
  };
  // What fell due, because the market asks for a deposit only.
  struct Owed {
    std::uint32_t fill;
    Units value, tariff;
  };
  // What one task counted, apart from what other tasks count.
  struct alignas(64) Block {
    FlowTally flows;
    std::vector<Units> tariffs;  // by region of the buyer
    std::vector<Owed> owed;
    Units quantity = 0, lost = 0, value = 0;
    std::int64_t refused = 0;
    std::exception_ptr failure;
    std::uint32_t fill = 0;  // at work, or failed
  };

  // The columns of a population that trades in the market, as buyer and as seller.
  struct Party {
    MoneyColumns paying, tariff, receiving;
    GoodColumns goods;
    const std::uint8_t* alive;
    Units *sold, *revenue;
  };
  // What a lot comes to.
  struct LotTotals {
    Units quantity = 0;
    Wide worth = 0;     // smallest units of quantity times price
    Units value = 0;    // money
    Units paid = 0;     // of it, by takers
    double weight = 0;  // of takers, by what their units cost on average
  };
  // What a unit of some takers comes to on the way.
  struct Makeup {
    double price;    // on average, before tariffs
    double tariff;   // of what is paid for it
    double arrives;  // of it
    Index region;    // of the buyers
  };
  // Money and goods that went from or to a population in a lot; `to` is by the seller's region.
  struct LotFlow {
    Index population = none;
    Units amount = 0, quantity = 0;
    std::vector<double> amount_to, quantity_to;
  };
  // Of all populations on one side of a lot; kept, so that the next lot takes no memory.
  struct LotSide {
    std::vector<LotFlow> flows;
    std::size_t count = 0;
    LotFlow& of(Index population, std::size_t regions);
    std::span<const LotFlow> all() const { return {flows.data(), count}; }
  };
  // Of the sellers' populations, while flows of a lot are shared out; by region where it says so.
  struct LotShares {
    std::vector<double> amount_of, quantity_of;  // by region
    std::vector<Units> amount_left, quantity_left;
    std::vector<double> amount_weight, quantity_weight;
    std::vector<Units> amount, quantity;
  };
  // Of an order and its buyer, what its fills change: at hand for a run of them, written back when it ends.
  struct Buying {
    Index order = none;
    Index buyer = none, named = none, region = none;
    Place at{};
    std::size_t routes = 0;  // start of those to the buyer's region
    Units limit = 0;
    Units left = 0, reserved = 0;   // of the order, as they now are
    Units held = 0, set_aside = 0;  // by the buyer: all its money, and what of it is reserved
    // In this run.
    Units value = 0, paid = 0, tariffs = 0, tariffs_paid = 0;
    Units lost = 0;  // of the quantity, on the way
  };
  // Of an offer and its seller, what its fills change: side by side, since its next fill may be far away. Written back
  // when all are booked.
  struct alignas(64) Selling {
    Units left, stock, available, book;  // as they now are
    Units received, sold, revenue;       // in this clearing
    bool begun = false;
    bool alive;
  };
  static constexpr std::size_t offers_per_task = 4096;
  // In place of the value of what has a price and is worth less than half the smallest unit of money: it would be a
  // gift, so it does not take place.
  static constexpr Units no_trade = -1;

  void look_up();
  void make_room();
  bool all_one(const std::vector<double>& by_route) const;
  void plan();
  bool exist(std::span<const ondol_fill> fills) const;
  template <class Book>
  void book_blocks(const FillBlocks& blocks, const Book& book);
  template <bool plain>  // see plain_
  void buy(std::uint32_t block);
  void take(std::uint32_t order, Buying& buying) const;
  void put_back(const Buying& buying, Block& block);
  void check(const ondol_fill& fill, const Buying& buying, Index seller, double cost) const;
  template <bool plain>
  void settle(Block& block, const ondol_fill& fill, Trade& trade, Tariff& tariff, Buying& buying);
  void pay_tariff(Block& block, Units tariff, Buying& buying);
  void sell(std::uint32_t block);
  bool sell_part(std::uint32_t offer, Units quantity, Units value, Units paid);
  void book_fills();
  void put_back_sellers();
  void book_lot(const ondol_lot& lot);
  LotTotals check_gives(const ondol_lot& lot);
  Makeup makeup_of(const ondol_takers& takers) const;
  void check_takers(const ondol_lot& lot, LotTotals& totals);
  void take_lot(const ondol_lot& lot, LotTotals& totals);
  void take_alike(const ondol_takers& takers, Units value, LotTotals& totals);
  Units take_one(const ondol_take& take, const Makeup& makeup, Units value);
  void give_lot(const ondol_lot& lot, const LotTotals& totals);
  void count_lot_flows();
  void begin(std::uint32_t offer, Selling& selling) const;
  void put_back(std::uint32_t offer, Selling& selling);
  void book_totals();
  void book_block(Block& block);
  void make_flows();
  void book_owed();
  void create_claim(std::size_t index);
  void keep_fills(std::uint32_t round);
  [[noreturn]] void refuse(const std::string& what) const;

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Scheduler& scheduler_;
  const MarketPorts& ports_;
  // Of the clearing being booked.
  Index market_ = none;
  int value_exponent_ = 0;
  std::span<const ondol_fill> fills_;
  const MarketModel* terms_ = nullptr;
  MarketState* market_state_ = nullptr;
  Units* order_left_ = nullptr;
  std::vector<Party> parties_;    // by population; those that trade in the market count
  std::vector<Units> values_;     // of trades, by fill
  bool on_deposit_ = false;       // orders hold less than they are worth
  bool needs_pairs_ = false;      // there may be no lots
  std::vector<Units> paid_;       // at once, by fill, where orders do
  bool tariffs_due_ = false;      // or none may pass, on some route
  bool plain_ = true;             // no tariffs, no losses on the way, no deposits: most markets
  std::vector<Tariff> tariffs_;   // by fill, where some are due
  std::vector<Selling> selling_;  // by offer
  FillBlocks buyers_, sellers_;
  std::vector<Block> blocks_;
  std::vector<Owed> owed_;
  LotSide lot_buyers_, lot_sellers_;  // of the lot being booked
  LotShares lot_shares_;
  std::vector<double> lot_quantity_, lot_worth_;  // taken less given, by the seller's region
};

}  // namespace ondol
