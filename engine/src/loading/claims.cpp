// What exists at the start and names populations: who issued the money, who owes whom.
#include "base/nearest.hpp"
#include "loading/populations.hpp"
#include "loading/ports.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

void read_claim(Reading& world, const Toml& claim, const Toml& issuer_at) {
  ClaimStart read;
  read.instrument =
      find_named(world.model.instruments, claim.at("instrument").as_text(), "instrument", claim.at("instrument"));
  const InstrumentModel& instrument = world.model.instruments[read.instrument];
  if (read.instrument == 0) claim.at("instrument").fail("money is held, not claimed; give populations `money`");
  const bool credit = instrument.instrument_class == InstrumentClass::credit;
  const Unit unit = world.model.units.parse(credit ? "money" : "1");
  const std::string issuer = issuer_at.as_text();
  for (const Index p :
       populations_named(world, issuer.find('.') == std::string::npos ? issuer + ".*" : issuer, none, issuer_at)) {
    read.issuer = p;
    const auto holders =
        populations_named(world, claim.at("holder").as_text(), world.model.populations[p].region, claim.at("holder"));
    if (holders.size() != 1 || world.model.populations[holders[0]].count == 0)
      claim.at("holder").fail(fmt::format("expected one population with agents in region '{}'",
                                          world.model.regions[world.model.populations[p].region].name));
    read.holder = holders[0];
    const Index r = world.model.populations[p].region;
    read.amount = distribution_for(world, claim.at("amount"), unit, r, 0, unbounded);
    if (claim.has("unit_value"))
      read.unit_value = number_for(world, claim.at("unit_value"), world.model.units.parse("money"), r);
    if (claim.has("rate")) read.rate = number_for(world, claim.at("rate"), world.model.units.parse("1/tick"), r);
    if (claim.has("term")) read.term = number_for(world, claim.at("term"), world.model.units.parse("tick"), r);
    world.model.claims.push_back(read);
  }
}

}  // namespace

void read_issuers(Reading& world) {
  resolve_levies(world);
  if (world.money_issuer) {
    const auto populations = populations_named(world, world.money_issuer->as_text() + ".*", none, *world.money_issuer);
    world.model.instruments[0].issuer = populations.front();
    return;
  }
  const bool any = std::any_of(world.model.populations.begin(), world.model.populations.end(), [](const auto& p) {
    return p.money.shape != Distribution::Shape::constant || p.money.a != 0;
  });
  if (any)
    world.root.fail(
        "agents hold money at the start, but `instruments.money.issuer` does not say which population has issued it");
}

void read_claims(Reading& world) {
  if (!world.root.has("claims")) return;
  for (Toml& claim : world.root.at("claims").elements()) {
    for (const Toml& issuer : claim.at("issuer").elements()) read_claim(world, claim, issuer);
    claim.finish();
  }
}

}  // namespace ondol
