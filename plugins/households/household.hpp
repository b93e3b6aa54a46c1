/// A household: a group of people of one region who work, consume out of income and wealth, and try AI themselves.
#pragma once

#include <ondol/sdk.hpp>

#include <array>

namespace ondol::households {

struct Household {
  struct Params {
    double from_income;
    double from_wealth;
    double most;
    double import_share;
    double import_elasticity;
    double import_premium;
    double token_share;
    double digital_share;
    double innovation;
    double imitation;
    double natural_unemployment;
    double wage_response;
    double expert_response;
    double inflation_target;
    double trend;
    double indexation;
    double retraining;
    double wage_ratio;
    double least_real_wage;
    double least_expert_growth;
    double most_expert_growth;
    double least_retraining;
    double most_retraining;
    double least_import_response;
    double most_import_response;
    double most_imports;
    double income_speed;
    double token_limit;
    double price_limit;
    double import_limit;
    double digital_limit;
  };
  struct Traits {};
  struct State {
    double people;
    double labour_supply;
    double expert_supply;
    double jobless;
    double idle_specialists;
    double wage;
    double expert_wage;
    double income;
    double income_hat;
    double left;
    double users;
    double consumption;
    double inflation;
    std::array<double, 13> prices;  // of goods, oldest first
  };

  static constexpr Sells labour{0, "labour", "person_month"};
  static constexpr Sells expertise{1, "expertise", "expert_month"};
  static constexpr Buys goods{2, "goods", "basket"};
  static constexpr Buys imports{3, "imports", "basket"};
  static constexpr Buys tokens{4, "tokens", "Mtoken"};
  static constexpr Reads specialists{5, "specialists", "expert_month"};
  static constexpr Buys digital{6, "digital", "digital_service"};
  static constexpr Writes specialists_offered{7, "specialists_offered", "expert_month"};
  static constexpr Reads all_specialists{8, "all_specialists", "expert_month"};

  static void describe(Kind<Household>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void query(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::households
