#include "market_limits.hpp"

#include <ondol/random.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

namespace ondol::bench {

namespace {

// How much is quoted at every price.
std::vector<std::uint32_t> count(const Quotes& quotes, std::size_t ticks) {
  std::vector<std::uint32_t> quoted(ticks);
  for (std::size_t i = 0; i < quotes.price.size(); ++i)
    quoted[static_cast<std::size_t>(quotes.price[i])] += static_cast<std::uint32_t>(quotes.quantity[i]);
  return quoted;
}

// The dearest offer and the lowest limit that still meet, and what is traded at each.
struct Margins {
  std::size_t ask = 0, limit = 0;
  std::int64_t of_ask = 0, of_limit = 0, volume = 0;
};

Margins cross(std::span<const std::uint32_t> supply, std::span<const std::uint32_t> demand) {
  Margins margins;
  std::size_t ask = 0;
  std::size_t limit = demand.size() - 1;
  std::int64_t ask_left = supply[ask];
  std::int64_t limit_left = demand[limit];
  for (;;) {
    while (ask_left == 0 && ask + 1 < supply.size()) ask_left = supply[++ask];
    while (limit_left == 0 && limit > 0) limit_left = demand[--limit];
    if (ask > limit || ask_left == 0 || limit_left == 0) return margins;
    const std::int64_t part = std::min(ask_left, limit_left);
    margins.of_ask = ask == margins.ask ? margins.of_ask + part : part;
    margins.of_limit = limit == margins.limit ? margins.of_limit + part : part;
    margins.ask = ask;
    margins.limit = limit;
    margins.volume += part;
    ask_left -= part;
    limit_left -= part;
  }
}

// Whole where a quote is better than the margin, nothing where it is worse, a share on it.
template <class Better>
void allot(const Quotes& quotes, std::int64_t margin, std::int64_t traded_there, std::int64_t quoted_there,
           std::vector<std::int64_t>& trades, Better better) {
  std::int64_t reached = 0;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < quotes.price.size(); ++i) {
    const std::int64_t price = quotes.price[i];
    trades[i] = quotes.quantity[i] & -static_cast<std::int64_t>(better(price, margin));
    if (price != margin) [[likely]]
      continue;
    reached += quotes.quantity[i];
    const std::int64_t until = reached * traded_there / quoted_there;
    trades[i] = until - given;
    given = until;
  }
}

}  // namespace

Auctioned auction_limit(const Quotes& offers, const Quotes& orders, std::size_t ticks,
                        std::vector<std::int64_t>& of_offers, std::vector<std::int64_t>& of_orders) {
  const std::vector<std::uint32_t> supply = count(offers, ticks);
  const std::vector<std::uint32_t> demand = count(orders, ticks);
  const Margins margins = cross(supply, demand);
  const auto ask = static_cast<std::int64_t>(margins.ask);
  const auto limit = static_cast<std::int64_t>(margins.limit);
  allot(offers, ask, margins.of_ask, supply[margins.ask], of_offers, std::less<>());
  allot(orders, limit, margins.of_limit, demand[margins.limit], of_orders, std::greater<>());
  return {ask, margins.volume};
}

namespace {

struct Quote {
  std::uint32_t quantity, index;
};

// The quotes that trade, best price first: `price` of one is the distance from the best, `margin` the last that trades.
template <class Price>
std::vector<Quote> ranked(const Quotes& quotes, std::size_t margin, Price price, std::int64_t traded_there,
                          std::uint64_t luck) {
  std::vector<std::uint32_t> place(margin + 2);
  for (const std::int64_t at : quotes.price) ++place[std::min(price(at), margin + 1)];
  std::exclusive_scan(place.begin(), place.end(), place.begin(), 0U);
  const std::size_t at_margin = place[margin];
  std::vector<Quote> best(place[margin + 1] + 1);
  std::array<std::uint32_t, 512> list;
  for (std::size_t first = 0; first < quotes.price.size(); first += list.size()) {
    const std::size_t until = std::min(first + list.size(), quotes.price.size());
    std::size_t listed = 0;
    for (std::size_t i = first; i < until; ++i) {
      list[listed] = static_cast<std::uint32_t>(i);
      listed += price(quotes.price[i]) <= margin ? 1 : 0;
    }
    for (std::size_t k = 0; k < listed; ++k) {
      const std::uint32_t i = list[k];
      best[place[price(quotes.price[i])]++] = {static_cast<std::uint32_t>(quotes.quantity[i]), i};
    }
  }
  best.pop_back();
  std::uint64_t weights = 0;
  for (std::size_t i = at_margin; i < best.size(); ++i) weights += best[i].quantity;
  std::uint64_t parts = luck % weights;
  std::uint64_t given = 0;
  std::size_t kept = at_margin;
  for (std::size_t i = at_margin; i < best.size(); ++i) {
    parts += best[i].quantity * static_cast<std::uint64_t>(traded_there);
    const std::uint64_t until = parts / weights;
    best[kept] = {static_cast<std::uint32_t>(until - std::exchange(given, until)), best[i].index};
    kept += best[kept].quantity > 0 ? 1 : 0;
  }
  best.resize(kept + 1);  // one more, to look at
  return best;
}

}  // namespace

std::size_t auction_trades_limit(const Quotes& offers, const Quotes& orders, std::size_t ticks,
                                 std::span<const std::uint64_t, 2> luck, std::vector<ondol_fill>& trades) {
  const Margins margins = cross(count(offers, ticks), count(orders, ticks));
  const std::vector<Quote> sells = ranked(
      offers, margins.ask, [](std::int64_t at) { return static_cast<std::size_t>(at); }, margins.of_ask, luck[0]);
  const std::vector<Quote> buys = ranked(
      orders, ticks - 1 - margins.limit, [=](std::int64_t at) { return ticks - 1 - static_cast<std::size_t>(at); },
      margins.of_limit, luck[1]);
  const auto price = static_cast<std::int64_t>(margins.ask);
  const Quote* sell = sells.data();
  const Quote* buy = buys.data();
  std::int64_t sell_left = sell->quantity;
  std::int64_t buy_left = buy->quantity;
  std::size_t listed = 0;
  while (sell != &sells.back()) {
    const std::int64_t part = std::min(sell_left, buy_left);
    trades[listed++] = {sell->index, buy->index, part, price};
    const bool sold = sell_left == part;
    const bool bought = buy_left == part;
    sell_left += (sell[1].quantity & -static_cast<std::int64_t>(sold)) - part;
    buy_left += (buy[1].quantity & -static_cast<std::int64_t>(bought)) - part;
    sell += sold;
    buy += bought;
  }
  return listed;
}

namespace {

constexpr std::size_t most_sellers = 64;

// What the buyers of one thread want of every seller, and how far their shares have come. A line of its own.
struct alignas(64) Part {
  std::array<std::int64_t, most_sellers> wanted{}, reached{}, given{};
  std::array<std::uint8_t, most_sellers> is_short{};
  std::size_t first = 0;
};

struct Slice {
  std::size_t from, until;
};
Slice slice(std::size_t buyers, std::size_t thread, std::size_t threads) {
  return {buyers * thread / threads, buyers * (thread + 1) / threads};
}

// One pass to add up what is wanted, one to hand it out; with a list, one between them to know where each thread
// begins.
class Rationing {
 public:
  Rationing(Team& team, Numbers wanted, const Sellers& sellers)
      : team_(team), wanted_(wanted), sellers_(sellers), parts_(team.size()) {}

  template <class Choose>
  void add_up(Choose choose) {
    team_([&](std::size_t t) {
      std::array<std::int64_t, most_sellers> sums{};
      const Slice buyers = slice(wanted_.size(), t, team_.size());
      const std::int64_t* wanted = wanted_.data();
      Choose mine = choose;
      for (std::size_t i = buyers.from; i < buyers.until; ++i) sums[mine(i)] += wanted[i];
      parts_[t].wanted = sums;
    });
    for (std::size_t j = 0; j < sellers_.supply.size(); ++j) {
      for (const Part& part : parts_) demand_[j] += part.wanted[j];
      offset_[j] = demand_[j] == 0 ? 0 : sellers_.luck[j] % static_cast<std::uint64_t>(demand_[j]);
      std::int64_t reached = 0;
      for (Part& part : parts_) {
        part.is_short[j] = demand_[j] > sellers_.supply[j];
        part.reached[j] = reached;
        reached += part.wanted[j];
      }
    }
    rewind();
  }

  // hand(buyer, seller, quantity) for all, in order on each thread.
  template <class Index, class Hand>
  void hand_out(std::span<const Index> chosen, Hand hand) {
    team_([&](std::size_t t) {
      Part& part = parts_[t];
      const Slice buyers = slice(wanted_.size(), t, team_.size());
      for (std::size_t i = buyers.from; i < buyers.until; ++i) {
        const std::size_t j = chosen[i];
        std::int64_t quantity = wanted_[i];
        if (part.is_short[j]) [[unlikely]]
          quantity = share(part, j, quantity);
        hand(part, i, j, quantity);
      }
    });
  }

  template <class Index>
  std::size_t list(std::span<const Index> chosen, std::vector<ondol_fill>& trades) {
    if (team_.size() > 1) count_trades(chosen);
    hand_out(chosen, [&](Part& part, std::size_t i, std::size_t j, std::int64_t quantity) {
      if (quantity == 0) return;
      trades[part.first++] = {static_cast<std::uint32_t>(j), static_cast<std::uint32_t>(i), quantity,
                              sellers_.price[j]};
    });
    return parts_.back().first;
  }

 private:
  std::int64_t until(const Part& part, std::size_t j) const {
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(part.reached[j] * sellers_.supply[j]) + offset_[j]) /
                                     static_cast<std::uint64_t>(demand_[j]));
  }
  std::int64_t share(Part& part, std::size_t j, std::int64_t weight) const {
    part.reached[j] += weight;
    const std::int64_t now = until(part, j);
    return now - std::exchange(part.given[j], now);
  }
  void rewind() {
    for (Part& part : parts_) {
      for (std::size_t j = 0; j < sellers_.supply.size(); ++j) part.given[j] = part.is_short[j] ? until(part, j) : 0;
    }
  }
  template <class Index>
  void count_trades(std::span<const Index> chosen) {
    const std::vector<Part> start = parts_;
    team_([&](std::size_t t) {
      Part& part = parts_[t];
      const Slice buyers = slice(wanted_.size(), t, team_.size());
      std::size_t empty = 0;
      for (std::size_t i = buyers.from; i < buyers.until; ++i) {
        if (part.is_short[chosen[i]]) [[unlikely]]
          empty += share(part, chosen[i], wanted_[i]) == 0;
      }
      part.first = buyers.until - buyers.from - empty;
    });
    std::size_t first = 0;
    for (std::size_t t = 0; t < parts_.size(); ++t) {
      const std::size_t here = parts_[t].first;
      parts_[t] = start[t];
      parts_[t].first = first;
      first += here;
    }
  }

  Team& team_;
  Numbers wanted_;
  const Sellers& sellers_;
  std::vector<Part> parts_;
  std::array<std::int64_t, most_sellers> demand_{};
  std::array<std::uint64_t, most_sellers> offset_{};
};

// Draws by weight in one look and no search: the alias method (Walker 1974; Vose 1991). Six bits of a draw take a
// column, the others decide between its two.
class Alias {
 public:
  explicit Alias(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    std::array<double, most_sellers> share{};
    for (std::size_t j = 0; j < weights.size(); ++j) share[j] = weights[j] / sum * most_sellers;
    std::vector<std::size_t> poor;
    std::vector<std::size_t> rich;
    for (std::size_t j = 0; j < most_sellers; ++j) (share[j] < 1 ? poor : rich).push_back(j);
    for (std::size_t j = 0; j < most_sellers; ++j) columns_[j] = {one, {static_cast<std::uint8_t>(j), 0}};
    while (!poor.empty() && !rich.empty()) {
      const std::size_t column = poor.back();
      const std::size_t other = rich.back();
      poor.pop_back();
      columns_[column] = {static_cast<std::uint64_t>(share[column] * static_cast<double>(one)),
                          {static_cast<std::uint8_t>(column), static_cast<std::uint8_t>(other)}};
      share[other] -= 1 - share[column];
      if (share[other] >= 1) continue;
      rich.pop_back();
      poor.push_back(other);
    }
  }
  std::uint8_t operator()(std::uint64_t draw) const {
    const Column& column = columns_[draw >> 58U];
    return column.sellers[(draw & (one - 1)) >= column.own];  // no branch to guess
  }

 private:
  static constexpr std::uint64_t one = std::uint64_t{1} << 58U;
  struct Column {
    std::uint64_t own = 0;
    std::array<std::uint8_t, 2> sellers{};
  };
  std::array<Column, most_sellers> columns_;
};

Rationing choose(Team& team, std::span<const double> weights, Numbers wanted, const Sellers& sellers,
                 std::vector<std::uint8_t>& chosen) {
  Rationing rationing(team, wanted, sellers);
  rationing.add_up([alias = Alias(weights), to = chosen.data()](std::size_t i) { return to[i] = alias(mix(i + 1)); });
  return rationing;
}

template <class Index>
void give(Rationing& rationing, std::span<const Index> chosen, std::vector<std::int64_t>& gets) {
  rationing.hand_out(chosen, [&](Part&, std::size_t i, std::size_t, std::int64_t quantity) { gets[i] = quantity; });
}

}  // namespace

void posted_limit(Team& team, Choices chosen, Numbers wanted, const Sellers& sellers, std::vector<std::int64_t>& gets) {
  Rationing rationing(team, wanted, sellers);
  rationing.add_up([chosen](std::size_t i) { return chosen[i]; });
  give(rationing, chosen, gets);
}

std::size_t posted_trades_limit(Team& team, Choices chosen, Numbers wanted, const Sellers& sellers,
                                std::vector<ondol_fill>& trades) {
  Rationing rationing(team, wanted, sellers);
  rationing.add_up([chosen](std::size_t i) { return chosen[i]; });
  return rationing.list(chosen, trades);
}

void logit_limit(Team& team, std::span<const double> weights, Numbers wanted, const Sellers& sellers,
                 std::vector<std::uint8_t>& chosen, std::vector<std::int64_t>& gets) {
  Rationing rationing = choose(team, weights, wanted, sellers, chosen);
  give(rationing, std::span<const std::uint8_t>(chosen), gets);
}

std::size_t logit_trades_limit(Team& team, std::span<const double> weights, Numbers wanted, const Sellers& sellers,
                               std::vector<std::uint8_t>& chosen, std::vector<ondol_fill>& trades) {
  Rationing rationing = choose(team, weights, wanted, sellers, chosen);
  return rationing.list(std::span<const std::uint8_t>(chosen), trades);
}

}  // namespace ondol::bench
