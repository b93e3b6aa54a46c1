// What a world assumes, as factors of an experiment.
#pragma once

#include "experiment/experiment_file.hpp"
#include "model/model.hpp"

namespace ondol {

// Adds a factor for every number of the world that says the range within which the truth is believed to lie: those
// that its files state (constants, fields), and defaults of its kinds that it leaves as they are. Each is named after
// the way to what it sets, and in a group with the others of its kind. What the experiment's own factors set, and what
// it leaves out by name, is not among them; nor are cells of tables of data. Throws Error(world) where a name that is
// left out is of none of them.
void add_assumptions(ExperimentFile& file, const Model& world);

}  // namespace ondol
