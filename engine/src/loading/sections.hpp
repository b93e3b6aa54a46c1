// The sections of a world file, in the order in which they are read: each may name what those before it declare.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

void read_head(Reading& world);  // name, currency, time, plugins
void read_regions(Reading& world);
void read_units(Reading& world);
void read_data(Reading& world);
void read_goods(Reading& world);
void read_signals(Reading& world);
void read_schedule(Reading& world);
// After the kinds are known: the step of birth, where one has a rule for it.
void add_birth_step(Reading& world);
void read_instruments(Reading& world);
void read_relations(Reading& world);
void read_markets(Reading& world);
void declare_populations(Reading& world);  // all names first, so that ports can lead to populations declared later
void read_populations(Reading& world);
void read_statistics(Reading& world);
void read_issuers(Reading& world);
void read_claims(Reading& world);
void read_ties(Reading& world);
void read_events(Reading& world);
void read_burn_in(Reading& world);
void read_record(Reading& world);
void give_ids(Reading& world);  // once all ports are bound

// What only shows in the whole.
void check_constants(const Reading& world);
void check_writers(const Reading& world);
void check_markets(const Reading& world);
void check_headroom(const Reading& world);
// What loads and will hardly be meant: added to the model's warnings.
void warn_of_loose_ends(Reading& world);

}  // namespace ondol
