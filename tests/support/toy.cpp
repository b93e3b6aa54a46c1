// Kinds small enough to reckon by hand, for tests of the engine.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Gives a coin a step to someone drawn from its peers.
struct Giver {
  struct Params {
    double gift;
  };
  struct Traits {
    double mood;
  };
  struct State {
    std::int64_t given;
    double noise;
  };
  static constexpr ondol::Peers others{0, "others"};
  static constexpr ondol::Writes total{1, "total"};
  static constexpr ondol::Purpose gift{0, "gift"};

  static void describe(Kind<Giver>& kind) {
    kind.name("giver").doc("Gives a coin a step to someone drawn from its peers.");
    kind.param("gift", &Params::gift, "money").initial(1).range(0, 1e6).assumed(0.5, 4).doc("What it gives.");
    kind.trait("mood", &Traits::mood, "1").initial(0).range(-1e9, 1e9).doc("Drawn at the start.");
    kind.state("given", &State::given, "1").doc("How often it gave.");
    kind.state("noise", &State::noise, "1").doc("A walk of normal steps.");
    kind.port(others).doc("Whom it may give to.");
    kind.port(total).optional().doc("Gifts of all.");
    kind.purpose(gift, "A coin for nothing.");
    kind.on<&Giver::give>("give", "Gives if it can.");
  }
  static void give(const Params& p, const Traits&, State& s, Agent& self) {
    s.noise += self.normal("noise");
    const auto members = self.members(others);
    if (members.empty() || self.money() < p.gift) return;
    const auto chosen = static_cast<std::uint32_t>(self.integer("whom", members.size()));
    self.pay(members[chosen].id(), p.gift, gift);
    if (self.bound(total)) self.contribute(total, p.gift);
    ++s.given;
  }
};

/// Makes a good every step and offers what it has.
struct Maker {
  struct Params {
    double output;
    double price;
  };
  struct Traits {};
  struct State {
    double sold;
    double demand;
    double backlog;
    double revenue;
  };
  static constexpr ondol::Sells ware{0, "ware"};

  static void describe(Kind<Maker>& kind) {
    kind.name("maker").doc("Makes a good every step and offers what it has.");
    kind.param("output", &Params::output, "{ware}").initial(10).range(0, 1e9).doc("Made a step.");
    kind.param("price", &Params::price, "money/{ware}").initial(2).range(0, 1e9).doc("Asked.");
    kind.state("sold", &State::sold, "{ware}").doc("Sold in the latest clearing.");
    kind.state("demand", &State::demand, "{ware}").doc("Ordered from it by name in the latest clearing.");
    kind.state("backlog", &State::backlog, "{ware}").doc("Ordered and not delivered.");
    kind.state("revenue", &State::revenue, "money").doc("Taken in the latest clearing.");
    kind.port(ware).attributes({"quality"}).doc("What it makes.");
    kind.on<&Maker::make>("make", "Makes and offers.");
  }
  static void make(const Params& p, const Traits&, State& s, Agent& self) {
    s.sold = self.sold(ware);
    s.demand = self.demand(ware);
    s.backlog = self.backlog(ware);
    s.revenue = self.revenue(ware);
    self.make(ware, p.output);
    self.offer(ware, self.stock(ware) + p.output, p.price, {1.0});
  }
};

/// Orders a quantity a step from the first offer, or from any, and uses up what it bought.
struct Eater {
  struct Params {
    double appetite;
    double limit;
    bool by_name;
  };
  struct Traits {};
  struct State {
    double bought;
    double spent;
    double placed;
    double ordered;
  };
  static constexpr ondol::Buys food{0, "food"};

  static void describe(Kind<Eater>& kind) {
    kind.name("eater").doc("Orders a quantity a step and uses up what it bought.");
    kind.param("appetite", &Params::appetite, "{food}").initial(5).range(0, 1e9).doc("Wanted a step.");
    kind.param("limit", &Params::limit, "money/{food}").initial(100).range(0, 1e9).doc("Highest price.");
    kind.param("by_name", &Params::by_name, "1").initial(1).range(0, 1).doc("Whether it names the first offer.");
    kind.state("bought", &State::bought, "{food}").doc("Bought in the latest clearing.");
    kind.state("spent", &State::spent, "money").doc("Spent in the latest clearing.");
    kind.state("placed", &State::placed, "{food}").doc("Order as placed.");
    kind.state("ordered", &State::ordered, "{food}").doc("Standing orders.");
    kind.port(food).doc("What it eats.");
    kind.on<&Eater::order>("trade", "Orders.");
    kind.on<&Eater::eat>("eat", "Uses up what it bought.");
  }
  static void order(const Params& p, const Traits&, State& s, Agent& self) {
    const auto offers = self.offers(food);
    const bool named = p.by_name && !offers.empty();
    s.placed = self.order(food, p.appetite, p.limit, named ? (*offers.begin()).seller() : ondol::nobody);
  }
  static void eat(const Params&, const Traits&, State& s, Agent& self) {
    s.bought = self.bought(food);
    s.spent = self.spent(food);
    s.ordered = self.ordered(food);
    self.use(food, self.available(food));
  }
};

/// Issues and distributes, borrows and repays, levies, founds and exits, at given ticks.
struct Financier {
  struct Params {
    double issue;
    double retire;
    double distribute;
    double levy_rate;
    double levy_income_rate;
    double owe;
    double found;
    double exit_tick;
    double borrow;
    double lend;
    double rate;
    double term;
    double repay;
  };
  struct Traits {};
  struct State {
    double money;
    double income;
    double equity;
    double debts;
    double arrears;
    double outstanding;
  };
  static constexpr ondol::Issues cash{0, "cash"};
  static constexpr ondol::Issues shares{1, "shares"};
  static constexpr ondol::Peers partner{2, "partner"};
  static constexpr ondol::Levies receipts{3, "receipts"};
  static constexpr ondol::Levies profits{4, "profits"};
  static constexpr ondol::Issues debt{5, "debt"};
  static constexpr ondol::Sells borrowing{6, "borrowing"};
  static constexpr ondol::Buys lending{7, "lending"};
  static constexpr ondol::Purpose dividend{0, "dividend"};
  static constexpr ondol::Purpose tax{1, "tax"};
  static constexpr ondol::Purpose bill{2, "bill"};
  static constexpr ondol::Purpose capital{3, "founding_capital", ONDOL_FINANCIAL};

  static void describe(Kind<Financier>& kind) {
    kind.name("financier").doc("Does what its parameters say with instruments, dues and lives.");
    kind.param("issue", &Params::issue, "money").initial(0).doc("Money issued a tick.");
    kind.param("retire", &Params::retire, "money").initial(0).doc("Money retired a tick.");
    kind.param("distribute", &Params::distribute, "money").initial(0).doc("Distributed a tick.");
    kind.param("levy_rate", &Params::levy_rate, "1").initial(0).doc("On receipts.");
    kind.param("levy_income_rate", &Params::levy_income_rate, "1").initial(0).doc("On income.");
    kind.param("owe", &Params::owe, "money").initial(0).doc("Promised to each partner in tick 0.");
    kind.param("found", &Params::found, "money").initial(0).doc("Paid into a new partner in tick 0.");
    kind.param("exit_tick", &Params::exit_tick, "1").initial(-1).doc("When it exits.");
    kind.param("borrow", &Params::borrow, "money").initial(0).doc("Offered credit in tick 0.");
    kind.param("lend", &Params::lend, "money").initial(0).doc("Lent to the first offer in tick 1.");
    kind.param("rate", &Params::rate, "1").initial(0).doc("Interest a tick.");
    kind.param("term", &Params::term, "1").initial(0).doc("Instalments.");
    kind.param("repay", &Params::repay, "money").initial(0).doc("Repaid a tick from tick 2 on.");
    kind.state("money", &State::money, "money").doc("As the tick began.");
    kind.state("income", &State::income, "money").doc("As it reads it.");
    kind.state("equity", &State::equity, "money").disclosed("finances").doc("As it reads it.");
    kind.state("debts", &State::debts, "money").doc("As it reads it.");
    kind.state("arrears", &State::arrears, "money").doc("As it reads it.");
    kind.state("outstanding", &State::outstanding, "money").doc("Credit outstanding.");
    kind.port(cash).optional().doc("Money.");
    kind.port(shares).optional().doc("Shares.");
    kind.port(partner).optional().doc("Whom it owes and founds.");
    kind.port(receipts).optional().doc("Receipts it levies on.");
    kind.port(profits).optional().doc("Income it levies on.");
    kind.port(debt).optional().doc("Credit.");
    kind.port(borrowing).optional().attributes({"rate", "term"}).doc("Where it borrows.");
    kind.port(lending).optional().attributes({"rate", "term"}).doc("Where it lends.");
    kind.purpose(dividend, "To owners.");
    kind.purpose(tax, "A levy.");
    kind.purpose(bill, "A promise.");
    kind.purpose(capital, "Paid in.");
    kind.on<&Financier::act>("finance", "Does everything but trade.");
    kind.on<&Financier::trade>("trade", "Lends.");
  }
  static void act(const Params& p, const Traits&, State& s, Agent& self) {
    s = {self.money(), self.income(),  self.equity(),
         self.debts(), self.arrears(), self.bound(debt) ? self.outstanding(debt) : 0.0};
    if (self.bound(cash)) self.issue(cash, p.issue);
    if (self.bound(cash)) self.retire(cash, std::min(p.retire, self.money()));
    if (self.bound(shares)) self.distribute(shares, std::min(p.distribute, self.money()), dividend);
    if (self.bound(receipts)) self.levy(receipts, p.levy_rate, tax);
    if (self.bound(profits)) self.levy(profits, p.levy_income_rate, tax);
    if (self.bound(debt) && self.tick() >= 2) self.repay(debt, std::min(p.repay, self.money()));
    if (self.tick() == 0 && self.bound(partner)) {
      for (const auto member : self.members(partner)) self.owe(member.id(), p.owe, bill);
      if (p.found > 0) self.found(partner, p.found, capital);
    }
    if (self.tick() == 0 && self.bound(borrowing)) self.offer(borrowing, p.borrow, 1, {p.rate, p.term});
    if (static_cast<double>(self.tick()) == p.exit_tick) self.exit();
  }
  static void trade(const Params& p, const Traits&, State&, Agent& self) {
    if (!self.bound(lending) || self.tick() != 1) return;
    for (const auto offer : self.offers(lending)) {
      self.order(lending, p.lend, offer);
      return;
    }
  }
};

/// Breaks a rule of the books, as its parameter says.
struct Culprit {
  struct Params {
    std::int32_t fault;
  };
  struct Traits {};
  struct State {
    double value;
  };
  static constexpr ondol::Peers others{0, "others"};
  static constexpr ondol::Holds thing{1, "thing"};
  static constexpr ondol::Purpose theft{0, "theft"};

  static void describe(Kind<Culprit>& kind) {
    kind.name("culprit").doc("Breaks a rule of the books, as its parameter says.");
    kind.param("fault", &Params::fault, "1").initial(0).range(0, 10).doc("Which.");
    kind.state("value", &State::value, "1").range(0, 1).doc("Has bounds.");
    kind.port(others).doc("Whom it pays.");
    kind.port(thing).doc("What it lacks.");
    kind.purpose(theft, "Not its own.");
    kind.on<&Culprit::err>("give", "Errs.");
  }
  static void err(const Params& p, const Traits&, State& s, Agent& self) {
    switch (p.fault) {
      case 1:
        throw std::runtime_error("no idea what to do");
      case 2:
        throw 42;
      case 3:
        self.pay(self.members(others)[0].id(), self.money() + 1, theft);
        break;
      case 4:
        self.use(thing, self.available(thing) + 1);
        break;
      case 5:
        s.value = 2;
        break;
      case 6:
        s.value = 0.0 / (s.value - s.value);
        break;
      case 7:
        self.owe({12345678}, 1, theft);
        break;
      case 8:
        self.make(thing, -1);
        break;
      default:
        break;
    }
  }
};

}  // namespace

ONDOL_PLUGIN("toy", "1.0.0", Giver, Maker, Eater, Financier, Culprit)
