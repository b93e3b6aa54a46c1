// Charts as files declare them: a world its own in [charts], the report those of every run.
#pragma once

#include "loading/toml_document.hpp"
#include "model/model.hpp"

#include <vector>

namespace ondol {

// One for each entry, in the order in which they are written. Refuses forms and parts of them that reports do not know.
std::vector<ChartModel> read_charts(const Toml& charts);

}  // namespace ondol
