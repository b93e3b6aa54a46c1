#include "trades.hpp"

#include <fmt/format.h>

#include <algorithm>
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

void Trades::book(Index market, std::span<const ondol_fill> fills, Column& order_left) {
  if (fills.empty()) return;
  market_ = market;
  terms_ = &model_.markets[market];
  market_state_ = &state_.markets[market];
  value_exponent_ = model_.value_exponent(market);
  fills_ = fills;
  order_left_ = order_left.data();
  for (const ondol_fill& fill : fills) {
    if (fill.offer >= market_state_->offers.size() || fill.order >= market_state_->orders.size())
      refuse("fills an offer or order that does not exist");
  }
  if (trades_.size() < fills.size()) trades_.resize(fills.size());
  look_up();
  const Index* buyers = market_state_->orders.buyer.data();
  plan([this, buyers](std::size_t fill) { return buyers[fills_[fill].order]; });
  for_each_fill([this](Block& block, std::uint32_t fill) { buy(block, fill); });
  book_totals();
  plan([this](std::size_t fill) { return fills_[fill].offer; });
  for_each_fill([this](Block&, std::uint32_t fill) { sell(fill); });
  book_owed();
  if (terms_->good != none) return;
  for (std::size_t i = 0; i < fills.size(); ++i) create_claim(fills[i], trades_[i]);
}

void Trades::look_up() {
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

// ---- Who books what

template <class Key>
void Trades::plan(const Key& key) {
  const std::size_t count = fills_.size();
  block_count_ = std::clamp<std::size_t>(count / (fills_per_slab / 2), 1, most_blocks);
  if (blocks_.size() < block_count_) blocks_.resize(block_count_);
  if (block_count_ == 1) {
    blocks_[0].first = 0;
    blocks_[0].last = count;
    return;
  }
  // Blocks of about as many fills each, judged by a sample.
  const std::size_t samples = block_count_ * 16;
  samples_.clear();
  for (std::size_t i = 0; i < samples; ++i) samples_.push_back(key(i * count / samples));
  std::sort(samples_.begin(), samples_.end());
  bounds_.clear();
  for (std::size_t b = 1; b < block_count_; ++b) bounds_.push_back(samples_[b * 16]);
  block_of_.resize(count);
  by_block_.resize(count);
  const std::size_t slabs = (count + fills_per_slab - 1) / fills_per_slab;
  slab_start_.assign(slabs * block_count_, 0);
  scheduler_.for_each(static_cast<std::uint32_t>(slabs), [&](std::uint32_t slab) {
    const std::size_t last = std::min(count, (std::size_t{slab} + 1) * fills_per_slab);
    for (std::size_t i = std::size_t{slab} * fills_per_slab; i < last; ++i) {
      const auto block = std::upper_bound(bounds_.begin(), bounds_.end(), key(i)) - bounds_.begin();
      block_of_[i] = static_cast<std::uint8_t>(block);
      ++slab_start_[slab * block_count_ + static_cast<std::size_t>(block)];
    }
  });
  std::uint32_t start = 0;
  for (std::size_t b = 0; b < block_count_; ++b) {
    blocks_[b].first = start;
    for (std::size_t slab = 0; slab < slabs; ++slab)
      start += std::exchange(slab_start_[slab * block_count_ + b], start);
    blocks_[b].last = start;
  }
  scheduler_.for_each(static_cast<std::uint32_t>(slabs), [&](std::uint32_t slab) {
    const std::size_t last = std::min(count, (std::size_t{slab} + 1) * fills_per_slab);
    for (std::size_t i = std::size_t{slab} * fills_per_slab; i < last; ++i)
      by_block_[slab_start_[slab * block_count_ + block_of_[i]]++] = static_cast<std::uint32_t>(i);
  });
}

template <class Book>
void Trades::for_each_fill(const Book& book) {
  scheduler_.for_each(static_cast<std::uint32_t>(block_count_), [&](std::uint32_t b) {
    Block& block = blocks_[b];
    block.failure = nullptr;
    std::uint32_t fill = 0;
    try {
      for (std::size_t i = block.first; i < block.last; ++i) {
        fill = block_count_ == 1 ? static_cast<std::uint32_t>(i) : by_block_[i];
        book(block, fill);
      }
    } catch (...) {
      block.failure = std::current_exception();
      block.failed_fill = fill;
    }
  });
  const Block* failed = nullptr;
  for (std::size_t b = 0; b < block_count_; ++b) {
    const Block& block = blocks_[b];
    if (block.failure && (failed == nullptr || block.failed_fill < failed->failed_fill)) failed = &block;
  }
  if (failed != nullptr) std::rethrow_exception(failed->failure);
}

// ---- Buyers

void Trades::buy(Block& block, std::uint32_t index) {
  const ondol_fill fill = fills_[index];
  OrderColumns& orders = market_state_->orders;
  const Index buyer_id = orders.buyer[fill.order];
  const std::size_t way = route(fill);
  const double cost = market_state_->cost[way];
  check(fill, cost);
  const Place buyer = ledger_.place(buyer_id);
  Trade& trade = trades_[index];
  trade = {trade_value(fill.quantity, fill.price, value_exponent_), 0, 0, 0};
  if (cost != 1.0) {
    const Index treasury = treasury_of(orders.region[fill.order]);
    if (treasury != none && treasury != buyer_id)
      trade.tariff = std::llrint(static_cast<double>(trade.value) * (cost - 1.0));
  }
  settle(block, index, trade, buyer);
  Units arrived = fill.quantity;
  if (terms_->good != none) {
    const double share = market_state_->share[way];
    if (share != 1.0) arrived = static_cast<Units>(std::floor(static_cast<double>(fill.quantity) * share));
    parties_[buyer.population].goods.enter(buyer.row, arrived, trade.value + trade.tariff);
  }
  const Index seller_population = ledger_.place(market_state_->offers.seller[fill.offer]).population;
  block.flows.add(ledger_, buyer.population, seller_population, terms_->purpose, trade.paid,
                  terms_->good != none ? fill.quantity : 0);
  PortState& buying = state_.populations[buyer.population].ports[orders.port[fill.order]];
  buying.bought[buyer.row] += arrived;
  buying.spent[buyer.row] += trade.value + trade.tariff;
  order_left_[fill.order] -= fill.quantity;
  block.quantity += fill.quantity;
  block.arrived += arrived;
  block.value += trade.value;
}

inline void Trades::check(const ondol_fill& fill, double cost) const {
  const OfferColumns& offers = market_state_->offers;
  const OrderColumns& orders = market_state_->orders;
  const Index seller = offers.seller[fill.offer];
  const Index named = orders.seller[fill.order];
  if (fill.quantity <= 0) refuse("fills a quantity that is not positive");
  if (fill.price < 0) refuse("fills at a negative price");
  if (fill.quantity > order_left_[fill.order]) refuse("fills more than the order wants");
  if (cost == 0.0) refuse("fills across a border that is barred");
  const Units delivered = cost == 1.0 ? fill.price : std::llrint(static_cast<double>(fill.price) * cost);
  if (delivered > orders.limit[fill.order]) refuse("fills above the order's limit");
  if (named != none && named != seller) refuse("fills from an offer that the order does not name");
  // A standing order was agreed with the seller it names, at its own limit.
  const bool agreed = terms_->orders_stand && named == seller;
  if (fill.price < offers.price[fill.offer] && !agreed) refuse("fills below the offer's price");
}

// What the order holds pays first. Where the market asks for a deposit only, what that does not cover falls due.
inline void Trades::settle(Block& block, std::uint32_t index, Trade& trade, Place buyer) {
  const ondol_fill& fill = fills_[index];
  OrderColumns& orders = market_state_->orders;
  Units ready = orders.reserved[fill.order];
  if (terms_->deposit < 1.0) {
    const Units left = order_left_[fill.order];
    if (fill.quantity < left) ready = divide_half_even(Wide{ready} * fill.quantity, left);
  } else {
    // Several fills, each rounded, may exceed by a unit what was reserved for all of them.
    trade.value = std::min(trade.value, ready);
    trade.tariff = std::min(trade.tariff, ready - trade.value);
  }
  trade.paid = std::min(ready, trade.value);
  trade.tariff_paid = std::min(ready - trade.paid, trade.tariff);
  orders.reserved[fill.order] -= trade.paid + trade.tariff_paid;
  if (!parties_[buyer.population].paying.withdraw(buyer.row, trade.paid))
    throw ledger_.overdrawn(orders.buyer[fill.order], trade.paid, terms_->purpose);
  if (trade.tariff_paid > 0) pay_tariff(block, fill, trade.tariff_paid, buyer);
  if (trade.paid < trade.value || trade.tariff_paid < trade.tariff)
    block.owed.push_back({index, trade.value - trade.paid, trade.tariff - trade.tariff_paid});
}

void Trades::pay_tariff(Block& block, const ondol_fill& fill, Units tariff, Place buyer) {
  const OrderColumns& orders = market_state_->orders;
  const Index region = orders.region[fill.order];
  const Index treasury = treasury_of(region);
  if (!ledger_.alive(treasury)) throw ledger_.pays_the_dead(orders.buyer[fill.order], model_.tariff_purpose);
  if (!parties_[buyer.population].tariff.withdraw(buyer.row, tariff))
    throw ledger_.overdrawn(orders.buyer[fill.order], tariff, model_.tariff_purpose);
  block.tariffs.resize(model_.regions.size());
  block.tariffs[region] += tariff;
  const Index taking = ledger_.place(treasury).population;
  block.flows.add(ledger_, buyer.population, taking, model_.tariff_purpose, tariff, 0);
}

void Trades::book_totals() {
  MarketState& market = *market_state_;
  const Index good = terms_->good;
  if (std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.flows.fresh(); })) make_flows();
  for (std::size_t b = 0; b < block_count_; ++b) {
    Block& block = blocks_[b];
    block.flows.book(ledger_, state_);
    for (Index region = 0; region < block.tariffs.size(); ++region) {
      const Units tariff = std::exchange(block.tariffs[region], 0);
      if (tariff == 0) continue;
      const Place treasury = ledger_.place(treasury_of(region));
      ledger_.receiving(treasury.population, model_.tariff_purpose).deposit(treasury.row, tariff);
    }
    market.tick_volume += block.quantity;
    market.tick_value += block.value;
    if (good != none) {
      state_.goods[good].traded += block.quantity;
      state_.goods[good].lost += block.quantity - block.arrived;
    }
    block.quantity = block.arrived = block.value = 0;
    owed_.insert(owed_.end(), block.owed.begin(), block.owed.end());
    block.owed.clear();
  }
  market.tick_trades += static_cast<std::int64_t>(fills_.size());
}

// Rows of flows are made in the order of the fills, whoever came upon them first.
void Trades::make_flows() {
  const MarketState& market = *market_state_;
  for (std::size_t i = 0; i < fills_.size(); ++i) {
    const Index buyer = ledger_.place(market.orders.buyer[fills_[i].order]).population;
    const Index seller = ledger_.place(market.offers.seller[fills_[i].offer]).population;
    ledger_.count_flow(buyer, seller, terms_->purpose, 0, 0);
    if (trades_[i].tariff_paid == 0) continue;
    const Index treasury = treasury_of(market.orders.region[fills_[i].order]);
    ledger_.count_flow(buyer, ledger_.place(treasury).population, model_.tariff_purpose, 0, 0);
  }
}

// ---- Sellers

void Trades::sell(std::uint32_t index) {
  const ondol_fill fill = fills_[index];
  const Trade trade = trades_[index];
  OfferColumns& offers = market_state_->offers;
  if (fill.quantity > offers.quantity[fill.offer]) refuse("fills more than the offer has");
  offers.quantity[fill.offer] -= fill.quantity;
  const Place seller = ledger_.place(offers.seller[fill.offer]);
  const Party& party = parties_[seller.population];
  if (party.alive[seller.row] == 0)
    throw ledger_.pays_the_dead(market_state_->orders.buyer[fill.order], terms_->purpose);
  party.receiving.deposit(seller.row, trade.paid);
  if (terms_->good != none) {
    party.goods.take_book(seller.row, fill.quantity);
    if (!party.goods.leave(seller.row, fill.quantity)) throw ledger_.without_goods(seller, terms_->good, fill.quantity);
  }
  party.sold[seller.row] += fill.quantity;
  party.revenue[seller.row] += trade.value;
}

// ---- What follows from trades, one after the other

void Trades::book_owed() {
  std::sort(owed_.begin(), owed_.end(), [](const Owed& a, const Owed& b) { return a.fill < b.fill; });
  const MarketState& market = *market_state_;
  for (const Owed& owed : owed_) {
    const ondol_fill& fill = fills_[owed.fill];
    const Index buyer = market.orders.buyer[fill.order];
    ledger_.owe(buyer, market.offers.seller[fill.offer], owed.value, terms_->purpose);
    ledger_.owe(buyer, treasury_of(market.orders.region[fill.order]), owed.tariff, model_.tariff_purpose);
  }
  owed_.clear();
}

void Trades::create_claim(const ondol_fill& fill, const Trade& trade) {
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
    ledger_.population(issuer).contributed.at(issuer.row) += trade.value;
    ledger_.add_claim(terms_->instrument, seller, buyer, fill.quantity, trade.value + trade.tariff, 0, 0);
    return;
  }
  const double term = std::nearbyint(attribute(instrument.term_attribute));
  if (!(term >= 0 && term < 1e9)) refuse(fmt::format("sells credit with a term of {} ticks", term));
  ledger_.add_claim(terms_->instrument, seller, buyer, fill.quantity, 0, attribute(instrument.rate_attribute),
                    static_cast<std::int64_t>(term));
}

std::size_t Trades::route(const ondol_fill& fill) const {
  const MarketState& market = *market_state_;
  return std::size_t{market.orders.region[fill.order]} * model_.regions.size() + market.offers.region[fill.offer];
}

Index Trades::treasury_of(Index region) const {
  const Index treasury = model_.regions[region].treasury;
  return treasury == none ? none : model_.populations[treasury].first_agent;
}

}  // namespace ondol
