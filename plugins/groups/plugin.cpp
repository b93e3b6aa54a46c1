// Groups that race for a platform, and the customers that a small world has around them.
#include "customers.hpp"
#include "group.hpp"

ONDOL_PLUGIN("groups", "0.1.0", ondol::groups::Group, ondol::groups::Customers)
