// World files as documents: TOML with positions, so that every refusal says file, line, column and key.
#pragma once

#include <ondol/engine/error.hpp>

#include <toml++/toml.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ondol {

// An Error that says its place in a file already.
class PlacedError : public Error {
 public:
  using Error::Error;
};

// A value in a document and the way to it. Remembers which keys were asked of it, so that finish() can refuse the
// others; copies share that memory.
class Toml {
 public:
  Toml(const toml::node& node, std::string key, std::string file);

  // This table where it has something to say, and below it where it has not; tables in both are laid over one another.
  Toml over(const Toml& below) const;

  // The same value, shown in messages as reached by another way.
  Toml named(std::string key) const;

  bool is_table() const { return node_->is_table(); }
  bool is_array() const { return node_->is_array(); }
  bool is_text() const { return node_->is_string(); }
  bool is_boolean() const { return node_->is_boolean(); }
  // Tells values of a document apart.
  const void* identity() const { return node_; }
  const std::string& key() const { return key_; }  // dotted, from the root
  const std::string& file() const { return file_; }
  std::int64_t line() const { return static_cast<std::int64_t>(node_->source().begin.line); }  // 0: of none

  // Values; they fail when the value is of another type.
  std::string as_text() const;
  double as_number() const;
  bool as_boolean() const;
  std::vector<Toml> elements() const;  // of an array; a single value counts as an array of one

  // Tables. Entries come in the order of their names, so the order in which a file has them means nothing.
  bool has(const std::string& key) const;
  Toml at(const std::string& key) const;
  std::vector<std::string> keys() const;
  std::vector<std::pair<std::string, Toml>> entries() const;
  Toml optional_table(const std::string& key) const;  // empty where there is none
  std::string text(const std::string& key, const std::string& standard) const;
  std::int64_t integer(const std::string& key, std::int64_t standard) const;
  bool boolean(const std::string& key, bool standard) const;
  // What a table sets, as overrides "path=value": tables written out lead the way, inline and empty ones are values.
  std::vector<std::string> overrides() const;
  // A value as TOML, on one line.
  std::string as_toml() const;
  // Refuses keys that nobody asked for, beyond `more`.
  void finish(const std::vector<std::string>& more = {}) const;

  // "file:line:column: key"; the file alone where the value came from no line of one.
  std::string where() const;
  // Throws Error(world): "file:line:column: key: what".
  [[noreturn]] void fail(const std::string& what) const;
  // Runs something that may throw an Error without a position, and adds this one.
  template <class Body>
  auto guarded(Body&& body) const {
    try {
      return body();
    } catch (const PlacedError&) {
      throw;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::world) throw;
      fail(error.what());
    }
  }

 private:
  const toml::table& table() const;

  const toml::node* node_;
  const toml::node* place_ = node_;  // whose position counts: of a table that nobody wrote, the one it would stand in
  std::vector<Toml> below_;          // what this table is laid over, nearest first
  std::string key_;                  // dotted, from the root
  std::string file_;                 // of the nearest value above that came from a file
  std::shared_ptr<std::set<std::string>> asked_ = std::make_shared<std::set<std::string>>();
};

// Parses a text; `path` stands for it in messages. Throws PlacedError where it is no TOML.
toml::table parse_toml(const std::string& text, const std::string& path);
// As TOML that reads back the same.
std::string print_document(const toml::table& document);
// In words, as messages have it: "a table", "a list".
std::string type_name(const toml::node& node);
// In place of a file's path, where a value was given on the command line; the way to what is set follows.
inline constexpr std::string_view override_mark = "--set ";

}  // namespace ondol
