// The best plain loops for matching: flat arrays, no books, no checks, nothing general.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ondol::bench {

struct Limits {
  std::span<const std::int64_t> price, quantity;
};

// Volume and price of a call auction over integer prices below `ticks`, by counting; and what each quote trades.
struct Auctioned {
  std::int64_t price, volume;
};
Auctioned auction_limit(const Limits& offers, const Limits& orders, std::size_t ticks,
                        std::vector<std::int64_t>& offer_fills, std::vector<std::int64_t>& order_fills);

// Every buyer takes what it wants of one chosen seller; who is short shares in proportion. Returns what was sold.
std::int64_t posted_limit(std::span<const std::uint32_t> chosen, std::span<const std::int64_t> wanted,
                          std::span<const std::int64_t> supply, std::vector<std::int64_t>& fills);

// Every buyer chooses one seller by weight; who is short shares in proportion. Returns what was sold.
std::int64_t logit_limit(std::span<const double> weights, std::span<const std::int64_t> wanted,
                         std::span<const std::int64_t> supply, std::vector<std::uint32_t>& chosen,
                         std::vector<std::int64_t>& fills);

}  // namespace ondol::bench
