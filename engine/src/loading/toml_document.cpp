// Reading TOML with positions, merging what a document extends, overriding by path.
#include "loading/toml_document.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ondol {

namespace {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date";
  }
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::world, fmt::format("{}: {}", path.string(), what));
}

toml::table parse(const std::string& text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    throw Error(ErrorCode::world, fmt::format("{}:{}:{}: not TOML: {}", path, at.line, at.column, error.description()));
  }
}

// Lists that a world adds to what it extends; anything else it replaces.
bool adds_up(const std::string& key) { return key == "events" || key == "claims"; }

// How long a run is can be said in two ways: what is laid over a world and says one takes the place of either.
void forget_length(toml::table& base, const toml::table& over) {
  if (!over.contains("ticks") && !over.contains("until")) return;
  base.erase("ticks");
  base.erase("until");
}

void merge(toml::table& base, toml::table&& over, bool top) {
  if (top) forget_length(base, over);
  for (auto&& [key, value] : over) {
    toml::node* known = base.get(key);
    if (known != nullptr && known->is_table() && value.is_table()) {
      merge(*known->as_table(), std::move(*value.as_table()), false);
    } else if (top && known != nullptr && known->is_array() && value.is_array() && adds_up(std::string(key.str()))) {
      for (auto&& element : *value.as_array()) known->as_array()->push_back(std::move(element));
    } else {
      base.insert_or_assign(key, std::move(value));
    }
  }
}

toml::table read(const std::string& text, const std::filesystem::path& path,
                 std::vector<std::filesystem::path>& chain) {
  chain.push_back(path);
  toml::table document = parse(text, path.string());
  const toml::node* extends = document.get("extends");
  if (extends == nullptr) return document;
  const auto name = extends->value<std::string>();
  if (!name) Toml(*extends, "extends", path.string()).fail("expected the name of a world file");
  const std::filesystem::path other = path.parent_path() / *name;
  for (const auto& seen : chain) {
    if (seen.lexically_normal() == other.lexically_normal())
      Toml(*extends, "extends", path.string()).fail(fmt::format("'{}' extends itself", other.string()));
  }
  document.erase("extends");
  toml::table base = read(read_file(other), other, chain);
  merge(base, std::move(document), true);
  return base;
}

// In place of a file's path; what follows it is the way to what is set.
constexpr std::string_view override_mark = "--set ";

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// A value as TOML, or as a text where it is none.
toml::table value_of(const std::string& text) {
  try {
    toml::table parsed = toml::parse("value = " + text);
    if (parsed.size() == 1) return parsed;
  } catch (const toml::parse_error&) {
    // A text, then.
  }
  return toml::table{{"value", text}};
}

// Goods, populations and the like may have any name, so that one which is nearly there would make another.
void refuse_slip(const std::string& path, const std::string& name, const toml::table& things) {
  std::vector<std::string> names;
  for (const auto& [key, thing] : things) names.emplace_back(key.str());
  if (const std::string near = nearest(name, names); !near.empty())
    throw Error(ErrorCode::world, fmt::format("--set {}: there is no '{}'; did you mean '{}'?", path, name, near));
}

// Missing tables on the way are made as if a file had them, so that the world's own checks find what is wrong in it.
void apply_override(toml::table& document, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const std::string path = setting.substr(0, equals);
  const std::vector<std::string> parts = split(path);
  if (equals == std::string::npos || std::find(parts.begin(), parts.end(), "") != parts.end())
    throw Error(ErrorCode::usage,
                fmt::format("--set '{}': expected path=value, as in seed=7 or goods.ware.decimals=2", setting));
  toml::table wrapped = value_of(setting.substr(equals + 1));
  toml::table set;
  set.insert(parts.back(), std::move(*wrapped.get("value")));
  for (std::size_t i = parts.size() - 1; i-- > 0;) {
    toml::table outer;
    outer.insert(parts[i], std::move(set));
    set = std::move(outer);
  }
  // Once more through the parser, which tells every table on the way where it comes from.
  set = parse(print_document(set), std::string(override_mark) + path);
  if (parts.size() == 1) forget_length(document, set);
  toml::table* table = &document;
  toml::table* from = &set;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    toml::node* inner = table->get(parts[i]);
    if (inner == nullptr) {
      if (i == 1 && parts[0] != "record") refuse_slip(path, parts[i], *table);
      table->insert(parts[i], std::move(*from->get(parts[i])));
      return;
    }
    if (!inner->is_table())
      throw Error(ErrorCode::world,
                  fmt::format("--set {}: '{}' is {}, not a table", path, parts[i], type_name(*inner)));
    table = inner->as_table();
    from = from->get(parts[i])->as_table();
  }
  table->insert_or_assign(parts.back(), std::move(*from->get(parts.back())));
}

}  // namespace

Toml::Toml(const toml::node& node, std::string key, std::string file)
    : node_(&node), key_(std::move(key)), file_(std::move(file)) {
  if (node.source().path) file_ = *node.source().path;
}

std::string Toml::where() const {
  const auto& at = node_->source().begin;
  const bool in_file = at.line > 0 && !file_.starts_with(override_mark);
  const std::string where = in_file ? fmt::format("{}:{}:{}", file_, at.line, at.column) : file_;
  const bool key_is_said = key_.empty() || file_ == std::string(override_mark) + key_;
  return key_is_said ? where : fmt::format("{}: {}", where, key_);
}

void Toml::fail(const std::string& what) const { throw Error(ErrorCode::world, fmt::format("{}: {}", where(), what)); }

const toml::table& Toml::table() const {
  if (!node_->is_table()) fail(fmt::format("{}, expected a table", type_name(*node_)));
  return *node_->as_table();
}

std::string Toml::as_text() const {
  if (const auto value = node_->value_exact<std::string>()) return *value;
  fail(fmt::format("{}, expected a text", type_name(*node_)));
}

double Toml::as_number() const {
  // toml++ converts no whole number that a double has to round.
  if (const auto whole = node_->value_exact<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto number = node_->value_exact<double>()) return *number;
  fail(fmt::format("{}, expected a number", type_name(*node_)));
}

bool Toml::as_boolean() const {
  if (const auto value = node_->value_exact<bool>()) return *value;
  fail(fmt::format("{}, expected true or false", type_name(*node_)));
}

std::vector<Toml> Toml::elements() const {
  if (!node_->is_array()) return {*this};
  std::vector<Toml> elements;
  for (const toml::node& element : *node_->as_array())
    elements.emplace_back(element, fmt::format("{}[{}]", key_, elements.size()), file_);
  return elements;
}

Toml Toml::over(const Toml& below) const {
  Toml laid = *this;
  laid.table();
  below.table();
  laid.below_.push_back(below);
  return laid;
}

bool Toml::has(const std::string& key) const {
  asked_->insert(key);
  bool found = table().contains(key);
  for (const Toml& below : below_) found = below.has(key) || found;
  return found;
}

Toml Toml::at(const std::string& key) const {
  if (!has(key)) fail(fmt::format("`{}` is missing", key));
  std::vector<Toml> layers;
  if (const toml::node* own = table().get(key)) layers.emplace_back(*own, key_.empty() ? key : key_ + "." + key, file_);
  for (const Toml& below : below_) {
    if (below.has(key)) layers.push_back(below.at(key));
  }
  Toml top = layers.front();
  for (std::size_t i = 1; i < layers.size() && top.is_table() && layers[i].is_table(); ++i)
    top.below_.push_back(layers[i]);
  return top;
}

std::vector<std::string> Toml::keys() const {
  std::set<std::string> keys;
  for (const auto& [key, value] : table()) keys.emplace(key.str());
  for (const Toml& below : below_) {
    const std::vector<std::string> more = below.keys();
    keys.insert(more.begin(), more.end());
  }
  return {keys.begin(), keys.end()};
}

std::vector<std::pair<std::string, Toml>> Toml::entries() const {
  std::vector<std::pair<std::string, Toml>> entries;
  for (const std::string& key : keys()) entries.emplace_back(key, at(key));
  return entries;
}

Toml Toml::optional_table(const std::string& key) const {
  static const toml::table empty;
  if (!has(key)) return {empty, key_.empty() ? key : key_ + "." + key, file_};
  const Toml inner = at(key);
  inner.table();
  return inner;
}

std::string Toml::text(const std::string& key, const std::string& standard) const {
  return has(key) ? at(key).as_text() : standard;
}

std::int64_t Toml::integer(const std::string& key, std::int64_t standard) const {
  if (!has(key)) return standard;
  const Toml value = at(key);
  if (const auto number = value.node_->value_exact<std::int64_t>()) return *number;
  value.fail(fmt::format("{}, expected a whole number", type_name(*value.node_)));
}

bool Toml::boolean(const std::string& key, bool standard) const { return has(key) ? at(key).as_boolean() : standard; }

void Toml::finish(const std::vector<std::string>& more) const {
  std::vector<std::string> known(asked_->begin(), asked_->end());
  known.insert(known.end(), more.begin(), more.end());
  for (const auto& [key, value] : table()) {
    const std::string name(key.str());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    Toml(value, key_.empty() ? name : key_ + "." + name, file_)
        .fail(fmt::format("unknown key{}", suggestion(name, known)));
  }
  for (const Toml& below : below_) below.finish(known);
}

std::string read_file(const std::filesystem::path& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) refuse(path, "a directory, expected a world file");
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(path, "cannot be read: no such file, or no right to it");
  return {std::istreambuf_iterator<char>(file), {}};
}

toml::table read_document(const std::string& text, const std::filesystem::path& path,
                          const std::vector<std::string>& overrides) {
  std::vector<std::filesystem::path> chain;
  toml::table document = read(text, path, chain);
  for (const std::string& setting : overrides) apply_override(document, setting);
  return document;
}

std::string print_document(const toml::table& document) {
  std::ostringstream out;
  out << toml::toml_formatter(document) << "\n";
  return out.str();
}

}  // namespace ondol
