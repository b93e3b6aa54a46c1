// The best plain loops for what the benchmarks ask of the engine: flat arrays, no books, no checks, nothing general.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ondol::bench {

// Everyone with a coin gives one to a drawn other, all at once.
class ExchangeLimit {
 public:
  ExchangeLimit(std::size_t agents, int threads);
  void tick();
  std::int64_t total() const;
  double empty_handed() const;  // share

 private:
  void give(std::size_t thread);
  void take(std::size_t thread);
  std::size_t slice(std::size_t thread) const { return agents_ * thread / threads_; }

  std::size_t agents_;
  std::size_t threads_;
  std::uint64_t key_ = 1;
  std::vector<std::int32_t> coins_;
  std::vector<std::uint8_t> given_;
  // What a thread's agents give to those of each thread, as the takers' positions.
  std::vector<std::vector<std::uint32_t>> mail_;
};

// The firm of bench_agents.cpp over rows of twelve numbers, its normals drawn by the block.
class FirmsLimit {
 public:
  FirmsLimit(std::size_t agents, int threads);
  void tick();
  double mean() const;  // of the shared price

 private:
  double act(std::size_t from, std::size_t until, std::uint64_t key);

  struct Row {
    double a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1, i = 1, j = 1, k = 1, l = 1;
  };
  std::vector<Row> rows_;
  std::size_t threads_;
  std::uint64_t key_ = 1;
  double price_ = 1;
};

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

// Of a STREAM-like triad over arrays far larger than the caches, on one thread.
double triad_bytes_per_second();

}  // namespace ondol::bench
