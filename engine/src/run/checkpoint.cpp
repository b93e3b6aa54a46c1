// Reading from a results file what its run needs to go on.
#include "results/checkpoints.hpp"
#include "results/results_file.hpp"
#include "results/sqlite.hpp"

#include <ondol/engine/checkpoint.hpp>
#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace ondol {

namespace {

namespace fs = std::filesystem;

struct Recorded {
  Checkpoint checkpoint;
  std::string world_text, status;
  std::uint64_t seed = 0;
  std::int64_t planned = 0;
  std::vector<fs::path> plugin_directories;
};

// All of it as of one moment, whoever writes meanwhile.
Recorded recorded_in(const fs::path& path) {
  Database database(path, Database::Opening::to_read);
  database.execute("BEGIN", "reading results");
  check_results(database, path);
  Recorded recorded;
  recorded.checkpoint = checkpoint_in(database, path);
  Query run(database, "SELECT world_text, status, seed, ticks_planned FROM run_data");
  if (run.next()) {
    recorded.world_text = run.text(0);
    recorded.status = run.text(1);
    recorded.seed = static_cast<std::uint64_t>(run.whole(2));
    recorded.planned = run.whole(3);
  }
  Query plugin(database, "SELECT path FROM plugin ORDER BY rowid");
  while (plugin.next()) {
    const fs::path folder = fs::path(plugin.text(0)).parent_path();
    if (!folder.empty()) recorded.plugin_directories.push_back(folder);
  }
  return recorded;
}

}  // namespace

StoppedRun stopped_run(const fs::path& results, const std::vector<fs::path>& plugin_directories, double patience) {
  Recorded recorded = recorded_in(results);
  WorldOptions options;
  options.plugin_directories = plugin_directories;
  options.plugin_directories.insert(options.plugin_directories.end(), recorded.plugin_directories.begin(),
                                    recorded.plugin_directories.end());
  options.patience = patience;
  const World world = World::parse(recorded.world_text, results, options);
  try {
    Snapshot snapshot(world, std::move(recorded.checkpoint.state));
    if (snapshot.seed() != recorded.seed)
      throw Error(ErrorCode::output, fmt::format("the state is of a run with seed {}, and the file of one with seed {}",
                                                 snapshot.seed(), recorded.seed));
    if (snapshot.ticks() != recorded.checkpoint.tick)
      throw Error(ErrorCode::output, "the state is of another tick than the file says");
    return {std::move(snapshot), recorded.checkpoint.every, recorded.planned, recorded.status};
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: cannot go on from its checkpoint: {}", results.string(), error.what()));
  }
}

fs::path results_to_go_on_with(const fs::path& results) {
  const bool named_as_part = results.extension() == ".part";
  const fs::path name = named_as_part ? fs::path(results).replace_extension() : results;
  if (!named_as_part && fs::exists(name)) return name;
  const fs::path part = name.string() + ".part";
  if (!fs::exists(part))
    throw Error(ErrorCode::output,
                fmt::format("{}: there is no such file, and no '{}' either", name.string(), part.filename().string()));
  {
    Database database(part, Database::Opening::existing);
    if (!holds_run(database))
      throw Error(ErrorCode::output, fmt::format("{}: its run ended before it had begun; run it again", part.string()));
    checkpoint_in(database, part);
  }
  publish_left(name);
  return name;
}

}  // namespace ondol
