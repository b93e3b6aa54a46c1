// ondol check --plugin: whether a plugin keeps its promises, finding by finding.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/conformance.hpp>
#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace ondol::cli {

int check_conformance(const ConformanceChoice& choice) {
  ConformanceOptions options;
  options.patience = choice.patience;
  const std::vector<Finding> findings = check_plugin(choice.plugin, options);
  for (const Finding& finding : findings)
    say("{}: {} {}\n    {}\n", finding.fault ? "fault" : "advice", finding.where, finding.what, finding.advice);
  const auto faults = std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return f.fault; });
  if (faults == 0) {
    say("{} keeps the promises that could be tried\n", choice.plugin.string());
    return 0;
  }
  std::fflush(stdout);
  throw Error(ErrorCode::plugin,
              fmt::format("plugin '{}' has {} {}", choice.plugin.string(), faults, faults == 1 ? "fault" : "faults"));
}

}  // namespace ondol::cli
