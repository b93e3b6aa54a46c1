// Asking a results file; SQLite itself writes what it answers as JSON.
#include "report/answers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ondol {

namespace {

constexpr std::int64_t most_points = 240;  // along a line
constexpr std::int64_t most_periods = 60;  // along columns and the slider

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// The first tick of every so many.
std::string spans_of_ticks(std::int64_t ticks, std::int64_t most) {
  const std::int64_t each = (ticks + most - 1) / most;
  return each <= 1 ? "tick" : fmt::format("tick / {0} * {0}", each);
}

std::string one_text(Database& results, const std::string& question) {
  Query query(results, question);
  return query.next() ? query.text(0) : "";
}

// Without the semicolon that may end it.
std::string trimmed(std::string sql) {
  const std::size_t last = sql.find_last_not_of("; \n\t");
  sql.erase(last == std::string::npos ? 0 : last + 1);
  return sql;
}

std::string moment_of(std::int64_t ticks, std::int64_t months) {
  if (ticks <= most_points) return "date";
  if (months <= most_points) return "printf('%d-%02d-01', year, month)";
  if (months <= 3 * most_points) return "printf('%d-%02d-01', year, (month - 1) / 3 * 3 + 1)";
  return "year";
}

std::string filled_in(const std::string& text, const Words& words) {
  return replaced(replaced(replaced(text, "{period}", words.period), "{moment}", words.moment), "{currency}",
                  words.currency);
}

}  // namespace

Words words_of_run(Database& results) {
  Words words;
  words.currency =
      one_text(results, "SELECT unit FROM column_doc WHERE table_name = 'books' AND column_name = 'revenue'");
  Query query(results, "SELECT count(*), count(DISTINCT year), count(DISTINCT year * 100 + month) FROM tick_list");
  query.next();
  const std::int64_t ticks = query.whole(0), years = query.whole(1), months = query.whole(2);
  words.period = years == 0 ? spans_of_ticks(ticks, most_periods) : years > most_periods ? "year / 10 * 10" : "year";
  words.moment = years == 0 ? spans_of_ticks(ticks, most_points) : moment_of(ticks, months);
  return words;
}

std::string chart_as_json(Database& results, const ChartModel& chart, const Words& words) {
  const std::string question = filled_in(trimmed(chart.sql), words);
  std::vector<std::string> names, columns;
  {
    Query query(results, question);
    for (int c = 0; c < query.columns(); ++c) {
      names.push_back(quoted(query.name(c)));
      columns.push_back(fmt::format("c{}", c));
    }
  }
  return one_text(results,
                  fmt::format("WITH answer({0}) AS ({1}) SELECT json_object('name', {2}, 'chapter', {3}, 'title', {4}, "
                              "'doc', {5}, 'draw', {6}, 'sql', {7}, 'columns', json_array({8}), 'rows', "
                              "json_group_array(json_array({0}))) FROM answer HAVING count(*) > 0",
                              fmt::join(columns, ", "), question, quoted(chart.name), quoted(chart.chapter),
                              quoted(filled_in(chart.title, words)), quoted(filled_in(chart.doc, words)),
                              quoted(chart.draw), quoted(question), fmt::join(names, ", ")));
}

}  // namespace ondol
