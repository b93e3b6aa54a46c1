#include "state/state_ranges.hpp"

#include "base/wide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace ondol {

namespace {

using Numbers = double __attribute__((vector_size(StateRanges::lanes * sizeof(double))));
using Masks = std::int64_t __attribute__((vector_size(StateRanges::lanes * sizeof(std::int64_t))));

// Whether the numbers of a group keep their ranges in some rows; what is not a number compares false.
ONDOL_WIDE bool inside(const StateRanges::Group& group, const std::byte* rows, std::size_t row_size,
                       std::size_t count) {
  Numbers least, most;
  Masks passes;  // words that are no numbers pass whatever they are
  std::memcpy(&least, group.least, sizeof least);
  std::memcpy(&most, group.most, sizeof most);
  std::memcpy(&passes, group.passes, sizeof passes);
  Masks all = Masks{} - 1;
  rows += group.offset;
  for (std::size_t row = 0; row < count; ++row) {
    Numbers values;
    std::memcpy(&values, rows + row * row_size, sizeof values);
    all &= (values >= least) & (values <= most);
  }
  all |= passes;
  return (all[0] & all[1] & all[2] & all[3]) != 0;
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

// By as many rows as stay in the nearest cache for the next group.
bool StateRanges::all_inside(const std::byte* rows, Index count) const {
  constexpr std::size_t near = 16 * 1024;
  const auto most = static_cast<Index>(std::max<std::size_t>(near / row_size_, 1));
  for (Index first = 0; first < count; first += most) {
    const std::byte* at = rows + first * row_size_;
    const Index here = std::min(most, count - first);
    for (const Group& group : groups_) {
      if (!inside(group, at, row_size_, here)) return false;
    }
  }
  return true;
}

std::optional<StateRanges::Finding> StateRanges::first_outside(const std::byte* rows, Index count) const {
  if (numbers_.empty()) return std::nullopt;
  if (!groups_.empty() && all_inside(rows, count)) return std::nullopt;
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
