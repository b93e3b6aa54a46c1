// The subcommands, each with what the user chose.
#pragma once

#include <ondol/engine/replay.hpp>
#include <ondol/engine/world.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ondol::cli {

struct WorldChoice {
  std::filesystem::path world;
  WorldOptions options;
  bool strict = false;  // warnings are errors
};

struct CheckChoice : WorldChoice {
  bool resolved = false;
};

struct RunChoice : WorldChoice {
  std::filesystem::path output;
  bool overwrite = false;
  bool no_results = false;
  bool quiet = false;
  int threads = 0;
  std::optional<std::uint64_t> seed;
  double patience = 60;
  bool profile = false;
  std::filesystem::path from;  // results of a run to go on from under this world; empty: from the start
  std::string checkpoint;      // how often, as written; empty: never
};

struct ResumeChoice {
  std::filesystem::path results;
  std::string until;       // as written; empty: as far as it was to run
  std::string checkpoint;  // the same; empty: as often as before
  bool quiet = false;
  int threads = 0;
  double patience = 60;
  bool profile = false;
  std::vector<std::filesystem::path> plugin_directories;
};

struct ConformanceChoice {
  std::filesystem::path plugin;
  double patience = 10;
};

struct DescribeChoice {
  std::string what;
  bool markdown = false;
  std::string schema;  // "world", "experiment"; empty: none
  double patience = 10;
  std::vector<std::filesystem::path> directories;
};

struct NewChoice {
  std::string name;
  std::string language = "c++";  // of a mechanism; or "c"
};

struct ExperimentChoice {
  std::filesystem::path file, output;
  std::string part;  // "i/n", or empty
  bool retry = false;
  bool quiet = false;
  int threads = 0;
  double patience = 60;
  std::vector<std::filesystem::path> plugin_directories;
};

struct MergeChoice {
  std::vector<std::filesystem::path> parts;
  std::filesystem::path output;
  bool overwrite = false;
};

struct DecideChoice {
  std::filesystem::path results;
  double level = 0.95;
  bool all = false;
  bool markdown = false;
};

struct ReplayChoice {
  std::filesystem::path results;
  int threads = 0;
  bool quiet = false;
  std::vector<std::filesystem::path> plugin_directories;
};

struct RerunChoice : ReplayChoice {
  PlanPlace place;
  std::filesystem::path output;
  bool overwrite = false;
};

struct DiffChoice {
  std::filesystem::path here, there;
};

struct ScoreChoice {
  std::vector<std::filesystem::path> results;
  std::filesystem::path facts;
  bool markdown = false;
};

struct ReportChoice {
  std::filesystem::path results, output;
  bool overwrite = false;
};

struct TraceChoice {
  std::filesystem::path results;
  std::string agent;
  std::int64_t tick = 0;
  bool claims = false;
  std::vector<std::filesystem::path> plugin_directories;
};

struct ExplainChoice {
  std::filesystem::path results;
  std::string when, outcome, scenario;
};

// Each returns the exit code.
int run(const RunChoice& choice);
int resume(const ResumeChoice& choice);
int check(const CheckChoice& choice);
// Says what loads and will hardly be meant; where warnings are errors, throws.
void warn(const World& world, bool strict);
int check_conformance(const ConformanceChoice& choice);
int describe(const DescribeChoice& choice);
int new_plugin(const NewChoice& choice);
int new_mechanism(const NewChoice& choice);
int new_world(const NewChoice& choice);
int experiment(const ExperimentChoice& choice);
int merge(const MergeChoice& choice);
int decide(const DecideChoice& choice);
int explain(const ExplainChoice& choice);
int score(const ScoreChoice& choice);
int report(const ReportChoice& choice);
int trace(const TraceChoice& choice);
int verify(const ReplayChoice& choice);
int rerun(const RerunChoice& choice);
int diff(const DiffChoice& choice);

}  // namespace ondol::cli
