// Expressions over named quantities, with units, evaluated as they are read by recursive descent.
#include "loading/expression.hpp"

#include "base/nearest.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/math.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace ondol {

namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::size_t longest_unit = 200;
constexpr int deepest = 64;
constexpr std::uint64_t most_steps = 1'000'000;

const std::vector<std::string> functions = {"min",   "max", "sqrt", "exp",  "log",   "pow",       "abs",
                                            "floor", "if",  "sum",  "mean", "count", "everywhere"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool continues_name(char c) { return starts_name(c) || is_digit(c) || c == '.'; }

class Evaluator {
 public:
  Evaluator(std::string_view text, const UnitTable& units, ExpressionNames& names, std::uint64_t& steps)
      : text_(text), units_(units), names_(names), steps_(steps) {}

  ExpressionValue read() {
    if (text_.size() > longest_text) refuse(fmt::format("an expression of more than {} bytes", longest_text));
    const ExpressionValue value = expression();
    if (peek() != '\0') unexpected("an operator or the end");
    return value;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw Error(ErrorCode::world, what); }
  [[noreturn]] void refuse_at(std::size_t at, const std::string& what) const {
    refuse(fmt::format("{} at column {} of \"{}\"", what, at + 1, text_));
  }
  [[noreturn]] void unexpected(const char* expected) {
    const char found = peek();
    refuse_at(at_, fmt::format("expected {}, found {}", expected,
                               found == '\0' ? std::string("the end") : fmt::format("'{}'", found)));
  }

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(std::string_view wanted) {
    peek();
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  void expect(std::string_view wanted, const char* said) {
    if (!accept(wanted)) unexpected(said);
  }
  void step(std::size_t count = 1) {
    if ((steps_ += count) > most_steps)
      refuse_at(at_, fmt::format("more than {} steps to evaluate all expressions,", most_steps));
  }

  // ---- Quantities
  ExpressionValue made(double value, Unit unit, std::size_t at) const {
    if (!std::isfinite(value)) refuse_at(at, "a number that is not finite");
    // What has no dimension is counted in ones, so that percentages of percentages stay readable.
    if (unit.dimensionless()) {
      value = units_.convert({value, unit, ""}, Unit());
      unit = Unit();
    }
    if (unit.text().size() > longest_unit)
      refuse_at(at,
                fmt::format("a unit of more than {} characters, \"{}...\"", longest_unit, unit.text().substr(0, 40)));
    return {{value, std::move(unit), ""}, false, ""};
  }
  double in(const ExpressionValue& value, const Unit& unit, std::size_t at) const {
    number(value, at);
    if (!value.quantity.unit.same_dimension(unit))
      refuse_at(at, fmt::format("{} where {} is expected,", in_words(value.quantity.unit), in_words(unit)));
    return units_.convert(value.quantity, unit);
  }
  std::string in_words(const Unit& unit) const {
    return unit.dimensionless() ? "a number without a unit"
                                : fmt::format("'{}' ({})", unit.text(), units_.dimension(unit));
  }
  const ExpressionValue& number(const ExpressionValue& value, std::size_t at) const {
    if (value.is_text) refuse_at(at, fmt::format("a text '{}' where a number is expected,", value.text));
    return value;
  }

  // ---- The grammar
  ExpressionValue expression() {
    if (++depth_ > deepest) refuse_at(at_, fmt::format("more than {} levels", deepest));
    ExpressionValue left = sum();
    const std::size_t at = at_;
    for (const char* sign : {"<=", ">=", "==", "!=", "<", ">"}) {
      if (!accept(sign)) continue;
      left = made(compare(left, sign, sum(), at) ? 1 : 0, Unit(), at);
      break;
    }
    --depth_;
    return left;
  }

  bool compare(const ExpressionValue& left, std::string_view sign, const ExpressionValue& right, std::size_t at) const {
    if (left.is_text || right.is_text) {
      if (left.is_text != right.is_text || (sign != "==" && sign != "!="))
        refuse_at(at, "a text can only be == or != to a text,");
      return (left.text == right.text) == (sign == "==");
    }
    const double a = left.quantity.value;
    const double b = in(right, left.quantity.unit, at);
    if (sign == "<=") return a <= b;
    if (sign == ">=") return a >= b;
    if (sign == "==") return a == b;
    if (sign == "!=") return a != b;
    return sign == "<" ? a < b : a > b;
  }

  ExpressionValue sum() {
    ExpressionValue left = product();
    while (true) {
      const char sign = peek();
      if (sign != '+' && sign != '-') return left;
      const std::size_t at = at_++;
      number(left, at);
      const double right = in(product(), left.quantity.unit, at);
      left = made(sign == '+' ? left.quantity.value + right : left.quantity.value - right, left.quantity.unit, at);
    }
  }

  ExpressionValue product() {
    ExpressionValue left = power();
    while (true) {
      const char sign = peek();
      if (sign != '*' && sign != '/') return left;
      const std::size_t at = at_++;
      const ExpressionValue right = power();
      const Quantity& a = number(left, at).quantity;
      const Quantity& b = number(right, at).quantity;
      left = sign == '*' ? made(a.value * b.value, times(a.unit, b.unit), at)
                         : made(a.value / b.value, over(a.unit, b.unit), at);
    }
  }
  // Without the "1" that a product with a plain number would carry along.
  static Unit times(const Unit& a, const Unit& b) { return b == Unit() ? a : a == Unit() ? b : a * b; }
  static Unit over(const Unit& a, const Unit& b) { return b == Unit() ? a : a / b; }

  ExpressionValue power() {
    if (++depth_ > deepest) refuse_at(at_, fmt::format("more than {} levels", deepest));
    step();
    const std::size_t at = at_;
    ExpressionValue value;
    if (accept("-")) {
      value = power();
      number(value, at);
      value.quantity.value = -value.quantity.value;
    } else {
      value = operand();
      if (accept("^")) value = raised(value, power(), at);
    }
    --depth_;
    return value;
  }

  ExpressionValue raised(const ExpressionValue& base, const ExpressionValue& exponent, std::size_t at) const {
    const double power = in(exponent, Unit(), at);
    const Quantity& quantity = number(base, at).quantity;
    if (quantity.unit.dimensionless()) return made(ondol::pow(quantity.value, power), Unit(), at);
    if (power != std::floor(power) || std::abs(power) > 99)
      refuse_at(at,
                fmt::format("a number in '{}' raised to {}, expected a whole exponent", quantity.unit.text(), power));
    return made(ondol::pow(quantity.value, power), quantity.unit.power(static_cast<int>(power)), at);
  }

  ExpressionValue operand() {
    const std::size_t at = at_;
    if (accept("(")) {
      ExpressionValue value = expression();
      expect(")", "')'");
      return value;
    }
    if (accept("'")) return text();
    if (is_digit(peek())) return literal();
    if (!starts_name(peek())) unexpected("a number, a name or '('");
    const std::string name = take_name();
    if (peek() == '(') return call(name, at);
    return names_.value(name);
  }

  ExpressionValue text() {
    const std::size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) unexpected("a text closed by '");
    ExpressionValue value;
    value.is_text = true;
    value.text = text_.substr(at_, end - at_);
    at_ = end + 1;
    return value;
  }

  ExpressionValue literal() {
    const std::size_t at = at_;
    const auto sign_of_exponent = [&](std::size_t i) {
      return (text_[i] == '+' || text_[i] == '-') && (text_[i - 1] == 'e' || text_[i - 1] == 'E');
    };
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.' || text_[at_] == '_' || text_[at_] == 'e' ||
                                  text_[at_] == 'E' || sign_of_exponent(at_)))
      ++at_;
    const std::string digits(text_.substr(at, at_ - at));
    const Quantity plain = units_.parse_quantity(digits);
    if (!accept("[")) return made(plain.value, Unit(), at);
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) unexpected("a unit closed by ']'");
    const Unit unit = units_.parse(text_.substr(at_, end - at_));
    at_ = end + 1;
    return made(plain.value, unit, at);
  }

  std::string take_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  // ---- Functions
  ExpressionValue call(const std::string& name, std::size_t at) {
    if (std::find(functions.begin(), functions.end(), name) == functions.end())
      refuse_at(at, fmt::format("unknown function '{}'{}", name, suggestion(name, functions)));
    expect("(", "'('");
    if (name == "everywhere") return everywhere();
    if (name == "sum" || name == "mean" || name == "count") return over_members(name, at);
    std::vector<ExpressionValue> values = {expression()};
    while (accept(",")) values.push_back(expression());
    expect(")", "')' or ','");
    return applied(name, values, at);
  }

  ExpressionValue applied(const std::string& name, const std::vector<ExpressionValue>& values, std::size_t at) const {
    const std::size_t wanted = name == "if" ? 3 : name == "pow" || name == "min" || name == "max" ? 2 : 1;
    const bool more = name == "min" || name == "max";
    if (values.size() != wanted && !(more && values.size() > wanted))
      refuse_at(at, fmt::format("{} values for {}, expected {}", values.size(), name, wanted));
    if (name == "if") {
      const bool holds = in(values[0], Unit(), at) != 0;
      if (!values[1].is_text && !values[2].is_text) in(values[2], values[1].quantity.unit, at);
      return holds ? values[1] : values[2];
    }
    if (name == "pow") return raised(values[0], values[1], at);
    const Unit& unit = number(values[0], at).quantity.unit;
    double value = values[0].quantity.value;
    if (more) {
      for (const ExpressionValue& other : values)
        value = name == "min" ? std::min(value, in(other, unit, at)) : std::max(value, in(other, unit, at));
      return made(value, unit, at);
    }
    if (name == "abs") return made(std::abs(value), unit, at);
    if (name == "floor") return made(std::floor(value), unit, at);
    value = in(values[0], Unit(), at);
    return made(name == "sqrt"  ? ondol::sqrt(value)
                : name == "exp" ? ondol::exp(value)
                                : ondol::log(value),
                Unit(), at);
  }

  ExpressionValue everywhere() {
    ExpressionValue value;
    names_.everywhere([&] { value = expression(); });
    expect(")", "')'");
    return value;
  }

  // Reads the arguments once for their names, and then again for every member of what they name.
  ExpressionValue over_members(const std::string& name, std::size_t at) {
    const std::size_t start = at_;
    const std::vector<std::string> named = names_ahead();
    const std::size_t end = at_;
    step((end - start) / 16);  // that was read ahead
    double total = 0, count = 0;
    std::optional<Unit> unit;
    names_.each(named, [&](double weight) {
      step();
      at_ = start;
      const ExpressionValue value = name == "count" ? skipped_value() : expression();
      const bool counts = !accept(",") || in(expression(), Unit(), at) != 0;
      if (!counts) return;
      count += weight;
      if (name == "count") return;
      if (!unit) unit = number(value, at).quantity.unit;
      total += weight * in(value, *unit, at);
    });
    if (name == "sum" && !unit) unit = unit_elsewhere(named, start, at);
    at_ = end;
    if (name == "count") return made(count, Unit(), at);
    if (!unit) refuse_at(at, "a sum over nothing, whose unit nobody knows,");
    if (name == "mean" && count == 0) refuse_at(at, "a mean of nothing");
    return made(name == "sum" ? total : total / count, *unit, at);
  }

  // A sum over nothing is zero, in the unit that it has where there is something.
  std::optional<Unit> unit_elsewhere(const std::vector<std::string>& named, std::size_t start, std::size_t at) {
    std::optional<Unit> unit;
    names_.everywhere([&] {
      names_.each(named, [&](double) {
        if (unit) return;
        step();
        at_ = start;
        unit = number(expression(), at).quantity.unit;
      });
    });
    return unit;
  }

  // Up to and with the closing parenthesis.
  std::vector<std::string> names_ahead() {
    std::vector<std::string> named;
    int level = 1;
    while (level > 0) {
      const char c = peek();
      if (c == '\0') unexpected("')'");
      if (starts_name(c)) {
        const std::string name = take_name();
        if (peek() != '(') named.push_back(name);
        continue;
      }
      if (c == '\'') {
        const std::size_t end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) unexpected("a text closed by '");
        at_ = end;
      } else if (c == '[') {
        const std::size_t end = text_.find(']', at_);
        if (end == std::string_view::npos) unexpected("a unit closed by ']'");
        at_ = end;
      } else if (is_digit(c)) {
        while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
        continue;
      }
      level += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++at_;
    }
    return named;
  }

  // What is counted is only named.
  ExpressionValue skipped_value() {
    if (!starts_name(peek())) unexpected("the name of what is counted");
    take_name();
    return {};
  }

  std::string_view text_;
  const UnitTable& units_;
  ExpressionNames& names_;
  std::uint64_t& steps_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

ExpressionValue evaluate(std::string_view text, const UnitTable& units, ExpressionNames& names, std::uint64_t& steps) {
  return Evaluator(text, units, names, steps).read();
}

}  // namespace ondol
