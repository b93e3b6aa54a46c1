// As released: the header of that day, kept in support/abi.
#include "abi_layout.hpp"
#include "support/abi/1.0.h"

namespace ondol::test {

#define FIELD(type, field) {#type "." #field, offsetof(type, field), sizeof(type::field)},
static const FieldPlace places[] = {
#include "support/abi/1.0.fields"
};

std::span<const FieldPlace> fields_of_1_0() { return places; }

}  // namespace ondol::test
