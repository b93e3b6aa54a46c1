// The ranges that state fields keep, checked as each rule returns.
#pragma once

#include "model/model.hpp"

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

  static constexpr std::size_t lanes = 4;
  // Numbers that lie one after another in a row, checked together, and the finite bounds that each has to keep; words
  // between them that are no numbers pass.
  struct Group {
    std::size_t offset = 0;
    double least[lanes] = {}, most[lanes] = {};
    std::int64_t passes[lanes] = {-1, -1, -1, -1};
  };

 private:
  struct Number {
    std::size_t offset;
    double least, most;
    const FieldDescription* field;
  };
  bool all_inside(const std::byte* rows, Index count) const;
  bool keeps(const Number& number, const std::byte* row) const;

  std::size_t row_size_;
  std::vector<Number> numbers_;  // by offset
  std::vector<Group> groups_;    // of all numbers, unless rows are too short
};

}  // namespace ondol
