// Values of a TOML document, with positions.
#include "loading/toml_document.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace ondol {

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

Toml::Toml(const toml::node& node, std::string key, std::string file)
    : node_(&node), key_(std::move(key)), file_(std::move(file)) {
  if (node.source().path) file_ = *node.source().path;
}

// The first line of the file that says something: what is missing of a whole world belongs there.
static toml::source_index first_line(const toml::table& root, const std::string& file) {
  toml::source_index first = 0;
  for (const auto& [key, value] : root) {
    const toml::source_region& at = value.source();
    if (at.begin.line > 0 && at.path && *at.path == file && (first == 0 || at.begin.line < first))
      first = at.begin.line;
  }
  return std::max<toml::source_index>(first, 1);
}

std::string Toml::where() const {
  const auto& at = place_->source().begin;
  if (key_.empty()) return fmt::format("{}:{}", file_, first_line(*place_->as_table(), file_));
  const bool in_file = at.line > 0 && !file_.starts_with(override_mark);
  // Tables of data are read by their own reader, which knows lines.
  const bool in_data = file_.ends_with(".csv");
  const std::string where = !in_file  ? file_
                            : in_data ? fmt::format("{}:{}", file_, at.line)
                                      : fmt::format("{}:{}:{}", file_, at.line, at.column);
  const bool key_is_said = file_ == std::string(override_mark) + key_;
  return key_is_said ? where : fmt::format("{}: {}", where, key_);
}

void Toml::fail(const std::string& what) const {
  throw PlacedError(ErrorCode::world, fmt::format("{}: {}", where(), what));
}

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

Toml Toml::named(std::string key) const {
  Toml same = *this;
  same.key_ = std::move(key);
  return same;
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
  if (!has(key)) {
    Toml none(empty, key_.empty() ? key : key_ + "." + key, file_);
    none.place_ = place_;
    return none;
  }
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

std::vector<std::string> Toml::overrides() const {
  std::vector<std::string> found;
  for (const auto& [key, value] : table()) {
    const std::string name(key.str());
    const Toml inner(value, key_.empty() ? name : key_ + "." + name, file_);
    if (!value.is_table() || value.as_table()->is_inline() || value.as_table()->empty()) {
      found.push_back(name + "=" + inner.as_toml());
      continue;
    }
    for (const std::string& below : inner.overrides()) found.push_back(name + "." + below);
  }
  return found;
}

std::string Toml::as_toml() const {
  constexpr std::string_view opening = "{ value = ";
  constexpr std::string_view closing = " }";
  toml::table wrapped;
  wrapped.insert("value", *node_);
  wrapped.is_inline(true);
  std::ostringstream out;
  out << toml::toml_formatter(wrapped);
  const std::string text = out.str();
  return text.substr(opening.size(), text.size() - opening.size() - closing.size());
}

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

toml::table parse_toml(const std::string& text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    throw PlacedError(ErrorCode::world,
                      fmt::format("{}:{}:{}: not TOML: {}", path, at.line, at.column, error.description()));
  }
}

std::string print_document(const toml::table& document) {
  std::ostringstream out;
  out << toml::toml_formatter(document) << "\n";
  return out.str();
}

}  // namespace ondol
