// Expressions over named quantities, with units: what stands behind "=" in a value of a world file.
//
//   expression := sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
//   sum        := product (("+" | "-") product)*
//   product    := power (("*" | "/") power)*
//   power      := ["-"] operand ["^" power]
//   operand    := number ["[" unit "]"] | 'text' | name | function "(" expression, ... ")" | "(" expression ")"
//
// Names are letters, digits and underscores, joined by dots. Functions are min, max, sqrt, exp, log, pow, abs, floor,
// if; sum, mean and count over the members of what their first argument names, those that fulfil the second where there
// is one; and everywhere, which takes its argument out of its region. Numbers are added and compared in one dimension
// only; a comparison is 1 or 0. Time and memory are bounded: texts of 4 KiB, 64 deep, a million steps a world.
#pragma once

#include <ondol/engine/units.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ondol {

// A quantity or a text.
struct ExpressionValue {
  Quantity quantity;
  bool is_text = false;
  std::string text;
};

// What an expression can name. Each throws Error(world) where it cannot.
class ExpressionNames {
 public:
  virtual ~ExpressionNames() = default;
  virtual ExpressionValue value(const std::string& name) = 0;
  // Calls the body for each member of what these names are of, for which `value` then answers; how many agents or rows
  // it stands for is its weight.
  virtual void each(const std::vector<std::string>& names, const std::function<void(double weight)>& body) = 0;
  virtual void everywhere(const std::function<void()>& body) = 0;
};

// The text without the "=". `steps` is counted up over all expressions of a world. Throws Error(world) that quotes the
// text and says at which column what was expected.
ExpressionValue evaluate(std::string_view text, const UnitTable& units, ExpressionNames& names, std::uint64_t& steps);

}  // namespace ondol
