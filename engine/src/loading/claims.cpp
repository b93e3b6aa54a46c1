// What exists at the start and names populations: who issued the money, who owes whom.
#include "base/nearest.hpp"
#include "loading/names.hpp"
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
  for (const Index p : all_populations_at(world, issuer_at)) {
    read.issuer = p;
    const Within there(world, scope_of(world, p));
    const auto holders = populations_at(world, claim.at("holder"), world.model.populations[p].region);
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
    const auto populations = all_populations_at(world, *world.money_issuer);
    if (populations.empty()) world.money_issuer->fail("expected a population that has issued the money");
    world.model.instruments[0].issuer = populations.front();
    return;
  }
  const bool any = std::any_of(world.model.populations.begin(), world.model.populations.end(), [](const auto& p) {
    return p.money.shape != Distribution::Shape::constant || p.money.a != 0;
  });
  if (any)
    world.root.at("populations")
        .fail(
            "agents hold money at the start, but `instruments.money.issuer` does not say which population has issued "
            "it");
}

void read_claims(Reading& world) {
  if (!world.root.has("claims")) return;
  for (Toml& claim : world.root.at("claims").elements()) {
    for (const Toml& issuer : claim.at("issuer").elements()) read_claim(world, claim, issuer);
    claim.finish();
  }
}

}  // namespace ondol
