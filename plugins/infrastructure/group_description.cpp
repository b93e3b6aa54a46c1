// The group's description.
#include "group.hpp"

namespace ondol::infrastructure {

void Group::describe(Kind<Group>& kind) {
  kind.name("group").doc("Holds AI capital for a platform that may come; rents part of it out and races its rivals.");
  kind.param("life", &Params::life, "month").initial(60).range(1, 1000).assumed(48, 72).doc("Of machines.");
  kind.param("site", &Params::site, "basket/accelerator")
      .initial(15000)
      .range(0, 1e+09)
      .assumed(10000, 25000)
      .doc("Building, power and servers of a machine (order of a third of all capital).");
  kind.param("uptime", &Params::uptime, "1")
      .initial(0.95)
      .range(0.01, 1)
      .assumed(0.9, 0.98)
      .doc("Of hours, that a machine is up.");
  kind.param("running", &Params::running, "basket/accelerator_hour")
      .initial(0.5)
      .range(1e-09, 1000000)
      .assumed(0.3, 0.8)
      .doc("Electricity and operation of an hour.");
  kind.param("usual_utilisation", &Params::usual_utilisation, "1")
      .initial(0.85)
      .range(0.01, 1)
      .assumed(0.75, 0.9)
      .doc("u*: at which rents rest.");
  kind.param("price_gain", &Params::price_gain, "1/month")
      .initial(0.29)
      .range(0, 10)
      .assumed(0.1, 0.3)
      .doc("gamma: of the log rent to the log gap of utilisation (fitted to 2023-24).");
  kind.param("most_gap", &Params::most_gap, "1")
      .initial(0.6)
      .range(0, 10)
      .assumed()
      .doc("Most that the gap counts, and that a seller who sold out takes for unseen.");
  kind.param("price_floor", &Params::price_floor, "1")
      .initial(1.1)
      .range(0, 100)
      .assumed(1, 1.2)
      .doc("Least rent over running cost.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of goods.");
  kind.state("rent", &State::rent, "money/accelerator_hour").initial(3).range(0, 1e+09).doc("Asked for an hour.");
  kind.state("utilisation", &State::utilisation, "1")
      .initial(0.85)
      .range(0, 1000000)
      .doc("Hours wanted over hours offered.");
  kind.state("own_hours", &State::own_hours, "accelerator_hour").range(0, 1e+18).doc("Used by itself in the tick.");
  kind.state("hours", &State::hours, "accelerator_hour").range(0, 1e+18).doc("Run in the tick.");
  kind.state("sites_due", &State::sites_due, "accelerator")
      .range(0, 1e+18)
      .doc("Machines ordered whose sites are still to be built.");
  kind.port(machines).doc("Machines, in a market with standing orders.");
  kind.port(goods).doc("Inputs of services and of running machines, sites, other investment.");
  kind.port(compute).attributes({"size"}).doc("Hours it rents out.");
  kind.part(business, &Params::business, &State::business);
  kind.port(ai_sales).doc("Sales of AI, of all (sum).");
  kind.port(makers_seen).attributes(choice::Makers::attributes()).doc("Who makes machines.");
  kind.part(race, &Params::race, &Traits::race, &State::race);
  kind.part(finance, &Params::finance, &State::finance);
  kind.part(makers, &Params::makers);
  kind.field("weight").initial(0.4).assumed(0.2, 0.7);
  kind.field("investment_months").initial(12).assumed(6, 18);
  kind.on<&Group::open>("open", "Believes, values the prize, announces its target.");
  kind.on<&Group::supply>("supply", "Orders machines: what pays, as far as money allows.");
  kind.on<&Group::serve>("serve", "Serves its own customers, runs machines, offers hours.");
  kind.on<&Group::spend>("spend", "Buys inputs, sites and what its own business invests.");
  kind.on<&Group::close>("close", "Builds sites, prices hours, judges rents, finances itself.");
}

}  // namespace ondol::infrastructure
