// The industry layer: those who make the goods that everyone uses, and those who carry them abroad.
#include "producer.hpp"
#include "trader.hpp"

ONDOL_PLUGIN("industry", "0.2.0", ondol::industry::Producer, ondol::industry::Trader)
