// The best plain loops for exchange and firms: flat arrays, no books, no checks, nothing general.
#pragma once

#include "team.hpp"

#include <cstddef>
#include <cstdint>
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
  Team team_;
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
  Team team_;
  std::size_t threads_;
  std::uint64_t key_ = 1;
  double price_ = 1;
};

}  // namespace ondol::bench
