#include "purse.hpp"

// Not tested at all.
double Purse::lacking(double price) const { return price - money; }
