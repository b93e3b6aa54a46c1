// A world as it will run, for people to read: every value with the place it came from.
#pragma once

#include <toml++/toml.h>

#include <map>
#include <string>
#include <vector>

namespace ondol {

// TOML that loads again, a value a line. `results` are what expressions came to, by the value that has them.
std::string print_resolved(const toml::table& document, const std::map<const void*, std::vector<std::string>>& results);

}  // namespace ondol
