// Where every field of the boundary lies, as one version of its header has it.
#pragma once

#include <cstddef>
#include <span>

namespace ondol::test {

struct FieldPlace {
  const char* name;
  std::size_t offset, size;
};

std::span<const FieldPlace> fields_of_1_0();
std::span<const FieldPlace> fields_of_1_0_now();

}  // namespace ondol::test
