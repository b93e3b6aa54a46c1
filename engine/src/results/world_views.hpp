// Views that a world declares, beside those that every run has.
#pragma once

#include "model/model.hpp"

namespace ondol {

class Database;

// Makes them and documents their columns, in a database with the tables and views of every run. Throws Error(world)
// with the place of one whose name is taken, whose question SQL refuses, or whose columns are not the described ones.
void create_world_views(Database& database, const Model& model);

// The same in an empty database of its own, before anything runs.
void check_world_views(const Model& model);

}  // namespace ondol
