#include "limits.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

namespace ondol::bench {

namespace {

__extension__ using Wide = __int128;

inline std::uint64_t scramble(std::uint64_t x) {
  x ^= x >> 30U;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27U;
  x *= 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

template <class Body>
void on_threads(std::size_t threads, Body&& body) {
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back([&body, t] { body(t); });
  body(std::size_t{0});
  for (std::thread& other : others) other.join();
}

}  // namespace

ExchangeLimit::ExchangeLimit(std::size_t agents, int threads)
    : agents_(agents), threads_(static_cast<std::size_t>(threads)), coins_(agents, 100), mail_(threads_ * threads_) {}

void ExchangeLimit::give(std::size_t thread) {
  for (std::size_t to = 0; to < threads_; ++to) mail_[thread * threads_ + to].clear();
  for (std::size_t i = slice(thread); i < slice(thread + 1); ++i) {
    if (coins_[i] == 0) continue;
    --coins_[i];
    const std::uint64_t draw = scramble(key_ + i) >> 32U;
    const auto taker = static_cast<std::uint32_t>((draw * agents_) >> 32U);
    mail_[thread * threads_ + taker * threads_ / agents_].push_back(taker);
  }
}

void ExchangeLimit::take(std::size_t thread) {
  for (std::size_t from = 0; from < threads_; ++from) {
    for (const std::uint32_t taker : mail_[from * threads_ + thread]) ++coins_[taker];
  }
}

void ExchangeLimit::tick() {
  key_ = scramble(key_ + agents_);
  if (threads_ == 1) {
    // What is given lies apart until all have given, so that nobody gives what came in the same tick.
    given_.assign(agents_, 0);
    for (std::size_t i = 0; i < agents_; ++i) {
      const std::uint32_t gives = coins_[i] != 0;
      coins_[i] -= static_cast<std::int32_t>(gives);
      given_[((scramble(key_ + i) >> 32U) * agents_) >> 32U] += static_cast<std::uint8_t>(gives);
    }
    for (std::size_t i = 0; i < agents_; ++i) coins_[i] += given_[i];
    return;
  }
  on_threads(threads_, [this](std::size_t t) { give(t); });
  on_threads(threads_, [this](std::size_t t) { take(t); });
}

std::int64_t ExchangeLimit::total() const { return std::accumulate(coins_.begin(), coins_.end(), std::int64_t{0}); }
double ExchangeLimit::empty_handed() const {
  return static_cast<double>(std::count(coins_.begin(), coins_.end(), 0)) / static_cast<double>(agents_);
}

FirmsLimit::FirmsLimit(std::size_t agents, int threads) : rows_(agents), threads_(static_cast<std::size_t>(threads)) {}

double FirmsLimit::act(std::size_t from, std::size_t until, std::uint64_t key) {
  constexpr std::size_t block = 256;
  std::array<double, block> radius;
  std::array<double, block> angle;
  std::array<double, block> normal;
  double sum = 0;
  for (std::size_t first = from; first < until; first += block) {
    const std::size_t count = std::min(block, until - first);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t draw = scramble(key + first + i);
      radius[i] = (static_cast<double>(draw >> 32U) + 0.5) * 0x1p-32;
      angle[i] = static_cast<double>(draw & 0xffffffffU) * 0x1p-32 * 6.283185307179586;
    }
    for (std::size_t i = 0; i < count; ++i) normal[i] = std::sqrt(-2.0 * std::log(radius[i])) * std::cos(angle[i]);
    for (std::size_t i = 0; i < count; ++i) {
      Row& s = rows_[first + i];
      s.a = 0.9 * s.a + 0.1 * price_;
      s.b = 0.9 * s.b + 0.1 * s.a;
      s.c = 0.9 * s.c + 0.1 * s.b;
      s.d = 0.9 * s.d + 0.01 * normal[i];
      s.e = 0.9 * s.e + 0.1 * s.d;
      s.f = 0.9 * s.f + 0.1 * s.c;
      s.g = 0.9 * s.g + 0.1 * s.f;
      s.h = 0.9 * s.h + 0.1 * s.g;
      s.i = 0.9 * s.i + 0.1 * s.h;
      s.j = std::log(1.0 + s.i * s.i);
      s.k += s.j;
      s.l = 0.5 * (s.l + s.e);
      sum += s.a + 0.01 * s.l;
    }
  }
  return sum;
}

void FirmsLimit::tick() {
  key_ = scramble(key_ + rows_.size());
  std::vector<double> sums(threads_);
  on_threads(threads_, [&](std::size_t t) {
    sums[t] = act(rows_.size() * t / threads_, rows_.size() * (t + 1) / threads_, key_);
  });
  price_ = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(rows_.size());
}

double FirmsLimit::mean() const { return price_; }

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

double triad_bytes_per_second() {
  constexpr std::size_t n = std::size_t{1} << 24U;
  std::vector<double> a(n, 1);
  std::vector<double> b(n, 2);
  std::vector<double> c(n, 3);
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + 0.5 * c[i];
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    std::swap(a, b);
  }
  return 3.0 * 8.0 * static_cast<double>(n) / best;
}

}  // namespace ondol::bench
