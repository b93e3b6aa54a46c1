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

// The same with what the engine promises of it: the same draws, and both sides booked in 64 bits, with flows, equity
// and income. It knows that every gift is one coin, and nothing else than coins.
class ExchangeBooksLimit {
 public:
  // The luck of each agent; the run's seed, the step's hash.
  ExchangeBooksLimit(std::vector<std::uint64_t> luck, std::uint64_t seed, std::uint64_t step, int threads);
  void tick();

  using Column = std::vector<std::int64_t>;
  const Column& held() const { return held_; }
  const Column& received() const { return received_; }
  const Column& paid() const { return paid_; }
  const Column& income() const { return income_; }
  const Column& equity() const { return equity_; }
  // Held and equity read and written, held twice; flows and income written; luck read; a payee written and read.
  static constexpr double bytes_per_agent = 6 * 8 + 3 * 8 + 8 + 2 * sizeof(std::uint16_t);
  static constexpr double memory_per_agent = 6 * 8 + sizeof(std::uint16_t);

 private:
  // The payees of one thread's agents by blocks of them.
  struct Gifts {
    void grow(std::size_t block);
    std::vector<std::vector<std::uint16_t>> payees;  // within the block
    std::vector<std::uint16_t*> next, end;           // by block: where the next comes, and the end of the room
  };
  void give(std::size_t thread);
  void take(std::size_t block);
  std::size_t slice(std::size_t thread) const { return held_.size() * thread / team_.size(); }

  Team team_;
  std::vector<std::uint64_t> luck_;
  std::uint64_t seed_, step_;
  std::int64_t tick_ = 0;
  Column held_, received_, paid_, income_, equity_;
  std::uint32_t block_bits_ = 9;
  std::size_t blocks_;
  std::vector<Gifts> gifts_;  // by thread
};

// The firm of bench_agents.cpp over rows of twelve numbers, its normals drawn by the block. Its logarithm is the C
// library's, whose last bit depends on the processor, or one given.
class FirmsLimit {
 public:
  using Logarithm = double (*)(double);
  FirmsLimit(std::size_t agents, int threads, Logarithm logarithm = nullptr);
  void tick();
  double mean() const { return price_; }  // of what all add to the shared price
  static constexpr double bytes_per_agent = 2 * 12 * sizeof(double);
  static constexpr double memory_per_agent = 12 * sizeof(double);

 private:
  template <class AnyLogarithm>
  double act(std::size_t from, std::size_t until, AnyLogarithm logarithm);

  struct Row {
    double a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1, i = 1, j = 1, k = 1, l = 1;
  };
  std::vector<Row> rows_;
  Team team_;
  Logarithm logarithm_;
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
