#include "markets/trades.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

namespace ondol {

MarketPorts::MarketPorts(const Model& model)
    : of_market(model.markets.size()),
      selling(model.populations.size(), std::vector<Index>(model.markets.size(), none)) {
  for (Index p = 0; p < model.populations.size(); ++p) {
    const PopulationModel& population = model.populations[p];
    for (Index i = 0; i < population.ports.size(); ++i) {
      const PortModel& port = population.ports[i];
      if (!port.bound || (port.type != ONDOL_BUYS && port.type != ONDOL_SELLS)) continue;
      of_market[port.target].push_back({p, i});
      if (port.type == ONDOL_SELLS) selling[p][port.target] = i;
    }
  }
}

Trades::Trades(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler, const MarketPorts& ports)
    : model_(model),
      state_(state),
      ledger_(ledger),
      scheduler_(scheduler),
      ports_(ports),
      parties_(model.populations.size()) {}

void Trades::refuse(const std::string& what) const { throw ClearingFailure{market_, what}; }

void Trades::book(Index market, std::span<const ondol_fill> fills, std::span<const ondol_lot> lots, Column& order_left,
                  std::uint32_t round) {
  if (fills.empty() && lots.empty()) return;
  market_ = market;
  terms_ = &model_.markets[market];
  market_state_ = &state_.markets[market];
  value_exponent_ = model_.value_exponent(market);
  fills_ = fills;
  order_left_ = order_left.data();
  look_up();
  make_room();
  if (!fills.empty()) book_fills();
  for (const ondol_lot& lot : lots) book_lot(lot);
  put_back_sellers();
  book_owed();
  if (terms_->records_fills) keep_fills(round);
  if (terms_->good != none) return;
  for (std::size_t i = 0; i < fills.size(); ++i) create_claim(i);
}

void Trades::keep_fills(std::uint32_t round) {
  for (std::size_t i = 0; i < fills_.size(); ++i) {
    if (values_[i] == no_trade) continue;
    const ondol_fill& fill = fills_[i];
    market_state_->tick_fills.push_back({market_state_->orders.buyer[fill.order],
                                         market_state_->offers.seller[fill.offer], fill.price, fill.quantity, round});
  }
}

void Trades::book_fills() {
  plan();
  book_blocks(buyers_, [this](std::uint32_t block) { plain_ ? buy<true>(block) : buy<false>(block); });
  book_totals();
  book_blocks(sellers_, [this](std::uint32_t block) { sell(block); });
}

void Trades::make_room() {
  const auto at_least = [](auto& column, std::size_t rows) {
    if (column.size() < rows) column.resize(rows);
  };
  at_least(values_, fills_.size());
  if (on_deposit_) at_least(paid_, fills_.size());
  if (tariffs_due_) at_least(tariffs_, fills_.size());
  at_least(selling_, market_state_->offers.size());
  if (blocks_.empty()) blocks_.resize(1);
}

void Trades::plan() {
  const std::uint32_t slabs = FillBlocks::slabs(fills_.size());
  buyers_.begin(fills_, &ondol_fill::order, market_state_->orders.buyer);
  sellers_.begin(fills_, &ondol_fill::offer, market_state_->offers.seller);
  std::atomic<bool> all_exist = true;
  scheduler_.for_each(slabs, [&](std::uint32_t slab) {
    const std::size_t first = slab * FillBlocks::fills_per_slab;
    if (!exist(fills_.subspan(first, std::min(FillBlocks::fills_per_slab, fills_.size() - first)))) {
      all_exist.store(false, std::memory_order_relaxed);
      return;
    }
    buyers_.count_slab(slab);
    sellers_.count_slab(slab);
  });
  if (!all_exist) refuse("fills an offer or order that does not exist");
  buyers_.add_up();
  sellers_.add_up();
  if (buyers_.sorted() && sellers_.sorted()) return;
  scheduler_.for_each(slabs, [this](std::uint32_t slab) {
    buyers_.sort_slab(slab);
    sellers_.sort_slab(slab);
  });
}

bool Trades::exist(std::span<const ondol_fill> fills) const {
  const std::size_t offers = market_state_->offers.size();
  const std::size_t orders = market_state_->orders.size();
  bool all = true;
  for (const ondol_fill& fill : fills) all &= fill.offer < offers && fill.order < orders;
  return all;
}

// Of the routes on which the market may trade.
bool Trades::all_one(const std::vector<double>& by_route) const {
  const std::size_t regions = model_.regions.size();
  if (terms_->region != none) return by_route[terms_->region * regions + terms_->region] == 1.0;
  return std::all_of(by_route.begin(), by_route.end(), [](double factor) { return factor == 1.0; });
}

void Trades::look_up() {
  on_deposit_ = terms_->deposit < 1.0;
  needs_pairs_ = needs_pairs(*terms_);
  tariffs_due_ = !all_one(market_state_->cost);
  plain_ = !tariffs_due_ && !on_deposit_ && all_one(market_state_->share);
  for (const MarketPorts::At& at : ports_.of_market[market_]) {
    Party& party = parties_[at.population];
    PopulationState& population = state_.populations[at.population];
    party.paying = ledger_.paying(at.population, terms_->purpose);
    party.tariff = ledger_.paying(at.population, model_.tariff_purpose);
    party.receiving = ledger_.receiving(at.population, terms_->purpose);
    if (terms_->good != none) party.goods = ledger_.goods(at.population, ledger_.account(at.population, terms_->good));
    party.alive = population.alive.data();
    const Index selling = ports_.selling[at.population][market_];
    if (selling == none) continue;
    party.sold = population.ports[selling].sold.data();
    party.revenue = population.ports[selling].revenue.data();
  }
}

// Failures wait until all blocks are done: the first fill that may not be is the one that is told of.
template <class Book>
void Trades::book_blocks(const FillBlocks& blocks, const Book& book) {
  if (blocks_.size() < blocks.count()) blocks_.resize(blocks.count());
  scheduler_.for_each(blocks.count(), [&](std::uint32_t b) {
    blocks_[b].failure = nullptr;
    try {
      book(b);
    } catch (...) {
      blocks_[b].failure = std::current_exception();
    }
  });
  const Block* failed = nullptr;
  for (std::uint32_t b = 0; b < blocks.count(); ++b) {
    const Block& block = blocks_[b];
    if (block.failure && (failed == nullptr || block.fill < failed->fill)) failed = &block;
  }
  if (failed != nullptr) std::rethrow_exception(failed->failure);
}

// ---- Buyers

// Field by field: what is copied as a whole right after its fields were written waits for them.
inline void Trades::take(std::uint32_t order, Buying& buying) const {
  const OrderColumns& orders = market_state_->orders;
  buying.order = order;
  buying.buyer = orders.buyer[order];
  buying.named = orders.seller[order];
  buying.at = ledger_.place(buying.buyer);
  buying.region = orders.region[order];
  buying.routes = std::size_t{buying.region} * model_.regions.size();
  buying.limit = orders.limit[order];
  buying.left = order_left_[order];
  buying.reserved = orders.reserved[order];
  const MoneyColumns& paying = parties_[buying.at.population].paying;
  buying.held = paying.held[buying.at.row];
  buying.set_aside = paying.reserved[buying.at.row];
  buying.value = buying.paid = buying.tariffs = buying.tariffs_paid = buying.lost = 0;
}

inline void Trades::put_back(const Buying& buying, Block& block) {
  if (buying.order == none) return;
  const Party& party = parties_[buying.at.population];
  const Index row = buying.at.row;
  OrderColumns& orders = market_state_->orders;
  const Units quantity = std::exchange(order_left_[buying.order], buying.left) - buying.left;
  const Units arrived = quantity - buying.lost;
  const Units worth = buying.value + buying.tariffs;
  orders.reserved[buying.order] = buying.reserved;
  party.paying.held[row] = buying.held;
  party.paying.reserved[row] = buying.set_aside;
  party.paying.flow[row] += buying.paid;
  party.tariff.flow[row] += buying.tariffs_paid;
  if (terms_->good != none) party.goods.enter(row, arrived, worth);
  PortState& port = state_.populations[buying.at.population].ports[orders.port[buying.order]];
  port.bought[row] += arrived;
  port.spent[row] += worth;
  block.quantity += quantity;
  block.lost += buying.lost;
  block.value += buying.value;
}

template <bool plain>
void Trades::buy(std::uint32_t b) {
  Block& block = blocks_[b];
  const OfferColumns& offers = market_state_->offers;
  const bool goods = terms_->good != none;
  Buying buying;
  buyers_.for_each(b, [&](std::uint32_t index) {
    block.fill = index;
    const ondol_fill& fill = fills_[index];
    if (fill.order != buying.order) {
      put_back(buying, block);
      take(fill.order, buying);
    }
    const std::size_t route = plain ? 0 : buying.routes + offers.region[fill.offer];
    const double cost = plain ? 1.0 : market_state_->cost[route];
    const Index seller = offers.seller[fill.offer];
    check(fill, buying, seller, cost);
    Trade trade = {trade_value(fill.quantity, fill.price, value_exponent_), 0};
    if (trade.value == 0 && fill.price > 0) {  // a gift, by rounding
      values_[index] = no_trade;
      if (!plain && tariffs_due_) tariffs_[index] = {0, 0};
      ++block.refused;
      return;
    }
    Tariff tariff = {0, 0};
    if (!plain && cost != 1.0) {
      const Index treasury = ledger_.treasury_of(buying.region);
      if (treasury != none && treasury != buying.buyer)
        tariff.value = std::llrint(static_cast<double>(trade.value) * (cost - 1.0));
    }
    settle<plain>(block, fill, trade, tariff, buying);
    values_[index] = trade.value;
    if (!plain && on_deposit_) paid_[index] = trade.paid;
    if (!plain && tariffs_due_) tariffs_[index] = tariff;
    block.flows.add(ledger_, buying.at.population, ledger_.place(seller).population, terms_->purpose, trade.paid,
                    goods ? fill.quantity : 0);
    buying.left -= fill.quantity;
    buying.value += trade.value;
    if (plain) return;
    buying.tariffs += tariff.value;
    const double share = market_state_->share[route];
    if (goods && share != 1.0)
      buying.lost += fill.quantity - static_cast<Units>(std::floor(static_cast<double>(fill.quantity) * share));
  });
  put_back(buying, block);
}

inline void Trades::check(const ondol_fill& fill, const Buying& buying, Index seller, double cost) const {
  if (fill.quantity <= 0) refuse("fills a quantity that is not positive");
  if (fill.price < 0) refuse("fills at a negative price");
  if (fill.quantity > buying.left) refuse("fills more than the order wants");
  if (cost == 0.0) refuse("fills across a border that is barred");
  const Units delivered = cost == 1.0 ? fill.price : std::llrint(static_cast<double>(fill.price) * cost);
  if (delivered > buying.limit) refuse("fills above the order's limit");
  if (buying.named != none && buying.named != seller) refuse("fills from an offer that the order does not name");
  // A standing order was agreed with the seller it names, at its own limit.
  const bool agreed = terms_->orders_stand && buying.named == seller;
  if (fill.price < market_state_->offers.price[fill.offer] && !agreed) refuse("fills below the offer's price");
}

// What the order holds pays first. Where the market asks for a deposit only, what that does not cover falls due.
template <bool plain>
inline void Trades::settle(Block& block, const ondol_fill& fill, Trade& trade, Tariff& tariff, Buying& buying) {
  Units ready = buying.reserved;
  if (!plain && on_deposit_) {
    if (fill.quantity < buying.left) ready = divide_half_even(Wide{ready} * fill.quantity, buying.left);
  } else {
    // Several fills, each rounded, may exceed by a unit what was reserved for all of them.
    trade.value = std::min(trade.value, ready);
    tariff.value = std::min(tariff.value, ready - trade.value);
  }
  trade.paid = std::min(ready, trade.value);
  buying.reserved -= trade.paid;
  buying.held -= trade.paid;
  buying.set_aside -= trade.paid;
  buying.paid += trade.paid;
  if (buying.set_aside < 0 || buying.set_aside > buying.held)
    throw ledger_.overdrawn(buying.buyer, trade.paid, terms_->purpose);
  if (plain) return;
  tariff.paid = std::min(ready - trade.paid, tariff.value);
  if (tariff.paid > 0) pay_tariff(block, tariff.paid, buying);
  if (trade.paid < trade.value || tariff.paid < tariff.value)
    block.owed.push_back({block.fill, trade.value - trade.paid, tariff.value - tariff.paid});
}

// Of a lot.
Units Trades::take_one(const ondol_take& take, const Makeup& makeup, Units value) {
  Block& block = blocks_[0];
  Buying buying;
  this->take(take.order, buying);
  if (take.quantity > buying.left) refuse("takes more than the order wants");
  Trade trade = {value, 0};
  Tariff tariff = {0, 0};
  if (makeup.tariff > 0) {
    const Index treasury = ledger_.treasury_of(buying.region);
    if (treasury != none && treasury != buying.buyer)
      tariff.value = std::llrint(static_cast<double>(value) * makeup.tariff);
  }
  settle<false>(block, {none, take.order, take.quantity, 0}, trade, tariff, buying);
  buying.left -= take.quantity;
  buying.value += trade.value;
  buying.tariffs += tariff.value;
  if (terms_->good != none && makeup.arrives != 1.0)
    buying.lost += take.quantity - static_cast<Units>(std::floor(static_cast<double>(take.quantity) * makeup.arrives));
  put_back(buying, block);
  return trade.paid;
}

// To the treasury of the buyer's region, which gets all of them together.
void Trades::pay_tariff(Block& block, Units tariff, Buying& buying) {
  const Index treasury = ledger_.treasury_of(buying.region);
  buying.reserved -= tariff;
  buying.held -= tariff;
  buying.set_aside -= tariff;
  buying.tariffs_paid += tariff;
  if (buying.set_aside < 0) throw ledger_.overdrawn(buying.buyer, tariff, model_.tariff_purpose);
  block.tariffs.resize(model_.regions.size());
  block.tariffs[buying.region] += tariff;
  block.flows.add(ledger_, buying.at.population, ledger_.place(treasury).population, model_.tariff_purpose, tariff, 0);
}

void Trades::book_totals() {
  if (std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.flows.fresh(); })) make_flows();
  for (std::uint32_t b = 0; b < buyers_.count(); ++b) book_block(blocks_[b]);
  market_state_->tick_trades += static_cast<std::int64_t>(fills_.size());
  for (std::uint32_t b = 0; b < buyers_.count(); ++b)
    market_state_->tick_trades -= std::exchange(blocks_[b].refused, 0);
}

void Trades::book_block(Block& block) {
  MarketState& market = *market_state_;
  const Index good = terms_->good;
  block.flows.book(ledger_, state_);
  for (Index region = 0; region < block.tariffs.size(); ++region) {
    const Units tariff = std::exchange(block.tariffs[region], 0);
    if (tariff == 0) continue;
    const Place treasury = ledger_.place(ledger_.treasury_of(region));
    ledger_.receiving(treasury.population, model_.tariff_purpose).deposit(treasury.row, tariff);
  }
  market.tick_volume += block.quantity;
  market.tick_value += block.value;
  if (good != none) {
    state_.goods[good].traded += block.quantity;
    state_.goods[good].lost += block.lost;
  }
  block.quantity = block.lost = block.value = 0;
  owed_.insert(owed_.end(), block.owed.begin(), block.owed.end());
  block.owed.clear();
}

// Rows of flows are made in the order of the fills, whoever came upon them first.
void Trades::make_flows() {
  const MarketState& market = *market_state_;
  Index buyer_before = none;
  Index seller_before = none;
  for (std::size_t i = 0; i < fills_.size(); ++i) {
    const Index buyer = ledger_.place(market.orders.buyer[fills_[i].order]).population;
    const Index seller = ledger_.place(market.offers.seller[fills_[i].offer]).population;
    if (buyer != buyer_before || seller != seller_before) ledger_.count_flow(buyer, seller, terms_->purpose, 0, 0);
    buyer_before = buyer;
    seller_before = seller;
    if (!tariffs_due_ || tariffs_[i].paid == 0) continue;
    const Index treasury = ledger_.treasury_of(market.orders.region[fills_[i].order]);
    ledger_.count_flow(buyer, ledger_.place(treasury).population, model_.tariff_purpose, 0, 0);
  }
}

// ---- Sellers

void Trades::begin(std::uint32_t offer, Selling& selling) const {
  const Place at = ledger_.place(market_state_->offers.seller[offer]);
  const Party& party = parties_[at.population];
  selling.begun = true;
  selling.alive = party.alive[at.row] != 0;
  selling.left = market_state_->offers.quantity[offer];
  selling.received = selling.sold = selling.revenue = 0;
  if (terms_->good == none) return;
  selling.stock = party.goods.stock[at.row];
  selling.available = party.goods.available[at.row];
  selling.book = party.goods.book[at.row];
}

// Says whether the seller lives.
bool Trades::sell_part(std::uint32_t offer, Units quantity, Units value, Units paid) {
  Selling& selling = selling_[offer];
  if (!selling.begun) begin(offer, selling);
  if (quantity > selling.left) refuse("fills more than the offer has");
  if (!selling.alive) return false;
  selling.left -= quantity;
  selling.received += paid;
  selling.sold += quantity;
  selling.revenue += value;
  if (terms_->good == none) return true;
  selling.book -= book_of_part(selling.book, selling.stock, quantity);
  selling.stock -= quantity;
  if (selling.stock < 0 || selling.available < 0 || selling.available > selling.stock)
    throw ledger_.without_goods(ledger_.place(market_state_->offers.seller[offer]), terms_->good, quantity);
  return true;
}

void Trades::put_back(std::uint32_t offer, Selling& selling) {
  const Place at = ledger_.place(market_state_->offers.seller[offer]);
  const Party& party = parties_[at.population];
  selling.begun = false;
  market_state_->offers.quantity[offer] = selling.left;
  party.receiving.deposit(at.row, selling.received);
  party.sold[at.row] += selling.sold;
  party.revenue[at.row] += selling.revenue;
  if (terms_->good == none) return;
  party.goods.stock[at.row] = selling.stock;
  party.goods.book[at.row] = selling.book;
}

void Trades::put_back_sellers() {
  const std::size_t offers = market_state_->offers.size();
  const std::size_t tasks = (offers + offers_per_task - 1) / offers_per_task;
  scheduler_.for_each(static_cast<std::uint32_t>(tasks), [&](std::uint32_t task) {
    const std::size_t last = std::min(offers, (task + 1) * offers_per_task);
    for (std::size_t offer = task * offers_per_task; offer < last; ++offer) {
      if (selling_[offer].begun) put_back(static_cast<std::uint32_t>(offer), selling_[offer]);
    }
  });
}

void Trades::sell(std::uint32_t b) {
  Block& block = blocks_[b];
  sellers_.for_each(b, [&](std::uint32_t index) {
    block.fill = index;
    const ondol_fill& fill = fills_[index];
    if (values_[index] == no_trade) return;
    if (!sell_part(fill.offer, fill.quantity, values_[index], on_deposit_ ? paid_[index] : values_[index]))
      throw ledger_.pays_the_dead(market_state_->orders.buyer[fill.order], terms_->purpose);
  });
}

// ---- What follows from trades, one after the other

void Trades::book_owed() {
  std::sort(owed_.begin(), owed_.end(), [](const Owed& a, const Owed& b) { return a.fill < b.fill; });
  const MarketState& market = *market_state_;
  for (const Owed& owed : owed_) {
    const ondol_fill& fill = fills_[owed.fill];
    const Index buyer = market.orders.buyer[fill.order];
    ledger_.owe(buyer, market.offers.seller[fill.offer], owed.value, terms_->purpose);
    ledger_.owe(buyer, ledger_.treasury_of(market.orders.region[fill.order]), owed.tariff, model_.tariff_purpose);
  }
  owed_.clear();
}

void Trades::create_claim(std::size_t index) {
  const ondol_fill& fill = fills_[index];
  const Units value = values_[index];
  if (value == no_trade) return;
  const MarketState& market = *market_state_;
  const InstrumentModel& instrument = model_.instruments[terms_->instrument];
  const Index seller = market.offers.seller[fill.offer];
  const Index buyer = market.orders.buyer[fill.order];
  const auto attribute = [&](const std::string& name) {
    const auto found = std::find(terms_->attributes.begin(), terms_->attributes.end(), name);
    if (found == terms_->attributes.end()) return 0.0;
    return market.offers.attributes[static_cast<std::size_t>(found - terms_->attributes.begin())][fill.offer];
  };
  if (instrument.instrument_class == InstrumentClass::residual) {
    const Place issuer = ledger_.place(seller);
    const Units tariff = tariffs_due_ ? tariffs_[index].value : 0;
    ledger_.population(issuer).contributed.at(issuer.row) += value;
    ledger_.add_claim(terms_->instrument, seller, buyer, fill.quantity, value + tariff, 0, 0);
    return;
  }
  const double term = std::nearbyint(attribute(instrument.term_attribute));
  if (!(term >= 0 && term < 1e9)) refuse(fmt::format("sells credit with a term of {} ticks", term));
  ledger_.add_claim(terms_->instrument, seller, buyer, fill.quantity, 0, attribute(instrument.rate_attribute),
                    static_cast<std::int64_t>(term));
}

}  // namespace ondol
