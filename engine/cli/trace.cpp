// ondol trace: what stands behind an agent's numbers in a tick.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/replay.hpp>
#include <ondol/engine/trace.hpp>

#include <algorithm>

namespace ondol::cli {

namespace {

void print(const TraceSection& section) {
  std::size_t width = 0;
  for (const TraceLine& line : section.lines) width = std::max(width, line.what.size());
  say("\n{}\n", section.name);
  for (const TraceLine& line : section.lines) {
    const std::string value = line.before.empty() || line.before == line.after
                                  ? line.after
                                  : fmt::format("{} -> {}", line.before, line.after);
    say("  {:<{}}  {} {}{}\n", line.what, width, value, line.unit, line.note.empty() ? "" : "  " + line.note);
  }
}

}  // namespace

int trace(const TraceChoice& choice) {
  const Trace trace = ondol::trace(choice.results, choice.agent, choice.tick);
  say("{} (agent {}, kind {}, population {}, {}), tick {}{}\n", trace.agent, trace.agent_id, trace.kind,
      trace.population, trace.region, trace.tick, trace.date.empty() ? "" : ", " + trace.date);
  for (const TraceSection& section : trace.sections) print(section);
  if (choice.claims) {
    ReplayOptions options;
    options.plugin_directories = choice.plugin_directories;
    print(claims_of(choice.results, trace, options));
  }
  return 0;
}

}  // namespace ondol::cli
