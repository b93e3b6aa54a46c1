// Doing the runs of an experiment that are missing.
#include "experiment/assumptions.hpp"
#include "experiment/design.hpp"
#include "experiment/experiment_file.hpp"
#include "experiment/experiment_results.hpp"
#include "experiment/hash.hpp"
#include "experiment/run_apart.hpp"
#include "experiment/stopping.hpp"
#include "loading/parting.hpp"
#include "model/model.hpp"
#include "results/results_schema.hpp"
#include "results/world_views.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace ondol {

namespace {

// A world of the experiment, and what determines its runs but for the seed.
struct Cell {
  std::optional<World> world;  // nothing where it cannot be loaded:
  std::string failure;         // why
  std::string identity;
  std::string before_events;  // what it is but for its events
};

// A draw of luck at a point, in which all scenarios and arms are tried.
struct Place {
  std::int64_t point = 0, replicate = 0;
};

// A run to make.
struct Job {
  std::shared_ptr<const Cell> cell;
  RunToMake run;
  std::shared_ptr<const Past> waits_for = nullptr;  // which another run is to leave
};

std::string plugins_of(const World& world) {
  std::string text;
  for (const PluginLibrary& library : world.model().plugins)
    text += fmt::format("{} {} {}\n", library.name, library.version, library.hash);
  return text;
}

// Names are part of it, too: values are kept by the position that names give them.
std::string questions_text(const ExperimentFile& file) {
  std::string text;
  for (const Outcome& outcome : file.outcomes) text += fmt::format("outcome {}\n{}\n", outcome.name, outcome.sql);
  for (const Series& series : file.series) text += fmt::format("series {}\n{}\n", series.name, series.sql);
  return text;
}

std::vector<std::string> questions_of(const ExperimentFile& file) {
  std::vector<std::string> questions;
  for (const Outcome& outcome : file.outcomes) questions.push_back(outcome.sql);
  for (const Series& series : file.series) questions.push_back(series.sql);
  return questions;
}

// What is wrong with a world is said with the place in the experiment file that asks for it.
template <class Body>
auto saying(const std::string& where, Body&& body) {
  try {
    return body();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::world && error.code() != ErrorCode::usage) throw;
    throw Error(ErrorCode::world, fmt::format("{}: {}", where, error.what()));
  }
}

class Experiment {
 public:
  Experiment(const std::filesystem::path& path, const std::filesystem::path& results_path,
             const ExperimentOptions& options)
      : options_(options),
        file_(whole_file(path)),
        design_(design_of(file_)),
        questions_(questions_of(file_)),
        questions_text_(questions_text(file_)) {
    load_base_worlds();
    check_first_point();
    results_ = std::make_unique<ExperimentResults>(results_path);
    results_->begin(file_, design_, bases_);
    claimed_ = results_->runs(options.retry);
  }

  ExperimentReport run() {
    progress_.places = places();
    const bool stops = file_.stop && options_.part.count == 1;
    std::int64_t done = 0;
    while (done < file_.replicates && !interrupted_ && !report_.stopped) {
      const std::int64_t next = stops ? next_look(*file_.stop, done, file_.replicates) : file_.replicates;
      do_replicates(done, next);
      if (interrupted_) break;
      done = next;
      report_.stopped = stops && done < file_.replicates && content(results_->database(), *file_.stop, done);
    }
    report_.replicates = done;
    report_.interrupted = interrupted_;
    report_.settled = progress_.settled;
    count();
    results_->close();
    return report_;
  }

 private:
  // ---- Worlds

  // With what the base world assumes.
  ExperimentFile whole_file(const std::filesystem::path& path) const {
    ExperimentFile file = read_experiment(path);
    if (!file.assumptions) return file;
    WorldOptions options;
    options.plugin_directories = options_.plugin_directories;
    add_assumptions(file, World::load(file.world, options).model());
    return file;
  }

  WorldOptions world_options(std::vector<std::string> set) const {
    WorldOptions options;
    options.plugin_directories = options_.plugin_directories;
    options.set = std::move(set);
    options.ticks = file_.ticks;
    // Loading a plugin is tried in a child process once: what is loaded later are the same libraries.
    if (!bases_.empty()) options.patience = 0;
    return options;
  }

  void load_base_worlds() {
    for (std::size_t s = 0; s < file_.scenarios.size(); ++s) {
      for (std::size_t a = 0; a < file_.arms.size(); ++a) {
        const World world = load_base_world(file_.scenarios[s], file_.arms[a]);
        check_questions(world);
        bases_.push_back({s, a, world.model().text, plugins_of(world)});
      }
    }
  }

  World load_base_world(const Variant& scenario, const Variant& arm) const {
    const std::filesystem::path& path = !arm.world.empty()        ? arm.world
                                        : !scenario.world.empty() ? scenario.world
                                                                  : file_.world;
    std::vector<std::string> set = scenario.set;
    set.insert(set.end(), arm.set.begin(), arm.set.end());
    WorldOptions options = world_options(std::move(set));
    options.over = scenario.over;
    options.over.insert(options.over.end(), arm.over.begin(), arm.over.end());
    return saying(fmt::format("{} (scenario '{}', arm '{}')", arm.where, scenario.name, arm.name),
                  [&] { return World::load(path, options); });
  }

  // Of every scenario and arm: their tables may differ.
  void check_questions(const World& world) const {
    Database empty("results of a run", Database::Opening::in_memory);
    const Schema schema(world.model());
    empty.execute(create_tables(world.model(), schema) + create_views(schema));
    create_world_views(empty, world.model());
    const auto check = [&](const std::string& where, const std::string& sql, int columns, const char* expected) {
      int found = 0;
      try {
        found = Query(empty, sql).columns();
      } catch (const Error& error) {
        throw Error(ErrorCode::world, fmt::format("{}: {}", where, error.what()));
      }
      if (found != columns)
        throw Error(ErrorCode::world,
                    fmt::format("{}: the question has {} columns, expected {}", where, found, expected));
    };
    for (const Outcome& outcome : file_.outcomes) check(outcome.where, outcome.sql, 1, "one, the outcome's value");
    for (const Series& series : file_.series)
      check(series.where, series.sql, 2, "two: where along the run, and a value");
  }

  // What the factors set may be wrong everywhere; where it is only at some points, runs fail there.
  void check_first_point() {
    for (std::size_t base = 0; base < bases_.size(); ++base) {
      if (const auto& made = cell(0, base); !made->world) throw Error(ErrorCode::world, made->failure);
    }
  }

  // Of one point; others are dropped once no run needs them.
  std::shared_ptr<const Cell> cell(std::int64_t point, std::size_t base) {
    if (std::exchange(cells_of_, point) != point) cells_.assign(bases_.size(), nullptr);
    if (cells_[base]) return cells_[base];
    auto made = std::make_shared<Cell>(loaded(point, bases_[base]));
    // Worlds that are equal are one.
    for (const auto& other : cells_) {
      if (other && other->identity == made->identity) return cells_[base] = other;
    }
    return cells_[base] = std::move(made);
  }

  Cell loaded(std::int64_t point, const BaseWorld& base) const {
    std::vector<std::string> set;
    std::string where = file_.path.string();
    const std::vector<Level>& levels = design_[static_cast<std::size_t>(point)];
    for (std::size_t f = 0; f < levels.size(); ++f) {
      where += fmt::format("{}{} = {}", f == 0 ? ": factors " : ", ", file_.factors[f].name, levels[f].setting);
      for (const std::string& path : file_.factors[f].paths) set.push_back(path + "=" + levels[f].setting);
    }
    const auto identity = [&](const std::string& plugins, const std::string& text) {
      return hash_of(fmt::format("engine {}\n{}{}{}", ONDOL_VERSION, plugins, questions_text_, text));
    };
    try {
      World world =
          saying(where, [&] { return World::parse(base.text, base_path(base), world_options(std::move(set))); });
      const Model& model = world.model();
      std::string before_events = text_without_events(model);
      std::string name = identity(plugins_of(world), model.text);
      return {std::move(world), "", std::move(name), std::move(before_events)};
    } catch (const Error& error) {
      if (error.code() != ErrorCode::world) throw;
      return {std::nullopt, error.what(), identity(base.plugins, where + '\n' + base.text), ""};
    }
  }

  std::filesystem::path base_path(const BaseWorld& base) const {
    const Variant& arm = file_.arms[base.arm];
    const Variant& scenario = file_.scenarios[base.scenario];
    return !arm.world.empty() ? arm.world : !scenario.world.empty() ? scenario.world : file_.world;
  }

  // ---- The plan

  bool mine(std::int64_t point, std::int64_t replicate) const {
    return (point + replicate) % options_.part.count == options_.part.index - 1;
  }

  std::int64_t places() const {
    std::int64_t count = 0;
    for (std::int64_t point = 0; point < std::ssize(design_); ++point) {
      for (std::int64_t replicate = 0; replicate < file_.replicates; ++replicate) count += mine(point, replicate);
    }
    return count * std::ssize(bases_);
  }

  // Adds the runs that are missing in the next world of the plan; returns false at the end.
  bool find_jobs() {
    while (place_.point < std::ssize(design_)) {
      const Place place = place_;
      advance();
      if (!mine(place.point, place.replicate)) continue;
      find_jobs_at(place);
      return true;
    }
    return false;
  }

  void find_jobs_at(const Place& place) {
    const std::uint64_t seed = file_.seed + static_cast<std::uint64_t>(place.replicate);
    std::vector<Job> jobs;
    for (std::size_t b = 0; b < bases_.size(); ++b) {
      const std::shared_ptr<const Cell> made = cell(place.point, b);
      std::string id = hash_of(fmt::format("{} {}", made->identity, seed));
      waiting_.push_back({place.point, place.replicate, bases_[b].scenario, bases_[b].arm, id});
      if (!claimed_.insert(id).second) {
        settle();
      } else if (made->world) {
        jobs.push_back({made, {std::move(id), *made->world, seed}});
      } else {
        FinishedRun failed;
        failed.id = std::move(id);
        failed.seed = seed;
        failed.message = made->failure;
        record(failed);
        settle();
      }
    }
    if (waiting_.size() >= most_waiting) flush(nullptr);
    share_pasts(jobs);
    for (Job& job : jobs) jobs_.push_back(std::move(job));
  }

  void advance() {
    if (++place_.replicate < last_replicate_) return;
    place_.replicate = first_replicate_;
    ++place_.point;
  }

  // Each goes on from where the first of those before it with the longest past in common has come to.
  void share_pasts(std::vector<Job>& jobs) const {
    for (std::size_t later = 1; later < jobs.size(); ++later) {
      Job* best = nullptr;
      std::int64_t ticks = -1;
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        const std::int64_t common = common_ticks(*jobs[earlier].cell, *jobs[later].cell);
        if (common <= ticks) continue;
        best = &jobs[earlier];
        ticks = common;
      }
      if (best != nullptr) jobs[later].waits_for = past_of(best->run, ticks);
    }
  }

  // -1: none. The last tick, in which rows are recorded that otherwise are not, is each run's own.
  static std::int64_t common_ticks(const Cell& one, const Cell& other) {
    if (one.before_events != other.before_events) return -1;
    const Model& model = one.world->model();
    const std::int64_t ticks = std::min(parting_of_events(model, other.world->model()).tick, model.ticks - 1);
    return ticks + model.burn_in.ticks > 0 ? ticks : -1;
  }

  static std::shared_ptr<const Past> past_of(RunToMake& run, std::int64_t ticks) {
    auto& leaves = run.leaves;
    const auto at =
        std::find_if(leaves.begin(), leaves.end(), [&](const auto& past) { return past->ticks() >= ticks; });
    if (at != leaves.end() && (*at)->ticks() == ticks) return *at;
    return *leaves.insert(at, std::make_shared<Past>(run.world, ticks));
  }

  bool ask_interrupted() {
    if (options_.interrupted && options_.interrupted()) interrupted_ = true;
    return interrupted_;
  }

  // ---- Running

  void do_replicates(std::int64_t first, std::int64_t last) {
    first_replicate_ = first;
    last_replicate_ = last;
    place_ = {0, first};
    const std::size_t most = options_.threads > 0 ? static_cast<std::size_t>(options_.threads)
                                                  : std::max(1U, std::thread::hardware_concurrency());
    while (!ask_interrupted()) {
      while (at_work_.size() < most && start_next()) continue;
      if (at_work_.empty()) break;
      wait();
    }
    at_work_.clear();
    flush(nullptr);
  }

  bool start_next() {
    auto job = next_job();
    while (job == jobs_.end() && find_jobs()) job = next_job();
    if (job == jobs_.end()) return false;
    at_work_.emplace_back(job->run, file_, questions_, options_.patience);
    jobs_.erase(job);
    return true;
  }

  // One that need not wait; first those that go on from a past, which takes memory as long as it is kept.
  std::list<Job>::iterator next_job() {
    const auto goes_on = [](const Job& job) { return job.run.from != nullptr; };
    const auto is_free = [](const Job& job) { return job.waits_for == nullptr; };
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), goes_on);
    return found != jobs_.end() ? found : std::find_if(jobs_.begin(), jobs_.end(), is_free);
  }

  void wait() {
    constexpr double seconds = 0.1;  // until it is asked again whether to go on
    std::vector<Child*> children;
    for (RunApart& run : at_work_) children.push_back(&run.child());
    Child::wait(children, seconds);
    for (auto run = at_work_.begin(); run != at_work_.end();) {
      for (const auto& past : run->newly_left()) end_waiting(past, past);
      if (!run->child().over()) {
        ++run;
        continue;
      }
      for (const auto& past : run->not_left()) end_waiting(past, nullptr);
      record(run->finish());
      settle();
      run = at_work_.erase(run);
    }
  }

  // Who waits for the past goes on from it, or from the start.
  void end_waiting(const std::shared_ptr<const Past>& past, const std::shared_ptr<const Past>& from) {
    for (Job& job : jobs_) {
      if (job.waits_for != past) continue;
      job.run.from = from;
      job.waits_for = nullptr;
    }
  }

  void record(const FinishedRun& run) {
    ++report_.run;
    report_.ticks += run.ticks - run.ticks_of_another;
    progress_.failed += !run.complete;
    flush(&run);
  }

  void flush(const FinishedRun* run) {
    if (run == nullptr && waiting_.empty()) return;
    results_->add(waiting_, run);
    waiting_.clear();
  }

  void settle() {
    ++progress_.settled;
    if (!options_.progress) return;
    if (report_.run > 0) {
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
      const double each = seconds / static_cast<double>(report_.run);
      progress_.seconds_left = each * static_cast<double>(progress_.places - progress_.settled);
    }
    options_.progress(progress_);
  }

  void count() {
    Query failed(results_->database(),
                 "SELECT COUNT(DISTINCT id) FROM run JOIN plan ON plan.run = run.id WHERE status = 'failed'");
    if (failed.next()) report_.failed = failed.whole(0);
    Query asked(results_->database(), "SELECT COUNT(DISTINCT run) FROM plan");
    if (asked.next()) report_.asked = asked.whole(0);
    Query versions(results_->database(), "SELECT COUNT(*) FROM experiment");
    report_.changed = versions.next() && versions.whole(0) > 1;
  }

  static constexpr std::size_t most_waiting = 1000;

  const ExperimentOptions& options_;
  const ExperimentFile file_;
  const std::vector<std::vector<Level>> design_;
  const std::vector<std::string> questions_;
  const std::string questions_text_;
  std::vector<BaseWorld> bases_;  // scenario by scenario, arm by arm
  std::unique_ptr<ExperimentResults> results_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();

  Place place_;  // the next in the plan
  std::int64_t first_replicate_ = 0, last_replicate_ = 0;
  std::int64_t cells_of_ = -1;                      // the point of
  std::vector<std::shared_ptr<const Cell>> cells_;  // by base
  std::unordered_set<std::string> claimed_;         // runs there are, or that are under way
  std::vector<PlanRow> waiting_;                    // to be written with the next run
  std::list<Job> jobs_;                             // found, and not begun
  std::list<RunApart> at_work_;
  ExperimentProgress progress_;
  ExperimentReport report_;
  bool interrupted_ = false;
};

}  // namespace

ExperimentReport run_experiment(const std::filesystem::path& file, const std::filesystem::path& results,
                                const ExperimentOptions& options) {
  return Experiment(file, results, options).run();
}

}  // namespace ondol
