#include "state_ranges.hpp"

#include "wide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace ondol {

namespace {

using Numbers = double __attribute__((vector_size(StateRanges::lanes * sizeof(double))));
using Masks = std::int64_t __attribute__((vector_size(StateRanges::lanes * sizeof(std::int64_t))));

// Whether all numbers of some rows keep their ranges; what is not a number compares false.
ONDOL_WIDE bool all_inside(const std::vector<StateRanges::Group>& groups, const std::byte* rows, std::size_t row_size,
                           std::size_t count) {
  Masks inside = Masks{} - 1;
  for (std::size_t row = 0; row < count; ++row, rows += row_size) {
    for (const StateRanges::Group& group : groups) {
      Numbers values, least, most;
      Masks passes;
      std::memcpy(&values, rows + group.offset, sizeof values);
      std::memcpy(&least, group.least, sizeof least);
      std::memcpy(&most, group.most, sizeof most);
      std::memcpy(&passes, group.passes, sizeof passes);
      inside &= ((values >= least) & (values <= most)) | passes;
    }
  }
  return (inside[0] & inside[1] & inside[2] & inside[3]) != 0;
}

}  // namespace

StateRanges::StateRanges(const KindDescription& kind) : row_size_(kind.state_size) {
  constexpr double most = std::numeric_limits<double>::max();
  for (const FieldDescription& field : kind.fields) {
    if (field.role != ONDOL_STATE || field.type != ONDOL_F64) continue;
    for (std::uint32_t i = 0; i < field.count; ++i) {
      numbers_.push_back(
          {field.offset + i * sizeof(double), std::max(field.minimum, -most), std::min(field.maximum, most), &field});
    }
  }
  std::sort(numbers_.begin(), numbers_.end(), [](const Number& a, const Number& b) { return a.offset < b.offset; });
  constexpr std::size_t bytes = lanes * sizeof(double);
  if (row_size_ < bytes) return;
  for (const Number& number : numbers_) {
    if (groups_.empty() || number.offset >= groups_.back().offset + bytes) {
      // The last group reaches back, not beyond the row.
      Group& group = groups_.emplace_back();
      group.offset = std::min(number.offset, row_size_ - bytes);
    }
    Group& group = groups_.back();
    const std::size_t lane = (number.offset - group.offset) / sizeof(double);
    group.least[lane] = number.least;
    group.most[lane] = number.most;
    group.passes[lane] = 0;
  }
}

bool StateRanges::keeps(const Number& number, const std::byte* row) const {
  double value;
  std::memcpy(&value, row + number.offset, sizeof value);
  return value >= number.least && value <= number.most;
}

std::optional<StateRanges::Finding> StateRanges::first_outside(const std::byte* rows, Index count) const {
  if (numbers_.empty()) return std::nullopt;
  if (!groups_.empty() && all_inside(groups_, rows, row_size_, count)) return std::nullopt;
  for (Index row = 0; row < count; ++row) {
    const std::byte* at = rows + row * row_size_;
    for (const Number& number : numbers_) {
      if (keeps(number, at)) continue;
      double value;
      std::memcpy(&value, at + number.offset, sizeof value);
      const FieldDescription& field = *number.field;
      return Finding{row, fmt::format("has state '{}' = {}, outside its range {} to {}", field.name, value,
                                      field.minimum, field.maximum)};
    }
  }
  return std::nullopt;
}

}  // namespace ondol
