// The group's description.
#include "group.hpp"

namespace ondol::groups {

void Group::describe(Kind<Group>& kind) {
  kind.name("group").doc("Holds AI capital for a platform that may come; rents part of it out and races its rivals.");
  kind.param("fastest_platform", &Params::fastest_platform, "1/year")
      .initial(1.19)
      .range(0, 10)
      .doc(
          "b1: log growth of AI sales where AI is a platform, while the market is empty (fitted to sales of 2023-24; "
          ".8 to 1.4).");
  kind.param("fastest_niche", &Params::fastest_niche, "1/year")
      .initial(0.47)
      .range(0, 10)
      .doc("b0: the same where it stays a niche (fitted to sales of 2023-24; .25 to .6).");
  kind.param("niche_market", &Params::niche_market, "money/year")
      .initial(5e+10)
      .range(1, 1e+18)
      .doc("M0: sales a year of a niche at rest (assumed, 30 to 120 bn USD).");
  kind.param("most_of_niche", &Params::most_of_niche, "1")
      .initial(1.75)
      .range(0, 100)
      .doc("Sales over M0 beyond which a niche shrinks no faster (assumed, 1 to 3).");
  kind.param("least_room", &Params::least_room, "1")
      .initial(1.5)
      .range(1, 100)
      .doc("M at least, per sales: a market that outgrows the guess revises it (assumed, 1.2 to 2).");
  kind.param("most_evidence", &Params::most_evidence, "1/month")
      .initial(0.25)
      .range(0, 10)
      .doc("Most that a month's growth moves the log odds; 0: the belief stands still (assumed, .1 to .5).");
  kind.param("switching", &Params::switching, "1/month")
      .initial(0.006)
      .range(0, 1)
      .doc("h: at which the regime may change (fitted to 2023-24; .003 to .03).");
  kind.param("prior", &Params::prior, "1")
      .initial(0.24)
      .range(0.001, 0.999)
      .doc("Belief of those who have seen nothing (fitted to 2023-24; .15 to .5).");
  kind.param("sales_speed", &Params::sales_speed, "1/month")
      .initial(0.33)
      .range(0, 1)
      .doc("Of expected AI sales towards those seen (assumed, .2 to .5).");
  kind.param("growth_speed", &Params::growth_speed, "1/month")
      .initial(0.15)
      .range(0, 1)
      .doc("Of expected growth towards that seen (assumed, .1 to .3).");
  kind.param("horizon", &Params::horizon, "year")
      .initial(7)
      .range(1, 50)
      .doc("H: whole years of sales that a machine ordered now is thought to win (fitted to 2023-24; 4 to 10).");
  kind.param("at_risk", &Params::at_risk, "1")
      .initial(0.31)
      .range(0, 1)
      .doc("theta: of its own cash flow, lost to whoever has the platform (fitted to 2023-24; .15 to .8).");
  kind.param("margin", &Params::margin, "1")
      .initial(0.3)
      .range(0, 1)
      .doc("m: rents per sales of the platform (assumed, .2 to .4).");
  kind.param("part", &Params::part, "1")
      .initial(0.7)
      .range(0, 1)
      .doc(
          "a: of the world's market, for which its region competes (assumed: size times the part that language, "
          "latency and residency keep at home).");
  kind.param("returns", &Params::returns, "1")
      .initial(0.7)
      .range(0.01, 1)
      .doc("r: elasticity of strength to capital (fitted to 2023-24; .45 to .75).");
  kind.param("contested", &Params::contested, "1")
      .initial(1)
      .range(0, 1)
      .doc("0: rivals' targets are not counted, the race is off.");
  kind.param("outside", &Params::outside, "money")
      .initial(1e+07)
      .range(1, 1e+18)
      .doc("Capital, at weight 1, of those who are not modelled (assumed, 1e6 to 1e9 USD).");
  kind.param("foreign_weight", &Params::foreign_weight, "1")
      .initial(0.045)
      .range(0, 1)
      .doc("chi: of foreign rivals' strength that reaches the home market (fitted to 2023; .02 to .3).");
  kind.param("target_growth", &Params::target_growth, "1/year")
      .initial(0.08)
      .range(-1, 10)
      .doc("Growth of the target until machines arrive, beside that of the prize (assumed, 0 to .15).");
  kind.param("capital_cost", &Params::capital_cost, "1/year")
      .initial(0.38)
      .range(0.001, 10)
      .doc("c: depreciation, return and upkeep of capital (.2 is depreciation; fitted to 2023-24; .3 to .5).");
  kind.param("rent_weight", &Params::rent_weight, "1")
      .initial(0.45)
      .range(0, 0.99)
      .doc("beta: of what machines for rent cost, that rent takes off (fitted to 2023-24; .2 to .7).");
  kind.param("least_rent", &Params::least_rent, "1")
      .initial(0.2)
      .range(0, 10)
      .doc("Rent over full cost that counts at least (assumed).");
  kind.param("most_rent", &Params::most_rent, "1").initial(1.7).range(0, 2).doc("And at most (assumed).");
  kind.param("rent_speed", &Params::rent_speed, "1/month")
      .initial(0.15)
      .range(0, 1)
      .doc("Of expected rent over full cost towards that seen (assumed, .1 to .3).");
  kind.param("speed", &Params::speed, "1/month")
      .initial(0.16)
      .range(0, 1)
      .doc("Of what is missing of the target, ordered (fitted to 2023-24; .08 to .2).");
  kind.param("life", &Params::life, "month").initial(60).range(1, 1000).doc("Of machines (assumed, 48 to 72).");
  kind.param("building", &Params::building, "month")
      .initial(4)
      .range(0, 1000)
      .doc("From a machine's delivery until it runs (assumed, 3 to 6).");
  kind.param("most_lead", &Params::most_lead, "year")
      .initial(1.5)
      .range(0, 10)
      .doc("Longest lead that it plans for (assumed, 1 to 3).");
  kind.param("site", &Params::site, "basket/accelerator")
      .initial(15000)
      .range(0, 1e+09)
      .doc(
          "Building, power and servers of a machine (order of a third of all capital; assumed, 10 to 25 thousand "
          "USD).");
  kind.param("uptime", &Params::uptime, "1")
      .initial(0.95)
      .range(0.01, 1)
      .doc("Of hours, that a machine is up (assumed, .9 to .98).");
  kind.param("running", &Params::running, "basket/accelerator_hour")
      .initial(0.5)
      .range(1e-09, 1000000)
      .doc("Electricity and operation of an hour (assumed, .3 to .8 USD).");
  kind.param("usual_utilisation", &Params::usual_utilisation, "1")
      .initial(0.85)
      .range(0.01, 1)
      .doc("u*: at which rents rest (assumed, .75 to .9).");
  kind.param("price_gain", &Params::price_gain, "1/month")
      .initial(0.29)
      .range(0, 10)
      .doc("gamma: of the log rent to the log gap of utilisation (fitted to 2023-24; .1 to .3).");
  kind.param("most_gap", &Params::most_gap, "1")
      .initial(0.6)
      .range(0, 10)
      .doc("Most that the gap counts, and that a seller who sold out takes for unseen (assumed).");
  kind.param("price_floor", &Params::price_floor, "1")
      .initial(1.1)
      .range(0, 100)
      .doc("Least rent over running cost (assumed, 1 to 1.2).");
  kind.param("own_use_speed", &Params::own_use_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .doc("Of its own use towards what it wants (assumed, .05 to .2).");
  kind.param("own_use_elasticity", &Params::own_use_elasticity, "1")
      .initial(0.7)
      .range(0, 10)
      .doc("Of own use to full cost over rent (fitted to 2023-24; .2 to .8).");
  kind.param("least_own_cost", &Params::least_own_cost, "1")
      .initial(0.3)
      .range(0, 10)
      .doc("Full cost over rent that counts at least (assumed).");
  kind.param("most_own_cost", &Params::most_own_cost, "1").initial(1.3).range(0, 10).doc("And at most (assumed).");
  kind.param("rents_below", &Params::rents_below, "1")
      .initial(0.85)
      .range(0, 2)
      .doc("Groups whose usual own use is this or more rent nothing out (assumed).");
  kind.param("digital_cost", &Params::digital_cost, "basket/digital_service")
      .initial(0.6)
      .range(1e-09, 1e+09)
      .doc("Inputs of a service of its own business (assumed: 60 % of sales).");
  kind.param("digital_margin", &Params::digital_margin, "1")
      .initial(0.4)
      .range(0, 0.99)
      .doc("Of its price, that is left after them (assumed, .3 to .5).");
  kind.param("digital_slack", &Params::digital_slack, "1")
      .initial(0.1)
      .range(0, 10)
      .doc("Services made beyond those expected to sell (assumed, .05 to .2).");
  kind.param("digital_speed", &Params::digital_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .doc("Of expected services and cash flow towards those seen (assumed, .1 to .5).");
  kind.param("other_investment", &Params::other_investment, "basket/digital_service")
      .initial(0.1)
      .range(0, 1e+09)
      .doc(
          "m0: investment of its own business (order of three quarters of groups' investment of 2022; assumed, .05 to "
          ".15).");
  kind.param("given", &Params::given, "1")
      .initial(0.75)
      .range(0, 1)
      .doc("phi: of what money allows, given to machines; less: cash is withheld (fitted to 2023-24; .3 to .9).");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .doc("Most it bids over the last price of goods (assumed, 1 to 1.3).");
  kind.trait("market", &Traits::market, "money/year")
      .initial(3e+12)
      .range(1, 1e+18)
      .doc("M: sales a year of a platform at rest, as it guesses (fitted to 2023-24; 1 to 6 tn USD).");
  kind.trait("noise", &Traits::noise, "1/year")
      .initial(1.1)
      .range(0.01, 100)
      .doc("s: what growth of a year shows beside the regime (fitted to 2023-24; .6 to 3).");
  kind.trait("usual_own_use", &Traits::usual_own_use, "1")
      .initial(0.4)
      .range(0, 1)
      .doc("omega_0: part of its hours that it uses itself where rent is full cost (assumed by group).");
  kind.state("belief", &State::belief, "1").initial(0.16).range(0, 1).doc("pi: that AI becomes the platform.");
  kind.state("market_seen", &State::market_seen, "money/year").range(0, 1e+18).doc("M, as revised.");
  kind.state("sales_by_month", &State::sales_by_month, "money/year")
      .range(0, 1e+18)
      .doc("Expected AI sales of the last months, the oldest first.");
  kind.state("expected_ai_sales", &State::expected_ai_sales, "money/year")
      .range(0, 1e+18)
      .doc("R: AI sales, smoothed.");
  kind.state("growth", &State::growth, "1/year")
      .initial(1.2)
      .range(-10, 10)
      .doc("g: their yearly log growth, smoothed.");
  kind.state("expected_market", &State::expected_market, "money/year")
      .range(0, 1e+18)
      .doc("M^e: mean sales over its horizon from delivery on.");
  kind.state("cash_flow", &State::cash_flow, "money/month")
      .range(-1e+18, 1e+18)
      .doc("Of its own business, before investment.");
  kind.state("prize", &State::prize, "money/year").range(0, 1e+18).doc("V: what the platform is worth to it.");
  kind.state("user_cost", &State::user_cost, "1/year").range(0, 10).doc("c_i: of capital, less what renting brings.");
  kind.state("target", &State::target, "money")
      .range(0, 1e+21)
      .disclosed("race")
      .doc("K*: AI capital that it announces.");
  kind.state("capital", &State::capital, "money").range(0, 1e+21).doc("K: with what is ordered, at present prices.");
  kind.state("weight", &State::weight, "1")
      .initial(0.4)
      .range(0, 1000000)
      .disclosed("race")
      .doc("w: how far its capital reaches users (root of its reach: shares of cloud and attention).");
  kind.state("own_use", &State::own_use, "1")
      .initial(0.4)
      .range(0, 1)
      .doc("omega: part of its hours that it uses itself.");
  kind.state("intensity", &State::intensity, "accelerator_hour/digital_service")
      .range(0, 1e+18)
      .disclosed("race")
      .doc("Own hours behind a service.");
  kind.state("rent", &State::rent, "money/accelerator_hour").initial(3).range(0, 1e+09).doc("Asked for an hour.");
  kind.state("utilisation", &State::utilisation, "1")
      .initial(0.85)
      .range(0, 1000000)
      .doc("Hours wanted over hours offered.");
  kind.state("profitability", &State::profitability, "1")
      .initial(1)
      .range(0, 100)
      .doc("q: rent over full cost, smoothed.");
  kind.state("expected_digital", &State::expected_digital, "digital_service/month")
      .range(0, 1e+18)
      .doc("Services it expects to sell.");
  kind.state("own_hours", &State::own_hours, "accelerator_hour").range(0, 1e+18).doc("Used by itself in the tick.");
  kind.state("hours", &State::hours, "accelerator_hour").range(0, 1e+18).doc("Run in the tick.");
  kind.state("sites_due", &State::sites_due, "accelerator")
      .range(0, 1e+18)
      .doc("Machines ordered whose sites are still to be built.");
  kind.state("wait", &State::wait, "month").range(0, 1000000).doc("Shortest wait of those who make machines.");
  kind.port(machines).doc("Machines, in a market with standing orders.");
  kind.port(goods).doc("Inputs of services and of running machines, sites, other investment.");
  kind.port(compute).attributes({"size"}).doc("Hours it rents out.");
  kind.port(digital).attributes({"size", "ai"}).doc("Services of its own business.");
  kind.port(ai_sales).doc("Sales of AI, of all (sum).");
  kind.port(makers_seen).attributes(choice::Makers::attributes()).doc("Who makes machines.");
  kind.port(rivals).attributes({"target", "weight", "intensity"}).doc("The groups of its race, itself among them.");
  kind.port(foreign_rivals).optional().attributes({"target", "weight"}).doc("Groups abroad that reach its market.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.part(makers, &Params::makers);
  kind.field("investment_months").initial(12);
  kind.on<&Group::open>("open", "Believes, values the prize, announces its target.");
  kind.on<&Group::supply>("supply", "Orders machines: what pays, as far as money allows.");
  kind.on<&Group::serve>("serve", "Serves its own customers, runs machines, offers hours.");
  kind.on<&Group::spend>("spend", "Buys inputs, sites and what its own business invests.");
  kind.on<&Group::close>("close", "Builds sites, prices hours, judges rents, finances itself.");
}

}  // namespace ondol::groups
