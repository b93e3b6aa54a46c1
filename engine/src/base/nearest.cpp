// Suggestions for misspelt names, by restricted Damerau-Levenshtein distance.
#include "base/nearest.hpp"

#include <algorithm>
#include <cstddef>

namespace ondol {
namespace {

constexpr std::size_t longest_list = 12;

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Edits that turn `a` into `b`; only the last three rows of the usual table are kept.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) current[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(current);
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, substitution});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
  }
  return current[b.size()];
}

}  // namespace

std::string nearest(std::string_view wanted, const std::vector<std::string>& names) {
  const std::string target = lowered(wanted);
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(target, lowered(name));
    const bool near = distance <= std::max(target.size(), name.size()) / 3;
    if (near && (best == nullptr || distance < best_distance)) {
      best = &name;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : *best;
}

std::string suggestion(std::string_view wanted, const std::vector<std::string>& names) {
  if (const std::string name = nearest(wanted, names); !name.empty()) return "; did you mean '" + name + "'?";
  if (names.empty() || names.size() > longest_list) return {};
  std::string list = "; expected one of: ";
  for (std::size_t i = 0; i < names.size(); ++i) list += (i == 0 ? "" : ", ") + names[i];
  return list;
}

}  // namespace ondol
