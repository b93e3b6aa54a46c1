// When an experiment knows enough.
#pragma once

#include "experiment/experiment_file.hpp"
#include "results/sqlite.hpp"

#include <cstdint>

namespace ondol {

// After how many replicates the rule is asked next, once `done` are; at the same numbers whatever was there before.
std::int64_t next_look(const StopRule& rule, std::int64_t done, std::int64_t replicates);

// Whether in every scenario the interval of every arm's paired difference to the reference is as narrow as asked, going
// by the first so many replicates.
bool content(Database& results, const StopRule& rule, std::int64_t replicates);

}  // namespace ondol
