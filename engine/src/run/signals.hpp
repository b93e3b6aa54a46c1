// Signals: what rules contribute to them, what they tell one another by them, statistics, and past values.
#pragma once

#include "acting/acting.hpp"
#include "ledger/ledger.hpp"

#include <span>
#include <utility>
#include <vector>

namespace ondol {

class Signals {
 public:
  Signals(const Model& model, State& state, const Ledger& ledger);

  // What rules told other agents, in the order of chunks and records, in place of what was told before. Throws
  // Violation.
  void tell(std::span<const Chunk> chunks);
  // What the rules of a step contributed, chunk by chunk in order. Throws Violation.
  void contribute(std::span<const Chunk> chunks);
  // Statistics of populations that acted, and of books, which anything may change.
  void reckon(const std::vector<std::uint8_t>& acted);
  void reckon();
  // Keeps the values of the tick that ends.
  void end_tick();

 private:
  // What the rules of a step added to a signal.
  struct Total {
    Index signal;
    double sum, maximum;
    std::int64_t count;
  };
  // Where a population reads a signal that each agent has of its own.
  struct Reader {
    Index population, port;
    std::vector<Index> told;  // agents
  };

  void forget(Index signal);
  void tell(const Chunk& chunk, const ondol_sum_record& record);
  void reckon(Index signal);
  template <class Use>
  void for_each_number(const Statistic& statistic, Use&& use) const;
  double number(Index population, Index row, const Statistic::Number& number) const;

  const Model& model_;
  State& state_;
  const Ledger& ledger_;
  std::vector<Total> totals_;
  std::vector<std::vector<Reader>> readers_;  // by signal
  std::vector<double> numbers_;               // of a quantile
};

}  // namespace ondol
