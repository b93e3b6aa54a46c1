// Rows of numbers kept in columns, and SQLite reading them as a virtual table: the fastest way in that it has.
#pragma once

#include "results/sqlite.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace ondol {

// A number of a row: a whole one as it is, a double by its bits. What its column holds says which.
using Cell = std::int64_t;
inline Cell cell_of(double number) { return std::bit_cast<Cell>(number); }

// Grows by rows and is emptied as a whole; then it keeps its memory.
class NumberRows {
 public:
  struct Column {
    bool integer = false;
    std::vector<Cell> cells;  // as many in every column, and at least one a row
  };

  // One column each; true: of whole numbers.
  explicit NumberRows(const std::vector<bool>& integer);

  std::size_t size() const { return size_; }
  const Column& column(std::size_t column) const { return columns_[column]; }

  // Adds rows, to be filled column by column; the position of the first.
  std::size_t extend(std::size_t rows);
  Cell* cells(std::size_t column) { return columns_[column].cells.data(); }
  // Adds one row.
  void add(std::initializer_list<double> numbers);
  void clear() { size_ = 0; }

 private:
  std::vector<Column> columns_;
  std::size_t size_ = 0;
};

// Inserts rows into one table of a database.
class RowInsert {
 public:
  RowInsert(Database& database, const std::string& table, std::size_t columns);
  RowInsert(const RowInsert&) = delete;
  RowInsert& operator=(const RowInsert&) = delete;

  // All of them. NaN becomes NULL.
  void insert(const NumberRows& rows);

 private:
  // What the virtual table shows.
  struct Source {
    std::size_t columns = 0;
    const NumberRows* rows = nullptr;
  };
  friend struct RowModule;

  Source source_;
  Statement statement_;
};

}  // namespace ondol
