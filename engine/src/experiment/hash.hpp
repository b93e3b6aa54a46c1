// Names made of what they stand for.
#pragma once

#include <string>
#include <string_view>

namespace ondol {

// 32 hexadecimal digits of XXH3 (128 bits).
std::string hash_of(std::string_view text);

}  // namespace ondol
