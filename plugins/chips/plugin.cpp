// The chips layer: fabs that own the slots, designers that fill them.
#include "chip_designer.hpp"
#include "fab.hpp"

ONDOL_PLUGIN("chips", "0.2.0", ondol::chips::Fab, ondol::chips::ChipDesigner)
