// What the ports of a population lead to.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

// Adds the accounts that a port with a good needs to the population.
PortModel bind_port(Reading& world, PopulationModel& population, const PortDescription& port, const Toml& ports);
// Once every population is read.
void resolve_levies(Reading& world);

}  // namespace ondol
