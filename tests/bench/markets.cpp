// Call auction, posted offers and logit choice: a mechanism's matching alone, and a market in a whole tick.
#include "case.hpp"
#include "field_value.hpp"
#include "market_limits.hpp"

#include <ondol/engine/plugins.hpp>
#include <ondol/random.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>
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
    arena_.resize((std::size_t{1} << 22U) + 64 * (offers + orders));
    fills.resize(offers + orders);
  }

  void set(const std::string& name, double value) {
    for (const FieldDescription& field : description_.fields) {
      if (field.role == ONDOL_PARAM && field.name == name) write_field_value(field, params_.data(), 0, value);
    }
  }

  std::uint32_t clear(Team& team) {
    team_ = &team;
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
    call.draw_key = draw_key;
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

  std::int64_t draw(std::int64_t below) {
    return static_cast<std::int64_t>(mix(at_ += 0x9e3779b97f4a7c15ULL) % static_cast<std::uint64_t>(below));
  }

  std::vector<std::uint32_t> seller, buyer, named;
  std::vector<std::int64_t> price, supply, limit, wanted;
  std::vector<ondol_fill> fills;
  static constexpr std::uint64_t draw_key = 1;

 private:
  static void* scratch(ondol_clearing* clearing, std::size_t bytes) {
    auto& self = *static_cast<MarketBench*>(clearing->host_data);
    void* block = self.arena_.data() + self.used_;
    self.used_ += (bytes + 63) / 64 * 64;
    if (self.used_ > self.arena_.size()) throw std::runtime_error("the scratch of the benchmark is too small");
    std::memset(block, 0, bytes);
    return block;
  }
  static void parallel_for(ondol_clearing* clearing, std::uint32_t count, void (*body)(void*, std::uint32_t),
                           void* context) {
    std::atomic<std::uint32_t> next{0};
    (*static_cast<MarketBench*>(clearing->host_data)->team_)([&](std::size_t) {
      for (std::uint32_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) body(context, i);
    });
  }

  PluginLibrary library_;
  const MechanismDescription& description_;
  std::vector<std::uint16_t> zeros_;
  std::vector<std::uint8_t> open_;
  std::vector<std::int64_t> placed_;
  std::vector<std::byte> params_, state_, arena_;
  std::size_t used_ = 0;
  Team* team_ = nullptr;
  std::uint64_t at_ = 7;
  double one_ = 1;
};

// Kept until the end, as threads that start anew would cost more than a market.
Team& team_of(int threads) {
  static Team alone(1);
  static Team both(2);
  return threads == 1 ? alone : both;
}

// ---- Call auction

constexpr std::int64_t price_ticks = 10'000;

struct AuctionBench {
  explicit AuctionBench(std::size_t quotes)
      : market("call_auction", quotes / 2, quotes / 2, price_ticks), of_offers(quotes / 2), of_orders(quotes / 2) {}

  Auctioned limit() {
    return auction_limit({market.price, market.supply}, {market.limit, market.wanted}, price_ticks, of_offers,
                         of_orders);
  }
  // On the margin offsets are drawn, so a quote there may trade a unit more or less.
  void check() {
    const std::uint32_t count = market.clear(team_of(1));
    const Auctioned expected = limit();
    if (market.fills[0].price != expected.price) differ("the auction clears elsewhere");
    std::vector<std::int64_t> offers = of_offers;
    std::vector<std::int64_t> orders = of_orders;
    for (std::uint32_t i = 0; i < count; ++i) {
      offers[market.fills[i].offer] -= market.fills[i].quantity;
      orders[market.fills[i].order] -= market.fills[i].quantity;
    }
    for (const auto* left : {&offers, &orders}) {
      if (std::any_of(left->begin(), left->end(), [](std::int64_t units) { return std::abs(units) > 1; }) ||
          std::accumulate(left->begin(), left->end(), std::int64_t{0}) != 0)
        differ("the auction serves others");
    }
  }

  MarketBench market;
  std::vector<std::int64_t> of_offers, of_orders;
};

void add_auction(std::int64_t quotes) {
  const auto auction = std::make_shared<AuctionBench>(static_cast<std::size_t>(quotes));
  auction->check();
  const Case which{"auction", quotes, 1};
  add_limit(which, [=] { benchmark::DoNotOptimize(auction->limit()); });
  add_engine(which, [=] { benchmark::DoNotOptimize(auction->market.clear(team_of(1))); });
}

// ---- Posted offers and logit choice: fifty sellers, three of them short

constexpr std::size_t sellers = 50;

struct ShopBench {
  ShopBench(const std::string& mechanism, std::size_t buyers)
      : market(mechanism, sellers, buyers, 1000), gets(buyers), chosen(buyers), trades(buyers) {
    for (std::size_t i = 0; i < sellers; ++i) {
      market.supply[i] = i % 17 == 0 ? static_cast<std::int64_t>(buyers) / 5 : 1'000'000'000;
      market.price[i] = 100 + static_cast<std::int64_t>(i);
      weights.push_back(std::pow(static_cast<double>(market.price[i]), -2.0));
      luck.push_back(mix(market.draw_key + mix(market.seller[i] + std::uint64_t{1})));
    }
    std::fill(market.limit.begin(), market.limit.end(), 1000);
  }
  Sellers shops() const { return {market.price, market.supply, luck}; }

  MarketBench market;
  std::vector<double> weights;
  std::vector<std::uint64_t> luck;
  std::vector<std::int64_t> gets;
  std::vector<std::uint8_t> chosen;
  std::vector<ondol_fill> trades;
};

std::shared_ptr<ShopBench> posted(std::int64_t buyers) {
  auto shop = std::make_shared<ShopBench>("posted_offers", static_cast<std::size_t>(buyers));
  for (std::uint32_t& name : shop->market.named) name = static_cast<std::uint32_t>(shop->market.draw(sellers));
  return shop;
}

std::shared_ptr<ShopBench> logit(std::int64_t buyers) {
  auto shop = std::make_shared<ShopBench>("logit_choice", static_cast<std::size_t>(buyers));
  shop->market.set("price_weight", 2);
  shop->market.set("spread", 0);
  shop->market.set("rounds", 1);
  return shop;
}

bool same(const ondol_fill& a, const ondol_fill& b) {
  return a.offer == b.offer && a.order == b.order && a.quantity == b.quantity && a.price == b.price;
}

// The limits draw the same offsets, so they come to the same trades.
void check_posted(ShopBench& shop, int threads) {
  Team& team = team_of(threads);
  const std::uint32_t count = shop.market.clear(team);
  if (posted_trades_limit(team, shop.market.named, shop.market.wanted, shop.shops(), shop.trades) != count ||
      !std::equal(shop.trades.begin(), shop.trades.begin() + count, shop.market.fills.begin(), same))
    differ("posted offers come to other trades");
  posted_limit(team, shop.market.named, shop.market.wanted, shop.shops(), shop.gets);
  for (std::uint32_t i = 0; i < count; ++i) shop.gets[shop.trades[i].order] -= shop.trades[i].quantity;
  if (std::any_of(shop.gets.begin(), shop.gets.end(), [](std::int64_t units) { return units != 0; }))
    differ("posted offers serve others");
}

// The limits draw by another hash: as much is sold, within chance.
void check_logit(ShopBench& shop, int threads) {
  Team& team = team_of(threads);
  const auto sold = [](std::span<const ondol_fill> fills) {
    double sum = 0;
    for (const ondol_fill& fill : fills) sum += static_cast<double>(fill.quantity);
    return sum;
  };
  const std::uint32_t count = shop.market.clear(team);
  const std::size_t listed =
      logit_trades_limit(team, shop.weights, shop.market.wanted, shop.shops(), shop.chosen, shop.trades);
  logit_limit(team, shop.weights, shop.market.wanted, shop.shops(), shop.chosen, shop.gets);
  const double of_engine = sold({shop.market.fills.data(), count});
  const double of_limit = sold({shop.trades.data(), listed});
  if (std::abs(of_engine / of_limit - 1) > 0.01) differ("logit choice sells something else");
  if (static_cast<double>(std::accumulate(shop.gets.begin(), shop.gets.end(), std::int64_t{0})) != of_limit)
    differ("the limits of logit choice sell something else");
}

void add_shops(std::int64_t buyers) {
  const auto offers = posted(buyers);
  const auto choice = logit(buyers);
  for (const int threads : {1, 2}) {
    check_posted(*offers, threads);
    check_logit(*choice, threads);
    const auto engine = [=](const std::shared_ptr<ShopBench>& shop) {
      return [=] { benchmark::DoNotOptimize(shop->market.clear(team_of(threads))); };
    };
    const Case posted_gets{"offers", buyers, threads};
    add_limit(posted_gets, [=] {
      posted_limit(team_of(threads), offers->market.named, offers->market.wanted, offers->shops(), offers->gets);
    });
    add_engine(posted_gets, engine(offers));
    const Case posted_trades{"offers, as trades", buyers, threads};
    add_limit(posted_trades, [=] {
      benchmark::DoNotOptimize(posted_trades_limit(team_of(threads), offers->market.named, offers->market.wanted,
                                                   offers->shops(), offers->trades));
    });
    add_engine(posted_trades, engine(offers));
    const Case logit_gets{"logit", buyers, threads};
    add_limit(logit_gets, [=] {
      logit_limit(team_of(threads), choice->weights, choice->market.wanted, choice->shops(), choice->chosen,
                  choice->gets);
    });
    add_engine(logit_gets, engine(choice));
    const Case logit_trades{"logit, as trades", buyers, threads};
    add_limit(logit_trades, [=] {
      benchmark::DoNotOptimize(logit_trades_limit(team_of(threads), choice->weights, choice->market.wanted,
                                                  choice->shops(), choice->chosen, choice->trades));
    });
    add_engine(logit_trades, engine(choice));
  }
}

}  // namespace

void add_markets(bool large) {
  for (const std::int64_t size : {100'000, 1'000'000}) {
    add_auction(size);
    add_shops(size);
  }
  if (!large) return;
  add_auction(10'000'000);
  add_shops(10'000'000);
}

}  // namespace ondol::bench
