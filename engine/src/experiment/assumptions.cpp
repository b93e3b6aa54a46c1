#include "experiment/assumptions.hpp"

#include "base/nearest.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ondol {

namespace {

// Cells of tables come from a file of their own, and elements of lists have no way that could be set.
bool can_be_set(const std::string& name) { return !name.starts_with("data.") && name.find('[') == std::string::npos; }

bool lies_in(const std::string& name, const std::string& part) {
  return name == part || (name.starts_with(part) && name[part.size()] == '.');
}

// All constants, or all that is assumed of a kind or population.
std::string group_of(const std::string& name) {
  const std::size_t first = name.find('.');
  return name.substr(0, name.starts_with("constants.") ? first : name.find('.', first + 1));
}

Factor factor_of(const InputModel& input, const std::string& where) {
  Factor factor;
  factor.name = input.name;
  factor.doc = fmt::format("{}; {} in {}", input.status, input.value,
                           input.line > 0 ? fmt::format("{}:{}", input.file, input.line) : input.file);
  factor.unit = input.unit == "1" ? "" : input.unit;
  factor.group = group_of(input.name);
  factor.where = where;
  factor.paths = {input.name};
  factor.low = *input.low;
  factor.middle = input.value;
  factor.high = *input.high;
  factor.whole = input.whole;
  return factor;
}

// The parts of these names that can be left out: all of them, and the tables that they lie in.
std::vector<std::string> parts_of(const std::vector<Factor>& factors) {
  std::set<std::string> parts;
  for (const Factor& factor : factors) {
    for (std::size_t end = factor.name.find('.'); end != std::string::npos; end = factor.name.find('.', end + 1))
      parts.insert(factor.name.substr(0, end));
    parts.insert(factor.name);
  }
  return {parts.begin(), parts.end()};
}

}  // namespace

void add_assumptions(ExperimentFile& file, const Model& world) {
  std::vector<Factor> assumed;
  for (const InputModel& input : world.inputs) {
    if (!input.low || !input.high || !(*input.low < *input.high) || !can_be_set(input.name)) continue;
    const bool set_already = std::any_of(file.factors.begin(), file.factors.end(), [&](const Factor& factor) {
      return std::find(factor.paths.begin(), factor.paths.end(), input.name) != factor.paths.end();
    });
    if (!set_already) assumed.push_back(factor_of(input, file.assumptions->where));
  }
  for (const auto& [part, where] : file.assumptions->except) {
    const auto left_out = std::remove_if(assumed.begin(), assumed.end(),
                                         [&](const Factor& factor) { return lies_in(factor.name, part); });
    if (left_out == assumed.end())
      throw Error(ErrorCode::world, fmt::format("{}: the world assumes nothing called '{}'{}", where, part,
                                                suggestion(part, parts_of(assumed))));
    assumed.erase(left_out, assumed.end());
  }
  if (assumed.empty())
    throw Error(ErrorCode::world,
                fmt::format("{}: the world assumes nothing with a range, expected numbers with `low` and `high`",
                            file.assumptions->where));
  file.factors.insert(file.factors.end(), assumed.begin(), assumed.end());
}

}  // namespace ondol
