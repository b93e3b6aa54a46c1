// The worlds of an experiment, with what every arm came to in them.
#pragma once

#include "experiment/statistics.hpp"
#include "results/sqlite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ondol {

// One draw of luck at one point under one scenario, in which all arms were tried.
struct ArmsInWorld {
  std::int64_t scenario = 0, point = 0, replicate = 0;
  Sample values;  // by arm, the reference first; unknown where a run failed or has no such outcome
};

// The reference first.
std::vector<std::string> arms_of(Database& results);
std::vector<std::string> scenarios_of(Database& results);
// By scenario, point, replicate; as far as runs were made.
std::vector<ArmsInWorld> worlds_of(Database& results, std::int64_t outcome);

}  // namespace ondol
