// The ranges that state fields keep, checked as each rule returns.
#pragma once

#include "model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

class StateRanges {
 public:
  explicit StateRanges(const KindDescription& kind);

  struct Finding {
    Index row;
    std::string what;
  };
  // The first of some rows that has a number outside its range or not finite.
  std::optional<Finding> first_outside(const std::byte* rows, Index count) const;

 private:
  // Numbers that lie one after another in a row, with the finite bounds that each has to keep.
  struct Run {
    std::uint32_t offset = 0;
    std::vector<double> least, most;
    std::vector<const FieldDescription*> fields;
  };
  bool keeps(const std::byte* row) const;
  std::string finding(const std::byte* row) const;

  std::size_t row_size_;
  std::vector<Run> runs_;
};

}  // namespace ondol
