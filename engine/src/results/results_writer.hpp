// A thread of its own that writes what the run recorded, in whole ticks, as many at once as have gathered meanwhile.
#pragma once

#include "results/results_schema.hpp"
#include "results/sqlite_rows.hpp"
#include "state/state.hpp"

#include <ondol/engine/snapshot.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ondol {

class Profile;

// Ticks one behind the other: what they add to every table, in the order of Schema::tables, and to the lists that grow
// as a run goes on.
struct Batch {
  explicit Batch(const Schema& schema);

  struct Birth {
    Index population, agent;
    std::int64_t born;
    Index founder;  // or none
  };
  struct Death {
    Index agent;
    std::int64_t died;
  };
  struct Trait {
    Index population, agent;
    Index field;  // among the kind's fields
    std::uint32_t component;
    double value;
  };
  std::vector<std::int64_t> ticks;
  std::vector<Birth> births;
  std::vector<Trait> traits;  // of those who were born
  std::vector<Death> deaths;
  std::vector<EventEffect> events;
  std::vector<NumberRows> tables;
  // The state after the last of the ticks, from which the run can go on: the batch ends with it.
  std::optional<Snapshot> checkpoint;
  bool is_end = false;  // of the run: what `every` left out of the last tick follows

  std::size_t rows() const;
  void clear();
};

// Two batches take turns: the run fills one while the thread writes the other. Each is one transaction.
class ResultsWriter {
 public:
  // Into a file that may have rows already. `every`: ticks between checkpoints, which the file keeps beside them.
  ResultsWriter(Database& database, const Model& model, const Schema& schema, Profile* profile, std::int64_t every = 0);
  ~ResultsWriter() { stop(); }

  // To which the run adds a tick before it calls end_tick(). Waits while too many rows wait to be written; throws what
  // the thread failed with.
  Batch& begin_tick(std::int64_t tick);
  // The same for what else there is to say of the last tick.
  Batch& begin_end();
  // And for a checkpoint of the last tick.
  Batch& begin();
  void end_tick();

  // Waits until all is written; the database is then the caller's.
  void stop();
  void rethrow() const;
  bool failed() const { return failure_ != nullptr; }

 private:
  void work();
  void attend();
  void write(const Batch& batch);
  void add_up_years(const Batch& batch);
  std::int64_t first_tick_of_next_year(const Batch& batch) const;
  void write_tick(std::int64_t tick);
  void write_birth(const Batch::Birth& birth);
  void write_trait(const Batch::Trait& trait);
  void write_event(const EventEffect& effect);
  bool ready() const { return !filling_now_ && (!filling_.ticks.empty() || filling_.checkpoint || filling_.is_end); }

  Database& database_;
  const Model& model_;
  const Schema& schema_;
  const std::int64_t every_;
  Profile* profile_;
  Statement tick_, ticks_, end_, birth_, trait_, death_, event_, parameter_, alive_;
  std::deque<RowInsert> inserts_;  // by Schema::tables
  // Adding up a table by years.
  struct Years {
    std::size_t source;  // in Schema::tables
    Statement add, end;
    std::int64_t rows;      // of the source, written
    std::int64_t added_up;  // of which so many
  };
  std::deque<Years> years_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch filling_;
  bool filling_now_ = false;  // the run is at it
  Batch writing_;             // the thread's
  std::exception_ptr failure_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace ondol
