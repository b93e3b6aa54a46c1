// Views of results as worlds declare them in [views].
#pragma once

#include "loading/toml_document.hpp"
#include "model/model.hpp"

#include <vector>

namespace ondol {

// One for each entry, by name. Their SQL is not looked at.
std::vector<ViewModel> read_views(const Toml& views);

}  // namespace ondol
