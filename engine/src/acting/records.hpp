// What must hold of every record in an outbox before it is booked, whatever it asks for.
#pragma once

#include "acting/acting.hpp"
#include "state/violation.hpp"

#include <initializer_list>

namespace ondol {

// The port that a record names. Throws Violation, which says what the record `does` ("orders"), unless the record is of
// a row of its chunk, and the port is one of the kind's, of one of these types and bound.
const PortModel& port_of_record(const Model& model, const Chunk& chunk, std::uint32_t row, std::uint32_t port,
                                std::initializer_list<ondol_port_type> types, const char* does);
// The purpose that a record names, as an index in Model::purposes. Throws Violation unless its kind declares it.
Index purpose_of_record(const Model& model, const Chunk& chunk, std::uint32_t row, std::uint32_t purpose,
                        const char* does);

}  // namespace ondol
