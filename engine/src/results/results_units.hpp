// Units of what a results file says, as world files write them.
#pragma once

#include "model/model.hpp"

#include <string>

namespace ondol {

// Of a rule's number: `money` is the world's currency.
std::string shown_unit(const Model& model, std::string unit);

std::string instrument_unit(const Model& model, Index instrument);

// Of the quantities that a market trades: the unit, and smallest ones per unit.
std::string market_unit(const Model& model, const MarketModel& market);
double market_scale(const Model& model, Index market);

}  // namespace ondol
