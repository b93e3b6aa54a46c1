// What says in SQL that the world is closed.
#pragma once

#include "results/results_tables.hpp"

namespace ondol {

// By instrument, kind and region: held, issued, and how the one less the other changed.
ResultTable instrument_table();

// Every flow sums to zero over sectors, and every sector's flows, the change of its money among them, to zero.
Described transaction_flow_view();

}  // namespace ondol
