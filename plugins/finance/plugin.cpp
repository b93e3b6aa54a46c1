// The finance layer: banks that create credit, funds that own firms, and the reserve whose money came first.
#include "bank.hpp"
#include "fund.hpp"
#include "reserve.hpp"

ONDOL_PLUGIN("finance", "0.2.0", ondol::finance::Bank, ondol::finance::Fund, ondol::finance::Reserve)
