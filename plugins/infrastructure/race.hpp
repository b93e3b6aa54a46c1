/// The race for a platform: what a firm believes of AI, what the platform is worth to it, how much capital it holds for
/// it, and what of that it uses itself. A described part; the equations are those of platform.hpp.
#pragma once

#include "platform.hpp"

#include <ondol/sdk.hpp>

#include <array>

namespace ondol::infrastructure {

/// Takes one port, `rivals`. A kind calls announce() where its tick begins, wanted() where it orders, judge() where its
/// tick ends. Money a year where nothing else is said.
struct Race {
  struct Params {
    double fastest_platform;
    double fastest_niche;
    double niche_market;
    double most_of_niche;
    double least_room;
    double most_evidence;
    double switching;
    double prior;
    double sales_speed;
    double growth_speed;
    double horizon;
    double at_risk;
    double margin;
    double part;
    double returns;
    double contested;
    double outside;
    double foreign_weight;
    double target_growth;
    double capital_cost;
    double rent_weight;
    double least_rent;
    double most_rent;
    double least_cost;
    double rent_speed;
    double speed;
    double building;
    double most_lead;
    double own_use_speed;
    double own_use_elasticity;
    double least_own_cost;
    double most_own_cost;
    double rents_below;
    double given;
  };
  struct Traits {
    double market;
    double noise;
    double usual_own_use;
  };
  struct State {
    double belief;
    double market_seen;
    std::array<double, 13> sales_by_month;
    double expected_ai_sales;
    double growth;
    double expected_market;
    double prize;
    double user_cost;
    double target;
    double capital;
    double weight;
    double own_use;
    double intensity;
    double profitability;
    double wait;
  };
  Observes rivals;

  static constexpr std::uint16_t ports = 1;
  constexpr explicit Race(std::uint16_t port) : rivals{port, "rivals", "race"} {}

  /// Revises the belief by `ai_sales`, the tick's sales of AI of all, values the prize with `cash_flow` of its own
  /// business a month at risk, and announces the target; none for who winds up.
  void announce(const Params&, const Traits&, State&, const Agent&, Observes makers, double ai_sales, double cash_flow,
                bool goes_on) const;
  /// Orders that pay, money a month; `installed` and `ordered` capital at present prices, `life` in months.
  static double wanted(const Params&, State&, double installed, double ordered, double life);
  /// Takes in rent over the full cost of an hour, and what of its hours it keeps to itself at that. `used`: of what it
  /// offers, that is rented, over what is usual.
  static void judge(const Params&, const Traits&, State&, const Agent&, double rent, double used, double full_cost);
  /// ln(1 + its own hours behind a service / mean of the race).
  double ai(const State&, const Agent&) const;

  void describe(auto& part) const {
    part.param("fastest_platform", &Params::fastest_platform, "1/year")
        .initial(1.19)
        .range(0, 10)
        .assumed(0.8, 1.4)
        .doc(
            "b1: log growth of AI sales where AI is a platform, while the market is empty (fitted to sales of "
            "2023-24).");
    part.param("fastest_niche", &Params::fastest_niche, "1/year")
        .initial(0.47)
        .range(0, 10)
        .assumed(0.25, 0.6)
        .doc("b0: the same where it stays a niche (fitted to sales of 2023-24).");
    part.param("niche_market", &Params::niche_market, "money/year")
        .initial(5e+10)
        .range(1, 1e+18)
        .assumed(30000000000.0, 120000000000.0)
        .doc("M0: sales a year of a niche at rest.");
    part.param("most_of_niche", &Params::most_of_niche, "1")
        .initial(1.75)
        .range(0, 100)
        .assumed(1, 3)
        .doc("Sales over M0 beyond which a niche shrinks no faster.");
    part.param("least_room", &Params::least_room, "1")
        .initial(1.5)
        .range(1, 100)
        .assumed(1.2, 2)
        .doc("M at least, per sales: a market that outgrows the guess revises it.");
    part.param("most_evidence", &Params::most_evidence, "1/month")
        .initial(0.25)
        .range(0, 10)
        .assumed(0.1, 0.5)
        .doc("Most that a month's growth moves the log odds; 0: the belief stands still.");
    part.param("switching", &Params::switching, "1/month")
        .initial(0.006)
        .range(0, 1)
        .assumed(0.003, 0.03)
        .doc("h: at which the regime may change (fitted to 2023-24).");
    part.param("prior", &Params::prior, "1")
        .initial(0.24)
        .range(0.001, 0.999)
        .assumed(0.15, 0.5)
        .doc("Belief of those who have seen nothing (fitted to 2023-24).");
    part.param("sales_speed", &Params::sales_speed, "1/month")
        .initial(0.33)
        .range(0, 1)
        .assumed(0.2, 0.5)
        .doc("Of expected AI sales towards those seen.");
    part.param("sales_growth_speed", &Params::growth_speed, "1/month")
        .initial(0.15)
        .range(0, 1)
        .assumed(0.1, 0.3)
        .doc("Of expected growth towards that seen.");
    part.param("horizon", &Params::horizon, "year")
        .initial(7)
        .range(1, 50)
        .assumed(4, 10)
        .doc("H: whole years of sales that a machine ordered now is thought to win (fitted to 2023-24).");
    part.param("at_risk", &Params::at_risk, "1")
        .initial(0.31)
        .range(0, 1)
        .assumed(0.15, 0.8)
        .doc("theta: of its own cash flow, lost to whoever has the platform (fitted to 2023-24).");
    part.param("margin", &Params::margin, "1")
        .initial(0.3)
        .range(0, 1)
        .assumed(0.2, 0.4)
        .doc("m: rents per sales of the platform.");
    part.param("part", &Params::part, "1")
        .initial(0.7)
        .range(0, 1)
        .doc(
            "a: of the world's market, for which its region competes (size times the part that language, "
            "latency and residency keep at home).");
    part.param("returns", &Params::returns, "1")
        .initial(0.7)
        .range(0.01, 1)
        .assumed(0.45, 0.75)
        .doc("r: elasticity of strength to capital (fitted to 2023-24).");
    part.param("contested", &Params::contested, "1")
        .initial(1)
        .range(0, 1)
        .doc("0: rivals' targets are not counted, the race is off.");
    part.param("outside", &Params::outside, "money")
        .initial(1e+07)
        .range(1, 1e+18)
        .assumed(1e6, 1e9)
        .doc("Capital, at weight 1, of those who are not modelled.");
    part.param("foreign_weight", &Params::foreign_weight, "1")
        .initial(0.045)
        .range(0, 1)
        .assumed(0.02, 0.3)
        .doc("chi: of foreign rivals' strength that reaches the home market (fitted to 2023).");
    part.param("target_growth", &Params::target_growth, "1/year")
        .initial(0.08)
        .range(-1, 10)
        .assumed(0, 0.15)
        .doc("Growth of the target until machines arrive, beside that of the prize.");
    part.param("capital_cost", &Params::capital_cost, "1/year")
        .initial(0.38)
        .range(0.001, 10)
        .assumed(0.3, 0.5)
        .doc("c: depreciation, return and upkeep of capital (.2 is depreciation; fitted to 2023-24).");
    part.param("rent_weight", &Params::rent_weight, "1")
        .initial(0.45)
        .range(0, 0.99)
        .assumed(0.2, 0.7)
        .doc("beta: of what machines for rent cost, that rent takes off (fitted to 2023-24).");
    part.param("least_rent", &Params::least_rent, "1")
        .initial(0.2)
        .range(0, 10)
        .assumed()
        .doc("Rent over full cost that counts at least.");
    part.param("least_cost", &Params::least_cost, "1/year")
        .initial(0.05)
        .range(0.001, 10)
        .assumed(0.02, 0.1)
        .doc("c0: of capital, whatever renting it out brings.");
    part.param("most_rent", &Params::most_rent, "1").initial(1.7).range(0, 2).assumed().doc("And at most.");
    part.param("rent_speed", &Params::rent_speed, "1/month")
        .initial(0.15)
        .range(0, 1)
        .assumed(0.1, 0.3)
        .doc("Of expected rent over full cost towards that seen.");
    part.param("order_speed", &Params::speed, "1/month")
        .initial(0.16)
        .range(0, 1)
        .assumed(0.08, 0.2)
        .doc("Of what is missing of the target, ordered (fitted to 2023-24).");
    part.param("building", &Params::building, "month")
        .initial(4)
        .range(0, 1000)
        .assumed(3, 6)
        .doc("From a machine's delivery until it runs.");
    part.param("most_lead", &Params::most_lead, "year")
        .initial(1.5)
        .range(0, 10)
        .assumed(1, 3)
        .doc("Longest lead that it plans for.");
    part.param("own_use_speed", &Params::own_use_speed, "1/month")
        .initial(0.1)
        .range(0, 1)
        .assumed(0.05, 0.2)
        .doc("Of its own use towards what it wants.");
    part.param("own_use_elasticity", &Params::own_use_elasticity, "1")
        .initial(0.7)
        .range(0, 10)
        .assumed(0.2, 0.8)
        .doc("Of own use to full cost over rent (fitted to 2023-24).");
    part.param("least_own_cost", &Params::least_own_cost, "1")
        .initial(0.3)
        .range(0, 10)
        .assumed()
        .doc("Full cost over rent that counts at least.");
    part.param("most_own_cost", &Params::most_own_cost, "1").initial(1.3).range(0, 10).assumed().doc("And at most.");
    part.param("rents_below", &Params::rents_below, "1")
        .initial(0.85)
        .range(0, 2)
        .assumed()
        .doc("Groups whose usual own use is this or more rent nothing out.");
    part.param("given", &Params::given, "1")
        .initial(0.75)
        .range(0, 1)
        .assumed(0.3, 0.9)
        .doc("phi: of what money allows, given to machines; less: cash is withheld (fitted to 2023-24).");
    part.trait("market", &Traits::market, "money/year")
        .initial(3e+12)
        .range(1, 1e+18)
        .doc("M: sales a year of a platform at rest, as it guesses (fitted to 2023-24; 1 to 6 tn USD).");
    part.trait("noise", &Traits::noise, "1/year")
        .initial(1.1)
        .range(0.01, 100)
        .assumed(0.6, 3)
        .doc("s: what growth of a year shows beside the regime (fitted to 2023-24).");
    part.trait("usual_own_use", &Traits::usual_own_use, "1")
        .initial(0.4)
        .range(0, 1)
        .assumed()
        .doc("omega_0: part of its hours that it uses itself where rent is full cost.");
    part.state("belief", &State::belief, "1").initial(0.16).range(0, 1).doc("pi: that AI becomes the platform.");
    part.state("market_seen", &State::market_seen, "money/year").range(0, 1e+18).doc("M, as revised.");
    part.state("sales_by_month", &State::sales_by_month, "money/year")
        .range(0, 1e+18)
        .doc("Expected AI sales of the last months, the oldest first.");
    part.state("expected_ai_sales", &State::expected_ai_sales, "money/year")
        .range(0, 1e+18)
        .doc("R: AI sales, smoothed.");
    part.state("growth", &State::growth, "1/year")
        .initial(1.2)
        .range(-10, 10)
        .doc("g: their yearly log growth, smoothed.");
    part.state("expected_market", &State::expected_market, "money/year")
        .range(0, 1e+18)
        .doc("M^e: mean sales over its horizon from delivery on.");
    part.state("prize", &State::prize, "money/year").range(0, 1e+18).doc("V: what the platform is worth to it.");
    part.state("user_cost", &State::user_cost, "1/year").range(0, 10).doc("c_i: of capital, less what renting brings.");
    part.state("target", &State::target, "money")
        .range(0, 1e+21)
        .disclosed("race")
        .doc("K*: AI capital that it announces.");
    part.state("capital", &State::capital, "money").range(0, 1e+21).doc("K: with what is ordered, at present prices.");
    part.state("weight", &State::weight, "1")
        .range(0, 1000000)
        .disclosed("race")
        .doc("w: how far its capital reaches users (root of its reach: shares of cloud and attention).");
    part.state("own_use", &State::own_use, "1")
        .initial(0.4)
        .range(0, 1)
        .doc("omega: part of its hours that it uses itself.");
    part.state("intensity", &State::intensity, "accelerator_hour/digital_service")
        .range(0, 1e+18)
        .disclosed("race")
        .doc("Own hours behind a service.");
    part.state("profitability", &State::profitability, "1")
        .initial(1)
        .range(0, 100)
        .doc("q: rent over full cost, smoothed.");
    part.state("wait", &State::wait, "month").range(0, 1000000).doc("Shortest wait of those who make machines.");
    part.port(rivals)
        .optional()
        .attributes({"target", "weight", "intensity"})
        .doc("Those who race, itself among them, of all regions; unbound: it does not race.");
  }
};

}  // namespace ondol::infrastructure
