// What a results file says before its first tick: the run, its world, and the lists of what there is.
#pragma once

#include "results/results_schema.hpp"
#include "results/sqlite.hpp"

namespace ondol {

class Run;

// Makes all tables and views of a new file, and fills those that stay as they are.
void write_constants(Database& database, const Run& run, const Schema& schema);

}  // namespace ondol
