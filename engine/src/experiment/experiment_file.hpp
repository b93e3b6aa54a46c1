// What an experiment file says, checked as far as it can be without loading a world.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ondol {

// An arm or a scenario: how a world differs from the base.
struct Variant {
  std::string name, doc;
  std::string where;                        // in the file
  std::filesystem::path world;              // in place of the base; empty: the base
  std::vector<std::filesystem::path> over;  // files laid over it
  std::vector<std::string> set;             // overrides "path=value"
};

// What varies from point to point of the design.
struct Factor {
  std::string name, doc, unit;
  std::string group;  // of those that a radial design moves together; its own name: it alone
  std::string where;
  std::vector<std::string> paths;   // of the world, all set to the same
  std::vector<std::string> values;  // as TOML; empty: a range
  double low = 0, high = 0;
  std::optional<double> middle = {};  // half of the way from one to the other; by default their mean
  bool logarithmic = false, whole = false;
  std::int64_t levels = 0;  // of a range, in a grid
};

// Whether what the base world assumes is varied, too.
struct Assumptions {
  std::string where;
  std::vector<std::pair<std::string, std::string>> except;  // what is left out, and where the file says it
};

enum class DesignMethod { grid, latin_hypercube, sobol, radial };
// As experiment files and results call it.
std::string name_of(DesignMethod method);

struct Outcome {
  std::string name, doc, sql, unit;
  std::string where;
  int better = 1;  // 1: more of it is; -1: less; 0: neither
};

// Numbers along a run: rows of a position (a tick, a year) and a value.
struct Series {
  std::string name, doc, sql, unit;
  std::string where;
  int better = 1;  // as of outcomes
  // Arms are ranked by what it adds up to; see RankedSeries. Both empty: they are not.
  std::vector<double> horizons, discount_rates;
};

// When enough replicates are known: the interval of every arm's paired difference to the reference, in the primary
// outcome, is at most so wide.
struct StopRule {
  double width = 0;
  bool relative = false;  // to the reference's mean
  double level = 0.95;
  std::int64_t at_least = 10;
};

struct ExperimentFile {
  std::filesystem::path path;
  std::string text, hash;  // as it stands in the file; of what it says
  std::string question;
  std::filesystem::path world;
  std::vector<Variant> arms, scenarios;
  std::size_t reference = 0;  // among arms
  std::vector<Factor> factors;
  std::optional<Assumptions> assumptions;  // which are added to the factors once the world is known
  DesignMethod method = DesignMethod::grid;
  std::int64_t points = 0;  // of a design that is no grid; of a radial one, its centres
  std::uint64_t seed = 1;   // of replicate 0; the next has the next
  std::int64_t replicates = 0;
  std::optional<std::int64_t> ticks;
  std::vector<Outcome> outcomes;
  std::size_t primary = 0;  // among outcomes
  std::vector<Series> series;
  std::optional<StopRule> stop;
};

// Throws Error(world) that says file, line, column, what was expected and the nearest name.
ExperimentFile read_experiment(const std::filesystem::path& path);

}  // namespace ondol
