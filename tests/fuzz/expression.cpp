// Expressions: bounded in time and memory, whatever they say.
#include "loading/expression.hpp"

#include <ondol/engine/error.hpp>

#include <cstddef>
#include <cstdint>

namespace {

class Names : public ondol::ExpressionNames {
 public:
  explicit Names(const ondol::UnitTable& units) : units_(units) {}

  ondol::ExpressionValue value(const std::string& name) override {
    if (name == "label") return {{}, true, "a label"};
    ondol::ExpressionValue value;
    value.quantity.value = static_cast<double>(name.size());
    value.quantity.unit = units_.parse(name.find("money") != std::string::npos ? "money" : "1");
    return value;
  }
  void each(const std::vector<std::string>&, const std::function<void(double)>& body) override {
    for (const double weight : {1.0, 2.0, 0.0}) body(weight);
  }
  void everywhere(const std::function<void()>& body) override { body(); }

 private:
  const ondol::UnitTable& units_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ondol::UnitTable units;
  Names names(units);
  std::uint64_t steps = 0;
  try {
    ondol::evaluate({reinterpret_cast<const char*>(data), size}, units, names, steps);
  } catch (const ondol::Error&) {
  }
  return 0;
}
