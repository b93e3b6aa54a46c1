// The best plain loops for matching: flat arrays, no books, no checks, nothing general.
//
// Each comes twice. What everybody gets, as a number per quote, is the least that matching can say. Booking must also
// know who trades with whom at what price, and a mechanism says that in 24 bytes a trade; so the second writes the same
// list.
#pragma once

#include "team.hpp"

#include <ondol/abi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ondol::bench {

using Numbers = std::span<const std::int64_t>;
using Choices = std::span<const std::uint32_t>;

struct Quotes {
  Numbers price, quantity;
};

// A call auction over integer prices below `ticks`, by counting: quantities add up to less than 2^32.
struct Auctioned {
  std::int64_t price, volume;
};

// What each quote trades.
Auctioned auction_limit(const Quotes& offers, const Quotes& orders, std::size_t ticks,
                        std::vector<std::int64_t>& of_offers, std::vector<std::int64_t>& of_orders);

// The same as a list of trades, as mechanisms write it: best with best, on the margin in proportion with an offset
// drawn by the luck of each side. Returns how many.
std::size_t auction_trades_limit(const Quotes& offers, const Quotes& orders, std::size_t ticks,
                                 std::span<const std::uint64_t, 2> luck, std::vector<ondol_fill>& trades);

// Buyers who each want a quantity of one of at most 64 sellers. Who is short shares in proportion, with an offset drawn
// by `luck`.
struct Sellers {
  Numbers price, supply;
  std::span<const std::uint64_t> luck;
};

// What each buyer gets.
void posted_limit(Team& team, Choices chosen, Numbers wanted, const Sellers& sellers, std::vector<std::int64_t>& gets);
// The same as a list of trades, as mechanisms write it; returns how many.
std::size_t posted_trades_limit(Team& team, Choices chosen, Numbers wanted, const Sellers& sellers,
                                std::vector<ondol_fill>& trades);

// Buyers who each choose one of the sellers by weight: the same two.
void logit_limit(Team& team, std::span<const double> weights, Numbers wanted, const Sellers& sellers,
                 std::vector<std::uint8_t>& chosen, std::vector<std::int64_t>& gets);
std::size_t logit_trades_limit(Team& team, std::span<const double> weights, Numbers wanted, const Sellers& sellers,
                               std::vector<std::uint8_t>& chosen, std::vector<ondol_fill>& trades);

}  // namespace ondol::bench
