// What can be said to the `ondol` command. One definition serves parsing, --help, the manual pages and the shell's
// completion.
#pragma once

#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace ondol::cli {

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Reads what was asked for and does it; returns the exit code.
  int dispatch(int argc, char** argv);

  const CLI::App& app() const { return app_; }

 private:
  void define_run();
  void define_resume();
  void define_check();
  void define_describe();
  void define_new();
  void define_experiment();
  void define_merge();
  void define_decide();
  void define_explain();
  void define_score();
  void define_report();
  void define_trace();
  void define_replays();
  int wrong_use(const CLI::ParseError& error) const;
  int carry_out();

  CLI::App app_;
  RunChoice run_;
  ResumeChoice resume_;
  CheckChoice check_;
  ConformanceChoice conformance_;
  DescribeChoice describe_;
  NewChoice new_;
  ExperimentChoice experiment_;
  MergeChoice merge_;
  DecideChoice decide_;
  ExplainChoice explain_;
  ScoreChoice score_;
  ReportChoice report_;
  TraceChoice trace_;
  ReplayChoice verify_;
  RerunChoice rerun_;
  DiffChoice diff_;
};

}  // namespace ondol::cli
