// Arms beside one another, in the worlds of one outcome.
#pragma once

#include "experiment/worlds.hpp"

#include <ondol/engine/decision.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace ondol {

// The worlds of one outcome in one scenario, or in all. What it is made of outlives it.
class Comparison {
 public:
  // `better`: 1, more is; -1, less; 0, neither.
  Comparison(std::vector<const ArmsInWorld*> worlds, const std::vector<std::string>& arms, std::size_t reference,
             int better, double level, bool points_are_draws);

  // Of all arms, in their order, and which is best.
  std::vector<ArmFigures> figures(Verdict& verdict) const;

 private:
  ArmFigures figures_of(std::size_t arm) const;
  void rank(std::vector<ArmFigures>& figures, Verdict& verdict) const;
  double worst(const Sample& sorted) const;
  Sample differences(std::size_t arm, std::size_t other) const;
  void compare(std::size_t arm, ArmFigures& f) const;
  double variance_ratio(Sample own, Sample reference, const std::vector<std::size_t>& cells) const;
  void centre(Sample& values, const std::vector<std::size_t>& cells) const;
  std::vector<Sample> complete_worlds() const;
  std::vector<Sample> complete_units() const;
  Sample turned(Sample values) const;
  void judge(std::size_t best, Verdict& verdict) const;

  const std::vector<const ArmsInWorld*> worlds_;
  const std::vector<std::string>& arms_;
  const std::size_t reference_;
  const int better_;
  const double level_;
  std::size_t units_ = 0, cells_ = 0;
  bool has_luck_within_ = false, by_point_ = false;
  std::vector<std::size_t> unit_of_, cell_of_;  // by world
};

}  // namespace ondol
