// Recording into memory, and asking.
#include "results/run_answers.hpp"

#include "results/results_constants.hpp"
#include "results/results_years.hpp"

#include <ondol/engine/run.hpp>

#include <set>

namespace ondol {

RunAnswers::RunAnswers(const Run& run, const std::vector<std::string>& questions, std::span<const std::byte> past)
    : run_(run),
      schema_(run.world().model()),
      database_("results of a run", Database::Opening::in_memory),
      recorder_(run.world().model(), schema_, run.state(), run.scheduler()) {
  database_.execute("BEGIN");
  write_constants(database_, run, schema_);
  database_.execute("COMMIT");
  std::set<std::string> read;
  for (const std::string& question : questions) read.merge(database_.tables_read(question));
  for (const YearTable& table : year_tables()) {
    if (read.count(table.name) > 0) read.insert(table.data);
  }
  std::vector<bool> tables;
  for (const ResultTable& table : schema_.tables) tables.push_back(read.count(table.name) > 0);
  recorder_.choose(std::move(tables));
  if (!past.empty()) take_up(past);
}

// Rows of another run, whose world was the same until then.
void RunAnswers::take_up(std::span<const std::byte> past) {
  std::vector<std::string> tables = tables_that_grow(schema_);
  tables.insert(tables.end(), {"tick_list", "agent_list", "year_end"});
  database_.attach(past, "past");
  database_.execute("BEGIN");
  for (const std::string& table : tables) {
    const std::string name = identifier(table);
    database_.execute("DELETE FROM main." + name + "; INSERT INTO main." + name + " SELECT * FROM past." + name);
  }
  database_.execute("UPDATE main.run_data SET ticks = (SELECT ticks FROM past.run_data)");
  database_.execute("COMMIT; DETACH past");
  recorder_.go_on();
}

void RunAnswers::record() {
  if (!writer_) writer_ = std::make_unique<ResultsWriter>(database_, run_.world().model(), schema_, nullptr);
  const std::int64_t tick = run_.ticks() - 1;
  recorder_.record(tick, writer_->begin_tick(tick));
  writer_->end_tick();
}

std::vector<std::byte> RunAnswers::kept() {
  wait_for_writer();
  return database_.bytes();
}

void RunAnswers::finish() {
  if (!writer_) return;
  recorder_.record_end(writer_->begin_end());
  writer_->end_tick();
  wait_for_writer();
}

// The next tick has another.
void RunAnswers::wait_for_writer() {
  if (!writer_) return;
  writer_->stop();
  writer_->rethrow();
  writer_.reset();
}

RunAnswers::Rows RunAnswers::ask(const std::string& question) {
  Rows rows;
  Query query(database_, question);
  while (query.next()) {
    auto& row = rows.emplace_back();
    for (int column = 0; column < query.columns(); ++column)
      row.push_back(query.is_null(column) ? std::nullopt : std::optional(query.number(column)));
  }
  return rows;
}

}  // namespace ondol
