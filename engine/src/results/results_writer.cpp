// Writing batches of ticks behind the run.
#include "results/results_writer.hpp"

#include "results/checkpoints.hpp"
#include "results/results_years.hpp"

#include <ondol/engine/profile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace ondol {

namespace {

// What may wait for the thread beyond a tick: enough that a transaction is worth its while.
constexpr std::size_t most_rows_waiting = 100'000;

const std::string write_piece = "write";  // as a profile names it

constexpr std::chrono::seconds time_between_signs_of_life{10};

// What an event changes, as table `event` says it.
struct EventText {
  std::string what, population, field, unit;
};

EventText text_of(const Model& model, const EventEffect& effect) {
  const Event& event = model.events[effect.event];
  switch (event.target) {
    case Event::Target::param: {
      const PopulationModel& population = model.populations[event.index];
      const FieldDescription& field = model.kinds[population.kind]->fields[event.field];
      const std::string name = field.count == 1 ? field.name : fmt::format("{}_{}", field.name, event.component + 1);
      return {"parameter", population.name, name, field.unit};
    }
    case Event::Target::signal: {
      const SignalModel& signal = model.signals[event.index];
      const std::string region = signal.region == none ? "" : "." + model.regions[signal.region].name;
      return {"signal", "", signal.name + region, signal.unit.text()};
    }
    case Event::Target::found:
    case Event::Target::leave:
      return {"members", model.populations[event.index].name, "", "1"};
    case Event::Target::reach:
      return {effect.what == EventEffect::What::share ? "reach share" : "reach cost", "",
              fmt::format("{}, {} from {}", model.markets[event.index].label, model.regions[event.buyer_region].name,
                          model.regions[event.seller_region].name),
              "1"};
  }
  return {};
}

}  // namespace

Batch::Batch(const Schema& schema) {
  for (const ResultTable& table : schema.tables) {
    std::vector<bool> integer;
    // Whole numbers that may be missing travel as doubles, whose NaN is NULL; their column makes them whole again.
    for (const ResultColumn& column : table.columns) integer.push_back(column.integer && !column.is_agent);
    tables.emplace_back(integer);
  }
}

std::size_t Batch::rows() const {
  std::size_t rows = ticks.size() + births.size() + traits.size() + deaths.size() + events.size();
  for (const NumberRows& table : tables) rows += table.size();
  return rows;
}

void Batch::clear() {
  ticks.clear();
  births.clear();
  traits.clear();
  deaths.clear();
  events.clear();
  checkpoint.reset();
  for (NumberRows& table : tables) table.clear();
}

ResultsWriter::ResultsWriter(Database& database, const Model& model, const Schema& schema, Profile* profile,
                             std::int64_t every)
    : database_(database),
      model_(model),
      schema_(schema),
      every_(every),
      profile_(profile),
      tick_(database, "INSERT INTO tick_list VALUES (?, ?, ?, ?, 0)"),
      ticks_(database, "UPDATE run_data SET ticks = ticks + ?, heartbeat = " + sql_now),
      end_(database, "UPDATE tick_list SET is_end = 1 WHERE tick = (SELECT MAX(tick) FROM tick_list)"),
      birth_(database, "INSERT INTO agent_list VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)"),
      trait_(database, "INSERT INTO trait VALUES (?, ?, ?, ?, ?, ?)"),
      death_(database, "UPDATE agent_list SET died = ? WHERE id = ?"),
      event_(database, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      parameter_(database, "INSERT INTO parameter VALUES (?, ?, ?, ?, ?, ?, ?)"),
      alive_(database, "UPDATE run_data SET heartbeat = " + sql_now),
      filling_(schema),
      writing_(schema) {
  for (const ResultTable& table : schema.tables) inserts_.emplace_back(database, table.name, table.columns.size());
  for (const YearTable& table : year_tables()) {
    Query there(database, fmt::format("SELECT COALESCE((SELECT MAX(rowid) FROM {}), 0), last_row FROM year_end WHERE "
                                      "table_name = {}",
                                      table.data, quoted(table.name)));
    there.next();
    years_.push_back({table.source,
                      Statement(database, fmt::format("INSERT INTO {} {}", table.name, sums_of_rest(table, "?1"))),
                      Statement(database, "UPDATE year_end SET last_row = ? WHERE table_name = " + quoted(table.name)),
                      there.whole(0), there.whole(1)});
  }
  thread_ = std::thread([this] { work(); });
}

Batch& ResultsWriter::begin() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (filling_.rows() < most_rows_waiting && !filling_.checkpoint) || failure_; });
  rethrow();
  filling_now_ = true;
  return filling_;
}

Batch& ResultsWriter::begin_tick(std::int64_t tick) {
  Batch& batch = begin();
  batch.ticks.push_back(tick);
  return batch;
}

Batch& ResultsWriter::begin_end() {
  Batch& batch = begin();
  batch.is_end = true;
  return batch;
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
  try {
    attend();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    changed_.notify_all();
  }
}

// Also says from time to time that the run is alive, however long a tick takes.
void ResultsWriter::attend() {
  for (;;) {
    std::unique_lock lock(mutex_);
    const bool called = changed_.wait_for(lock, time_between_signs_of_life, [this] { return ready() || done_; });
    if (called && !ready()) return;
    if (called) {
      std::swap(filling_, writing_);
      changed_.notify_all();
    }
    lock.unlock();
    if (!called) {
      alive_.run();
      continue;
    }
    write(writing_);
    writing_.clear();
  }
}

void ResultsWriter::write(const Batch& batch) {
  const ProfileSpan span(profile_, "recorder", write_piece);
  database_.execute("BEGIN");
  for (const std::int64_t tick : batch.ticks) write_tick(tick);
  for (const Batch::Birth& birth : batch.births) write_birth(birth);
  for (const Batch::Trait& trait : batch.traits) write_trait(trait);
  for (const Batch::Death& death : batch.deaths) death_.bind(1, death.died).bind(2, std::int64_t{death.agent}).run();
  for (const EventEffect& effect : batch.events) write_event(effect);
  ticks_.bind(1, static_cast<std::int64_t>(batch.ticks.size())).run();
  for (std::size_t i = 0; i < inserts_.size(); ++i) inserts_[i].insert(batch.tables[i]);
  if (batch.is_end) end_.run();
  add_up_years(batch);
  if (batch.checkpoint)
    write_checkpoint(database_, schema_, batch.checkpoint->ticks(), every_, batch.checkpoint->bytes());
  database_.execute("COMMIT");
}

// Of years that are over, and of the last one as the run ends.
void ResultsWriter::add_up_years(const Batch& batch) {
  const std::int64_t first = batch.is_end ? std::numeric_limits<std::int64_t>::max() : first_tick_of_next_year(batch);
  for (Years& years : years_) {
    const NumberRows& rows = batch.tables[years.source];
    const std::int64_t before = years.rows;
    years.rows += static_cast<std::int64_t>(rows.size());
    if (first < 0) continue;
    const Cell* ticks = rows.column(0).cells.data();
    const std::int64_t over = before + (std::lower_bound(ticks, ticks + rows.size(), first) - ticks);
    if (over == years.added_up) continue;
    years.add.bind(1, over).run();
    years.end.bind(1, over).run();
    years.added_up = over;
  }
}

// Of the last year that begins in these ticks or right behind them; -1: none does.
std::int64_t ResultsWriter::first_tick_of_next_year(const Batch& batch) const {
  if (!model_.calendar || batch.ticks.empty() || batch.ticks.back() + 1 >= model_.ticks) return -1;
  const auto year_of = [this](std::int64_t tick) { return model_.calendar->day_of(tick).year(); };
  const auto next = year_of(batch.ticks.back() + 1);
  if (next == year_of(batch.ticks.front())) return -1;
  const auto begun =
      std::find_if(batch.ticks.begin(), batch.ticks.end(), [&](std::int64_t tick) { return year_of(tick) == next; });
  return begun == batch.ticks.end() ? batch.ticks.back() + 1 : *begun;
}

void ResultsWriter::write_tick(std::int64_t tick) {
  tick_.bind(1, tick);
  if (model_.calendar) {
    const std::chrono::year_month_day day = model_.calendar->day_of(tick);
    const int year = static_cast<int>(day.year());
    const unsigned month = static_cast<unsigned>(day.month());
    tick_.bind(2, fmt::format("{:04}-{:02}-{:02}", year, month, static_cast<unsigned>(day.day())));
    tick_.bind(3, std::int64_t{year}).bind(4, std::int64_t{month});
  } else {
    tick_.bind_null(2).bind_null(3).bind_null(4);
  }
  tick_.run();
}

void ResultsWriter::write_birth(const Batch::Birth& birth) {
  const PopulationModel& population = model_.populations[birth.population];
  birth_.bind(1, std::int64_t{birth.agent}).bind(2, model_.agent_name(birth.agent));
  birth_.bind(3, model_.kinds[population.kind]->name).bind(4, population.name).bind(5, population.layer);
  birth_.bind(6, population.region == none ? "" : model_.regions[population.region].name).bind(7, birth.born);
  birth.founder == none ? birth_.bind_null(8) : birth_.bind(8, std::int64_t{birth.founder});
  birth_.run();
}

void ResultsWriter::write_trait(const Batch::Trait& trait) {
  const FieldDescription& field = model_.kinds[model_.populations[trait.population].kind]->fields[trait.field];
  trait_.bind(1, std::int64_t{trait.agent}).bind(2, field.name).bind(3, std::int64_t{trait.component});
  trait_.bind(4, trait.value).bind(5, field.unit).bind(6, field.doc).run();
}

void ResultsWriter::write_event(const EventEffect& effect) {
  const Event& event = model_.events[effect.event];
  const EventText text = text_of(model_, effect);
  event_.bind(1, event.tick).bind(2, text.what).bind(3, text.population).bind(4, text.field);
  event_.bind(5, effect.before).bind(6, effect.after).bind(7, text.unit).bind(8, event.source).bind(9, event.text);
  event_.run();
  if (event.target != Event::Target::param) return;
  const PopulationModel& population = model_.populations[event.index];
  const FieldDescription& field = model_.kinds[population.kind]->fields[event.field];
  parameter_.bind(1, event.tick).bind(2, population.name).bind(3, field.name).bind(4, std::int64_t{event.component});
  parameter_.bind(5, effect.after).bind(6, field.unit).bind(7, field.doc).run();
}

}  // namespace ondol
