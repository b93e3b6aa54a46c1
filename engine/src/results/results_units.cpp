#include "results/results_units.hpp"

namespace ondol {

std::string shown_unit(const Model& model, std::string unit) {
  const std::string money = "money";
  for (std::size_t at = unit.find(money); at != std::string::npos; at = unit.find(money, at + 1)) {
    unit.replace(at, money.size(), model.currency);
  }
  return unit;
}

std::string instrument_unit(const Model& model, Index instrument) {
  return model.instruments[instrument].instrument_class == InstrumentClass::residual ? "1" : model.currency;
}

std::string market_unit(const Model& model, const MarketModel& market) {
  return market.good != none ? model.goods[market.good].unit.text() : instrument_unit(model, market.instrument);
}

double market_scale(const Model& model, Index market) {
  const MarketModel& m = model.markets[market];
  return m.good != none ? model.goods[m.good].scale : model.instruments[m.instrument].scale;
}

}  // namespace ondol
