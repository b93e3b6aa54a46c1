// The promise of docs/abi.md: what a plugin of any released minor was built to find is where it was.
#include "abi_layout.hpp"

#include <ondol/abi.h>

#include <gtest/gtest.h>

namespace ondol::test {

#define FIELD(type, field) {#type "." #field, offsetof(type, field), sizeof(type::field)},
static const FieldPlace places[] = {
#include "support/abi/1.0.fields"
};

std::span<const FieldPlace> fields_of_1_0_now() { return places; }

TEST(Abi, EveryFieldOfEveryReleaseIsWhereItWas) {
  const auto released = fields_of_1_0();
  const auto now = fields_of_1_0_now();
  ASSERT_EQ(released.size(), now.size());
  for (std::size_t i = 0; i < released.size(); ++i) {
    EXPECT_EQ(released[i].offset, now[i].offset) << released[i].name;
    EXPECT_EQ(released[i].size, now[i].size) << released[i].name;
  }
}

}  // namespace ondol::test
