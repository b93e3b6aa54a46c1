// Call auction, posted offers and logit choice: a mechanism's matching alone.
#include "case.hpp"
#include "field_value.hpp"
#include "market_limits.hpp"

#include <ondol/engine/plugins.hpp>
#include <ondol/random.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace ondol::bench {
namespace {

// ---- Markets for mechanisms alone: what they match is made up here, what they propose is not booked

class MarketBench {
 public:
  MarketBench(const std::string& mechanism, std::size_t offers, std::size_t orders, std::int64_t prices)
      : library_(load_plugin(mechanism, {ONDOL_PLUGINS})), description_(*library_.mechanisms.front()) {
    for (std::size_t i = 0; i < offers; ++i) {
      seller.push_back(static_cast<std::uint32_t>(i));
      price.push_back(draw(prices));
      supply.push_back(1 + draw(100));
    }
    for (std::size_t i = 0; i < orders; ++i) {
      buyer.push_back(static_cast<std::uint32_t>(offers + i));
      limit.push_back(draw(prices));
      wanted.push_back(1 + draw(100));
    }
    named.assign(orders, ONDOL_NONE);
    zeros_.resize(std::max(offers, orders));
    open_.assign(orders, 1);
    placed_.resize(orders);
    params_.resize(description_.params_size);
    state_.resize(description_.state_size);
    for (const FieldDescription& field : description_.fields) {
      for (std::uint32_t i = 0; field.role == ONDOL_PARAM && i < field.count; ++i)
        write_field_value(field, params_.data(), i, field.initial);
    }
    arena_.resize(std::size_t{1} << 28U);
    fills.resize(offers + orders);
  }

  void set(const std::string& name, double value) {
    for (const FieldDescription& field : description_.fields) {
      if (field.role == ONDOL_PARAM && field.name == name) write_field_value(field, params_.data(), 0, value);
    }
  }

  std::uint32_t clear() {
    used_ = 0;
    ondol_failure failure{};
    ondol_clearing call{};
    call.size = sizeof call;
    call.region_count = 1;
    call.offer_count = static_cast<std::uint32_t>(seller.size());
    call.order_count = static_cast<std::uint32_t>(buyer.size());
    call.offer_seller = seller.data();
    call.offer_region = zeros_.data();
    call.offer_price = price.data();
    call.offer_quantity = supply.data();
    call.order_buyer = buyer.data();
    call.order_region = zeros_.data();
    call.order_limit = limit.data();
    call.order_quantity = wanted.data();
    call.order_offer = named.data();
    call.order_open = open_.data();
    call.order_tick = placed_.data();
    call.delivered_cost = &one_;
    call.params = params_.data();
    call.state = state_.data();
    call.draw_key = 1;
    call.price_units = call.quantity_units = 1;
    call.fills = fills.data();
    call.fill_capacity = static_cast<std::uint32_t>(fills.size());
    call.grow_fills = [](ondol_clearing* clearing) {
      auto& all = static_cast<MarketBench*>(clearing->host_data)->fills;
      all.resize(all.size() * 2);
      clearing->fills = all.data();
      clearing->fill_capacity = static_cast<std::uint32_t>(all.size());
    };
    const ondol_host host = {sizeof(ondol_host), 0, nullptr, nullptr, &scratch, &parallel_for, nullptr};
    call.host = &host;
    call.host_data = this;
    call.failure = &failure;
    if (description_.mechanism->clear(&call) != 0) throw std::runtime_error(failure.message);
    return call.fill_count;
  }

  std::int64_t sold(std::uint32_t count) const {
    std::int64_t sum = 0;
    for (std::uint32_t i = 0; i < count; ++i) sum += fills[i].quantity;
    return sum;
  }

  std::int64_t draw(std::int64_t below) {
    return static_cast<std::int64_t>(mix(at_ += 0x9e3779b97f4a7c15ULL) % static_cast<std::uint64_t>(below));
  }

  std::vector<std::uint32_t> seller, buyer, named;
  std::vector<std::int64_t> price, supply, limit, wanted;
  std::vector<ondol_fill> fills;

 private:
  static void* scratch(ondol_clearing* clearing, std::size_t bytes) {
    auto& self = *static_cast<MarketBench*>(clearing->host_data);
    void* block = self.arena_.data() + self.used_;
    self.used_ += (bytes + 63) / 64 * 64;
    if (self.used_ > self.arena_.size()) throw std::runtime_error("the scratch of the benchmark is too small");
    return block;
  }
  static void parallel_for(ondol_clearing*, std::uint32_t count, void (*body)(void*, std::uint32_t), void* context) {
    for (std::uint32_t i = 0; i < count; ++i) body(context, i);
  }

  PluginLibrary library_;
  const MechanismDescription& description_;
  std::vector<std::uint16_t> zeros_;
  std::vector<std::uint8_t> open_;
  std::vector<std::int64_t> placed_;
  std::vector<std::byte> params_, state_, arena_;
  std::size_t used_ = 0;
  std::uint64_t at_ = 7;
  double one_ = 1;
};

constexpr std::size_t quotes = 500'000;
constexpr std::size_t sellers = 50;
constexpr std::size_t buyers = 1'000'000;
constexpr std::int64_t price_ticks = 10'000;

MarketBench& auction() {
  static MarketBench market("call_auction", quotes, quotes, price_ticks);
  return market;
}

// Fifty sellers, three of them short.
void stock(MarketBench& market) {
  for (std::size_t i = 0; i < sellers; ++i) market.supply[i] = i % 17 == 0 ? 200'000 : 1'000'000'000;
  for (std::size_t i = 0; i < sellers; ++i) market.price[i] = 100 + static_cast<std::int64_t>(i);
  std::fill(market.limit.begin(), market.limit.end(), 1000);
}

MarketBench& posted() {
  static MarketBench market("posted_offers", sellers, buyers, 1000);
  static const bool once = [] {
    stock(market);
    for (std::uint32_t& name : market.named) name = static_cast<std::uint32_t>(market.draw(sellers));
    return true;
  }();
  static_cast<void>(once);
  return market;
}

MarketBench& logit() {
  static MarketBench market("logit_choice", sellers, buyers, 1000);
  static const bool once = [] {
    stock(market);
    market.set("price_weight", 2);
    market.set("spread", 0);
    market.set("rounds", 1);
    return true;
  }();
  static_cast<void>(once);
  return market;
}

std::vector<double> logit_weights() {
  std::vector<double> weights;
  for (std::size_t i = 0; i < sellers; ++i) weights.push_back(std::pow(static_cast<double>(logit().price[i]), -2.0));
  return weights;
}

void check_markets() {
  std::vector<std::int64_t> of_offers(quotes);
  std::vector<std::int64_t> of_orders(quotes);
  const std::uint32_t count = auction().clear();
  const Auctioned expected = auction_limit({auction().price, auction().supply}, {auction().limit, auction().wanted},
                                           price_ticks, of_offers, of_orders);
  if (auction().sold(count) != expected.volume || auction().fills[0].price != expected.price)
    differ("the auction clears elsewhere");
  if (std::accumulate(of_offers.begin(), of_offers.end(), std::int64_t{0}) != expected.volume ||
      std::accumulate(of_orders.begin(), of_orders.end(), std::int64_t{0}) != expected.volume)
    differ("the auction's limit does not add up");
  std::vector<std::int64_t> fills(buyers);
  std::vector<std::uint32_t> chosen(buyers);
  if (posted().sold(posted().clear()) != posted_limit(posted().named, posted().wanted, posted().supply, fills))
    differ("posted offers sell something else");
  const auto sold = static_cast<double>(logit().sold(logit().clear()));
  const auto of_limit =
      static_cast<double>(logit_limit(logit_weights(), logit().wanted, logit().supply, chosen, fills));
  if (std::abs(sold / of_limit - 1) > 0.01) differ("logit choice sells something else");
}

}  // namespace

void add_markets() {
  check_markets();
  add_limit({"auction", 2 * quotes, 1}, [] {
    static std::vector<std::int64_t> of_offers(quotes);
    static std::vector<std::int64_t> of_orders(quotes);
    benchmark::DoNotOptimize(auction_limit({auction().price, auction().supply}, {auction().limit, auction().wanted},
                                           price_ticks, of_offers, of_orders));
  });
  add_engine({"auction", 2 * quotes, 1}, [] { benchmark::DoNotOptimize(auction().clear()); });
  add_limit({"offers", buyers, 1}, [] {
    static std::vector<std::int64_t> fills(buyers);
    benchmark::DoNotOptimize(posted_limit(posted().named, posted().wanted, posted().supply, fills));
  });
  add_engine({"offers", buyers, 1}, [] { benchmark::DoNotOptimize(posted().clear()); });
  add_limit({"logit", buyers, 1}, [] {
    static std::vector<std::int64_t> fills(buyers);
    static std::vector<std::uint32_t> chosen(buyers);
    benchmark::DoNotOptimize(logit_limit(logit_weights(), logit().wanted, logit().supply, chosen, fills));
  });
  add_engine({"logit", buyers, 1}, [] { benchmark::DoNotOptimize(logit().clear()); });
}

}  // namespace ondol::bench
