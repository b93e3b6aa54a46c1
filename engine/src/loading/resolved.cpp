// A world as it will run, for people to read: every value with the place it came from.
#include "loading/resolved.hpp"

#include "loading/toml_document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace ondol {

namespace {

using Results = std::map<const void*, std::vector<std::string>>;

bool is_bare(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string key_text(std::string_view key) {
  if (is_bare(key)) return std::string(key);
  std::ostringstream out;
  out << toml::toml_formatter(toml::value<std::string>(std::string(key)));
  return out.str();
}

std::string value_text(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) { out << toml::toml_formatter(value); });
  return out.str();
}

// What expressions came to, each once.
std::string comment(const toml::node& node, const std::string& way, const Results& results) {
  std::string text = Toml(node, way, "").where();
  if (text.ends_with(": " + way)) text.resize(text.size() - way.size() - 2);
  const auto found = results.find(&node);
  if (found == results.end()) return text;
  std::vector<std::string> values = found->second;
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  constexpr std::size_t most = 8;
  const std::size_t left_out = values.size() > most ? values.size() - most : 0;
  values.resize(values.size() - left_out);
  return fmt::format("{}: {}{}", text, fmt::join(values, ", "),
                     left_out > 0 ? fmt::format(" and {} more", left_out) : "");
}

// Inline or not: each value has a line of its own, but for those in lists.
bool is_section(const toml::node& node) { return node.is_table(); }

void print_table(std::string& text, const toml::table& table, const std::string& way, const Results& results) {
  const bool values =
      std::any_of(table.begin(), table.end(), [](const auto& entry) { return !is_section(entry.second); });
  if (!way.empty() && (values || table.empty())) text += fmt::format("\n[{}]\n", way);
  for (const auto& [key, value] : table) {
    if (is_section(value)) continue;
    const std::string inner = way.empty() ? key_text(key.str()) : way + "." + key_text(key.str());
    text += fmt::format("{} = {}  # {}\n", key_text(key.str()), value_text(value), comment(value, inner, results));
  }
  for (const auto& [key, value] : table) {
    if (is_section(value))
      print_table(text, *value.as_table(), way.empty() ? key_text(key.str()) : way + "." + key_text(key.str()),
                  results);
  }
}

}  // namespace

std::string print_resolved(const toml::table& document, const Results& results) {
  std::string text;
  print_table(text, document, "", results);
  return text;
}

}  // namespace ondol
