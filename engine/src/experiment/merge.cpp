// Joining the results of an experiment's parts.
#include "experiment/experiment_results.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>

#include <fmt/format.h>

#include <utility>

namespace ondol {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& part, const std::string& why) {
  throw Error(ErrorCode::output, fmt::format("{}: {}", part.string(), why));
}

// What one part adds to the others. The database has the part attached as `part`.
class Merging {
 public:
  Merging(Database& database, const std::filesystem::path& part) : database_(database), part_(part) {}

  void add(bool first) {
    check_same_experiment(first);
    if (first) {
      for (const std::string& table : defining_tables()) copy(table);
    }
    check_same_definitions();
    prefer_complete();
    check_no_contradiction(
        "SELECT id FROM part.run p JOIN main.run m USING (id) WHERE p.fingerprint IS NOT m.fingerprint",
        "run {} came to something else there than in the parts before it, though all that "
        "determines it is the same: a plugin is not deterministic");
    check_no_contradiction(
        "SELECT p.run FROM part.plan p JOIN main.plan m USING (point, replicate, scenario, arm) WHERE "
        "p.run <> m.run",
        "run {} is of another world, or with other plugins, than in the parts before it");
    for (const std::string& table : growing_tables()) copy(table);
  }

 private:
  void copy(const std::string& table) {
    database_.execute(fmt::format("INSERT OR IGNORE INTO main.{0} SELECT * FROM part.{0}", table), "merging");
  }

  std::int64_t count(const std::string& sql) {
    Query query(database_, "SELECT COUNT(*) FROM " + sql);
    return query.next() ? query.whole(0) : 0;
  }

  // As the file stood last. Of earlier versions, those of all parts are kept.
  void check_same_experiment(bool first) {
    const auto latest = [](const char* file) {
      return fmt::format("(SELECT hash FROM {}.experiment ORDER BY version DESC LIMIT 1)", file);
    };
    if (!first && count(fmt::format("(SELECT 1 WHERE {} IS NOT {})", latest("main"), latest("part"))) > 0)
      refuse(part_, "is of an experiment file that says something else than that of the parts before it");
    // The longest history; of equally long ones, each change counts the most runs that any part had before it.
    if (count("part.experiment") > count("main.experiment")) {
      database_.execute("DELETE FROM main.experiment");
      copy("experiment");
    }
  }

  void check_same_definitions() {
    for (const std::string& table : defining_tables()) {
      if (count(fmt::format("(SELECT * FROM part.{0} EXCEPT SELECT * FROM main.{0})", table)) > 0)
        refuse(part_, table == "world" ? "was run with another world or other plugins than the parts before it"
                                       : fmt::format("differs from the parts before it in table `{}`", table));
    }
  }

  // A run that failed in one part, for want of memory or patience, may have ended well in another.
  void prefer_complete() {
    for (const char* table : {"outcome_value", "series_value", "run_time"})
      database_.execute(
          fmt::format("DELETE FROM main.{} WHERE run IN (SELECT m.id FROM main.run m JOIN part.run p ON "
                      "p.id = m.id WHERE m.status = 'failed' AND p.status = 'complete')",
                      table));
    database_.execute(
        "DELETE FROM main.run WHERE status = 'failed' AND id IN (SELECT id FROM part.run WHERE status = "
        "'complete')");
  }

  void check_no_contradiction(const std::string& contradictions, fmt::format_string<std::string> what) {
    Query query(database_, contradictions + " LIMIT 1");
    if (query.next()) refuse(part_, fmt::format(what, query.text(0)));
  }

  Database& database_;
  std::filesystem::path part_;
};

void join(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& making) {
  ExperimentResults merged(making);
  Database& database = merged.database();
  bool first = true;
  for (const auto& part : parts) {
    {
      Database alone(part, Database::Opening::to_read);
      check_experiment_results(alone, part);
    }
    database.execute(fmt::format("ATTACH {} AS part", quoted(std::filesystem::absolute(part).string())), "merging");
    database.execute("BEGIN");
    Merging(database, part).add(std::exchange(first, false));
    database.execute("COMMIT");
    database.execute("DETACH part");
  }
  merged.close();
}

// An experiment's results, which nobody writes.
void check_replaceable(const std::filesystem::path& path) {
  std::error_code failure;
  bool is_one = std::filesystem::is_regular_file(std::filesystem::symlink_status(path, failure));
  try {
    if (is_one) {
      Database database(path, Database::Opening::to_read);
      check_experiment_results(database, path);
    }
  } catch (const Error&) {
    is_one = false;
  }
  if (!is_one) refuse(path, "is not the results file of an experiment, and nothing else is overwritten");
  const FileLock held(path);
}

}  // namespace

void merge_experiments(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& results,
                       bool overwrite) {
  if (parts.empty()) throw Error(ErrorCode::usage, "merge what? expected the results files of an experiment's parts");
  std::error_code failure;
  for (const auto& part : parts) {
    if (std::filesystem::equivalent(part, results, failure))
      throw Error(ErrorCode::usage, fmt::format("{}: is one of the parts; merge into another file", results.string()));
  }
  const std::filesystem::path making = results.string() + ".part";
  if (std::filesystem::exists(std::filesystem::symlink_status(results, failure))) {
    if (!overwrite) refuse(results, "exists already; choose another file or allow overwriting");
    check_replaceable(results);
  }
  if (std::filesystem::exists(std::filesystem::symlink_status(making, failure))) check_replaceable(making);
  std::filesystem::remove(making, failure);
  try {
    join(parts, making);
  } catch (...) {
    std::filesystem::remove(making, failure);
    throw;
  }
  std::filesystem::rename(making, results, failure);
  if (failure) refuse(results, fmt::format("cannot be written: {}", failure.message()));
}

}  // namespace ondol
