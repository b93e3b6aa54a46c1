#include "market_limits.hpp"

#include "scramble.hpp"

#include <algorithm>
#include <numeric>

namespace ondol::bench {

namespace {

__extension__ using Wide = __int128;

}  // namespace

Auctioned auction_limit(const Limits& offers, const Limits& orders, std::size_t ticks,
                        std::vector<std::int64_t>& offer_fills, std::vector<std::int64_t>& order_fills) {
  std::vector<std::int64_t> supply(ticks);
  std::vector<std::int64_t> demand(ticks);
  for (std::size_t i = 0; i < offers.price.size(); ++i)
    supply[static_cast<std::size_t>(offers.price[i])] += offers.quantity[i];
  for (std::size_t i = 0; i < orders.price.size(); ++i)
    demand[static_cast<std::size_t>(orders.price[i])] += orders.quantity[i];
  // The dearest offer and the lowest limit that still meet.
  std::int64_t volume = 0;
  std::size_t ask = 0;
  std::size_t limit = ticks - 1;
  std::int64_t ask_left = supply[ask];
  std::int64_t limit_left = demand[limit];
  std::size_t last_ask = 0;
  std::size_t last_limit = 0;
  std::int64_t of_ask = 0;  // traded at the margin
  std::int64_t of_limit = 0;
  for (;;) {
    while (ask_left == 0 && ask + 1 < ticks) ask_left = supply[++ask];
    while (limit_left == 0 && limit > 0) limit_left = demand[--limit];
    if (ask > limit || ask_left == 0 || limit_left == 0) break;
    const std::int64_t part = std::min(ask_left, limit_left);
    of_ask = ask == last_ask ? of_ask + part : part;
    of_limit = limit == last_limit ? of_limit + part : part;
    last_ask = ask;
    last_limit = limit;
    volume += part;
    ask_left -= part;
    limit_left -= part;
  }
  const auto fill = [](const Limits& quotes, std::size_t margin, bool below, std::int64_t at_margin,
                       std::int64_t wanted_there, std::vector<std::int64_t>& fills) {
    std::int64_t reached = 0;
    std::int64_t given = 0;
    for (std::size_t i = 0; i < quotes.price.size(); ++i) {
      const auto price = static_cast<std::size_t>(quotes.price[i]);
      if (price != margin) {
        fills[i] = (price < margin) == below ? quotes.quantity[i] : 0;
        continue;
      }
      reached += quotes.quantity[i];
      const auto until = static_cast<std::int64_t>(static_cast<Wide>(reached) * at_margin / wanted_there);
      fills[i] = until - given;
      given = until;
    }
  };
  fill(offers, last_ask, true, of_ask, supply[last_ask], offer_fills);
  fill(orders, last_limit, false, of_limit, demand[last_limit], order_fills);
  return {static_cast<std::int64_t>(last_ask), volume};
}

std::int64_t posted_limit(std::span<const std::uint32_t> chosen, std::span<const std::int64_t> wanted,
                          std::span<const std::int64_t> supply, std::vector<std::int64_t>& fills) {
  std::vector<std::int64_t> demand(supply.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) demand[chosen[i]] += wanted[i];
  std::vector<std::int64_t> reached(supply.size());
  std::vector<std::int64_t> given(supply.size());
  std::int64_t sold = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const std::uint32_t j = chosen[i];
    if (demand[j] <= supply[j]) {
      fills[i] = wanted[i];
    } else {
      reached[j] += wanted[i];
      const auto until = static_cast<std::int64_t>(static_cast<Wide>(reached[j]) * supply[j] / demand[j]);
      fills[i] = until - given[j];
      given[j] = until;
    }
    sold += fills[i];
  }
  return sold;
}

std::int64_t logit_limit(std::span<const double> weights, std::span<const std::int64_t> wanted,
                         std::span<const std::int64_t> supply, std::vector<std::uint32_t>& chosen,
                         std::vector<std::int64_t>& fills) {
  std::vector<double> until(weights.size());
  std::partial_sum(weights.begin(), weights.end(), until.begin());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double draw = static_cast<double>(scramble(i + 1) >> 11U) * 0x1p-53 * until.back();
    chosen[i] = static_cast<std::uint32_t>(std::upper_bound(until.begin(), until.end() - 1, draw) - until.begin());
  }
  return posted_limit(chosen, wanted, supply, fills);
}

}  // namespace ondol::bench
