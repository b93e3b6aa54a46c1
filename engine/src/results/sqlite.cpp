// Thin over SQLite: every failure becomes an Error.
#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <cstring>
#include <new>
#include <utility>

namespace ondol {

namespace {

constexpr int patience = 60'000;  // milliseconds to wait for others' locks

// Marks within the text are doubled.
std::string enclosed(const std::string& text, char mark) {
  std::string out(1, mark);
  for (const char c : text) out.append(c == mark ? 2 : 1, c);
  return out + mark;
}

}  // namespace

std::string quoted(const std::string& text) { return enclosed(text, '\''); }
std::string identifier(const std::string& name) { return enclosed(name, '"'); }

Database::Database(const std::filesystem::path& path, Opening opening) : path_(path) {
  // One thread at a time uses it, so SQLite need not lock every call.
  // Who reads may write, too, as far as the system lets it: of what a killed run left half done, SQLite undoes the half
  // before anybody reads.
  const bool creates = opening == Opening::or_new || opening == Opening::in_memory;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (creates ? SQLITE_OPEN_CREATE : 0);
  const std::string name = opening == Opening::in_memory ? ":memory:" : std::filesystem::absolute(path).string();
  if (sqlite3_open_v2(name.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
    const std::string why = sqlite3_errmsg(handle_);
    sqlite3_close(handle_);
    throw Error(ErrorCode::output, fmt::format("{}: cannot be opened: {}", path.string(), why));
  }
  wait_for_others(patience);
  if (opening == Opening::to_read) execute("PRAGMA query_only = 1");
}

Database::~Database() { sqlite3_close(handle_); }

void Database::execute(const std::string& sql, const std::string& doing) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(doing);
}

void Database::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::wait_for_others(int milliseconds) { sqlite3_busy_timeout(handle_, milliseconds); }

void Database::leave_write_ahead_log() {
  wait_for_others(0);
  const int result = sqlite3_exec(handle_, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  if (result != SQLITE_OK && result != SQLITE_BUSY && result != SQLITE_LOCKED) fail("closing results");
  wait_for_others(patience);
}

std::set<std::string> Database::tables_read(const std::string& question) {
  std::set<std::string> tables;
  const auto note = [](void* into, int action, const char* table, const char*, const char*, const char*) {
    if (action == SQLITE_READ && table != nullptr) static_cast<std::set<std::string>*>(into)->insert(table);
    return SQLITE_OK;
  };
  sqlite3_set_authorizer(handle_, note, &tables);
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(handle_, question.c_str(), -1, &statement, nullptr);
  sqlite3_set_authorizer(handle_, nullptr, nullptr);
  if (result != SQLITE_OK) fail("asking");
  sqlite3_finalize(statement);
  return tables;
}

std::vector<std::byte> Database::bytes() {
  sqlite3_int64 size = 0;
  unsigned char* const first = sqlite3_serialize(handle_, "main", &size, 0);
  if (first == nullptr) fail("keeping results");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::memcpy(bytes.data(), first, bytes.size());
  sqlite3_free(first);
  return bytes;
}

void Database::attach(std::span<const std::byte> bytes, const std::string& name) {
  execute("ATTACH ':memory:' AS " + identifier(name), "taking up results");
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  auto* const copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
  if (copy == nullptr) throw std::bad_alloc();
  std::memcpy(copy, bytes.data(), bytes.size());
  if (sqlite3_deserialize(handle_, name.c_str(), copy, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
    fail("taking up results");
}

void Database::fail(const std::string& doing) const {
  const int code = sqlite3_errcode(handle_);
  const char* why = code == SQLITE_BUSY    ? "; another program has been writing to it for a minute"
                    : code == SQLITE_IOERR ? "; is the disk full, or a limit on the size of files reached?"
                                           : "";
  throw Error(ErrorCode::output,
              fmt::format("{}: {} failed: {}{}", path_.string(), doing, sqlite3_errmsg(handle_), why));
}

Statement::Statement(Database& database, const std::string& sql) : database_(database) {
  if (sqlite3_prepare_v3(database.handle(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) !=
      SQLITE_OK) {
    database.fail("preparing results");
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  if (std::isnan(value)) return bind_null(index);
  sqlite3_bind_double(statement_, index, value);
  return *this;
}

Statement& Statement::bind(int index, const std::string& value) {
  sqlite3_bind_text(statement_, index, value.c_str(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(int index, std::span<const std::byte> value) {
  sqlite3_bind_blob(statement_, index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_, index);
  return *this;
}

void Statement::run() {
  const int result = sqlite3_step(statement_);
  sqlite3_reset(statement_);
  if (result != SQLITE_DONE) database_.fail("writing results");
}

Query::Query(Database& database, const std::string& sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK) {
    database.fail("asking the results");
  }
}

Query::~Query() { sqlite3_finalize(statement_); }

bool Query::next() {
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) database_.fail("asking the results");
  return result == SQLITE_ROW;
}

std::string Query::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

double Query::number(int column) const { return sqlite3_column_double(statement_, column); }

std::int64_t Query::whole(int column) const { return sqlite3_column_int64(statement_, column); }

std::span<const std::byte> Query::blob(int column) const {
  const auto* first = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {first, first == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Query::name(int column) const { return sqlite3_column_name(statement_, column); }

int Query::columns() const { return sqlite3_column_count(statement_); }

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

}  // namespace ondol
