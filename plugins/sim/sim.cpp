// Model SIM: the simplest model with government money (Godley and Lavoie 2007, "Monetary Economics", chapter 3).
//
// A government buys from firms, firms pay all they take as wages, households pay tax on wages and spend part of what is
// left and part of their wealth:
//   Y = C + G,  T = theta Y,  YD = Y - T,  C = alpha1 YD + alpha2 H(-1),  H = H(-1) + YD - C.
// Within a period all of it holds at once. Here a tick repeats its steps: what households earn in one round they spend
// in the next, so income sums the multiplier's series and comes as near to the solution as rounds and cents allow.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Issues the money it spends and retires what it takes in taxes.
struct SimGovernment {
  struct Params {
    double spending;
  };
  struct Traits {};
  struct State {
    double taxes;
  };
  static constexpr ondol::Issues money{0, "money"};
  static constexpr ondol::Peers firm{1, "firm"};
  static constexpr ondol::Purpose purchases{0, "government purchases"};

  static void describe(Kind<SimGovernment>& kind) {
    kind.name("sim_government").doc("Buys from firms with money it issues, and retires what it takes in taxes.");
    kind.param("spending", &Params::spending, "money").initial(20).range(0, 1e12).doc("G, a tick.");
    kind.state("taxes", &State::taxes, "money").doc("T: taxes of the tick before.");
    kind.port(money).doc("The money it issues.");
    kind.port(firm).doc("Whom it buys from.");
    kind.purpose(purchases, "Government spending.");
    kind.on<&SimGovernment::open>("open", "Retires last tick's taxes and issues this tick's spending.");
    kind.on<&SimGovernment::spend>("spend", "Buys, in the first round.");
  }
  static void open(const Params& p, const Traits&, State& s, Agent& self) {
    s.taxes = self.money();
    self.retire(money, s.taxes);
    self.issue(money, p.spending);
  }
  static void spend(const Params& p, const Traits&, State&, Agent& self) {
    if (self.round() == 0 && !self.members(firm).empty())
      self.pay(self.members(firm)[0].id(), std::min(p.spending, self.money()), purchases);
  }
};

/// Pays all it takes as wages.
struct SimFirm {
  struct Params {};
  struct Traits {};
  struct State {
    double output;
  };
  static constexpr ondol::Peers household{0, "household"};
  static constexpr ondol::Purpose wages{0, "wages"};

  static void describe(Kind<SimFirm>& kind) {
    kind.name("sim_firm").doc("Pays all it takes as wages.");
    kind.state("output", &State::output, "money").doc("Y: sold in the tick.");
    kind.port(household).doc("Whom it pays.");
    kind.purpose(wages, "The wage bill.");
    kind.on<&SimFirm::pay>("pay", "Pays wages.");
  }
  static void pay(const Params&, const Traits&, State& s, Agent& self) {
    const double taken = self.money();
    s.output = (self.round() == 0 ? 0.0 : s.output) + taken;
    if (self.members(household).empty()) return;
    self.pay(self.members(household)[0].id(), taken, wages);
  }
};

/// Spends part of its disposable income and part of its wealth.
struct SimHousehold {
  struct Params {
    double from_income;
    double from_wealth;
    double tax_rate;
  };
  struct Traits {};
  struct State {
    double income;
    double consumption;
    double fresh;
    double held;
  };
  static constexpr ondol::Peers firm{0, "firm"};
  static constexpr ondol::Peers government{1, "government"};
  static constexpr ondol::Purpose consumption{0, "consumption"};
  static constexpr ondol::Purpose taxes{1, "taxes"};

  static void describe(Kind<SimHousehold>& kind) {
    kind.name("sim_household").doc("Spends part of its disposable income and part of its wealth.");
    kind.param("from_income", &Params::from_income, "1").initial(0.6).range(0, 1).doc("alpha1 (Godley, Lavoie 2007).");
    kind.param("from_wealth", &Params::from_wealth, "1").initial(0.4).range(0, 1).doc("alpha2 (Godley, Lavoie 2007).");
    kind.param("tax_rate", &Params::tax_rate, "1").initial(0.2).range(0, 1).doc("theta (Godley, Lavoie 2007).");
    kind.state("income", &State::income, "money").doc("Y: wages of the tick.");
    kind.state("consumption", &State::consumption, "money").doc("C of the tick.");
    kind.state("fresh", &State::fresh, "money").doc("Disposable income of the latest round.");
    kind.state("held", &State::held, "money").doc("H: money held after its latest payment.");
    kind.port(firm).doc("Whom it buys from.");
    kind.port(government).doc("Whom it pays taxes to.");
    kind.purpose(consumption, "Consumption.");
    kind.purpose(taxes, "Taxes on wages.");
    kind.on<&SimHousehold::spend>("spend", "Spends: first from wealth, then from what each round earned.");
    kind.on<&SimHousehold::pay_taxes>("tax", "Pays tax on the wages of the round.");
  }
  static void spend(const Params& p, const Traits&, State& s, Agent& self) {
    if (self.round() == 0) s.income = s.consumption = 0;
    const double amount = self.round() == 0 ? p.from_wealth * self.money() : p.from_income * s.fresh;
    if (self.members(firm).empty()) return;
    self.pay(self.members(firm)[0].id(), amount, consumption);
    s.consumption += amount;
    s.held = self.money();
  }
  static void pay_taxes(const Params& p, const Traits&, State& s, Agent& self) {
    if (self.members(government).empty()) return;
    const double wage = self.money() - s.held;
    const double due = std::clamp(p.tax_rate * wage, 0.0, self.money());
    self.pay(self.members(government)[0].id(), due, taxes);
    s.income += wage;
    s.fresh = wage - due;
    s.held = self.money();
  }
};

}  // namespace

ONDOL_PLUGIN("sim", "0.2.0", SimGovernment, SimFirm, SimHousehold)
