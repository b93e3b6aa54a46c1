// The data layer: what people wrote, and what machines write for training.
#include "data_owner.hpp"
#include "synthesizer.hpp"

ONDOL_PLUGIN("data", "0.2.0", ondol::data::DataOwner, ondol::data::Synthesizer)
