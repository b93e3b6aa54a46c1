// The government layer.
#include "government.hpp"

ONDOL_PLUGIN("government", "0.2.0", ondol::government::Government)
