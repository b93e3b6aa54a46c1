// Names that a results file has room for once.
#pragma once

#include "model/model.hpp"

#include <string>
#include <vector>

namespace ondol {

// A kind that a results file cannot hold, because a table, view or column of it has a name that is taken; or the
// relations that are recorded.
struct NameClash {
  Index kind = 0;  // among Model::kinds; none: relations
  std::string what, advice;
};
std::vector<NameClash> name_clashes(const Model& model);

}  // namespace ondol
