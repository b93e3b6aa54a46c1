// Making runs again from what results files say of them.
#include "experiment/experiment_results.hpp"
#include "experiment/run_record.hpp"
#include "model/model.hpp"
#include "state/state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/replay.hpp>
#include <ondol/engine/results.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

namespace ondol {

namespace {

// A run as it was made.
struct Original {
  std::filesystem::path file;  // that says so
  std::string text;            // of its world
  std::vector<std::string> set;
  std::uint64_t seed = 0;
  std::int64_t ticks = 0;
  bool failed = false;
  std::string end;  // fingerprint, or message
  std::string engine;
  std::vector<RecordedPlugin> plugins;
};

std::vector<std::string> replaced(const Original& original, const World& world) {
  std::vector<std::string> lines;
  if (original.engine != version()) lines.push_back(fmt::format("engine {}, then {}", version(), original.engine));
  for (const RecordedPlugin& then : original.plugins) {
    for (const PluginLibrary& now : world.model().plugins) {
      if (now.name == then.name && now.hash != then.hash)
        lines.push_back(fmt::format("plugin {} {}, then {}: another file", now.name, now.version, then.version));
    }
  }
  return lines;
}

World world_of(const Original& original, const ReplayOptions& options) {
  WorldOptions world_options;
  world_options.plugin_directories = options.plugin_directories;
  world_options.set = original.set;
  for (const RecordedPlugin& plugin : original.plugins) {
    if (!plugin.folder.empty()) world_options.plugin_directories.push_back(plugin.folder);
  }
  return World::parse(original.text, original.file, world_options);
}

// As far as the run went, or until it fails; `results` is where to record it, or nothing.
Replay play(const Original& original, const ReplayOptions& options, const std::filesystem::path* results,
            bool overwrite) {
  const World world = world_of(original, options);
  Replay replay;
  replay.recorded = original.end;
  replay.replaced = replaced(original, world);
  RunOptions run_options;
  run_options.threads = options.threads;
  run_options.seed = original.seed;
  // A run that failed did so in the tick after its last one.
  const std::int64_t last = original.failed ? original.ticks + 1 : original.ticks;
  std::optional<Results> recorder;
  try {
    Run run(world, run_options);
    if (results != nullptr) recorder.emplace(*results, run, ResultsOptions{overwrite});
    while (run.ticks() < last) {
      run.tick();
      replay.ticks = run.ticks();
      if (recorder) recorder->record();
      if (options.progress) options.progress(run.ticks(), last);
    }
    replay.again = run.fingerprint();
    if (recorder)
      recorder->finish(run.ticks() == world.ticks() ? RunStatus::complete : RunStatus::interrupted,
                       run.ticks() == world.ticks() ? "" : "made again as far as the first time");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::run) throw;
    replay.again = error.what();
    if (recorder) recorder->finish(RunStatus::failed, error.what());
  }
  return replay;
}

std::int64_t position_of(Database& database, const char* table, const std::string& name) {
  std::vector<std::string> names;
  {
    Query query(database, fmt::format("SELECT name FROM {} ORDER BY position", table));
    while (query.next()) names.push_back(query.text(0));
  }
  if (name.empty() && names.size() == 1) return 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<std::int64_t>(i);
  }
  throw Error(ErrorCode::usage, fmt::format("the experiment has no {} '{}'{}", table, name, suggest(name, names)));
}

Original original_of(const std::filesystem::path& results, const RunRecord& record) {
  const bool failed = record.status == "failed";
  return {results,
          record.world_text,
          {},
          record.seed,
          record.ticks,
          failed,
          failed ? record.message : record.fingerprint,
          record.engine,
          record.plugins};
}

// What an agent holds and owes, by what and whom.
using Balance = std::map<std::string, double>;

Balance balance_of(const Run& run, Index agent) {
  const State& state = run.state();
  const Model& model = run.world().model();
  Balance balance;
  const auto add = [&](const std::string& thing, Index holder, Index debtor, double amount) {
    if (amount == 0 || (holder != agent && debtor != agent)) return;
    const bool holds = holder == agent;
    balance[fmt::format("{} {} {} {}", holds ? "holds" : "owes", thing, holds ? "of" : "to",
                        model.agent_name(holds ? debtor : holder))] += amount;
  };
  const Claims& claims = state.claims;
  for (std::size_t i = 0; i < claims.instrument.size(); ++i) {
    const InstrumentModel& instrument = model.instruments[claims.instrument[i]];
    add(instrument.name, claims.holder[i], claims.issuer[i], static_cast<double>(claims.amount[i]) / instrument.scale);
  }
  for (std::size_t i = 0; i < state.dues.payer.size(); ++i)
    add(fmt::format("due '{}'", model.purposes[state.dues.purpose[i]].name), state.dues.payee[i], state.dues.payer[i],
        static_cast<double>(state.dues.amount[i]) / model.money_scale);
  return balance;
}

// "name version hash" a line.
std::vector<RecordedPlugin> plugins_in(const std::string& text) {
  std::vector<RecordedPlugin> plugins;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    plugins.push_back({line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1), {}});
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return plugins;
}

Original run_of(const std::filesystem::path& experiment, const PlanPlace& place) {
  Database database(experiment, Database::Opening::to_read);
  check_experiment_results(database, experiment);
  const std::int64_t scenario = position_of(database, "scenario", place.scenario);
  const std::int64_t arm = position_of(database, "arm", place.arm);
  Original original;
  original.file = experiment;
  {
    Query run(database,
              fmt::format("SELECT r.seed, r.ticks, r.status = 'failed', COALESCE(r.fingerprint, r.message) FROM "
                          "plan p JOIN run r ON r.id = p.run WHERE p.point = {} AND p.replicate = {} AND "
                          "p.scenario = {} AND p.arm = {}",
                          place.point, place.replicate, scenario, arm));
    if (!run.next())
      throw Error(ErrorCode::usage, fmt::format("{}: there is no run at point {}, replicate {}", experiment.string(),
                                                place.point, place.replicate));
    original.seed = static_cast<std::uint64_t>(run.whole(0));
    original.ticks = run.whole(1);
    original.failed = run.whole(2) == 1;
    original.end = run.text(3);
  }
  Query world(database, fmt::format("SELECT text, plugins FROM world WHERE scenario = {} AND arm = {}", scenario, arm));
  if (world.next()) {
    original.text = world.text(0);
    original.plugins = plugins_in(world.text(1));
  }
  Query levels(database,
               fmt::format("SELECT f.paths, d.setting FROM design d JOIN factor f ON f.position = d.factor WHERE "
                           "d.point = {} ORDER BY d.factor",
                           place.point));
  while (levels.next()) {
    for (const std::string& path : lines_of(levels.text(0))) original.set.push_back(path + "=" + levels.text(1));
  }
  Query engine(database, "SELECT engine FROM experiment ORDER BY version DESC LIMIT 1");
  if (engine.next()) original.engine = engine.text(0);
  return original;
}

}  // namespace

Replay verify(const std::filesystem::path& results, const ReplayOptions& options) {
  const RunRecord record = run_record_of(results);
  if (record.status != "complete" && record.status != "interrupted" && record.status != "failed")
    throw Error(ErrorCode::output,
                fmt::format("{}: its run is {}, so there is no end of it to compare", results.string(), record.status));
  return play(original_of(results, record), options, nullptr, false);
}

TraceSection claims_of(const std::filesystem::path& results, const Trace& trace, const ReplayOptions& options) {
  const Original original = original_of(results, run_record_of(results));
  const World world = world_of(original, options);
  if (const std::vector<std::string> other = replaced(original, world); !other.empty())
    throw Error(ErrorCode::plugin,
                fmt::format("{}: its run cannot be made again as it was: {}", results.string(), other.front()));
  RunOptions run_options;
  run_options.threads = options.threads;
  run_options.seed = original.seed;
  Run run(world, run_options);
  while (run.ticks() < trace.tick) run.tick();
  const auto agent = static_cast<Index>(trace.agent_id);
  const Balance before = balance_of(run, agent);
  run.tick();
  const Balance after = balance_of(run, agent);
  Balance all = after;
  for (const auto& [what, amount] : before) all.emplace(what, 0);
  TraceSection section{"claims and dues", {}};
  const auto amount_in = [](const Balance& balance, const std::string& what) {
    const auto found = balance.find(what);
    return fmt::format("{}", found == balance.end() ? 0.0 : found->second);
  };
  for (const auto& [what, amount] : all)
    section.lines.push_back({what, amount_in(before, what), amount_in(after, what), "", ""});
  return section;
}

Replay rerun(const std::filesystem::path& experiment, const PlanPlace& place, const std::filesystem::path& results,
             bool overwrite, const ReplayOptions& options) {
  return play(run_of(experiment, place), options, &results, overwrite);
}

}  // namespace ondol
