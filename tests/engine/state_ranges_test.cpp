// Every number of every row is held to its range, wherever in the row it stands.
#include "state/state_ranges.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace ondol {
namespace {

// Words of a row; 'n' is a number between -1 and 1, 'f' one that is only to be finite, 'i' an integer.
KindDescription kind_of(const std::string& words) {
  KindDescription kind;
  kind.state_size = static_cast<std::uint32_t>(words.size() * sizeof(double));
  for (std::size_t i = 0; i < words.size(); ++i) {
    FieldDescription& field = kind.fields.emplace_back();
    field.name = fmt::format("x{}", i);
    field.role = ONDOL_STATE;
    field.type = words[i] == 'i' ? ONDOL_I64 : ONDOL_F64;
    field.offset = static_cast<std::uint32_t>(i * sizeof(double));
    constexpr double infinity = std::numeric_limits<double>::infinity();
    field.minimum = words[i] == 'n' ? -1 : -infinity;
    field.maximum = words[i] == 'n' ? 1 : infinity;
  }
  return kind;
}

TEST(StateRanges, FindTheFirstNumberOutsideWhereverItStands) {
  constexpr Index rows = 11;
  for (const std::string words :
       {"n", "nf", "inn", "nnnn", "nfinf", "iiiin", "nnnnnnnn", "ninfiinnn", "fffffnnnnnff"}) {
    const KindDescription kind = kind_of(words);
    const StateRanges ranges(kind);
    std::vector<std::byte> state(rows * kind.state_size, std::byte{0xff});  // not a number, where numbers are integers
    const auto put = [&](Index row, std::size_t word, double value) {
      std::memcpy(&state[row * kind.state_size + word * sizeof value], &value, sizeof value);
    };
    for (Index row = 0; row < rows; ++row) {
      for (std::size_t word = 0; word < words.size(); ++word) {
        if (words[word] != 'i') put(row, word, words[word] == 'f' ? 1e300 : -1);
      }
    }
    EXPECT_FALSE(ranges.first_outside(state.data(), rows)) << words;
    for (Index row = 0; row < rows; ++row) {
      for (std::size_t word = 0; word < words.size(); ++word) {
        if (words[word] == 'i') continue;
        for (const double wrong : {1.5, -1.5, std::numeric_limits<double>::infinity(), std::nan("")}) {
          if (words[word] == 'f' && std::isfinite(wrong)) continue;
          put(row, word, wrong);
          const auto found = ranges.first_outside(state.data(), rows);
          ASSERT_TRUE(found) << words << " row " << row << " word " << word << " " << wrong;
          EXPECT_EQ(found->row, row);
          EXPECT_NE(found->what.find(fmt::format("'x{}'", word)), std::string::npos) << found->what;
        }
        put(row, word, words[word] == 'f' ? 1e300 : -1);
      }
    }
  }
}

}  // namespace
}  // namespace ondol
