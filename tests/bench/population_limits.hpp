// The best plain loops for exchange and firms: flat arrays, no books, no checks, nothing general.
#pragma once

#include "team.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ondol::bench {

// Everyone with a coin gives one to a drawn other, all at once.
class ExchangeLimit {
 public:
  ExchangeLimit(std::size_t agents, int threads);
  void tick();
  const std::vector<std::int32_t>& coins() const { return coins_; }
  // Coins read and written, what is given written and read again.
  static constexpr double bytes_per_agent = 2 * sizeof(std::int32_t) + 2 * sizeof(std::uint8_t);
  double memory_per_agent() const { return sizeof(std::int32_t) + static_cast<double>(given_.size()); }

 private:
  void give(std::size_t thread);
  void take(std::size_t thread);
  std::size_t slice(std::size_t thread) const { return agents_ * thread / team_.size(); }

  std::size_t agents_;
  Team team_;
  std::uint32_t key_ = 1;
  std::vector<std::int32_t> coins_;
  // What each thread's agents give lies apart until all have given: nobody gives what came in the same tick.
  std::vector<std::vector<std::uint8_t>> given_;
};

// The firm of bench_agents.cpp over rows of twelve numbers, its normals drawn by the block.
class FirmsLimit {
 public:
  FirmsLimit(std::size_t agents, int threads);
  void tick();
  double mean() const { return price_; }  // of what all add to the shared price
  static constexpr double bytes_per_agent = 2 * 12 * sizeof(double);

 private:
  double act(std::size_t from, std::size_t until);

  struct Row {
    double a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1, i = 1, j = 1, k = 1, l = 1;
  };
  std::vector<Row> rows_;
  Team team_;
  std::uint32_t key_ = 1;
  double price_ = 1;
};

// The same over a column for each number, so that all of it is done four at a time.
class FirmColumnsLimit {
 public:
  FirmColumnsLimit(std::size_t agents, int threads);
  void tick();
  double mean() const { return price_; }
  static constexpr double bytes_per_agent = FirmsLimit::bytes_per_agent;

 private:
  double act(std::size_t from, std::size_t until);

  std::size_t agents_;
  std::array<std::vector<double>, 12> columns_;
  Team team_;
  std::uint32_t key_ = 1;
  double price_ = 1;
};

}  // namespace ondol::bench
