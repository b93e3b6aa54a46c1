// The virtual table over columns of numbers: SQLite asks it cell by cell, without binding and stepping every row.
#include "results/sqlite_rows.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace ondol {

NumberRows::NumberRows(const std::vector<bool>& integer) {
  for (const bool whole : integer) columns_.push_back({whole, {}});
}

std::size_t NumberRows::extend(std::size_t rows) {
  const std::size_t first = size_;
  size_ += rows;
  for (Column& column : columns_) {
    if (column.cells.size() < size_) column.cells.resize(std::max(size_, 2 * column.cells.size()));
  }
  return first;
}

void NumberRows::add(std::initializer_list<double> numbers) {
  const std::size_t row = extend(1);
  auto column = columns_.begin();
  for (const double number : numbers) {
    column->cells[row] = column->integer ? static_cast<Cell>(number) : cell_of(number);
    ++column;
  }
}

// What SQLite calls, for one virtual table each.
struct RowModule {
  struct Cursor {
    sqlite3_vtab_cursor base;
    const NumberRows* rows;
    std::size_t row;
  };
  struct Table {
    sqlite3_vtab base;
    const RowInsert::Source* source;
    Cursor cursor;  // one statement reads it, once at a time
  };

  static int connect(sqlite3* database, void* source, int, const char* const*, sqlite3_vtab** table, char**) {
    const auto* shown = static_cast<const RowInsert::Source*>(source);
    std::string columns = "c0";
    for (std::size_t c = 1; c < shown->columns; ++c) columns += fmt::format(", c{}", c);
    const int result = sqlite3_declare_vtab(database, fmt::format("CREATE TABLE rows ({})", columns).c_str());
    if (result == SQLITE_OK) *table = &(new Table{{}, shown, {}})->base;
    return result;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete reinterpret_cast<Table*>(table);
    return SQLITE_OK;
  }
  // Every row in order is the only way through.
  static int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

  static int open(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
    auto* opened = reinterpret_cast<Table*>(table);
    opened->cursor = {{}, opened->source->rows, 0};
    *cursor = &opened->cursor.base;
    return SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor*) { return SQLITE_OK; }
  static int rewind(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    at(cursor)->row = 0;
    return SQLITE_OK;
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    ++at(cursor)->row;
    return SQLITE_OK;
  }
  static int past_end(sqlite3_vtab_cursor* cursor) { return at(cursor)->row == at(cursor)->rows->size(); }

  static int cell(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int index) {
    const NumberRows::Column& column = at(cursor)->rows->column(static_cast<std::size_t>(index));
    const Cell value = column.cells[at(cursor)->row];
    if (column.integer) {
      sqlite3_result_int64(result, value);
    } else {
      sqlite3_result_double(result, std::bit_cast<double>(value));  // NULL where it is NaN
    }
    return SQLITE_OK;
  }
  static int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = static_cast<sqlite3_int64>(at(cursor)->row);
    return SQLITE_OK;
  }

  static Cursor* at(sqlite3_vtab_cursor* cursor) { return reinterpret_cast<Cursor*>(cursor); }

  // Without a way to create it, the module is itself a table, of its own name.
  static const sqlite3_module* module() {
    static const sqlite3_module calls = [] {
      sqlite3_module m{};
      m.xConnect = connect;
      m.xDisconnect = disconnect;
      m.xBestIndex = best_index;
      m.xOpen = open;
      m.xClose = close;
      m.xFilter = rewind;
      m.xNext = next;
      m.xEof = past_end;
      m.xColumn = cell;
      m.xRowid = row_id;
      return m;
    }();
    return &calls;
  }

  static Statement insert_from(Database& database, const std::string& table, RowInsert::Source* source) {
    const std::string name = table + "_rows";
    if (sqlite3_create_module_v2(database.handle(), name.c_str(), module(), source, nullptr) != SQLITE_OK)
      database.fail("preparing results");
    return {database, fmt::format("INSERT INTO {} SELECT * FROM {}", identifier(table), identifier(name))};
  }
};

RowInsert::RowInsert(Database& database, const std::string& table, std::size_t columns)
    : source_{columns, nullptr}, statement_(RowModule::insert_from(database, table, &source_)) {}

void RowInsert::insert(const NumberRows& rows) {
  if (rows.size() == 0) return;
  source_.rows = &rows;
  statement_.run();
}

}  // namespace ondol
