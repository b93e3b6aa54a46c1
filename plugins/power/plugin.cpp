// The power layer: plants sell by merit order, grids buy for everyone, fuel is dug up.
#include "fuel_producer.hpp"
#include "grid_operator.hpp"
#include "power_plant.hpp"

ONDOL_PLUGIN("power", "0.2.0", ondol::power::PowerPlant, ondol::power::GridOperator, ondol::power::FuelProducer)
