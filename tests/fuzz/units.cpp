// Units and quantities: whatever is read is written so that it reads back the same.
#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ondol::UnitTable table;
  try {
    const ondol::Unit unit = table.parse(text);
    if (!(table.parse(unit.text()) == unit)) std::abort();
  } catch (const ondol::Error&) {
  }
  try {
    const ondol::Quantity quantity = table.parse_quantity(text);
    static_cast<void>(table.read(text, quantity.unit));
  } catch (const ondol::Error&) {
  }
  return 0;
}
