// Units as data: every number of a world has one, texts such as "0.09 USD/kWh" are read by it, and mismatches are
// refused in words.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ondol {

/// A product of powers of base units times a scale, with the text it was written as. A value; made by a UnitTable and
/// comparable only with units of the same table. A unit made by default is the dimensionless "1".
class Unit {
 public:
  Unit() = default;

  /// Whether a number in one can be converted to the other.
  bool same_dimension(const Unit& other) const { return powers_ == other.powers_; }

  /// Whether it has no base unit: "1", "%", "Wh/J".
  bool dimensionless() const { return powers_.empty(); }

  /// As written, without blanks and with placeholders replaced: "USD/kg". Reading it again gives an equal unit.
  const std::string& text() const { return text_; }

  /// This unit raised to a whole exponent. Like the operators, it throws Error when an exponent leaves [-99, 99].
  Unit power(int exponent) const;

  friend Unit operator*(const Unit& a, const Unit& b);
  friend Unit operator/(const Unit& a, const Unit& b);

  /// Equal when numbers need no conversion, however the two are written: "W" == "J/s".
  friend bool operator==(const Unit& a, const Unit& b) { return a.scale_ == b.scale_ && a.powers_ == b.powers_; }

 private:
  friend class UnitTable;

  struct Power {
    std::uint32_t base;
    std::int32_t exponent;
    bool operator==(const Power&) const = default;
  };

  /// Base units in one unit, kept as a reduced fraction of whole numbers where it is one, so that "12 %" is 0.12 and
  /// the factor between 1/year and 1/month is 12 to the last bit.
  struct Scale {
    double numerator = 1;
    double denominator = 1;
    bool operator==(const Scale&) const = default;
  };

  Unit(Scale scale, std::vector<Power> powers, std::string text);
  static Scale reduced(double numerator, double denominator, const std::string& text);
  static std::vector<Power> merged(const Unit& a, const Unit& b, int sign_of_b, const std::string& text);

  Scale scale_;
  std::vector<Power> powers_;  // by base, no exponent 0
  std::string text_ = "1";
};

/// The text of a unit, for messages and column documentation.
inline const std::string& to_string(const Unit& unit) { return unit.text(); }

/// A number with its unit.
struct Quantity {
  double value = 0;
  Unit unit;
  std::string text;  ///< As the author wrote it, for messages; may be empty.
};

/// The units a world knows, and the reader of texts in them.
///
/// Built in: s min h day week month (730.5 h) quarter year (12 month) tick, m, g t, J W Wh, bit B (8 bit), FLOP,
/// person, money (the accounting currency), 1 and %. Of these s m g t J W Wh bit B FLOP take a prefix out of k M G T P
/// E m u n.
///
/// A unit text is names and 1 joined by * and / from left to right, with ^ for whole exponents and parentheses:
/// "USD/kWh", "money/(MW*month)", "m^2", "1/year". A name is letters, digits and underscores, not starting with a
/// digit; "{port}" stands for the unit of that port. A quantity text is a finite decimal number, whose digits may be
/// grouped by underscores, and a unit text: "35e9 USD", "12 %"; without a unit it is dimensionless.
///
/// Conversion is linear: "12 %/year" is "1 %/month". Compounding is the affair of whoever declares a rate.
///
/// Every refusal is an Error with ErrorCode::world. That of a malformed text quotes it and says at which column (from
/// 1, in characters) what was expected, or which known name is nearest. Reading is independent of the locale. A table
/// is constant once filled; const members may be called from any thread.
class UnitTable {
 public:
  /// The unit text of the port named in a placeholder; itself without placeholders. It throws for an unknown port.
  using PortUnits = std::function<std::string(std::string_view port)>;

  UnitTable();

  /// Says how long a tick is. Until then, and for good in a world without a calendar, a tick is a dimension of its own
  /// that converts to no other time. Units read before keep their meaning, so call it first.
  void set_tick(double seconds);

  /// Adds a unit: "500 sheet" as its definition, or a base dimension of its own where there is none. Throws when the
  /// name is malformed or known already.
  void define(std::string_view name, std::string_view definition = {}, bool prefixable = false);

  /// Adds a currency of which one is worth so much of the accounting currency (which is itself worth 1).
  void define_currency(std::string_view name, double worth_in_money);

  /// The unit of that name, with or without a prefix; empty when unknown.
  std::optional<Unit> find(std::string_view name) const;

  /// All names that `find` knows, those with a prefix last.
  std::vector<std::string> names() const;

  /// Reads a unit text; a placeholder is refused when no `port_units` is given.
  Unit parse(std::string_view text, const PortUnits& port_units = {}) const;

  /// Reads a quantity text.
  Quantity parse_quantity(std::string_view text) const;

  /// The quantity's number in the target unit, rounded once where the factor or its inverse is whole. Throws when the
  /// dimensions differ or the number leaves the range of a double.
  double convert(const Quantity& quantity, const Unit& target) const;

  /// What a quantity text says, as a number in the target unit.
  double read(std::string_view text, const Unit& target) const { return convert(parse_quantity(text), target); }

  /// What a bare number says: itself when the target is "1"; any other unit must be written out, so it throws.
  double read_number(double bare, const Unit& target) const;

  /// The unit's dimension in words: "money per energy", "basket", "dimensionless".
  std::string dimension(const Unit& unit) const;

 private:
  struct Entry {
    Unit unit;
    std::string dimension;  // in words
    bool prefixable;
  };

  void add(std::string_view name, Unit unit, std::string_view dimension, bool prefixable = false);
  Unit next_base();

  std::map<std::string, Entry, std::less<>> entries_;
  std::uint32_t bases_ = 0;
};

}  // namespace ondol
