// The results file of an experiment: what was asked, which runs there are, what they came to.
#pragma once

#include "experiment/design.hpp"
#include "experiment/experiment_file.hpp"
#include "results/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ondol {

// In the header of an experiment's results file: "ONDX".
inline constexpr int experiment_application = 0x4F4E4458;

// A world before factors change it.
struct BaseWorld {
  std::size_t scenario = 0, arm = 0;
  std::string text;     // by itself, with all that it extends and sets
  std::string plugins;  // a line each: name, version, hash
};

// Which run answers for a place in the plan.
struct PlanRow {
  std::int64_t point = 0, replicate = 0;
  std::size_t scenario = 0, arm = 0;
  std::string run;
};

struct FinishedRun {
  std::string id;
  std::uint64_t seed = 0;
  std::int64_t ticks = 0;
  std::int64_t ticks_of_another = 0;  // of them: its past, which another run made
  bool complete = false;
  std::string message;      // why it is not
  std::string fingerprint;  // of its last state, where it is
  std::vector<std::optional<double>> outcomes;
  std::vector<std::vector<std::pair<double, std::optional<double>>>> series;
  double seconds = 0;
};

// Held on a file as long as this lives, and no longer than the process.
class FileLock {
 public:
  // Makes the file where there is none. Throws Error(output) where another process holds it.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

// Of one thread at a time. Every call is one transaction. Failures are Error(output).
class ExperimentResults {
 public:
  // Opens or makes the file, for this process alone. Throws Error(output) where it is something else, or another
  // process works on it.
  explicit ExperimentResults(const std::filesystem::path& path);

  // Before the first run: says what is asked. What changed since the last time is marked.
  void begin(const ExperimentFile& file, const std::vector<std::vector<Level>>& design,
             const std::vector<BaseWorld>& worlds);
  // Of the runs there are; without the failed ones where those are to be tried again.
  std::unordered_set<std::string> runs(bool without_failed);
  // Places of the plan, and the run, if any, that has ended.
  void add(const std::vector<PlanRow>& plan, const FinishedRun* run);
  // Leaves one plain file.
  void close();

  Database& database() { return database_; }

 private:
  void write_definitions(const ExperimentFile& file, const std::vector<std::vector<Level>>& design,
                         const std::vector<BaseWorld>& worlds);

  FileLock lock_;
  Database database_;
};

// Throws Error(output) where the file is no experiment's.
void check_experiment_results(Database& database, const std::filesystem::path& path);
// The tables that parts of an experiment have in common, and those that merging adds up; in both, by name.
const std::vector<std::string>& defining_tables();
const std::vector<std::string>& growing_tables();
// Statements that make the tables of a decision anew.
std::string create_decision_tables();
// Statements that make the tables of explanations, where they are not there yet.
std::string create_explanation_tables();
// Statements that make all tables and views where they are not there yet.
std::string create_experiment_tables();

}  // namespace ondol
