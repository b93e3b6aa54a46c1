// Matching orders with offers through mechanisms, and booking the trades.
#include "markets/clearing.hpp"

#include "acting/records.hpp"
#include "base/draws.hpp"
#include "base/guest_call.hpp"
#include "markets/clearing_work.hpp"

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
  Fills* fills;
  std::vector<std::unique_ptr<AlignedBlock>>* scratch;
  std::size_t* scratch_used;
  const Guest* guest = nullptr;
  std::atomic<int> piece_failed = 0;
  ondol_failure piece_failure{};
};

ClearingHost& host_of(ondol_clearing* clearing) { return *static_cast<ClearingHost*>(clearing->host_data); }

void* scratch(ondol_clearing* clearing, std::size_t bytes) {
  ClearingHost& host = host_of(clearing);
  if (*host.scratch_used == host.scratch->size()) host.scratch->push_back(std::make_unique<AlignedBlock>());
  return (*host.scratch)[(*host.scratch_used)++]->take(bytes);
}

void grow_fills(ondol_clearing* clearing) {
  Fills& fills = *host_of(clearing).fills;
  fills.grow();
  clearing->fills = fills.data();
  clearing->fill_capacity = fills.capacity();
}

// A piece of a mechanism's parallel_for.
struct Piece {
  void (*body)(void*, std::uint32_t);
  void* context;
  std::uint32_t index;
};

std::int32_t run_piece(Piece* piece) {
  piece->body(piece->context, piece->index);
  return 0;
}

void parallel_for(ondol_clearing* clearing, std::uint32_t count, void (*body)(void*, std::uint32_t), void* context) {
  ClearingHost& host = host_of(clearing);
  host.scheduler->for_each(count, [&](std::uint32_t i) {
    Piece piece{body, context, i};
    ondol_failure failure{ONDOL_NONE, ""};
    if (call_guest(*host.guest, &run_piece, &piece, failure) == 0) return;
    if (host.piece_failed.exchange(1) == 0) host.piece_failure = failure;
  });
}

const ondol_host clearing_host = {sizeof(ondol_host), 0, nullptr, nullptr, &scratch, &parallel_for, &draw_rows};

// Adds what one clearing of the tick sold to what those before it did.
void keep_sales(const Column& sold, std::uint32_t round, LateColumn& before) {
  if (round == 0) return before.restart(0, static_cast<Index>(sold.size()));
  Column& sum = before.values();
  for (std::size_t row = 0; row < sold.size(); ++row) sum[row] += sold[row];
}

}  // namespace

Clearing::Clearing(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler, Watchdog& watchdog,
                   Profile* profile)
    : model_(model),
      state_(state),
      ledger_(ledger),
      scheduler_(scheduler),
      watchdog_(watchdog),
      profile_(profile),
      ports_(model),
      records_(scheduler, model.markets.size()),
      changed_(model.markets.size(), 1),
      trades_(model, state, ledger, scheduler, ports_) {
  for (const MarketModel& market : model.markets) {
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
    market.tick_fills.clear();
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

void Clearing::clear(Index step, std::span<const Chunk> chunks, const Moment& now) {
  const std::vector<Index>& markets = model_.steps[step].markets;
  cancel(chunks);
  gather_orders(step, chunks);
  scheduler_.for_each(static_cast<std::uint32_t>(markets.size()), [&](std::uint32_t i) {
    reset_columns(markets[i], now.round());
    prepare(markets[i], now);
  });
  watchdog_.look([this, &markets](std::int64_t since) { return still_at_work(markets, since); });
  scheduler_.for_each(static_cast<std::uint32_t>(markets.size()), [&](std::uint32_t i) { call(markets[i]); });
  watchdog_.look({});
  for (const Index m : markets) {
    book(m, now.round());
    ++state_.markets[m].clearings;
  }
}

void Clearing::call(Index m) {
  Work& work = *work_[m];
  work.status = 0;
  if (work.call.order_count == 0) return;
  ClearingHost host{&scheduler_, &work.fills, &work.scratch, &work.scratch_used};
  work.call.host_data = &host;
  const ProfileSpan span(profile_, "market", model_.markets[m].label);
  if (watchdog_.awake()) work.mark.begin();
  const MarketModel& market = model_.markets[m];
  const Guest guest{market.mechanism_plugin.c_str(), market.mechanism_name.c_str(), market.label.c_str(), state_.tick,
                    market.mechanism_watched};
  host.guest = &guest;
  work.status = call_guest(guest, market.mechanism->clear, &work.call, work.failure);
  if (work.status == 0 && host.piece_failed.load() != 0) {
    work.status = 1;
    work.failure = host.piece_failure;
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

void Clearing::reset_columns(Index market, std::uint32_t round) {
  for (const MarketPorts::At& at : ports_.of_market[market]) {
    PortState& port = state_.populations[at.population].ports[at.port];
    keep_sales(port.sold, round, port.sold_before);
    keep_sales(port.revenue, round, port.revenue_before);
    for (Column* column : {&port.sold, &port.revenue, &port.demand, &port.bought, &port.spent}) {
      std::fill(column->begin(), column->end(), 0);
    }
  }
}

Index Clearing::market_of(Index step, const Chunk& chunk, const ondol_order_record& order) const {
  const PortModel& port = port_of_record(model_, chunk, order.row, order.port, {ONDOL_BUYS}, "orders");
  const Index buyer = chunk.agent(order.row);
  const MarketModel& market = model_.markets[port.target];
  if (market.step != step) {
    throw Violation{buyer, fmt::format("orders in market '{}', which clears in step '{}' and not in this one",
                                       market.label, model_.steps[market.step].name)};
  }
  if (order.quantity <= 0 || order.limit < 0 || order.money < 0)
    throw Violation{buyer, "orders a quantity, limit or money that is negative"};
  if (order.seller != none && !state_.existed(order.seller))
    throw Violation{buyer, "orders from an agent that does not exist"};
  return port.target;
}

// Behind those that stand.
void Clearing::gather_orders(Index step, std::span<const Chunk> chunks) {
  records_.count<ondol_order_record>(chunks, ONDOL_OUT_ORDER, [&](const Chunk& chunk, const ondol_order_record& order) {
    return market_of(step, chunk, order);
  });
  for (const Index m : model_.steps[step].markets) {
    OrderColumns& orders = state_.markets[m].orders;
    work_[m]->standing_orders = orders.size();
    orders.resize(orders.size() + records_.of_market(m));
  }
  records_.put<ondol_order_record>(
      ONDOL_OUT_ORDER,
      [this](const Chunk& chunk, const ondol_order_record& order) {
        return model_.populations[chunk.population].ports[order.port].target;
      },
      [this](const Chunk& chunk, const ondol_order_record& order, Index m, std::size_t place) {
        OrderColumns& orders = state_.markets[m].orders;
        const std::size_t row = work_[m]->standing_orders + place;
        orders.buyer[row] = chunk.agent(order.row);
        orders.seller[row] = order.seller;
        orders.region[row] = static_cast<std::uint16_t>(model_.populations[chunk.population].region);
        orders.port[row] = order.port;
        orders.limit[row] = order.limit;
        orders.quantity[row] = order.quantity;
        orders.reserved[row] = order.money;
        orders.tick[row] = state_.tick;
        orders.level[row] = OrderColumns::no_level;
        orders.luck[row] = state_.populations[chunk.population].luck[chunk.first_row + order.row];
      });
}

void Clearing::count_demand(Index m) {
  MarketState& market = state_.markets[m];
  const OrderColumns& orders = market.orders;
  for (std::size_t i = work_[m]->standing_orders; i < orders.size(); ++i) {
    market.tick_ordered += orders.quantity[i];
    if (orders.seller[i] == none) continue;
    const Place seller = ledger_.place(orders.seller[i]);
    const Index selling = ports_.selling[seller.population][m];
    if (selling != none && seller.row != none)
      state_.populations[seller.population].ports[selling].demand[seller.row] += orders.quantity[i];
  }
}

// Chance takes an agent's orders for different things, be it by tick or by place among those of the step, though none
// of them by what other agents do.
void Clearing::tell_orders_apart(Index m, const Moment& now) {
  constexpr std::uint64_t apart = 0x9e3779b97f4a7c15U;  // odd, so that no small number of steps comes back
  OrderColumns& orders = state_.markets[m].orders;
  const std::uint64_t of_tick = model_.markets[m].orders_stand ? mix(static_cast<std::uint64_t>(state_.tick)) : 0;
  std::uint64_t before = 0;
  for (std::size_t i = work_[m]->standing_orders; i < orders.size(); ++i) {
    const bool again = i > work_[m]->standing_orders && orders.buyer[i] == orders.buyer[i - 1];
    before = again ? before + 1 : 0;
    orders.luck[i] += of_tick + before * apart;
    orders.turn[i] = model_.markets[m].book ? turn_of(m, now, orders.luck[i], 0) : 0;
  }
}

void Clearing::prepare(Index m, const Moment& now) {
  Work& work = *work_[m];
  MarketState& market = state_.markets[m];
  const OrderColumns& orders = market.orders;
  count_demand(m);
  tell_orders_apart(m, now);
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
  call.offer_luck = market.offers.luck.data();
  call.offer_attributes = work.attributes.data();
  call.order_buyer = orders.buyer.data();
  call.order_region = orders.region.data();
  call.order_limit = orders.limit.data();
  call.order_quantity = orders.quantity.data();
  call.order_offer = work.order_offer.data();
  call.order_open = work.order_open.data();
  call.order_tick = orders.tick.data();
  call.order_luck = orders.luck.data();
  call.clearings = market.clearings;
  if (model_.markets[m].book) {
    call.offer_turn = market.offers.turn.data();
    call.order_turn = orders.turn.data();
  }
  call.delivered_cost = market.cost.data();
  call.params = model_.markets[m].params.data();
  call.state = market.state.data();
  call.now = now.in(model_.markets[m].hash);
  call.price_units = model_.markets[m].price_scale;
  call.quantity_units = model_.markets[m].good != none ? model_.goods[model_.markets[m].good].scale
                                                       : model_.instruments[model_.markets[m].instrument].scale;
  call.attribute_count = static_cast<std::uint32_t>(work.attributes.size());
  call.fill_capacity = work.fills.capacity();
  call.fills = work.fills.data();
  call.pairs = needs_pairs(model_.markets[m]);
  call.grow_fills = &grow_fills;
  call.host = &clearing_host;
  call.failure = &work.failure;
}

// ---- Booking

void Clearing::book(Index m, std::uint32_t round) {
  Work& work = *work_[m];
  MarketState& market = state_.markets[m];
  if (work.status != 0) refuse(m, work.failure.message);
  Units volume = market.tick_volume;
  Units value = market.tick_value;
  trades_.book(m, {work.fills.data(), work.call.fill_count}, {work.call.lots, work.call.lot_count}, work.order_left,
               round);
  volume = market.tick_volume - volume;
  value = market.tick_value - value;
  market.last_volume = static_cast<double>(volume) / work.call.quantity_units;
  if (volume > 0) market.last_price = static_cast<double>(value) / model_.money_scale / market.last_volume;
  release(m);
  drop_empty_offers(m);
  changed_[m] = 1;
}

// Orders that stand keep what they hold; what the others hold goes back.
void Clearing::release(Index m) {
  const MarketModel& model = model_.markets[m];
  OrderColumns& orders = state_.markets[m].orders;
  const Column& left = work_[m]->order_left;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const bool lapsed = model.order_life > 0 && state_.tick - orders.tick[i] >= model.order_life;
    const bool stands = model.book ? orders.level[i] != OrderColumns::no_level
                                   : model.orders_stand && orders.seller[i] != none && ledger_.alive(orders.seller[i]);
    if (stands && left[i] > 0 && !lapsed) {
      if (left[i] < orders.quantity[i]) free_excess(m, i, left[i]);
      orders.quantity[i] = left[i];
      orders.move_row(kept++, i);
    } else {
      free_order(orders, i);
    }
  }
  orders.resize(kept);
  if (model.orders_stand || model.book) count_standing(m);
}

// After a partial delivery, a standing order holds no more than the deposit of what is left.
void Clearing::free_excess(Index m, std::size_t order, Units left) {
  OrderColumns& orders = state_.markets[m].orders;
  const Units worth = trade_value(left, orders.limit[order], model_.value_exponent(m));
  const auto deposit = static_cast<Units>(std::ceil(static_cast<double>(worth) * model_.markets[m].deposit));
  const Units excess = orders.reserved[order] - deposit;
  if (excess <= 0) return;
  const Place buyer = ledger_.place(orders.buyer[order]);
  ledger_.release(buyer, excess);
  orders.reserved[order] -= excess;
}

void Clearing::free_order(OrderColumns& orders, std::size_t order) {
  ledger_.release(ledger_.place(orders.buyer[order]), std::exchange(orders.reserved[order], 0));
}

void Clearing::count_standing(Index m) {
  for (const MarketPorts::At& at : ports_.of_market[m]) {
    PortState& port = state_.populations[at.population].ports[at.port];
    std::fill(port.backlog.begin(), port.backlog.end(), 0);
    std::fill(port.ordered.begin(), port.ordered.end(), 0);
  }
  const OrderColumns& orders = state_.markets[m].orders;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Place buyer = ledger_.place(orders.buyer[i]);
    state_.populations[buyer.population].ports[orders.port[i]].ordered[buyer.row] += orders.quantity[i];
    if (orders.seller[i] == none) continue;
    const Place seller = ledger_.place(orders.seller[i]);
    const Index selling = ports_.selling[seller.population][m];
    if (selling != none) state_.populations[seller.population].ports[selling].backlog[seller.row] += orders.quantity[i];
  }
}

}  // namespace ondol
