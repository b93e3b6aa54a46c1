// Matching orders with offers through mechanisms, and booking the trades.
#include "clearing.hpp"

#include "clearing_work.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ondol {

namespace {

// What a mechanism reaches through the C functions below.
struct ClearingHost {
  Scheduler* scheduler;
  std::vector<ondol_fill>* fills;
  std::vector<std::unique_ptr<AlignedBlock>>* scratch;
  std::size_t* scratch_used;
};

ClearingHost& host_of(ondol_clearing* clearing) { return *static_cast<ClearingHost*>(clearing->host_data); }

void* scratch(ondol_clearing* clearing, std::size_t bytes) {
  ClearingHost& host = host_of(clearing);
  if (*host.scratch_used == host.scratch->size()) host.scratch->push_back(std::make_unique<AlignedBlock>());
  return (*host.scratch)[(*host.scratch_used)++]->take(bytes);
}

void grow_fills(ondol_clearing* clearing) {
  std::vector<ondol_fill>& fills = *host_of(clearing).fills;
  fills.resize(std::max<std::size_t>(1024, fills.size() * 2));
  clearing->fills = fills.data();
  clearing->fill_capacity = static_cast<std::uint32_t>(fills.size());
}

void parallel_for(ondol_clearing* clearing, std::uint32_t count, void (*body)(void*, std::uint32_t), void* context) {
  host_of(clearing).scheduler->for_each(count, [&](std::uint32_t i) { body(context, i); });
}

const ondol_host clearing_host = {sizeof(ondol_host), 0, nullptr, nullptr, &scratch, &parallel_for};

}  // namespace

Clearing::Clearing(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler, Watchdog& watchdog,
                   Profile* profile)
    : model_(model),
      state_(state),
      ledger_(ledger),
      scheduler_(scheduler),
      watchdog_(watchdog),
      profile_(profile),
      ports_(model.markets.size()),
      port_of_(model.populations.size(), std::vector<Index>(model.markets.size(), none)),
      changed_(model.markets.size(), 1) {
  for (Index p = 0; p < model.populations.size(); ++p) {
    const PopulationModel& population = model.populations[p];
    for (Index i = 0; i < population.ports.size(); ++i) {
      const PortModel& port = population.ports[i];
      if (!port.bound || (port.type != ONDOL_BUYS && port.type != ONDOL_SELLS)) continue;
      ports_[port.target].push_back({p, i});
      if (port.type == ONDOL_SELLS) port_of_[p][port.target] = i;
    }
  }
  for (const MarketModel& market : model.markets) {
    const int decimals =
        market.good != none ? model.goods[market.good].decimals : model.instruments[market.instrument].decimals;
    value_exponent_.push_back(decimals + market.price_decimals - model.money_decimals);
    work_.push_back(std::make_unique<Work>());
    work_.back()->posted.attributes.resize(market.attributes.size());
    work_.back()->merged.attributes.resize(market.attributes.size());
  }
}

Clearing::~Clearing() = default;

void Clearing::refuse(Index market, const std::string& what) const { throw ClearingFailure{market, what}; }

void Clearing::begin_tick() {
  for (MarketState& market : state_.markets) {
    market.tick_volume = market.tick_value = market.tick_ordered = 0;
    market.tick_trades = 0;
  }
}

void Clearing::end_tick() {
  for (Index m = 0; m < state_.markets.size(); ++m) {
    const Index good = model_.markets[m].good;
    if (good == none || !model_.goods[good].lasts_tick || state_.markets[m].offers.size() == 0) continue;
    OfferColumns& offers = state_.markets[m].offers;
    for (std::size_t i = 0; i < offers.size(); ++i) unreserve(m, offers.seller[i], offers.quantity[i]);
    offers.resize(0);
    changed_[m] = 1;
  }
}

const std::vector<Index>& Clearing::take_changed() {
  taken_.clear();
  for (Index m = 0; m < changed_.size(); ++m) {
    if (std::exchange(changed_[m], 0) != 0) taken_.push_back(m);
  }
  return taken_;
}

// ---- Clearing

void Clearing::clear(Index step, std::span<const Chunk> chunks, std::uint64_t step_key, std::uint32_t round) {
  const std::vector<Index>& markets = model_.steps[step].markets;
  for (const Index m : markets) reset_columns(m);
  for (const Chunk& chunk : chunks) {
    chunk.outboxes->for_each<ondol_order_record>(ONDOL_OUT_ORDER,
                                                 [&](const ondol_order_record& order) { gather_order(chunk, order); });
  }
  for (const Index m : markets) prepare(m, step_key, round);
  watchdog_.look([this, &markets](std::int64_t since) { return still_at_work(markets, since); });
  scheduler_.for_each(static_cast<std::uint32_t>(markets.size()), [&](std::uint32_t i) { call(markets[i]); });
  watchdog_.look({});
  for (const Index m : markets) book(m);
}

void Clearing::call(Index m) {
  Work& work = *work_[m];
  work.status = 0;
  if (work.call.order_count == 0) return;
  ClearingHost host{&scheduler_, &work.fills, &work.scratch, &work.scratch_used};
  work.call.host_data = &host;
  const ProfileSpan span(profile_, "market", model_.markets[m].label);
  if (watchdog_.awake()) work.mark.begin();
  try {
    work.status = model_.markets[m].mechanism->clear(&work.call);
  } catch (...) {
    work.status = 1;
    work.failure = {ONDOL_NONE, "threw an exception across the plugin boundary"};
  }
  if (watchdog_.awake()) work.mark.end();
}

std::string Clearing::still_at_work(const std::vector<Index>& markets, std::int64_t since) const {
  for (const Index m : markets) {
    if (work_[m]->mark.began_before(since))
      return fmt::format("mechanism '{}' of market '{}'", model_.markets[m].mechanism_name, model_.markets[m].label);
  }
  return "";
}

void Clearing::reset_columns(Index market) {
  for (const MarketPort& at : ports_[market]) {
    PortState& port = state_.populations[at.population].ports[at.port];
    for (Column* column : {&port.sold, &port.revenue, &port.demand, &port.bought, &port.spent}) {
      std::fill(column->begin(), column->end(), 0);
    }
  }
}

void Clearing::gather_order(const Chunk& chunk, const ondol_order_record& order) {
  const PopulationModel& population = model_.populations[chunk.population];
  const Index buyer = chunk.agent(order.row);
  const PortModel* port = order.port < population.ports.size() ? &population.ports[order.port] : nullptr;
  if (port == nullptr || !port->bound || port->type != ONDOL_BUYS || order.row >= chunk.call.rows) {
    throw Violation{buyer, "orders through a port that is not one it buys through"};
  }
  const MarketModel& market = model_.markets[port->target];
  if (model_.steps[market.step].name != chunk.rule->step) {
    throw Violation{buyer, fmt::format("orders in market '{}', which clears in step '{}' and not in this one",
                                       market.label, model_.steps[market.step].name)};
  }
  if (order.quantity <= 0 || order.limit < 0 || order.money < 0)
    throw Violation{buyer, "orders a quantity, limit or money that is negative"};
  OrderColumns& orders = state_.markets[port->target].orders;
  orders.buyer.push_back(buyer);
  orders.seller.push_back(order.seller);
  orders.region.push_back(static_cast<std::uint16_t>(population.region));
  orders.port.push_back(order.port);
  orders.limit.push_back(order.limit);
  orders.quantity.push_back(order.quantity);
  orders.reserved.push_back(order.money);
  orders.tick.push_back(state_.tick);
  state_.markets[port->target].tick_ordered += order.quantity;
  if (order.seller == none) return;
  if (order.seller >= model_.agents) throw Violation{buyer, "orders from an agent that does not exist"};
  const Place seller = ledger_.place(order.seller);
  const Index selling = port_of_[seller.population][port->target];
  if (selling != none) state_.populations[seller.population].ports[selling].demand[seller.row] += order.quantity;
}

void Clearing::prepare(Index m, std::uint64_t step_key, std::uint32_t round) {
  Work& work = *work_[m];
  MarketState& market = state_.markets[m];
  const OrderColumns& orders = market.orders;
  work.order_offer.resize(orders.size());
  work.order_open.resize(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    work.order_offer[i] = none;
    work.order_open[i] = 1;
    if (orders.seller[i] == none) continue;
    const auto& sellers = market.offers.seller;
    const auto found = std::lower_bound(sellers.begin(), sellers.end(), orders.seller[i]);
    const bool open = found != sellers.end() && *found == orders.seller[i];
    work.order_open[i] = open;
    if (open) work.order_offer[i] = static_cast<Index>(found - sellers.begin());
  }
  work.order_left = orders.quantity;
  work.attributes.clear();
  for (const auto& column : market.offers.attributes) work.attributes.push_back(column.data());
  work.scratch_used = 0;
  work.failure.message[0] = '\0';
  ondol_clearing& call = work.call;
  call = {};
  call.size = sizeof call;
  call.region_count = static_cast<std::uint32_t>(model_.regions.size());
  call.offer_count = static_cast<std::uint32_t>(market.offers.size());
  call.order_count = static_cast<std::uint32_t>(orders.size());
  call.offer_seller = market.offers.seller.data();
  call.offer_region = market.offers.region.data();
  call.offer_price = market.offers.price.data();
  call.offer_quantity = market.offers.quantity.data();
  call.offer_attributes = work.attributes.data();
  call.order_buyer = orders.buyer.data();
  call.order_region = orders.region.data();
  call.order_limit = orders.limit.data();
  call.order_quantity = orders.quantity.data();
  call.order_offer = work.order_offer.data();
  call.order_open = work.order_open.data();
  call.order_tick = orders.tick.data();
  call.delivered_cost = market.cost.data();
  call.params = model_.markets[m].params.data();
  call.state = market.state.data();
  call.tick = state_.tick;
  call.draw_key = mix(step_key + model_.markets[m].hash + round);
  call.price_units = model_.markets[m].price_scale;
  call.quantity_units = model_.markets[m].good != none ? model_.goods[model_.markets[m].good].scale
                                                       : model_.instruments[model_.markets[m].instrument].scale;
  call.attribute_count = static_cast<std::uint32_t>(work.attributes.size());
  call.fill_capacity = static_cast<std::uint32_t>(work.fills.size());
  call.fills = work.fills.data();
  call.grow_fills = &grow_fills;
  call.host = &clearing_host;
  call.failure = &work.failure;
}

// ---- Booking

void Clearing::book(Index m) {
  Work& work = *work_[m];
  MarketState& market = state_.markets[m];
  if (work.status != 0) refuse(m, work.failure.message);
  Units volume = market.tick_volume;
  Units value = market.tick_value;
  for (std::uint32_t i = 0; i < work.call.fill_count; ++i) book_fill(m, work.fills[i]);
  volume = market.tick_volume - volume;
  value = market.tick_value - value;
  market.last_volume = static_cast<double>(volume) / work.call.quantity_units;
  if (volume > 0) market.last_price = static_cast<double>(value) / model_.money_scale / market.last_volume;
  release(m);
  drop_empty_offers(m);
  changed_[m] = 1;
}

void Clearing::check_fill(Index m, const ondol_fill& fill) const {
  const MarketModel& model = model_.markets[m];
  const MarketState& market = state_.markets[m];
  const Work& work = *work_[m];
  if (fill.offer >= market.offers.size() || fill.order >= market.orders.size()) {
    refuse(m, "fills an offer or order that does not exist");
  }
  const Index seller = market.offers.seller[fill.offer];
  const Index named = market.orders.seller[fill.order];
  const double cost = market.cost[route(m, fill)];
  if (fill.quantity <= 0) refuse(m, "fills a quantity that is not positive");
  if (fill.price < 0) refuse(m, "fills at a negative price");
  if (fill.quantity > market.offers.quantity[fill.offer]) refuse(m, "fills more than the offer has");
  if (fill.quantity > work.order_left[fill.order]) refuse(m, "fills more than the order wants");
  if (cost == 0.0) refuse(m, "fills across a border that is barred");
  const Units delivered = cost == 1.0 ? fill.price : std::llrint(static_cast<double>(fill.price) * cost);
  if (delivered > market.orders.limit[fill.order]) refuse(m, "fills above the order's limit");
  if (named != none && named != seller) refuse(m, "fills from an offer that the order does not name");
  // A standing order was agreed with the seller it names, at its own limit.
  const bool agreed = model.orders_stand && named == seller;
  if (fill.price < market.offers.price[fill.offer] && !agreed) refuse(m, "fills below the offer's price");
}

std::size_t Clearing::route(Index m, const ondol_fill& fill) const {
  const MarketState& market = state_.markets[m];
  return std::size_t{market.orders.region[fill.order]} * model_.regions.size() + market.offers.region[fill.offer];
}

void Clearing::book_fill(Index m, const ondol_fill& fill) {
  check_fill(m, fill);
  const MarketModel& model = model_.markets[m];
  MarketState& market = state_.markets[m];
  const double cost = market.cost[route(m, fill)];
  Trade trade;
  trade.seller = market.offers.seller[fill.offer];
  trade.buyer = market.orders.buyer[fill.order];
  trade.quantity = trade.arrived = fill.quantity;
  trade.value = trade_value(fill.quantity, fill.price, value_exponent_[m]);
  trade.treasury = treasury_of(market.orders.region[fill.order]);
  if (cost != 1.0 && trade.treasury != none && trade.treasury != trade.buyer) {
    trade.tariff = std::llrint(static_cast<double>(trade.value) * (cost - 1.0));
  }
  pay(m, fill.order, trade);
  if (model.good != none) {
    trade.arrived = static_cast<Units>(std::floor(static_cast<double>(fill.quantity) * market.share[route(m, fill)]));
    ledger_.deliver(ledger_.place(trade.seller), ledger_.place(trade.buyer), model.good, trade.quantity, trade.arrived,
                    trade.value + trade.tariff);
  } else {
    create_claim(m, fill.offer, trade);
  }
  work_[m]->order_left[fill.order] -= fill.quantity;
  market.offers.quantity[fill.offer] -= fill.quantity;
  count_trade(m, fill.order, trade);
}

Index Clearing::treasury_of(Index region) const {
  const Index treasury = model_.regions[region].treasury;
  return treasury == none ? none : model_.populations[treasury].first_agent;
}

// What the order holds pays first. Where the market asks for a deposit only, what that does not cover falls due.
void Clearing::pay(Index m, std::size_t order, Trade& trade) {
  const MarketModel& model = model_.markets[m];
  OrderColumns& orders = state_.markets[m].orders;
  Units ready = orders.reserved[order];
  if (model.deposit < 1.0) {
    const Units left = work_[m]->order_left[order];
    if (trade.quantity < left) ready = divide_half_even(Wide{ready} * trade.quantity, left);
  } else {
    // Several fills, each rounded, may exceed by a unit what was reserved for all of them.
    trade.value = std::min(trade.value, ready);
    trade.tariff = std::min(trade.tariff, ready - trade.value);
  }
  const Units value_now = std::min(ready, trade.value);
  const Units tariff_now = std::min(ready - value_now, trade.tariff);
  orders.reserved[order] -= value_now + tariff_now;
  ledger_.transfer(trade.buyer, trade.seller, value_now, model.purpose, model.good != none ? trade.quantity : 0);
  if (tariff_now > 0) ledger_.transfer(trade.buyer, trade.treasury, tariff_now, model_.tariff_purpose);
  ledger_.owe(trade.buyer, trade.seller, trade.value - value_now, model.purpose);
  if (trade.tariff > tariff_now)
    ledger_.owe(trade.buyer, trade.treasury, trade.tariff - tariff_now, model_.tariff_purpose);
}

void Clearing::create_claim(Index m, std::size_t offer, const Trade& trade) {
  const MarketModel& model = model_.markets[m];
  const InstrumentModel& instrument = model_.instruments[model.instrument];
  const auto attribute = [&](const std::string& name) {
    const auto found = std::find(model.attributes.begin(), model.attributes.end(), name);
    if (found == model.attributes.end()) return 0.0;
    return state_.markets[m].offers.attributes[static_cast<std::size_t>(found - model.attributes.begin())][offer];
  };
  if (instrument.instrument_class == InstrumentClass::residual) {
    const Place issuer = ledger_.place(trade.seller);
    ledger_.population(issuer).contributed[issuer.row] += trade.value;
    ledger_.add_claim(model.instrument, trade.seller, trade.buyer, trade.quantity, trade.value + trade.tariff, 0, 0);
    return;
  }
  const double term = std::nearbyint(attribute(instrument.term_attribute));
  if (!(term >= 0 && term < 1e9)) refuse(m, fmt::format("sells credit with a term of {} ticks", term));
  ledger_.add_claim(model.instrument, trade.seller, trade.buyer, trade.quantity, 0,
                    attribute(instrument.rate_attribute), static_cast<std::int64_t>(term));
}

void Clearing::count_trade(Index m, std::size_t order, const Trade& trade) {
  MarketState& market = state_.markets[m];
  const Place from = ledger_.place(trade.seller);
  const Place to = ledger_.place(trade.buyer);
  PortState& selling = state_.populations[from.population].ports[port_of_[from.population][m]];
  selling.sold[from.row] += trade.quantity;
  selling.revenue[from.row] += trade.value;
  PortState& buying = state_.populations[to.population].ports[market.orders.port[order]];
  buying.bought[to.row] += trade.arrived;
  buying.spent[to.row] += trade.value + trade.tariff;
  market.tick_volume += trade.quantity;
  market.tick_value += trade.value;
  ++market.tick_trades;
}

// Orders that stand keep what they hold; what the others hold goes back.
void Clearing::release(Index m) {
  const MarketModel& model = model_.markets[m];
  OrderColumns& orders = state_.markets[m].orders;
  const Column& left = work_[m]->order_left;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const bool lapsed = model.order_life > 0 && state_.tick - orders.tick[i] >= model.order_life;
    if (model.orders_stand && left[i] > 0 && !lapsed && orders.seller[i] != none && ledger_.alive(orders.seller[i])) {
      if (left[i] < orders.quantity[i]) free_excess(m, i, left[i]);
      orders.quantity[i] = left[i];
      orders.move_row(kept++, i);
    } else {
      free_order(orders, i);
    }
  }
  orders.resize(kept);
  if (model.orders_stand) count_standing(m);
}

// After a partial delivery, a standing order holds no more than the deposit of what is left.
void Clearing::free_excess(Index m, std::size_t order, Units left) {
  OrderColumns& orders = state_.markets[m].orders;
  const Units worth = trade_value(left, orders.limit[order], value_exponent_[m]);
  const auto deposit = static_cast<Units>(std::ceil(static_cast<double>(worth) * model_.markets[m].deposit));
  const Units excess = orders.reserved[order] - deposit;
  if (excess <= 0) return;
  const Place buyer = ledger_.place(orders.buyer[order]);
  ledger_.population(buyer).money_available[buyer.row] += excess;
  orders.reserved[order] -= excess;
}

void Clearing::free_order(OrderColumns& orders, std::size_t order) {
  const Place buyer = ledger_.place(orders.buyer[order]);
  ledger_.population(buyer).money_available[buyer.row] += std::exchange(orders.reserved[order], 0);
}

void Clearing::count_standing(Index m) {
  for (const MarketPort& at : ports_[m]) {
    PortState& port = state_.populations[at.population].ports[at.port];
    std::fill(port.backlog.begin(), port.backlog.end(), 0);
    std::fill(port.ordered.begin(), port.ordered.end(), 0);
  }
  const OrderColumns& orders = state_.markets[m].orders;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Place buyer = ledger_.place(orders.buyer[i]);
    const Place seller = ledger_.place(orders.seller[i]);
    state_.populations[buyer.population].ports[orders.port[i]].ordered[buyer.row] += orders.quantity[i];
    const Index selling = port_of_[seller.population][m];
    if (selling != none) state_.populations[seller.population].ports[selling].backlog[seller.row] += orders.quantity[i];
  }
}

}  // namespace ondol
