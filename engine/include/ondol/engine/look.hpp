/// Numbers of a run as it stands, for programs that look at it between ticks, or between the steps of one.
#pragma once

#include <ondol/engine/run.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ondol {

/// Looks at a run, which must outlive it; not while that ticks. What is given back is a copy. Names that are not there
/// throw Error(usage) with the nearest that is.
class Look {
 public:
  explicit Look(const Run& run) : run_(run) {}

  /// Of all that live in a population ("growers", or "growers.KR" of one region), in the order of their ids: a state,
  /// trait or parameter ("growers.price"), or `money`, `income`, `assets`, `debts`, `equity` or `arrears`, in the unit
  /// that the kind describes or in money. Of an array, "growers.price[2]"; of a pipeline, its total. NaN: no agent.
  std::vector<double> values(const std::string& path) const;
  /// Ids of the same agents in the same order, as results have them.
  std::vector<std::int64_t> agents(const std::string& population) const;
  /// Of the agent in that row, from 0, whether it lives or not.
  double value(const std::string& path, int row) const;

  /// With a region where there is one for each.
  double signal(const std::string& name, const std::string& region = {}) const;
  /// Volume-weighted price of a market's latest clearing with trade.
  double price(const std::string& market, const std::string& region = {}) const;

 private:
  const Run& run_;
};

}  // namespace ondol
