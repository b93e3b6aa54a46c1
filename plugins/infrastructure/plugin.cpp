// Who runs computing: operators with sites, groups without, and the customers that a small world has around groups.
#include "customers.hpp"
#include "group.hpp"
#include "operator.hpp"

ONDOL_PLUGIN("infrastructure", "0.2.0", ondol::infrastructure::Operator, ondol::infrastructure::Group,
             ondol::infrastructure::Customers)
