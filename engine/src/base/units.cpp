// Units as data: their algebra, the table of names, and the reader of unit and quantity texts.
#include "base/nearest.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace ondol {
namespace {

constexpr int largest_exponent = 99;
constexpr std::size_t longest_text = 256;  // keeps the recursion on parentheses shallow

struct Prefix {
  char letter;
  double numerator;
  double denominator;
};

// The large ones first: of "MWh" and "mWh", a misspelt "mwh" is more likely the former.
constexpr Prefix prefixes[] = {{'k', 1e3, 1},  {'M', 1e6, 1}, {'G', 1e9, 1}, {'T', 1e12, 1}, {'P', 1e15, 1},
                               {'E', 1e18, 1}, {'m', 1, 1e3}, {'u', 1, 1e6}, {'n', 1, 1e9}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Letters are those of ASCII and, so that a unit can be named in any language, every character beyond it.
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool continues_name(char c) { return starts_name(c) || is_digit(c); }

bool is_name(std::string_view text) {
  return !text.empty() && starts_name(text.front()) && std::all_of(text.begin(), text.end(), continues_name);
}

/// The name at the start of the text, empty when there is none.
std::string_view leading_name(std::string_view text) {
  if (text.empty() || !starts_name(text.front())) return {};
  const auto end = std::find_if_not(text.begin(), text.end(), continues_name);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

bool contains_any(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}

std::string in_parentheses_if(bool condition, const std::string& text) { return condition ? "(" + text + ")" : text; }

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::world, message); }

/// Refuses the text because of what stands `offset` bytes into it.
[[noreturn]] void refuse_at(std::string_view text, std::size_t offset, const std::string& what,
                            const std::string& ending = {}) {
  const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto before = text.substr(0, offset);
  const auto column = std::count_if(before.begin(), before.end(), starts_character) + 1;
  refuse(fmt::format("{} at column {} of \"{}\"{}", what, column, text, ending));
}

bool is_too_large(int exponent) { return exponent < -largest_exponent || exponent > largest_exponent; }

void check_exponent(int exponent, const std::string& text) {
  if (is_too_large(exponent)) refuse(fmt::format("exponent beyond 99 in the unit \"{}\"", text));
}

bool is_whole(double number) { return std::floor(number) == number; }

/// Euclid's, on whole numbers; fmod is exact.
double greatest_common_divisor(double a, double b) {
  while (b != 0) a = std::exchange(b, std::fmod(a, b));
  return a;
}

/// Reads one unit text from an offset to its end, by recursive descent.
class UnitReader {
 public:
  UnitReader(const UnitTable& table, const UnitTable::PortUnits& port_units, std::string_view text, std::size_t offset)
      : table_(table), port_units_(port_units), text_(text), at_(offset) {}

  Unit read() {
    if (text_.size() > longest_text) refuse(fmt::format("unit text of more than {} bytes", longest_text));
    Unit unit = product();
    if (at_ != text_.size()) unexpected("'*', '/', '^' or the end");
    return unit;
  }

 private:
  Unit product() {
    Unit unit = power();
    while (true) {
      if (accept('*')) {
        unit = unit * power();
      } else if (accept('/')) {
        unit = unit / power();
      } else {
        return unit;
      }
    }
  }

  Unit power() {
    const Unit unit = factor();
    return accept('^') ? unit.power(exponent()) : unit;
  }

  Unit factor() {
    if (accept('(')) {
      Unit unit = product();
      if (!accept(')')) unexpected("')'");
      return unit;
    }
    if (accept('{')) return placeholder();
    if (accept('%')) return named("%", at_ - 1);
    if (const std::string_view name = take_name(); !name.empty()) return named(name, at_ - name.size());
    const bool is_one = peek() == '1' && !(at_ + 1 < text_.size() && continues_name(text_[at_ + 1]));
    if (!is_one) unexpected("a unit");
    ++at_;
    return {};
  }

  Unit named(std::string_view name, std::size_t offset) const {
    if (std::optional<Unit> unit = table_.find(name)) return *std::move(unit);
    refuse_at(text_, offset, fmt::format("unknown unit '{}'", name), suggestion(name, table_.names()));
  }

  Unit placeholder() {
    const std::size_t start = at_ - 1;
    skip_blanks();
    const std::string_view port = take_name();
    if (port.empty()) unexpected("the name of a port");
    if (!accept('}')) unexpected("'}'");
    if (!port_units_) refuse_at(text_, start, "a unit that stands for a port's is not possible here, found one");
    return table_.parse(port_units_(port));
  }

  int exponent() {
    skip_blanks();
    int value = 0;
    const char* const start = text_.data() + at_;
    const auto [end, error] = std::from_chars(start, text_.data() + text_.size(), value);
    if (error == std::errc::invalid_argument) unexpected("a whole exponent");
    if (error != std::errc() || is_too_large(value)) refuse_at(text_, at_, "exponent beyond 99");
    at_ += static_cast<std::size_t>(end - start);
    return value;
  }

  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  std::string_view take_name() {
    skip_blanks();
    const std::string_view name = leading_name(text_.substr(at_));
    at_ += name.size();
    return name;
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  [[noreturn]] void unexpected(std::string_view expected) {
    skip_blanks();
    const std::string_view rest = text_.substr(at_);
    const std::string_view found = rest.substr(0, std::max<std::size_t>(leading_name(rest).size(), 1));
    refuse_at(text_, at_,
              fmt::format("expected {}, found {}", expected, found.empty() ? "the end" : fmt::format("'{}'", found)));
  }

  const UnitTable& table_;
  const UnitTable::PortUnits& port_units_;
  std::string_view text_;
  std::size_t at_;
};

/// The length of the number that the text starts with, malformed or not; 0 when there is none.
std::size_t number_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  std::size_t i = at(0) == '+' || at(0) == '-' ? 1 : 0;
  if (!is_digit(at(i))) return 0;
  while (is_digit(at(i)) || at(i) == '_' || at(i) == '.') ++i;
  if (at(i) != 'e' && at(i) != 'E') return i;
  std::size_t exponent = i + (at(i + 1) == '+' || at(i + 1) == '-' ? 2 : 1);
  if (!is_digit(at(exponent))) return i;
  while (is_digit(at(exponent)) || at(exponent) == '_') ++exponent;
  return exponent;
}

/// The value of a whole number text; empty when it is malformed or not finite. Underscores must separate digits.
std::optional<double> number_value(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return {};
    }
  }
  if (plain.starts_with('+')) plain.erase(0, 1);
  double value = 0;
  const char* const end = plain.data() + plain.size();
  const auto result = std::from_chars(plain.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) return {};
  return value;
}

}  // namespace

Unit::Unit(Scale scale, std::vector<Power> powers, std::string text)
    : scale_(scale), powers_(std::move(powers)), text_(std::move(text)) {}

Unit::Scale Unit::reduced(double numerator, double denominator, const std::string& text) {
  const auto usable = [](double part) { return std::isfinite(part) && part > 0; };
  const bool in_range = usable(numerator) && usable(denominator) && usable(numerator / denominator);
  if (!in_range) refuse(fmt::format("the size of the unit \"{}\" is not a positive finite number", text));
  if (!is_whole(numerator) || !is_whole(denominator)) return {numerator / denominator, 1};
  const double divisor = greatest_common_divisor(numerator, denominator);
  return {numerator / divisor, denominator / divisor};
}

/// The powers of a * b^sign_of_b, by merging the two sorted lists.
std::vector<Unit::Power> Unit::merged(const Unit& a, const Unit& b, int sign_of_b, const std::string& text) {
  std::vector<Power> powers = a.powers_;
  for (const Power& power : b.powers_) {
    const auto at = std::lower_bound(powers.begin(), powers.end(), power.base,
                                     [](const Power& p, std::uint32_t base) { return p.base < base; });
    if (at == powers.end() || at->base != power.base) {
      powers.insert(at, {power.base, power.exponent * sign_of_b});
    } else if (at->exponent += power.exponent * sign_of_b; at->exponent == 0) {
      powers.erase(at);
    }
  }
  for (const Power& power : powers) check_exponent(power.exponent, text);
  return powers;
}

Unit operator*(const Unit& a, const Unit& b) {
  std::string text = a.text_ + "*" + in_parentheses_if(contains_any(b.text_, "/"), b.text_);
  const auto scale =
      Unit::reduced(a.scale_.numerator * b.scale_.numerator, a.scale_.denominator * b.scale_.denominator, text);
  auto powers = Unit::merged(a, b, 1, text);
  return Unit(scale, std::move(powers), std::move(text));
}

Unit operator/(const Unit& a, const Unit& b) {
  std::string text = a.text_ + "/" + in_parentheses_if(contains_any(b.text_, "*/"), b.text_);
  const auto scale =
      Unit::reduced(a.scale_.numerator * b.scale_.denominator, a.scale_.denominator * b.scale_.numerator, text);
  auto powers = Unit::merged(a, b, -1, text);
  return Unit(scale, std::move(powers), std::move(text));
}

Unit Unit::power(int exponent) const {
  std::string text = in_parentheses_if(contains_any(text_, "*/^"), text_) + fmt::format("^{}", exponent);
  check_exponent(exponent, text);
  Scale scale;
  for (int i = 0; i < std::abs(exponent); ++i) {
    scale.numerator *= scale_.numerator;
    scale.denominator *= scale_.denominator;
  }
  if (exponent < 0) std::swap(scale.numerator, scale.denominator);
  std::vector<Power> powers = exponent == 0 ? std::vector<Power>() : powers_;
  for (Power& power : powers) {
    power.exponent *= exponent;
    check_exponent(power.exponent, text);
  }
  scale = reduced(scale.numerator, scale.denominator, text);
  return Unit(scale, std::move(powers), std::move(text));
}

UnitTable::UnitTable() {
  const bool prefixable = true;
  const auto add_base = [&](std::string_view name, std::string_view dimension, bool takes_prefix = false) {
    add(name, next_base(), dimension, takes_prefix);
  };
  const auto add_derived = [&](std::string_view name, std::string_view definition, std::string_view dimension,
                               bool takes_prefix = false) {
    define(name, definition, takes_prefix);
    entries_.find(name)->second.dimension = dimension;
  };
  add("%", Unit({1, 100}, {}, "%"), "1");
  add_base("s", "time", prefixable);
  add_derived("min", "60 s", "time");
  add_derived("h", "60 min", "time");
  add_derived("day", "24 h", "time");
  add_derived("week", "7 day", "time");
  add_derived("month", "730.5 h", "time");
  add_derived("quarter", "3 month", "time");
  add_derived("year", "12 month", "time");
  add_base("tick", "tick");
  add_base("m", "length", prefixable);
  add_base("g", "mass", prefixable);
  add_derived("t", "1000 kg", "mass", prefixable);
  add_derived("J", "1 kg*m^2/s^2", "energy", prefixable);
  add_derived("W", "1 J/s", "power", prefixable);
  add_derived("Wh", "1 W*h", "energy", prefixable);
  add_base("bit", "information", prefixable);
  add_derived("B", "8 bit", "information", prefixable);
  add_base("FLOP", "computation", prefixable);
  add_base("person", "person");
  add_base("money", "money");
}

void UnitTable::set_tick(double seconds) {
  const Unit second = entries_.find("s")->second.unit;
  Entry& tick = entries_.find("tick")->second;
  tick.unit = Unit(Unit::reduced(seconds, 1, "tick"), second.powers_, "tick");
  tick.dimension = "time";
}

void UnitTable::define(std::string_view name, std::string_view definition, bool prefixable) {
  if (definition.empty()) return add(name, next_base(), name, prefixable);
  const auto [number, unit, text] = parse_quantity(definition);
  const auto scale = Unit::reduced(number * unit.scale_.numerator, unit.scale_.denominator, text);
  add(name, Unit(scale, unit.powers_, text), dimension(unit), prefixable);
}

void UnitTable::define_currency(std::string_view name, double worth_in_money) {
  const Unit money = entries_.find("money")->second.unit;
  const auto scale = Unit::reduced(worth_in_money, 1, std::string(name));
  add(name, Unit(scale, money.powers_, std::string(name)), "money");
}

void UnitTable::add(std::string_view name, Unit unit, std::string_view dimension, bool prefixable) {
  if (!is_name(name) && name != "%") {
    refuse(fmt::format("expected letters, digits and underscores as the name of a unit, found \"{}\"", name));
  }
  if (find(name)) refuse(fmt::format("there is a unit named '{}' already", name));
  unit.text_ = name;
  entries_.emplace(name, Entry{std::move(unit), std::string(dimension), prefixable});
}

Unit UnitTable::next_base() { return Unit({}, {{bases_++, 1}}, {}); }

std::optional<Unit> UnitTable::find(std::string_view name) const {
  if (const auto entry = entries_.find(name); entry != entries_.end()) return entry->second.unit;
  if (name.size() < 2) return {};
  const auto prefix = std::find_if(std::begin(prefixes), std::end(prefixes),
                                   [&](const Prefix& candidate) { return candidate.letter == name.front(); });
  const auto entry = entries_.find(name.substr(1));
  if (prefix == std::end(prefixes) || entry == entries_.end() || !entry->second.prefixable) return {};
  const Unit& unit = entry->second.unit;
  const auto scale = Unit::reduced(unit.scale_.numerator * prefix->numerator,
                                   unit.scale_.denominator * prefix->denominator, std::string(name));
  return Unit(scale, unit.powers_, std::string(name));
}

std::vector<std::string> UnitTable::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  for (const Prefix& prefix : prefixes) {
    for (const auto& [name, entry] : entries_) {
      if (entry.prefixable) names.push_back(prefix.letter + name);
    }
  }
  return names;
}

Unit UnitTable::parse(std::string_view text, const PortUnits& port_units) const {
  return UnitReader(*this, port_units, text, 0).read();
}

Quantity UnitTable::parse_quantity(std::string_view text) const {
  const auto first_not_blank = [&](std::size_t from) {
    return std::min(text.find_first_not_of(" \t", from), text.size());
  };
  const std::size_t start = first_not_blank(0);
  const std::string_view number = text.substr(start, number_length(text.substr(start)));
  if (number.empty()) refuse_at(text, start, "expected a number, then its unit,");
  const std::optional<double> value = number_value(number);
  if (!value) refuse_at(text, start, fmt::format("expected a finite decimal number, found '{}'", number));
  const std::size_t rest = first_not_blank(start + number.size());
  return {*value, rest == text.size() ? Unit() : UnitReader(*this, {}, text, rest).read(), std::string(text)};
}

double UnitTable::convert(const Quantity& quantity, const Unit& target) const {
  const std::string text =
      quantity.text.empty() ? fmt::format("{} {}", quantity.value, quantity.unit.text()) : quantity.text;
  if (!quantity.unit.same_dimension(target)) {
    refuse(fmt::format("expected a quantity in {} ({}), got \"{}\" ({})", target.text(), dimension(target), text,
                       dimension(quantity.unit)));
  }
  const auto& from = quantity.unit.scale_;
  const auto& to = target.scale_;
  const auto factor = Unit::reduced(from.numerator * to.denominator, from.denominator * to.numerator, target.text());
  const double value = quantity.value * factor.numerator / factor.denominator;
  if (!std::isfinite(value)) refuse(fmt::format("\"{}\" is too large a number in {}", text, target.text()));
  return value;
}

double UnitTable::read_number(double bare, const Unit& target) const {
  if (!std::isfinite(bare)) refuse(fmt::format("expected a finite number, got {}", bare));
  if (target == Unit()) return bare;
  refuse(fmt::format("expected a quantity in {0} ({1}) as text, such as \"{2} {0}\", got the bare number {2}",
                     target.text(), dimension(target), bare));
}

/// Puts, in the unit's text, the dimension of each name for the name.
std::string UnitTable::dimension(const Unit& unit) const {
  if (unit.dimensionless()) return "dimensionless";
  const std::string_view text = unit.text();
  std::string words;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view name = text[at] == '%' ? text.substr(at, 1) : leading_name(text.substr(at));
    if (name.empty()) {
      words += text[at] == '/' ? " per " : std::string(1, text[at]);
      ++at;
      continue;
    }
    auto entry = entries_.find(name);
    if (entry == entries_.end()) entry = entries_.find(name.substr(1));
    const std::string word = entry == entries_.end() ? std::string(name) : entry->second.dimension;
    words += in_parentheses_if(name.size() < text.size() && contains_any(word, " *^"), word);
    at += name.size();
  }
  return words;
}

}  // namespace ondol
