// Files of facts: what was observed, and how a run's results are asked for the same.
#pragma once

#include <ondol/engine/scoring.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

struct Fact {
  FactScore score;  // as far as the file says it
  std::string query;
  std::string where;  // in the file
};

inline const std::vector<std::string> fact_uses = {"given", "fitted", "checked"};

// Throws Error(world) that says the line.
std::vector<Fact> facts_in(const std::filesystem::path& file);

}  // namespace ondol
