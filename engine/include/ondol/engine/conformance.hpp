/// Whether a plugin keeps the promises of its ABI, found out by describing it and by calling all that it has.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

struct Finding {
  std::string where;   ///< "kind 'firm', step 'produce'"
  std::string what;    ///< what is wrong
  std::string advice;  ///< what to do
  bool fault = true;   ///< false: advice only
};

struct ConformanceOptions {
  double patience = 10;  ///< seconds that the calls of one rule may take in all
  int cases = 100;       ///< situations in which each rule is called
};

/// Checks a plugin's description; then calls every rule on small groups of agents in many situations (defaults, ends of
/// ranges, nothing and plenty of money, goods, offers and peers), and every mechanism on many markets. Reports writes
/// outside the agent's own row, dependence on grouping, order, thread, clock or hidden state, numbers that are not
/// finite or leave their range, records that do not balance, failures, crashes and endless loops. Everything of the
/// plugin runs in child processes, so call it before threads are started. Throws Error(plugin) when there is no such
/// file; whatever else is wrong is a finding.
std::vector<Finding> check_plugin(const std::filesystem::path& file, const ConformanceOptions& options = {});

/// Why no kind can have this name in results, as the end of a sentence; empty where one can. For any thread.
std::string kind_name_fault(const std::string& name);

}  // namespace ondol
