/// What stands behind an agent's numbers in a tick: its books, sales, goods and state, before and after, the payments
/// of its kind, and where its parameters came from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

struct TraceLine {
  std::string what;
  std::string before, after;  ///< as the tick before and this one ended; `before` empty where it is no state
  std::string unit, note;
};

struct TraceSection {
  std::string name;
  std::vector<TraceLine> lines;
};

struct Trace {
  std::int64_t agent_id = 0, tick = 0;
  std::string agent, kind, population, region, date;
  std::vector<TraceSection> sections;  ///< those that have lines
};

/// Of one agent, by its name or id, in one tick that was recorded. Reads the file only. Throws Error(usage) where there
/// is no such agent, several of the name, or no such tick, and Error(output) where the file is no run's.
Trace trace(const std::filesystem::path& results, const std::string& agent, std::int64_t tick);

}  // namespace ondol
