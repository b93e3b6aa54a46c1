// Making the views that a world declares.
#include "results/world_views.hpp"

#include "base/nearest.hpp"
#include "results/results_schema.hpp"
#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ondol {

namespace {

[[noreturn]] void refuse(const ViewModel& view, const std::string& why) {
  throw Error(ErrorCode::world, fmt::format("{}: {}", view.where, why));
}

// Every column has a description, and every description a column.
void check_columns(const ViewModel& view, const Query& query) {
  std::vector<std::string> described;
  for (const ViewModel::Column& column : view.columns) described.push_back(column.name);
  for (int i = 0; i < query.columns(); ++i) {
    const auto found = std::find(described.begin(), described.end(), query.name(i));
    if (found == described.end())
      refuse(view, fmt::format("column '{}' is not described in `columns`{}", query.name(i),
                               suggestion(query.name(i), described)));
    described.erase(found);
  }
  if (!described.empty()) refuse(view, fmt::format("its question has no column '{}'", described.front()));
}

// What SQL refuses is the view's fault.
template <class Body>
void blaming(const ViewModel& view, Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::output) throw;
    refuse(view, error.what());
  }
}

void document_columns(Database& database, const ViewModel& view, const std::string& currency) {
  Statement document(database, "INSERT INTO column_doc VALUES (?, ?, ?, ?)");
  for (const ViewModel::Column& column : view.columns) {
    std::string unit = column.unit;
    if (unit.starts_with("currency")) unit.replace(0, 8, currency);
    document.bind(1, view.name).bind(2, column.name).bind(3, unit).bind(4, column.doc).run();
  }
}

}  // namespace

void create_world_views(Database& database, const Model& model) {
  for (const ViewModel& view : model.views) {
    blaming(view,
            [&] { Statement(database, fmt::format("CREATE VIEW {} AS {}", identifier(view.name), view.sql)).run(); });
  }
  for (const ViewModel& view : model.views) {
    blaming(view, [&] { check_columns(view, Query(database, "SELECT * FROM " + identifier(view.name))); });
    document_columns(database, view, model.currency);
  }
}

void check_world_views(const Model& model) {
  if (model.views.empty()) return;
  Database empty("results", Database::Opening::in_memory);
  const Schema schema(model);
  empty.execute(create_tables(model, schema) + create_views(schema));
  create_world_views(empty, model);
}

}  // namespace ondol
