// Questions to a results file, for tests: rows of texts out of SQL.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace ondol::test {

using Row = std::vector<std::string>;

inline std::vector<Row> ask(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  // As `sqlite3 FILE` opens it: what a killed program left half done is undone first.
  if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
    throw std::runtime_error("cannot open " + file.string());
  }
  std::vector<Row> rows;
  const auto collect = [](void* out, int columns, char** values, char**) {
    Row& row = static_cast<std::vector<Row>*>(out)->emplace_back();
    for (int i = 0; i < columns; ++i) row.emplace_back(values[i] == nullptr ? "NULL" : values[i]);
    return 0;
  };
  char* failure = nullptr;
  sqlite3_exec(database, sql.c_str(), collect, &rows, &failure);
  const std::string message = failure == nullptr ? "" : failure;
  sqlite3_free(failure);
  sqlite3_close(database);
  if (!message.empty()) throw std::runtime_error(message + " in: " + sql);
  return rows;
}

inline std::string ask_one(const std::filesystem::path& file, const std::string& sql) {
  return ask(file, sql).at(0).at(0);
}

}  // namespace ondol::test
