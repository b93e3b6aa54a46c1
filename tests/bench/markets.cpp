// Call auction, posted offers and logit choice: a mechanism's matching alone, and a market in a whole tick.
#include "case.hpp"
#include "market_limits.hpp"
#include "support/market.hpp"

#include <ondol/random.hpp>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

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

// Kept until the end, as threads that start anew would cost more than a market.
Team& team_of(int threads) {
  static Team alone(1);
  static Team both(2);
  return threads == 1 ? alone : both;
}

// The pieces of a mechanism on a team, each taken by whoever is free.
const test::Pieces& pieces_on(int threads) {
  static const auto on = [](Team& team) {
    return [&team](std::uint32_t count, const std::function<void(std::uint32_t)>& piece) {
      std::atomic<std::uint32_t> next{0};
      team([&](std::size_t) {
        for (std::uint32_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) piece(i);
      });
    };
  };
  static const test::Pieces alone = on(team_of(1));
  static const test::Pieces both = on(team_of(2));
  return threads == 1 ? alone : both;
}

// ---- Call auction

constexpr std::int64_t price_ticks = 10'000;

struct AuctionBench {
  explicit AuctionBench(std::size_t quotes)
      : market("call_auction", ONDOL_PLUGINS, quotes / 2, quotes / 2, price_ticks),
        of_offers(quotes / 2),
        of_orders(quotes / 2),
        trades(quotes) {}

  Auctioned limit() {
    return auction_limit({market.price, market.supply}, {market.limit, market.wanted}, price_ticks, of_offers,
                         of_orders);
  }
  std::size_t trades_limit() {
    const auto draw = [](std::uint64_t purpose) { return Draws(test::Market::now, DrawPurpose{purpose}, 0).bits(); };
    const std::uint64_t luck[] = {draw(1), draw(2)};
    return auction_trades_limit({market.price, market.supply}, {market.limit, market.wanted}, price_ticks, luck,
                                trades);
  }
  // On the margin offsets are drawn, so a quote there may trade a unit more or less.
  void check() {
    const std::span<const ondol_fill> fills = market.clear(pieces_on(1));
    const Auctioned expected = limit();
    if (fills[0].price != expected.price) differ("the auction clears elsewhere");
    std::vector<std::int64_t> offers = of_offers;
    std::vector<std::int64_t> orders = of_orders;
    for (const ondol_fill& fill : fills) {
      offers[fill.offer] -= fill.quantity;
      orders[fill.order] -= fill.quantity;
    }
    for (const auto* left : {&offers, &orders}) {
      if (std::any_of(left->begin(), left->end(), [](std::int64_t units) { return std::abs(units) > 1; }) ||
          std::accumulate(left->begin(), left->end(), std::int64_t{0}) != 0)
        differ("the auction serves others");
    }
    if (trades_limit() != fills.size() || !std::equal(fills.begin(), fills.end(), trades.begin(), test::same_fill))
      differ("the auction comes to other trades");
  }

  test::Market market;
  std::vector<std::int64_t> of_offers, of_orders;
  std::vector<ondol_fill> trades;
};

void add_auction(std::int64_t quotes) {
  const auto auction = std::make_shared<AuctionBench>(static_cast<std::size_t>(quotes));
  auction->check();
  const Case which{"auction", quotes, 1};
  add_limit(which, [=] { benchmark::DoNotOptimize(auction->limit()); });
  add_engine(which, [=] { benchmark::DoNotOptimize(auction->market.clear(pieces_on(1)).data()); });
  const Case as_trades{"auction, as trades", quotes, 1};
  add_limit(as_trades, [=] { benchmark::DoNotOptimize(auction->trades_limit()); });
  add_engine(as_trades, [=] { benchmark::DoNotOptimize(auction->market.clear(pieces_on(1)).data()); });
}

// ---- Posted offers and logit choice: fifty sellers, three of them short

constexpr std::size_t sellers = 50;

struct ShopBench {
  ShopBench(const std::string& mechanism, std::size_t buyers)
      : market(mechanism, ONDOL_PLUGINS, sellers, buyers, 1000), gets(buyers), chosen(buyers), trades(buyers) {
    for (std::size_t i = 0; i < sellers; ++i) {
      market.supply[i] = i % 17 == 0 ? static_cast<std::int64_t>(buyers) / 5 : 1'000'000'000;
      market.price[i] = 100 + static_cast<std::int64_t>(i);
      weights.push_back(std::pow(static_cast<double>(market.price[i]), -2.0));
      luck.push_back(Draws(test::Market::now, DrawPurpose{std::uint64_t{0}}, market.seller_luck[i]).bits());
    }
    std::fill(market.limit.begin(), market.limit.end(), 1000);
  }
  Sellers shops() const { return {market.price, market.supply, luck}; }

  test::Market market;
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

// The limits draw the same offsets, so they come to the same trades.
void check_posted(ShopBench& shop, int threads) {
  Team& team = team_of(threads);
  const std::span<const ondol_fill> fills = shop.market.clear(pieces_on(threads));
  const std::size_t count = posted_trades_limit(team, shop.market.named, shop.market.wanted, shop.shops(), shop.trades);
  if (count != fills.size() || !std::equal(fills.begin(), fills.end(), shop.trades.begin(), test::same_fill))
    differ("posted offers come to other trades");
  posted_limit(team, shop.market.named, shop.market.wanted, shop.shops(), shop.gets);
  for (const ondol_fill& fill : fills) shop.gets[fill.order] -= fill.quantity;
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
  const double of_engine = sold(shop.market.clear(pieces_on(threads)));
  const std::size_t listed =
      logit_trades_limit(team, shop.weights, shop.market.wanted, shop.shops(), shop.chosen, shop.trades);
  logit_limit(team, shop.weights, shop.market.wanted, shop.shops(), shop.chosen, shop.gets);
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
      return [=] { benchmark::DoNotOptimize(shop->market.clear(pieces_on(threads)).data()); };
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

// ---- The same in a whole tick: a million customers order, are matched, and their trades are booked and checked

std::string shops(std::int64_t buyers) {
  return fmt::format(R"(plugins = ["bench_agents", "posted_offers"]
money_decimals = 0
ticks = 1000000
schedule = ["sell", "buy"]
[units]
piece = {{}}
[regions.here]
[goods.ware]
unit = "piece"
lasts = "tick"
[instruments.money]
issuer = "plenty"
[markets.ware]
good = "ware"
step = "buy"
mechanism = "posted_offers"
[populations.plenty]
kind = "shop"
region = "here"
count = 47
params.output = "{0} piece"
ports.ware = "ware"
[populations.little]
kind = "shop"
region = "here"
count = 3
params.output = "{1} piece"
ports.ware = "ware"
[populations.customers]
kind = "customer"
region = "here"
count = {0}
money = "1000000 money"
ports = {{ ware = "ware", shops = ["plenty", "little"] }}
)",
                     buyers, buyers / 500);
}

void add_whole_tick(std::int64_t buyers) {
  for (const int threads : {1, 2}) {
    add_engine({"offers, whole tick", buyers, threads}, kept<Run>([=] { return run_of(shops(buyers), threads); }));
  }
}

}  // namespace

void add_markets(bool large) {
  const std::vector<std::int64_t> sizes = {100'000, 1'000'000};
  const std::vector<std::int64_t> large_sizes = {10'000'000};
  for (const std::int64_t size : large ? large_sizes : sizes) {
    add_auction(size);
    add_shops(size);
    if (!large) add_whole_tick(size);
  }
}

}  // namespace ondol::bench
