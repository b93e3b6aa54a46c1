// SQLite behind two small classes. With the results files, its one home.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace ondol {

// A text, and a name that SQL might take for something else, as statements write them.
std::string quoted(const std::string& text);
std::string identifier(const std::string& name);

// Of one thread at a time. Failures are Error(output) that name the file and what SQLite said. Others may read, and for
// a moment lock, the file meanwhile: for a minute they are waited for.
class Database {
 public:
  enum class Opening { to_read, existing, or_new, in_memory };
  // The path is the name of a file, whatever it looks like: SQLite's own names mean nothing. In memory it is only what
  // messages call it.
  explicit Database(const std::filesystem::path& path, Opening opening = Opening::or_new);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql, const std::string& doing = "writing results");
  // Whatever a transaction has done that could not be committed.
  void roll_back();
  // How long others' locks are waited for.
  void wait_for_others(int milliseconds);
  // Leaves one plain file; while others read it, their files stay beside it until the last of them closes it.
  void leave_write_ahead_log();
  [[noreturn]] void fail(const std::string& doing) const;
  // The tables that a question reads, those behind views among them. Fails as the question would.
  std::set<std::string> tables_read(const std::string& question);
  // All that is in it, which another may read under a name of its own. Not amid a transaction.
  std::vector<std::byte> bytes();
  void attach(std::span<const std::byte> bytes, const std::string& name);
  sqlite3* handle() { return handle_; }

 private:
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
};

// A prepared statement; parameters are bound from 1 on.
class Statement {
 public:
  Statement(Database& database, const std::string& sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);  // NaN binds NULL
  Statement& bind(int index, const std::string& value);
  Statement& bind(int index, std::span<const std::byte> value);  // of at most 2 GB, there until run()
  Statement& bind_null(int index);
  // Runs it once and makes it ready for the next row.
  void run();

 private:
  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

// A question and its answer, row by row; columns count from 0.
class Query {
 public:
  Query(Database& database, const std::string& sql);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool next();
  int columns() const;
  std::string name(int column) const;
  bool is_null(int column) const;
  std::string text(int column) const;
  double number(int column) const;
  std::int64_t whole(int column) const;
  std::span<const std::byte> blob(int column) const;  // until the next row

 private:
  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace ondol
