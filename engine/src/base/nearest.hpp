// Suggestions for misspelt names: the nearest valid name, or the list of them when it is short.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ondol {

/// The name nearest to `wanted`, ignoring ASCII case; the earliest of equals; empty when none is near. A name is near
/// when at most one edit in three characters separates the two (an insertion, a deletion, a substitution or a swap of
/// neighbours), so names of one or two characters are near only when they differ in case.
std::string nearest(std::string_view wanted, const std::vector<std::string>& names);

/// How a message about the unknown name `wanted` ends: "; did you mean 'x'?" when a name is near, else
/// "; expected one of: a, b, c" when there are at most twelve names, else nothing.
std::string suggestion(std::string_view wanted, const std::vector<std::string>& names);

}  // namespace ondol
