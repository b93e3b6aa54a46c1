// A run recorded in memory, as far as some questions need it, so that they can be answered as it ends.
#pragma once

#include "results/results_recorder.hpp"
#include "results/results_schema.hpp"
#include "results/results_writer.hpp"
#include "results/sqlite.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ondol {

class Run;

// Of one thread at a time; the run must outlive it.
class RunAnswers {
 public:
  // `questions` are SQL over the tables and views of a results file. Throws Error(output) with what SQLite says of one
  // that cannot be asked.
  // `past` is what another one kept of a run that this one has gone on from.
  RunAnswers(const Run& run, const std::vector<std::string>& questions, std::span<const std::byte> past = {});

  // The tick just done.
  void record();
  // What was recorded so far, for runs that go on from here.
  std::vector<std::byte> kept();
  // After the last tick, once.
  void finish();

  // One row a vector, NULL as nothing.
  using Rows = std::vector<std::vector<std::optional<double>>>;
  Rows ask(const std::string& question);

 private:
  void take_up(std::span<const std::byte> past);
  void wait_for_writer();

  const Run& run_;
  Schema schema_;
  Database database_;
  ResultsRecorder recorder_;
  std::unique_ptr<ResultsWriter> writer_;  // from the first tick on
};

}  // namespace ondol
