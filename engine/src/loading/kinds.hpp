// Kinds and mechanisms of the loaded plugins, by the names that a world may use for them.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

// Kinds of one name from several plugins go by "plugin/kind", in the world file as in messages and results.
void tell_kinds_apart(Reading& world);
const KindDescription* find_kind(const Reading& world, const Toml& at);
const MechanismDescription& find_mechanism(const Reading& world, const Toml& at);
// Where a population says fields of that role: params, traits or state.
const char* section_of(ondol_field_role role);
// Among Model::kinds.
Index kind_in_use(const Reading& world, const std::string& name, const Toml& at);

}  // namespace ondol
