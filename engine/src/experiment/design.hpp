// Designs: where in the space of its factors an experiment looks.
#pragma once

#include "experiment/experiment_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

// What a factor is at a point: as a number (of a list, the position), and as TOML.
struct Level {
  double value = 0;
  std::string setting;
  std::optional<std::int64_t> centre = {};  // of a radial design: the point that differs from this in its group alone
};

// By point, then by factor. Without factors there is one point. The same file gives the same points everywhere.
std::vector<std::vector<Level>> design_of(const ExperimentFile& file);

}  // namespace ondol
