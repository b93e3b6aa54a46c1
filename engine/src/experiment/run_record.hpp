// What a results file says of its run.
#pragma once

#include "results/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

struct RecordedPlugin {
  std::string name, version, hash;
  std::filesystem::path folder;  // of its file, then; empty: not known
};

struct RunRecord {
  std::string world_text, status, message, fingerprint, engine;
  std::uint64_t seed = 0;
  std::int64_t ticks = 0;
  std::vector<RecordedPlugin> plugins;
};

// Throws Error(output) where the file is no run's.
RunRecord run_record_of(const std::filesystem::path& results);

std::vector<std::string> lines_of(const std::string& text);

}  // namespace ondol
