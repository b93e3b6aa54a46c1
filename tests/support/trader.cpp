// Agents that quote in order books and cancel contracts, and a mechanism written in C++ in the same library.
#include <ondol/mechanism.h>
#include <ondol/sdk.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Has a stock at the start; asks and bids in one tick, withdraws or cancels in another.
struct Quoter {
  struct Params {
    double stock;
    double asks, ask;
    double bids, bid, step;
    std::int64_t levels;
    std::int64_t quote_tick, withdraw_tick, cancel_tick;
  };
  struct Traits {};
  struct State {
    double sold, bought, standing;
  };
  static constexpr ondol::Sells sale{0, "sale"};
  static constexpr ondol::Buys purchase{1, "purchase"};

  static void describe(Kind<Quoter>& kind) {
    kind.name("quoter").doc("Asks and bids in one tick, withdraws or cancels in another.");
    kind.param("stock", &Params::stock, "{sale}").initial(0).range(0, 1e9).doc("Made in the first tick.");
    kind.param("asks", &Params::asks, "{sale}").initial(0).range(0, 1e9).doc("Quantity asked a price for.");
    kind.param("ask", &Params::ask, "money/{sale}").initial(1).range(0, 1e9).doc("The price.");
    kind.param("bids", &Params::bids, "{purchase}").initial(0).range(0, 1e9).doc("Quantity bid for at each level.");
    kind.param("bid", &Params::bid, "money/{purchase}").initial(1).range(0, 1e9).doc("The highest bid.");
    kind.param("step", &Params::step, "money/{purchase}").initial(1).range(0, 1e9).doc("Between levels.");
    kind.param("levels", &Params::levels, "1").initial(1).range(1, 100).doc("Of bids.");
    kind.param("quote_tick", &Params::quote_tick, "1").initial(0).range(0, 1e9).doc("When it quotes.");
    kind.param("withdraw_tick", &Params::withdraw_tick, "1")
        .initial(-1)
        .range(-1, 1e9)
        .doc("When it takes quotes back.");
    kind.param("cancel_tick", &Params::cancel_tick, "1")
        .initial(-1)
        .range(-1, 1e9)
        .doc("When it cancels what names it.");
    kind.state("sold", &State::sold, "{sale}").doc("In the latest clearing.");
    kind.state("bought", &State::bought, "{purchase}").doc("In the latest clearing.");
    kind.state("standing", &State::standing, "{purchase}").doc("Bids that stand.");
    kind.port(sale).doc("Where it asks.");
    kind.port(purchase).doc("Where it bids.");
    kind.on<&Quoter::quote>("quote", "Quotes.");
    kind.on<&Quoter::look>("look", "Sees what came of it.");
  }
  static void quote(const Params& p, const Traits&, State&, Agent& self) {
    if (self.tick() == 0 && p.stock > 0) self.make(sale, p.stock);
    if (self.tick() == p.cancel_tick) self.cancel(sale);
    for (std::uint16_t level = 0; level < p.levels; ++level) {
      if (self.tick() == p.quote_tick && p.bids > 0) self.bid(purchase, p.bids, p.bid - level * p.step, level);
      if (self.tick() == p.withdraw_tick) self.withdraw(purchase, level);
    }
    if (self.tick() == p.quote_tick + 1 && p.asks > 0) self.offer(sale, p.asks, p.ask);
    if (self.tick() == p.withdraw_tick) self.withdraw(sale);
  }
  static void look(const Params&, const Traits&, State& s, Agent& self) {
    s.sold = self.sold(sale);
    s.bought = self.bought(purchase);
    s.standing = self.ordered(purchase);
  }
};

/// Orders from the first seller in one tick and cancels in another.
struct Client {
  struct Params {
    double quantity, limit;
    std::int64_t order_tick, cancel_tick;
  };
  struct Traits {};
  struct State {
    double bought, ordered;
  };
  static constexpr ondol::Buys purchase{0, "purchase"};

  static void describe(Kind<Client>& kind) {
    kind.name("client").doc("Orders in one tick and cancels in another.");
    kind.param("quantity", &Params::quantity, "{purchase}").initial(6).range(0, 1e9).doc("Ordered.");
    kind.param("limit", &Params::limit, "money/{purchase}").initial(2).range(0, 1e9).doc("Agreed price.");
    kind.param("order_tick", &Params::order_tick, "1").initial(0).range(0, 1e9).doc("When it orders.");
    kind.param("cancel_tick", &Params::cancel_tick, "1").initial(-1).range(-1, 1e9).doc("When it cancels.");
    kind.state("bought", &State::bought, "{purchase}").doc("In the latest clearing.");
    kind.state("ordered", &State::ordered, "{purchase}").doc("Orders that stand.");
    kind.port(purchase).doc("Where it orders.");
    kind.on<&Client::trade>("trade", "Orders or cancels.");
    kind.on<&Client::look>("look", "Sees what came of it.");
  }
  static void trade(const Params& p, const Traits&, State&, Agent& self) {
    const auto offers = self.offers(purchase);
    if (self.tick() == p.order_tick && !offers.empty())
      self.order(purchase, p.quantity, p.limit, (*offers.begin()).seller());
    if (self.tick() == p.cancel_tick) self.cancel(purchase);
  }
  static void look(const Params&, const Traits&, State& s, Agent& self) {
    s.bought = self.bought(purchase);
    s.ordered = self.ordered(purchase);
  }
};

/// Whoever named an offer gets its part of it, first come, first served.
struct FirstCome {
  struct Params {
    double part;
  };
  struct State {};

  static void describe(ondol::Mechanism<FirstCome>& mechanism) {
    mechanism.name("first_come").doc("First come, first served.");
    mechanism.param("part", &Params::part, "1").initial(1).range(0, 1).doc("Of an order that is filled.");
  }
  static void clear(const Params& p, State&, ondol_clearing& clearing) {
    auto* left = static_cast<std::int64_t*>(
        clearing.host->scratch(&clearing, (clearing.offer_count + std::size_t{1}) * sizeof(std::int64_t)));
    for (std::uint32_t offer = 0; offer < clearing.offer_count; ++offer) left[offer] = clearing.offer_quantity[offer];
    for (std::uint32_t order = 0; order < clearing.order_count; ++order) {
      const std::uint32_t offer = clearing.order_offer[order];
      if (offer == ONDOL_NONE || ondol_reaches(&clearing, order, offer) == 0) continue;
      const auto most = static_cast<std::int64_t>(p.part * static_cast<double>(clearing.order_quantity[order]));
      const std::int64_t quantity = std::min(most, left[offer]);
      left[offer] -= quantity;
      ondol_fill_order(&clearing, offer, order, quantity, clearing.offer_price[offer]);
    }
  }
};

}  // namespace

ONDOL_PLUGIN("trader", "0.1.0", Quoter, Client, FirstCome)
