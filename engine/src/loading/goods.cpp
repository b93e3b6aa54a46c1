// Goods and instruments.
#include "loading/sections.hpp"

#include <cmath>
#include <map>

namespace ondol {

void read_goods(Reading& world) {
  for (auto& [name, good] : world.root.optional_table("goods").entries()) {
    GoodModel read;
    read.name = name;
    read.doc = good.text("doc", "");
    read.unit = unit_at(world, good, "unit");
    read.decimals = decimals(good, "decimals", 0);
    read.scale = std::pow(10.0, read.decimals);
    const std::string lasts = good.text("lasts", "forever");
    if (lasts != "forever" && lasts != "tick")
      good.at("lasts").fail(fmt::format("'{}', expected \"tick\" or \"forever\"", lasts));
    read.lasts_tick = lasts == "tick";
    good.finish();
    world.model.goods.push_back(std::move(read));
  }
}

void read_instruments(Reading& world) {
  InstrumentModel money;
  money.name = "money";
  money.decimals = world.model.money_decimals;
  money.scale = world.model.money_scale;
  money.principal_purpose = money.interest_purpose = none;
  world.model.instruments.push_back(money);
  for (auto& [name, instrument] : world.root.optional_table("instruments").entries()) {
    if (name == "money") {
      if (instrument.has("issuer")) world.money_issuer = instrument.at("issuer");
      instrument.text("class", "money");
      world.model.instruments[0].doc = instrument.text("doc", "");
      instrument.finish();
      continue;
    }
    InstrumentModel read;
    read.name = name;
    read.doc = instrument.text("doc", "");
    read.instrument_class = choice(instrument, "class", "credit",
                                   std::map<std::string, InstrumentClass>{{"credit", InstrumentClass::credit},
                                                                          {"residual", InstrumentClass::residual}});
    if (read.instrument_class == InstrumentClass::credit) {
      read.decimals = world.model.money_decimals;
      if (instrument.has("collateral"))
        read.collateral =
            find_named(world.model.goods, instrument.at("collateral").as_text(), "good", instrument.at("collateral"));
      if (instrument.has("collect"))
        read.collect_step =
            find_named(world.model.steps, instrument.at("collect").as_text(), "step", instrument.at("collect"));
      read.rate_attribute = instrument.text("rate", "rate");
      read.term_attribute = instrument.text("term", "term");
      read.interest_purpose = purpose(world, instrument.text("interest_purpose", "interest"), ONDOL_CURRENT);
      read.principal_purpose = purpose(world, instrument.text("principal_purpose", "principal"), ONDOL_FINANCIAL);
    } else {
      read.decimals = decimals(instrument, "decimals", 0);
    }
    read.scale = std::pow(10.0, read.decimals);
    instrument.finish();
    world.model.instruments.push_back(std::move(read));
  }
}

}  // namespace ondol
