// Recording into memory, and asking.
#include "results/run_answers.hpp"

#include "results/results_constants.hpp"

#include <ondol/engine/run.hpp>

#include <set>

namespace ondol {

RunAnswers::RunAnswers(const Run& run, const std::vector<std::string>& questions)
    : run_(run),
      schema_(run.world().model()),
      database_("results of a run", Database::Opening::in_memory),
      recorder_(run.world().model(), schema_, run.state(), run.scheduler()) {
  database_.execute("BEGIN");
  write_constants(database_, run, schema_);
  database_.execute("COMMIT");
  std::set<std::string> read;
  for (const std::string& question : questions) read.merge(database_.tables_read(question));
  // Which is added up from sales as years end.
  if (read.count("sale_year") > 0) read.insert(schema_.tables[Schema::sale].name);
  std::vector<bool> tables;
  for (const ResultTable& table : schema_.tables) tables.push_back(read.count(table.name) > 0);
  recorder_.choose(std::move(tables));
}

void RunAnswers::record() {
  if (!writer_) writer_ = std::make_unique<ResultsWriter>(database_, run_.world().model(), schema_, nullptr);
  const std::int64_t tick = run_.ticks() - 1;
  recorder_.record(tick, writer_->begin_tick(tick));
  writer_->end_tick();
}

void RunAnswers::finish() {
  if (!writer_) return;
  recorder_.record_end(writer_->begin_end());
  writer_->end_tick();
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

int RunAnswers::columns(const std::string& question) { return Query(database_, question).columns(); }

}  // namespace ondol
