#include "acting/records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

const PortModel& port_of_record(const Model& model, const Chunk& chunk, std::uint32_t row, std::uint32_t port,
                                std::initializer_list<ondol_port_type> types, const char* does) {
  if (row >= chunk.call.rows)
    throw Violation{chunk.agent(0), fmt::format("{} for row {} of a chunk of {}", does, row, chunk.call.rows)};
  const PopulationModel& population = model.populations[chunk.population];
  if (port >= population.ports.size())
    throw Violation{chunk.agent(row),
                    fmt::format("{} through port {}, of {} that its kind has", does, port, population.ports.size())};
  const PortModel& found = population.ports[port];
  const std::string& name = model.kinds[population.kind]->ports[port].name;
  if (std::find(types.begin(), types.end(), found.type) == types.end())
    throw Violation{chunk.agent(row), fmt::format("{} through port '{}', which is not of that type", does, name)};
  if (!found.bound)
    throw Violation{chunk.agent(row), fmt::format("{} through port '{}', which the world leaves unbound", does, name)};
  return found;
}

Index purpose_of_record(const Model& model, const Chunk& chunk, std::uint32_t row, std::uint32_t purpose,
                        const char* does) {
  const std::vector<Index>& purposes = model.populations[chunk.population].purposes;
  if (purpose >= purposes.size())
    throw Violation{chunk.agent(row),
                    fmt::format("{} for purpose {}, of {} that its kind declares", does, purpose, purposes.size())};
  return purposes[purpose];
}

}  // namespace ondol
