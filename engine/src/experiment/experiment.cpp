// Doing the runs of an experiment that are missing.
#include "experiment/design.hpp"
#include "experiment/experiment_file.hpp"
#include "experiment/experiment_results.hpp"
#include "experiment/hash.hpp"
#include "experiment/stopping.hpp"
#include "model/model.hpp"
#include "results/run_answers.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace ondol {

namespace {

// A world of the experiment, and what determines its runs but for the seed.
struct Cell {
  World world;
  std::string identity;
};

struct Job {
  std::string id;
  std::shared_ptr<const Cell> cell;
  std::uint64_t seed;
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
        file_(read_experiment(path)),
        design_(design_of(file_)),
        questions_(questions_of(file_)),
        questions_text_(questions_text(file_)) {
    load_base_worlds();
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
    RunOptions serial;
    serial.threads = 1;
    const Run run(world, serial);
    RunAnswers empty(run, {});
    const auto check = [&](const std::string& where, const std::string& sql, int columns, const char* expected) {
      int found = 0;
      try {
        found = empty.columns(sql);
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

  // Of one point; others are dropped once no run needs them.
  std::shared_ptr<const Cell> cell(std::int64_t point, std::size_t base) {
    if (std::exchange(cells_of_, point) != point) cells_.assign(bases_.size(), nullptr);
    if (cells_[base]) return cells_[base];
    const BaseWorld& from = bases_[base];
    std::vector<std::string> set;
    std::string where = file_.path.string();
    const std::vector<Level>& levels = design_[static_cast<std::size_t>(point)];
    for (std::size_t f = 0; f < levels.size(); ++f) {
      where += fmt::format("{}{} = {}", f == 0 ? ": factors " : ", ", file_.factors[f].name, levels[f].setting);
      for (const std::string& path : file_.factors[f].paths) set.push_back(path + "=" + levels[f].setting);
    }
    World world =
        saying(where, [&] { return World::parse(from.text, base_path(from), world_options(std::move(set))); });
    std::string identity =
        fmt::format("engine {}\n{}{}{}", ONDOL_VERSION, plugins_of(world), questions_text_, world.model().text);
    auto made = std::make_shared<Cell>(Cell{std::move(world), hash_of(identity)});
    // Worlds that are equal are one.
    for (const auto& other : cells_) {
      if (other && other->identity == made->identity) return cells_[base] = other;
    }
    return cells_[base] = std::move(made);
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

  // The next run that is missing, with the places it answers for on the way; nothing at the end.
  std::optional<Job> next() {
    const std::lock_guard lock(mutex_);
    while (!failure_ && !ask_interrupted() && place_.point < std::ssize(design_)) {
      const Place place = place_;
      advance();
      if (!mine(place.point, place.replicate)) continue;
      const std::shared_ptr<const Cell> world = cell(place.point, place.base);
      const std::uint64_t seed = file_.seed + static_cast<std::uint64_t>(place.replicate);
      std::string id = hash_of(fmt::format("{} {}", world->identity, seed));
      const BaseWorld& base = bases_[place.base];
      waiting_.push_back({place.point, place.replicate, base.scenario, base.arm, id});
      if (claimed_.insert(id).second) return Job{std::move(id), world, seed};
      settle();
      if (waiting_.size() >= most_waiting) flush(nullptr);
    }
    return std::nullopt;
  }

  void advance() {
    if (++place_.base < bases_.size()) return;
    place_.base = 0;
    if (++place_.replicate < last_replicate_) return;
    place_.replicate = first_replicate_;
    ++place_.point;
  }

  bool ask_interrupted() {
    if (options_.interrupted && options_.interrupted()) interrupted_ = true;
    return interrupted_;
  }

  // ---- Running

  void do_replicates(std::int64_t first, std::int64_t last) {
    first_replicate_ = first;
    last_replicate_ = last;
    place_ = {0, first, 0};
    cells_of_ = -1;
    const int threads =
        options_.threads > 0 ? options_.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
    if (failure_) std::rethrow_exception(failure_);
    flush(nullptr);
  }

  void work() {
    try {
      while (const std::optional<Job> job = next()) {
        const std::optional<FinishedRun> finished = execute(*job);
        if (!finished) return;
        const std::lock_guard lock(mutex_);
        ++report_.run;
        progress_.failed += !finished->complete;
        flush(&*finished);
        settle();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  // Nothing where it was interrupted.
  std::optional<FinishedRun> execute(const Job& job) {
    const auto begun = std::chrono::steady_clock::now();
    FinishedRun finished;
    finished.id = job.id;
    finished.seed = job.seed;
    RunOptions options;
    options.threads = 1;
    options.seed = job.seed;
    options.patience = options_.patience;
    options.stuck = [&](const std::string& message) { give_up(finished, message); };
    try {
      Run run(job.cell->world, options);
      RunAnswers answers(run, questions_);
      while (run.ticks() < job.cell->world.ticks()) {
        if (options_.interrupted && options_.interrupted()) return std::nullopt;
        run.tick();
        answers.record();
        finished.ticks = run.ticks();
      }
      answers.finish();
      ask(answers, finished);
      finished.fingerprint = run.fingerprint();
      finished.complete = true;
    } catch (const Error& error) {
      finished.message = error.what();
      finished.outcomes.clear();
      finished.series.clear();
    }
    finished.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return finished;
  }

  void ask(RunAnswers& answers, FinishedRun& finished) const {
    for (const Outcome& outcome : file_.outcomes) {
      const RunAnswers::Rows rows = answers.ask(outcome.sql);
      if (rows.size() > 1)
        throw Error(ErrorCode::run,
                    fmt::format("outcome '{}' has {} values in one run, expected one", outcome.name, rows.size()));
      finished.outcomes.push_back(rows.empty() ? std::nullopt : rows[0][0]);
    }
    for (const Series& series : file_.series) {
      auto& kept = finished.series.emplace_back();
      for (const auto& row : answers.ask(series.sql))
        if (row[0]) kept.emplace_back(*row[0], row[1]);
    }
  }

  // The call into a plugin cannot be ended; whoever is told ends the process.
  void give_up(FinishedRun& run, const std::string& message) {
    {
      const std::lock_guard lock(mutex_);
      run.message = message;
      flush(&run);
    }
    if (options_.stuck) options_.stuck(message);
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

  // What workers share.
  std::mutex mutex_;
  struct Place {
    std::int64_t point = 0, replicate = 0;
    std::size_t base = 0;
  };
  Place place_;
  std::int64_t first_replicate_ = 0, last_replicate_ = 0;
  std::int64_t cells_of_ = -1;                      // the point of
  std::vector<std::shared_ptr<const Cell>> cells_;  // by base
  std::unordered_set<std::string> claimed_;         // runs there are, or that are under way
  std::vector<PlanRow> waiting_;                    // to be written with the next run
  ExperimentProgress progress_;
  ExperimentReport report_;
  std::exception_ptr failure_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace

ExperimentReport run_experiment(const std::filesystem::path& file, const std::filesystem::path& results,
                                const ExperimentOptions& options) {
  return Experiment(file, results, options).run();
}

}  // namespace ondol
