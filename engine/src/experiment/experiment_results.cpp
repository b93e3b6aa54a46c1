// Writing what an experiment asked and what came of it.
#include "experiment/experiment_results.hpp"

#include <ondol/engine/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <limits>
#include <thread>

namespace ondol {

namespace {

// In the header of the file, where programs such as file(1) look: "ONDX", and the number of the format.
constexpr int experiment_format = 2;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorCode::output, fmt::format("{}: {}", path.string(), why));
}

std::int64_t one_number(Database& database, const std::string& sql) {
  Query query(database, sql);
  return query.next() ? query.whole(0) : 0;
}

}  // namespace

void check_experiment_results(Database& database, const std::filesystem::path& path) {
  if (one_number(database, "PRAGMA application_id") != experiment_application)
    refuse(path, "is not the results file of an experiment");
}

FileLock::FileLock(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder))
    refuse(path, fmt::format("there is no folder '{}' to write it in", folder.string()));
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) refuse(path, "cannot be written");
  // Runs of a process that was killed end a moment after it.
  for (int tries = 0; tries < 20; ++tries) {
    if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  close(file_);
  refuse(path, "another process is running this experiment into the same file; give each its --part, or wait");
}

FileLock::~FileLock() { close(file_); }

ExperimentResults::ExperimentResults(const std::filesystem::path& path) : lock_(path), database_(path) {
  const bool is_new = one_number(database_, "SELECT COUNT(*) FROM sqlite_master") == 0;
  if (!is_new) check_experiment_results(database_, path);
  database_.execute(is_new ? "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
                           : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database_.execute(fmt::format("BEGIN; PRAGMA application_id = {}; PRAGMA user_version = {}; {} COMMIT",
                                experiment_application, experiment_format, create_experiment_tables()));
}

void ExperimentResults::begin(const ExperimentFile& file, const std::vector<std::vector<Level>>& design,
                              const std::vector<BaseWorld>& worlds) {
  database_.execute("BEGIN IMMEDIATE");
  const std::int64_t runs = one_number(database_, "SELECT COUNT(*) FROM run");
  std::int64_t version = 0;
  bool changed = true;
  {
    Query latest(database_, "SELECT version, hash FROM experiment ORDER BY version DESC LIMIT 1");
    if (latest.next()) {
      version = latest.whole(0);
      changed = latest.text(1) != file.hash;
    }
  }
  if (changed) {
    // Of what was changed before anything ran, nothing is kept.
    if (runs == 0) database_.execute("DELETE FROM experiment");
    Statement insert(database_, "INSERT INTO experiment VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, runs == 0 ? 1 : version + 1).bind(2, file.hash).bind(3, file.question).bind(4, file.text);
    insert.bind(5, std::string(ONDOL_VERSION)).bind(6, name_of(file.method)).bind(7, runs).run();
    database_.execute("DELETE FROM plan");
  }
  write_definitions(file, design, worlds);
  database_.execute("COMMIT");
}

void ExperimentResults::write_definitions(const ExperimentFile& file, const std::vector<std::vector<Level>>& design,
                                          const std::vector<BaseWorld>& worlds) {
  for (const std::string& table : defining_tables()) database_.execute("DELETE FROM " + table);
  Statement arm(database_, "INSERT INTO arm VALUES (?, ?, ?, ?)");
  for (std::size_t i = 0; i < file.arms.size(); ++i)
    arm.bind(1, static_cast<std::int64_t>(i))
        .bind(2, file.arms[i].name)
        .bind(3, std::int64_t{i == file.reference})
        .bind(4, file.arms[i].doc)
        .run();
  Statement scenario(database_, "INSERT INTO scenario VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < file.scenarios.size(); ++i)
    scenario.bind(1, static_cast<std::int64_t>(i)).bind(2, file.scenarios[i].name).bind(3, file.scenarios[i].doc).run();
  Statement factor(database_, "INSERT INTO factor VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < file.factors.size(); ++i) {
    const Factor& f = file.factors[i];
    factor.bind(1, static_cast<std::int64_t>(i)).bind(2, f.name).bind(3, fmt::format("{}", fmt::join(f.paths, "\n")));
    factor.bind(4, f.unit).bind(5, f.group).bind(6, f.doc);
    const bool is_range = f.values.empty();
    is_range ? factor.bind(7, f.low).bind(8, f.high) : factor.bind_null(7).bind_null(8);
    factor.run();
  }
  Statement outcome(database_, "INSERT INTO outcome_list VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < file.outcomes.size(); ++i) {
    const Outcome& o = file.outcomes[i];
    outcome.bind(1, static_cast<std::int64_t>(i)).bind(2, o.name).bind(3, std::int64_t{i == file.primary});
    outcome.bind(4, std::int64_t{o.better}).bind(5, o.unit).bind(6, o.sql).bind(7, o.doc).run();
  }
  Statement series(database_, "INSERT INTO series_list VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < file.series.size(); ++i) {
    const Series& s = file.series[i];
    series.bind(1, static_cast<std::int64_t>(i)).bind(2, s.name).bind(3, std::int64_t{s.better}).bind(4, s.unit);
    series.bind(5, fmt::format("{}", fmt::join(s.horizons, " ")));
    series.bind(6, fmt::format("{}", fmt::join(s.discount_rates, " "))).bind(7, s.sql).bind(8, s.doc).run();
  }
  Statement level(database_, "INSERT INTO design VALUES (?, ?, ?, ?, ?)");
  for (std::size_t p = 0; p < design.size(); ++p) {
    for (std::size_t f = 0; f < design[p].size(); ++f) {
      const Level& l = design[p][f];
      level.bind(1, static_cast<std::int64_t>(p)).bind(2, static_cast<std::int64_t>(f)).bind(3, l.value);
      level.bind(4, l.setting);
      l.centre ? level.bind(5, *l.centre) : level.bind_null(5);
      level.run();
    }
  }
  Statement world(database_, "INSERT INTO world VALUES (?, ?, ?, ?)");
  for (const BaseWorld& base : worlds)
    world.bind(1, static_cast<std::int64_t>(base.scenario))
        .bind(2, static_cast<std::int64_t>(base.arm))
        .bind(3, base.text)
        .bind(4, base.plugins)
        .run();
}

std::unordered_set<std::string> ExperimentResults::runs(bool without_failed) {
  std::unordered_set<std::string> ids;
  Query query(database_, without_failed ? "SELECT id FROM run WHERE status = 'complete'" : "SELECT id FROM run");
  while (query.next()) ids.insert(query.text(0));
  return ids;
}

void ExperimentResults::add(const std::vector<PlanRow>& plan, const FinishedRun* run) {
  database_.execute("BEGIN IMMEDIATE");
  Statement place(database_, "INSERT OR REPLACE INTO plan VALUES (?, ?, ?, ?, ?)");
  for (const PlanRow& row : plan)
    place.bind(1, row.point)
        .bind(2, row.replicate)
        .bind(3, static_cast<std::int64_t>(row.scenario))
        .bind(4, static_cast<std::int64_t>(row.arm))
        .bind(5, row.run)
        .run();
  if (run != nullptr) {
    Statement insert(database_, "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, run->id).bind(2, static_cast<std::int64_t>(run->seed)).bind(3, run->ticks);
    insert.bind(4, std::string(run->complete ? "complete" : "failed"));
    run->complete ? insert.bind_null(5).bind(6, run->fingerprint) : insert.bind(5, run->message).bind_null(6);
    insert.run();
    Statement value(database_, "INSERT OR REPLACE INTO outcome_value VALUES (?, ?, ?)");
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < run->outcomes.size(); ++i)
      value.bind(1, run->id).bind(2, static_cast<std::int64_t>(i)).bind(3, run->outcomes[i].value_or(nothing)).run();
    Statement along(database_, "INSERT OR REPLACE INTO series_value VALUES (?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < run->series.size(); ++i) {
      std::int64_t row = 0;
      for (const auto& [at, number] : run->series[i])
        along.bind(1, run->id)
            .bind(2, static_cast<std::int64_t>(i))
            .bind(3, row++)
            .bind(4, at)
            .bind(5, number.value_or(nothing))
            .run();
    }
    Statement time(database_, "INSERT OR REPLACE INTO run_time VALUES (?, ?)");
    time.bind(1, run->id).bind(2, run->seconds).run();
  }
  database_.execute("COMMIT");
}

void ExperimentResults::close() {
  database_.execute("PRAGMA analysis_limit = 1000; ANALYZE");
  database_.leave_write_ahead_log();
}

}  // namespace ondol
