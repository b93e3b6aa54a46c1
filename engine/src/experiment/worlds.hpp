// The worlds of an experiment, with what every arm came to in them.
#pragma once

#include "experiment/statistics.hpp"
#include "results/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
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

// Whether the points of the design are draws of what is not known, and not places that were chosen.
bool points_are_draws(Database& results);

// A run that answers for a place in the plan; of an arm by its rank, the reference first.
struct RunInWorld {
  std::int64_t scenario = 0, point = 0, replicate = 0;
  std::size_t arm = 0;
  std::string run;
};

// By scenario, point, replicate; as far as runs were made.
std::vector<RunInWorld> runs_by_world(Database& results);
// The same, with what a function says of each run.
std::vector<ArmsInWorld> worlds_with(const std::vector<RunInWorld>& runs, std::size_t arms,
                                     const std::function<double(const std::string& run)>& value);
// With an outcome. By scenario, point, replicate; as far as runs were made.
std::vector<ArmsInWorld> worlds_of(Database& results, std::int64_t outcome);

}  // namespace ondol
