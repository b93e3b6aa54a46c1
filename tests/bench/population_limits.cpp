#include "population_limits.hpp"

#include "scramble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace ondol::bench {

ExchangeLimit::ExchangeLimit(std::size_t agents, int threads)
    : agents_(agents),
      team_(static_cast<std::size_t>(threads)),
      threads_(team_.size()),
      coins_(agents, 100),
      mail_(threads_ * threads_) {}

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
  team_([this](std::size_t t) { give(t); });
  team_([this](std::size_t t) { take(t); });
}

std::int64_t ExchangeLimit::total() const { return std::accumulate(coins_.begin(), coins_.end(), std::int64_t{0}); }
double ExchangeLimit::empty_handed() const {
  return static_cast<double>(std::count(coins_.begin(), coins_.end(), 0)) / static_cast<double>(agents_);
}

FirmsLimit::FirmsLimit(std::size_t agents, int threads)
    : rows_(agents), team_(static_cast<std::size_t>(threads)), threads_(team_.size()) {}

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
  team_([&](std::size_t t) { sums[t] = act(rows_.size() * t / threads_, rows_.size() * (t + 1) / threads_, key_); });
  price_ = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(rows_.size());
}

double FirmsLimit::mean() const { return price_; }

}  // namespace ondol::bench
