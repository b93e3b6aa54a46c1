// Markets made up for one mechanism, and what its fills must keep to.
#include "base/draws.hpp"
#include "base/floats.hpp"
#include "model/field_value.hpp"
#include "trial/rule_bench.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace ondol {

namespace {

constexpr std::uint32_t regions = 2;
constexpr std::uint32_t clearings_before = 3;  // of a book's market

// Offers and orders as a mechanism sees them.
struct Market {
  std::vector<std::uint32_t> seller, buyer, named;
  std::vector<std::uint16_t> offer_region, order_region;
  std::vector<std::int64_t> price, supply, limit, wanted, placed;
  std::vector<std::uint8_t> open;
  std::vector<std::vector<double>> attributes;
  std::vector<std::uint64_t> offer_luck, order_luck;
  std::vector<double> cost;
  std::vector<std::byte> params, state;
  std::vector<std::uint64_t> offer_turn, order_turn;  // of an order book
  std::uint64_t key = 0;
  std::int64_t tick = 0;
  bool borders = false, choosy = false;
};

// What the host's services need during one call.
struct Service {
  std::vector<ondol_fill> fills;
  std::vector<std::unique_ptr<std::byte[]>> scratch;
  OtherThread* other = nullptr;  // where pieces are called, if anywhere else
};

Service& service_of(ondol_clearing* clearing) { return *static_cast<Service*>(clearing->host_data); }

void* scratch(ondol_clearing* clearing, std::size_t bytes) {
  auto& block = service_of(clearing).scratch.emplace_back(std::make_unique<std::byte[]>(bytes + 64));
  const auto address = reinterpret_cast<std::uintptr_t>(block.get());
  return block.get() + (64 - address % 64) % 64;
}

void grow_fills(ondol_clearing* clearing) {
  std::vector<ondol_fill>& fills = service_of(clearing).fills;
  fills.resize(std::max<std::size_t>(64, fills.size() * 2));
  clearing->fills = fills.data();
  clearing->fill_capacity = static_cast<std::uint32_t>(fills.size());
}

// Backwards on another thread where that is asked for: pieces may run in any order.
void parallel_for(ondol_clearing* clearing, std::uint32_t count, void (*body)(void*, std::uint32_t), void* context) {
  OtherThread* const other = service_of(clearing).other;
  if (other == nullptr) {
    for (std::uint32_t i = 0; i < count; ++i) body(context, i);
    return;
  }
  for (std::uint32_t i = count; i-- > 0;) other->run([=] { body(context, i); });
}

const ondol_host bench_host = {sizeof(ondol_host), 0, nullptr, nullptr, &scratch, &parallel_for, &draw_rows};

struct Outcome {
  std::int32_t status = 0;
  std::string message;
  std::vector<ondol_fill> fills;
  std::vector<ondol_give> gives;
  struct Takers {
    std::vector<ondol_take> takes;
    std::vector<double> part, price;
    std::uint64_t luck;
  };
  std::vector<Takers> takers;
  std::vector<std::byte> state;
};

// A copy of what a lot says.
void add_lot(Outcome& outcome, const ondol_lot& lot) {
  outcome.gives.insert(outcome.gives.end(), lot.gives, lot.gives + lot.give_count);
  for (std::uint32_t c = 0; c < lot.takers_count; ++c) {
    const ondol_takers& takers = lot.takers[c];
    outcome.takers.push_back({{takers.takes, takers.takes + takers.take_count},
                              {takers.part, takers.part + regions},
                              {takers.price, takers.price + regions},
                              takers.luck});
  }
}

Market make_market(const MechanismDescription& mechanism, std::uint64_t number) {
  std::uint64_t at = number + 1;
  const auto next = [&at](std::uint64_t below) { return mix(at += 0x9e3779b97f4a7c15ULL) % below; };
  Market market;
  market.key = mix(number);
  const std::int64_t ticks[] = {5, 0, 300, 5000, 100000};
  market.tick = ticks[number % std::size(ticks)];
  // Tariffs and bars in some markets, buyers who name a seller in some: a mechanism may refuse either.
  market.borders = number % 2 == 1;
  market.choosy = number % 4 >= 2;
  const std::uint64_t counts[] = {0, 1, 3, 40};
  const std::uint64_t offers = counts[next(4)];
  const std::uint64_t orders = counts[1 + next(3)];
  for (std::uint64_t i = 0; i < offers; ++i) {
    market.seller.push_back(static_cast<std::uint32_t>(100 + 2 * i));
    market.offer_luck.push_back(mix(market.seller.back()));
    market.offer_region.push_back(static_cast<std::uint16_t>(next(regions)));
    market.price.push_back(static_cast<std::int64_t>(next(4) == 0 ? 0 : next(2000)));
    market.supply.push_back(static_cast<std::int64_t>(1 + next(next(5) == 0 ? 1000000000 : 50)));
  }
  for (std::uint64_t i = 0; i < orders; ++i) {
    market.buyer.push_back(static_cast<std::uint32_t>(1000 + i));
    market.order_luck.push_back(mix(market.buyer.back()));
    market.order_region.push_back(static_cast<std::uint16_t>(next(regions)));
    market.limit.push_back(static_cast<std::int64_t>(next(4) == 0 ? 1000000 : next(2000)));
    market.wanted.push_back(static_cast<std::int64_t>(1 + next(next(5) == 0 ? 1000000000 : 50)));
    market.placed.push_back(static_cast<std::int64_t>(next(5)));
    const bool names = mechanism.orders_stand || (market.choosy && next(3) == 0);
    market.named.push_back(names && offers > 0 ? static_cast<std::uint32_t>(next(offers)) : ONDOL_NONE);
    market.open.push_back(names && offers == 0 ? 0 : 1);
  }
  std::sort(market.placed.begin(), market.placed.end());
  const auto turn = [&next] { return next(clearings_before + 1) << 32U | next(std::uint64_t{1} << 32U); };
  for (std::uint64_t i = 0; mechanism.book && i < offers; ++i) market.offer_turn.push_back(turn());
  for (std::uint64_t i = 0; mechanism.book && i < orders; ++i) market.order_turn.push_back(turn());
  market.attributes.assign(2, {});
  for (auto& column : market.attributes) {
    for (std::uint64_t i = 0; i < offers; ++i) column.push_back(static_cast<double>(next(100)) / 10 - 3);
  }
  const double costs[] = {1, 1.25, 0};
  for (std::uint32_t i = 0; i < regions * regions; ++i)
    market.cost.push_back(market.borders && i % 3 != 0 ? costs[next(3)] : 1.0);
  market.params.resize(mechanism.params_size);
  market.state.resize(mechanism.state_size);
  for (const FieldDescription& field : mechanism.fields) {
    std::vector<std::byte>& bytes = field.role == ONDOL_PARAM ? market.params : market.state;
    const double value = field.required ? std::clamp(1.0, field.minimum, field.maximum) : field.initial;
    for (std::uint32_t i = 0; i < field.count; ++i) write_field_value(field, bytes.data(), i, value);
  }
  return market;
}

Outcome clear(const MechanismDescription& mechanism, const Market& market, OtherThread* other) {
  Service service;
  service.other = other;
  Outcome outcome;
  outcome.state = market.state;
  std::vector<const double*> attributes;
  for (const auto& column : market.attributes) attributes.push_back(column.data());
  ondol_failure failure{};
  ondol_clearing call{};
  call.size = sizeof call;
  call.region_count = regions;
  call.offer_count = static_cast<std::uint32_t>(market.seller.size());
  call.order_count = static_cast<std::uint32_t>(market.buyer.size());
  call.offer_seller = market.seller.data();
  call.offer_region = market.offer_region.data();
  call.offer_price = market.price.data();
  call.offer_quantity = market.supply.data();
  call.offer_luck = market.offer_luck.data();
  call.offer_attributes = attributes.data();
  call.order_buyer = market.buyer.data();
  call.order_region = market.order_region.data();
  call.order_limit = market.limit.data();
  call.order_quantity = market.wanted.data();
  call.order_offer = market.named.data();
  call.order_open = market.open.data();
  call.order_tick = market.placed.data();
  call.order_luck = market.order_luck.data();
  call.delivered_cost = market.cost.data();
  call.params = market.params.data();
  call.state = outcome.state.data();
  call.now = {market.key, market.tick, 0, 0};
  call.price_units = call.quantity_units = 100;
  call.clearings = clearings_before;
  if (mechanism.book) {
    call.offer_turn = market.offer_turn.data();
    call.order_turn = market.order_turn.data();
  }
  call.attribute_count = static_cast<std::uint32_t>(attributes.size());
  call.grow_fills = &grow_fills;
  call.host = &bench_host;
  call.host_data = &service;
  call.failure = &failure;
  outcome.status = mechanism.mechanism->clear(&call);
  outcome.message = failure.message;
  outcome.fills.assign(service.fills.begin(), service.fills.begin() + call.fill_count);
  for (std::uint32_t i = 0; i < call.lot_count; ++i) add_lot(outcome, call.lots[i]);
  return outcome;
}

bool same_takers(const Outcome::Takers& a, const Outcome::Takers& b) {
  return a.part == b.part && a.price == b.price && a.luck == b.luck &&
         std::equal(
             a.takes.begin(), a.takes.end(), b.takes.begin(), b.takes.end(),
             [](const ondol_take& x, const ondol_take& y) { return x.order == y.order && x.quantity == y.quantity; });
}

bool same(const Outcome& a, const Outcome& b) {
  return a.state == b.state && a.fills.size() == b.fills.size() &&
         std::equal(a.fills.begin(), a.fills.end(), b.fills.begin(),
                    [](const ondol_fill& x, const ondol_fill& y) {
                      return x.offer == y.offer && x.order == y.order && x.quantity == y.quantity && x.price == y.price;
                    }) &&
         std::equal(a.gives.begin(), a.gives.end(), b.gives.begin(), b.gives.end(),
                    [](const ondol_give& x, const ondol_give& y) {
                      return x.offer == y.offer && x.quantity == y.quantity && x.price == y.price;
                    }) &&
         std::equal(a.takers.begin(), a.takers.end(), b.takers.begin(), b.takers.end(), same_takers);
}

// What is wrong with the lots of a market, of which fills have had their part; empty: nothing.
std::string wrong_lot(const Market& market, const Outcome& outcome, std::vector<std::int64_t>& supply,
                      std::vector<std::int64_t>& wanted) {
  std::vector<double> quantity(regions), worth(regions);
  double whole = 0, value = 0;
  std::int64_t given = 0, taken = 0;
  for (const ondol_give& give : outcome.gives) {
    if (give.offer >= supply.size()) return "gives of an offer that does not exist";
    if (give.quantity <= 0) return "gives a quantity that is not positive";
    if (give.price < market.price[give.offer]) return "gives below the offer's price";
    if ((supply[give.offer] -= give.quantity) < 0) return "gives more than the offer has";
    given += give.quantity;
    quantity[market.offer_region[give.offer]] += static_cast<double>(give.quantity);
    worth[market.offer_region[give.offer]] += static_cast<double>(give.quantity) * static_cast<double>(give.price);
    whole += static_cast<double>(give.quantity);
    value += static_cast<double>(give.quantity) * static_cast<double>(give.price);
  }
  for (const Outcome::Takers& takers : outcome.takers) {
    for (const ondol_take& take : takers.takes) {
      if (take.order >= wanted.size()) return "takes for an order that does not exist";
      if (take.quantity <= 0) return "takes a quantity that is not positive";
      if ((wanted[take.order] -= take.quantity) < 0) return "takes more than the order wants";
      if (market.named[take.order] != ONDOL_NONE) return "takes for an order that names an offer from a lot";
      double delivered = 0;
      for (std::uint32_t s = 0; s < regions; ++s) {
        const double cost = market.cost[market.order_region[take.order] * regions + s];
        if (cost == 0 && takers.part[s] > 0) return "takes across a border that is barred";
        delivered += takers.part[s] * takers.price[s] * cost;
        quantity[s] -= static_cast<double>(take.quantity) * takers.part[s];
        worth[s] -= static_cast<double>(take.quantity) * takers.part[s] * takers.price[s];
      }
      if (delivered > static_cast<double>(market.limit[take.order]) * (1 + 1e-9) + 0.5)
        return "takes above the order's limit";
      taken += take.quantity;
    }
  }
  if (taken != given) return "makes a lot of which is taken more or less than given";
  for (std::uint32_t s = 0; s < regions; ++s) {
    if (std::abs(quantity[s]) > 1e-9 * whole + 1e-6 || std::abs(worth[s]) > 1e-9 * value + 1e-6)
      return "makes a lot whose takers' parts and prices do not add up to what is given";
  }
  return "";
}

// What is wrong with the fills and lots of a market; empty: nothing.
std::string wrong_fill(const MechanismDescription& mechanism, const Market& market, const Outcome& outcome) {
  std::vector<std::int64_t> supply = market.supply, wanted = market.wanted;
  for (const ondol_fill& fill : outcome.fills) {
    if (fill.offer >= supply.size() || fill.order >= wanted.size())
      return "fills an offer or order that does not exist";
    if (fill.quantity <= 0) return "fills a quantity that is not positive";
    if (fill.price < 0) return "fills at a negative price";
    if ((supply[fill.offer] -= fill.quantity) < 0) return "fills more than the offer has";
    if ((wanted[fill.order] -= fill.quantity) < 0) return "fills more than the order wants";
    const double cost = market.cost[market.order_region[fill.order] * regions + market.offer_region[fill.offer]];
    if (cost == 0) return "fills across a border that is barred";
    const bool agreed = mechanism.orders_stand && market.named[fill.order] == fill.offer;
    if (!agreed && fill.price < market.price[fill.offer]) return "fills below the offer's price";
    if (static_cast<double>(fill.price) * cost > static_cast<double>(market.limit[fill.order]) + 0.5)
      return "fills above the order's limit";
    if (market.named[fill.order] != ONDOL_NONE && market.named[fill.order] != fill.offer)
      return "fills from an offer that the order does not name";
  }
  return wrong_lot(market, outcome, supply, wanted);
}

}  // namespace

void bench_mechanism(const MechanismDescription& mechanism, int cases, OtherThread& other, const Report& report) {
  for (int i = 0; i < cases; ++i) {
    const Market market = make_market(mechanism, static_cast<std::uint64_t>(i));
    const Outcome first = clear(mechanism, market, nullptr);
    if (restore_floats())
      report("changes the floating-point environment", ": rounding, flushing to zero or traps",
             "put it back before returning");
    if (first.status != 0 && (market.borders || market.choosy)) continue;
    if (first.status != 0) {
      report("fails", ": " + first.message, "a mechanism should leave orders unfilled rather than fail");
      return;
    }
    const std::string wrong = wrong_fill(mechanism, market, first);
    if (!wrong.empty()) {
      report(wrong, "", "check offer, order, reach and limit before ondol_fill_order()");
      return;
    }
    if (!same(first, clear(mechanism, market, nullptr))) {
      report("does something else", " when called again with the same input",
             "keep no statics and read no clock; use ondol_draw() for luck");
      return;
    }
    if (!same(first, clear(mechanism, market, &other))) {
      report("does something else", " when the pieces of its parallel_for run in another order or on other threads",
             "let each piece write to memory of its own and join the pieces in order");
      return;
    }
  }
}

}  // namespace ondol
