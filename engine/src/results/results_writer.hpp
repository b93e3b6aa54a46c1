// A thread of its own that writes what the run recorded, in whole ticks, as many at once as have gathered meanwhile.
#pragma once

#include "results/results_schema.hpp"
#include "results/sqlite_rows.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ondol {

class Profile;

// Ticks one behind the other: what they add to every table, in the order of Schema::tables.
struct Batch {
  explicit Batch(const Schema& schema);

  struct Tick {
    std::int64_t tick;
    std::string date;  // empty without a calendar
  };
  std::vector<Tick> ticks;
  std::vector<NumberRows> tables;

  std::size_t rows() const;
  void clear();
};

// Two batches take turns: the run fills one while the thread writes the other. Each is one transaction.
class ResultsWriter {
 public:
  ResultsWriter(Database& database, const Schema& schema, Profile* profile);
  ~ResultsWriter() { stop(); }

  // To which the run adds a tick before it calls end_tick(). Waits while too many rows wait to be written; throws what
  // the thread failed with.
  Batch& begin_tick(std::int64_t tick, const std::string& date);
  void end_tick();

  // Waits until all is written; the database is then the caller's.
  void stop();
  void rethrow() const;

 private:
  void work();
  void write(const Batch& batch);
  bool ready() const { return !filling_now_ && !filling_.ticks.empty(); }

  Database& database_;
  Profile* profile_;
  Statement tick_, ticks_;
  std::deque<RowInsert> inserts_;  // by Schema::tables
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
