// The results file of a run, from its making to its closing, and the recorder between.
#include "results/checkpoints.hpp"
#include "results/results_constants.hpp"
#include "results/results_file.hpp"
#include "results/results_indices.hpp"
#include "results/results_recorder.hpp"
#include "results/results_schema.hpp"
#include "results/results_writer.hpp"
#include "results/sqlite.hpp"
#include "state/state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/profile.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace ondol {

namespace {

const std::string copy_piece = "copy";  // as a profile names it

const char* status_name(RunStatus status) {
  switch (status) {
    case RunStatus::running:
      return "running";
    case RunStatus::complete:
      return "complete";
    case RunStatus::interrupted:
      return "interrupted";
    case RunStatus::failed:
      return "failed";
  }
  return "failed";
}

// The file with all its tables, under its name from then on. They are in the file itself before its log of changes
// begins, so that the file alone, copied or left by a kill, is never without them.
const std::filesystem::path& made(const std::filesystem::path& path, const Run& run, const Schema& schema,
                                  const ResultsOptions& options) {
  if (options.go_on) return path;
  FileInTheMaking file(path, options.overwrite);
  {
    Database database(file.part());
    database.execute(
        fmt::format("PRAGMA page_size = 32768; PRAGMA application_id = {}; PRAGMA user_version = {}; BEGIN",
                    results_application, results_format));
    write_constants(database, run, schema);
    if (options.checkpoint > 0)
      write_checkpoint(database, schema, run.ticks(), options.checkpoint, run.snapshot().bytes());
    database.execute("COMMIT; PRAGMA journal_mode = WAL");
  }
  file.publish();
  return path;
}

}  // namespace

struct Results::Impl {
  Impl(const std::filesystem::path& path, const Run& run_, const ResultsOptions& options)
      : run(run_),
        model(run_.world().model()),
        state(run_.state()),
        schema(model),
        recorder(model, schema, state, run.scheduler()),
        profile(options.profile),
        every(options.checkpoint),
        checkpointed(run.ticks()),
        past_is_missing(run.ticks() > 0 && !options.go_on),
        reserve(path),
        database(made(path, run, schema, options), Database::Opening::existing) {
    database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    if (options.go_on) {
      take_up(database, path, run.ticks(), model.ticks);
      recorder.go_on();
    }
    writer.emplace(database, model, schema, profile, every);
  }

  void record() {
    const std::int64_t tick = run.ticks() - 1;
    const ProfileSpan span(profile, "recorder", copy_piece);
    Batch& batch = writer->begin_tick(tick);
    if (std::exchange(past_is_missing, false)) recorder.record_past(batch);
    recorder.record(tick, batch);
    if (every > 0 && run.ticks() % every == 0) keep_state(batch);
    writer->end_tick();
  }

  void keep_state(Batch& batch) {
    batch.checkpoint = run.snapshot();
    checkpointed = run.ticks();
  }

  // The last state is recorded, however few ticks otherwise are.
  void record_end(RunStatus status) {
    if (status == RunStatus::failed || run.ticks() == 0 || past_is_missing) return;  // amid a tick, or before any
    if (every > 0 && checkpointed != run.ticks()) {
      keep_state(writer->begin());
      writer->end_tick();
    }
    recorder.record_end(writer->begin_end());
    writer->end_tick();
  }

  void write_profile() {
    if (profile == nullptr) return;
    Statement insert(database, "INSERT INTO profile VALUES (?, ?, ?, ?)");
    for (const Profile::Row& row : profile->rows())
      insert.bind(1, row.part).bind(2, row.name).bind(3, row.calls).bind(4, row.seconds).run();
  }

  void write_end(RunStatus status, const std::string& message) {
    database.execute("BEGIN");
    write_profile();
    Statement update(database, "UPDATE run_data SET status = ?, message = ?, fingerprint = ?, seconds = ?");
    update.bind(1, std::string(status_name(status)));
    message.empty() ? update.bind_null(2) : update.bind(2, message);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    // A run that failed has stopped amid a tick: no state of it is worth comparing.
    status == RunStatus::failed ? update.bind_null(3) : update.bind(3, run.fingerprint());
    update.bind(4, taken.count()).run();
    database.execute("COMMIT");
  }

  void finish(RunStatus status, const std::string& message) {
    if (finished) return;
    if (status != RunStatus::failed) record_end(status);
    writer->stop();
    if (status != RunStatus::failed) writer->rethrow();
    const bool all_is_written = !writer->failed();
    finished = true;
    writer.reset();
    if (!all_is_written) {
      // What failed may do so again: whole ticks are there, and the file says why no more of them are, if it can.
      database.roll_back();
      reserve.release();
      database.wait_for_others(1000);
    }
    write_end(status, message);
    if (!all_is_written) return;
    // All is safe from here on: what follows makes it faster to read and leaves one plain file.
    if (model.record.index)
      database.execute(create_indices(schema), "indexing the results, of which all rows are written,");
    // So that SQLite knows which way to the rows is the shortest.
    // Who reads the file keeps up to a quarter of a gigabyte of it in memory: where an index leads to many rows of one
    // page, the page is not read anew for each.
    database.execute("PRAGMA analysis_limit = 1000; ANALYZE; PRAGMA default_cache_size = 8192");
    database.leave_write_ahead_log();
  }

  const Run& run;
  const Model& model;
  const State& state;
  Schema schema;
  ResultsRecorder recorder;
  Profile* profile;
  std::int64_t every;         // ticks between checkpoints; 0: none
  std::int64_t checkpointed;  // ticks done at the last one
  bool past_is_missing;       // the file is of a run that was there before
  DiskReserve reserve;
  Database database;
  std::optional<ResultsWriter> writer;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  bool finished = false;
};

Results::Results(const std::filesystem::path& path, const Run& run, ResultsOptions options)
    : impl_(std::make_unique<Impl>(path, run, options)) {}

Results::~Results() {
  try {
    impl_->finish(RunStatus::failed, "the program ended before the run did");
  } catch (const std::exception&) {
    // A destructor cannot report; the file still says that the run is running.
  }
}

void Results::record() { impl_->record(); }
void Results::finish(RunStatus status, const std::string& message) { impl_->finish(status, message); }

}  // namespace ondol
