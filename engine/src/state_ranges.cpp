#include "state_ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace ondol {

StateRanges::StateRanges(const KindDescription& kind) : row_size_(kind.state_size) {
  std::vector<const FieldDescription*> numbers;
  for (const FieldDescription& field : kind.fields) {
    if (field.role == ONDOL_STATE && field.type == ONDOL_F64) numbers.push_back(&field);
  }
  std::sort(numbers.begin(), numbers.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
  constexpr double most = std::numeric_limits<double>::max();
  for (const FieldDescription* field : numbers) {
    const bool next =
        !runs_.empty() && runs_.back().offset + runs_.back().fields.size() * sizeof(double) == field->offset;
    Run& run = next ? runs_.back() : runs_.emplace_back();
    if (!next) run.offset = field->offset;
    run.least.insert(run.least.end(), field->count, std::max(field->minimum, -most));
    run.most.insert(run.most.end(), field->count, std::min(field->maximum, most));
    run.fields.insert(run.fields.end(), field->count, field);
  }
}

bool StateRanges::keeps(const std::byte* row) const {
  for (const Run& run : runs_) {
    const std::byte* at = row + run.offset;
    const std::size_t count = run.fields.size();
    const double* least = run.least.data();
    const double* most = run.most.data();
    std::int64_t outside = 0;  // no branch in the loop, so that it is vectorised; not a number compares false
    for (std::size_t i = 0; i < count; ++i) {
      double value;
      std::memcpy(&value, at + i * sizeof value, sizeof value);
      outside |= static_cast<std::int64_t>(!(value >= least[i])) | static_cast<std::int64_t>(!(value <= most[i]));
    }
    if (outside != 0) return false;
  }
  return true;
}

std::string StateRanges::finding(const std::byte* row) const {
  for (const Run& run : runs_) {
    for (std::size_t i = 0; i < run.fields.size(); ++i) {
      double value;
      std::memcpy(&value, row + run.offset + i * sizeof value, sizeof value);
      if (value >= run.least[i] && value <= run.most[i]) continue;
      const FieldDescription& field = *run.fields[i];
      return fmt::format("has state '{}' = {}, outside its range {} to {}", field.name, value, field.minimum,
                         field.maximum);
    }
  }
  return "";
}

std::optional<StateRanges::Finding> StateRanges::first_outside(const std::byte* rows, Index count) const {
  for (Index row = 0; row < count; ++row) {
    const std::byte* at = rows + row * row_size_;
    if (!keeps(at)) return Finding{row, finding(at)};
  }
  return std::nullopt;
}

}  // namespace ondol
