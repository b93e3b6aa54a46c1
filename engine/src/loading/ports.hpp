// What the ports of a population lead to.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

// Such ports are bound last.
bool port_leads_to_agents(const PortDescription& port);
// Adds the accounts that a port with a good needs to the population.
PortModel bind_port(Reading& world, PopulationModel& population, const PortDescription& port, const Toml& ports);
// Once every population is read.
void resolve_levies(Reading& world);

}  // namespace ondol
