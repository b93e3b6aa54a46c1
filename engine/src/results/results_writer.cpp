// Writing batches of ticks behind the run.
#include "results/results_writer.hpp"

#include <ondol/engine/profile.hpp>

#include <fmt/format.h>

#include <utility>

namespace ondol {

namespace {

// What may wait for the thread beyond a tick: enough that a transaction is worth its while.
constexpr std::size_t most_rows_waiting = 100'000;

const std::string write_piece = "write";  // as a profile names it

}  // namespace

Batch::Batch(const Schema& schema) {
  for (const ResultTable& table : schema.tables) {
    std::vector<bool> integer;
    // Whole numbers that may be missing travel as doubles, whose NaN is NULL; their column makes them whole again.
    for (const ResultColumn& column : table.columns) integer.push_back(column.integer && !column.optional);
    tables.emplace_back(integer);
  }
}

std::size_t Batch::rows() const {
  std::size_t rows = ticks.size();
  for (const NumberRows& table : tables) rows += table.size();
  return rows;
}

void Batch::clear() {
  ticks.clear();
  for (NumberRows& table : tables) table.clear();
}

ResultsWriter::ResultsWriter(Database& database, const Schema& schema, Profile* profile)
    : database_(database),
      profile_(profile),
      tick_(database, "INSERT INTO tick_list VALUES (?, ?)"),
      ticks_(database, "UPDATE run SET ticks = ticks + ?"),
      filling_(schema),
      writing_(schema) {
  for (const ResultTable& table : schema.tables) inserts_.emplace_back(database, table.name, table.columns.size());
  thread_ = std::thread([this] { work(); });
}

Batch& ResultsWriter::begin_tick(std::int64_t tick, const std::string& date) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return filling_.rows() < most_rows_waiting || failure_; });
  rethrow();
  filling_now_ = true;
  filling_.ticks.push_back({tick, date});
  return filling_;
}

void ResultsWriter::end_tick() {
  const std::lock_guard lock(mutex_);
  filling_now_ = false;
  changed_.notify_all();
}

void ResultsWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void ResultsWriter::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

void ResultsWriter::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready() || done_; });
    if (!ready()) return;
    std::swap(filling_, writing_);
    changed_.notify_all();
    lock.unlock();
    try {
      write(writing_);
    } catch (...) {
      lock.lock();
      failure_ = std::current_exception();
      changed_.notify_all();
      return;
    }
    writing_.clear();
  }
}

void ResultsWriter::write(const Batch& batch) {
  const ProfileSpan span(profile_, "recorder", write_piece);
  database_.execute("BEGIN");
  for (const Batch::Tick& tick : batch.ticks) {
    tick_.bind(1, tick.tick);
    tick.date.empty() ? tick_.bind_null(2) : tick_.bind(2, tick.date);
    tick_.run();
  }
  ticks_.bind(1, static_cast<std::int64_t>(batch.ticks.size())).run();
  for (std::size_t i = 0; i < inserts_.size(); ++i) inserts_[i].insert(batch.tables[i]);
  database_.execute("COMMIT");
}

}  // namespace ondol
