// The government layer.
#include "government.hpp"

ONDOL_PLUGIN("government", "0.1.0", ondol::government::Government)
