// Kinds that are linked: by work, by debt, by bills, by what they tell one another. Small enough to reckon by hand.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Pays those who work for it what was agreed, and lets the longest there go at a tick.
struct Boss {
  struct Params {
    double raise;
    double fire_tick;
    double exit_tick;
  };
  struct Traits {};
  struct State {
    double workers;
    double made_by_them;
    double wage_bill;
    double oldest_tie;
    double applicants;
    double asked;
    double least_asked;
    double most_asked;
  };
  static constexpr ondol::Relates staff{0, "staff"};
  static constexpr ondol::Reads applications{1, "applications"};
  static constexpr ondol::Purpose wage{0, "wage"};

  static void describe(Kind<Boss>& kind) {
    kind.name("boss").doc("Pays those who work for it what was agreed.");
    kind.param("raise", &Params::raise, "money").initial(0).doc("Added to all wages in a tick.");
    kind.param("fire_tick", &Params::fire_tick, "1").initial(-1).doc("When the longest there is let go.");
    kind.param("exit_tick", &Params::exit_tick, "1").initial(-1).doc("When it leaves.");
    kind.state("workers", &State::workers, "1").doc("Who work for it.");
    kind.state("made_by_them", &State::made_by_them, "1").doc("Ties that the other side made.");
    kind.state("wage_bill", &State::wage_bill, "money").doc("Agreed wages.");
    kind.state("oldest_tie", &State::oldest_tie, "1").doc("Since when the longest there is there.");
    kind.state("applicants", &State::applicants, "1").doc("Who told it that they come.");
    kind.state("asked", &State::asked, "money").doc("What they ask together.");
    kind.state("least_asked", &State::least_asked, "money").doc("What the cheapest asks.");
    kind.state("most_asked", &State::most_asked, "money").doc("What the dearest asks.");
    kind.port(staff).attributes({"wage"}).doc("Who works for it.");
    kind.port(applications).optional().doc("What applicants ask.");
    kind.purpose(wage, "For work.");
    kind.on<&Boss::pay>("pay", "Pays.");
  }
  static void pay(const Params& p, const Traits&, State& s, Agent& self) {
    const ondol::Sums told = self.sums(applications);
    s = {0, 0, 0, -1, told.count, told.sum, told.minimum, told.maximum};
    for (const ondol::Tie tie : self.ties(staff)) {
      if (s.workers == 0) s.oldest_tie = tie.since();
      ++s.workers;
      s.made_by_them += tie.mine() ? 0 : 1;
      s.wage_bill += tie.value(0);
      self.pay(tie.other(), std::min(tie.value(0), self.money()), wage);
      if (p.raise > 0) self.bind(staff, tie.other(), {tie.value(0) + p.raise});
    }
    const auto tick = static_cast<double>(self.tick());
    if (tick == p.fire_tick && s.workers > 0) self.release(staff, self.ties(staff)[0].other());
    if (tick == p.exit_tick) self.exit();
  }
};

/// Looks for a boss while it has none.
struct Hand {
  struct Params {
    double seek_until;
    double exit_tick;
  };
  struct Traits {
    double asks;
  };
  struct State {
    double jobs;
    double wage;
    double received;
  };
  static constexpr ondol::Relates job{0, "job"};
  static constexpr ondol::Peers bosses{1, "bosses"};
  static constexpr ondol::Writes application{2, "application"};
  static constexpr ondol::Receipts income{3, "income"};

  static void describe(Kind<Hand>& kind) {
    kind.name("hand").doc("Looks for a boss while it has none.");
    kind.param("seek_until", &Params::seek_until, "1").initial(1000).doc("Looks before this tick only.");
    kind.param("exit_tick", &Params::exit_tick, "1").initial(-1).doc("When it leaves.");
    kind.trait("asks", &Traits::asks, "money").initial(1).doc("Wage.");
    kind.state("jobs", &State::jobs, "1").doc("How many it has.");
    kind.state("wage", &State::wage, "money").doc("What was agreed.");
    kind.state("received", &State::received, "money").doc("In the last tick.");
    kind.port(job).attributes({"wage"}).doc("Whom it works for.");
    kind.port(bosses).doc("Whom it may work for.");
    kind.port(application).optional().doc("Tells what it asks.");
    kind.port(income).doc("What it lives on.");
    kind.on<&Hand::seek>("seek", "Looks for work.");
  }
  static void seek(const Params& p, const Traits& t, State& s, Agent& self) {
    const auto jobs = self.ties(job);
    s = {static_cast<double>(jobs.size()), jobs.empty() ? 0 : jobs[0].value(0), self.received(income)};
    if (static_cast<double>(self.tick()) == p.exit_tick) return self.exit();
    const auto all = self.members(bosses);
    if (!jobs.empty() || all.empty() || static_cast<double>(self.tick()) >= p.seek_until) return;
    const ondol::AgentId boss = all[self.id().value % all.size()].id();
    self.bind(job, boss, {t.asks});
    if (self.bound(application)) self.contribute(application, boss, t.asks);
  }
};

/// Goes over what others owe it, and what it owes.
struct Bookkeeper {
  struct Params {
    double forgive;
    double new_rate;
    double gift;
    bool seize;
  };
  struct Traits {};
  struct State {
    double debtors;
    double lent;
    double interest;
    double creditors;
    double owed;
  };
  static constexpr ondol::Owns loans{0, "loans"};
  static constexpr ondol::Issues debt{1, "debt"};
  static constexpr ondol::Holds house{2, "house"};

  static void describe(Kind<Bookkeeper>& kind) {
    kind.name("bookkeeper").doc("Goes over what others owe it, and what it owes.");
    kind.param("forgive", &Params::forgive, "money").initial(0).doc("Of each debtor, in tick 0.");
    kind.param("new_rate", &Params::new_rate, "1").initial(-1).doc("Of all, from tick 0 on.");
    kind.param("gift", &Params::gift, "{house}").initial(0).doc("Of houses, to each debtor, in tick 0.");
    kind.param("seize", &Params::seize, "1").initial(0).doc("Takes houses of who is in arrears.");
    kind.state("debtors", &State::debtors, "1").doc("Claims it holds.");
    kind.state("lent", &State::lent, "money").doc("What they come to.");
    kind.state("interest", &State::interest, "money").doc("What they bear a tick.");
    kind.state("creditors", &State::creditors, "1").doc("Claims on it.");
    kind.state("owed", &State::owed, "money").doc("What they come to.");
    kind.port(loans).optional().doc("What others owe it.");
    kind.port(debt).optional().listed().doc("What it owes.");
    kind.port(house).optional().doc("What it lends on.");
    kind.on<&Bookkeeper::count>("finance", "Counts.");
  }
  static void count(const Params& p, const Traits&, State& s, Agent& self) {
    s = {};
    for (const ondol::Claim claim : self.claims(loans)) {
      ++s.debtors;
      s.lent += claim.amount();
      s.interest += claim.amount() * claim.rate();
      if (p.seize) self.seize(loans, claim.other());
      if (self.tick() != 0) continue;
      if (p.forgive > 0) self.forgive(loans, claim.other(), p.forgive);
      if (p.new_rate >= 0) self.reset_rate(loans, claim.other(), p.new_rate);
      if (p.gift > 0) self.deliver(house, claim.other(), p.gift);
    }
    for (const ondol::Claim claim : self.claims(debt)) {
      ++s.creditors;
      s.owed += claim.amount();
    }
  }
};

/// Bills its peers, and reads a number as it was.
struct Utility {
  struct Params {
    double fee;
  };
  struct Traits {};
  struct State {
    double now;
    double before;
    double long_before;
    double received;
    double size;
  };
  static constexpr ondol::Peers customers{0, "customers"};
  static constexpr ondol::Reads level{1, "level"};
  static constexpr ondol::Receipts fees{2, "fee"};
  static constexpr ondol::Purpose fee{0, "fee"};

  static void describe(Kind<Utility>& kind) {
    kind.name("utility").doc("Bills its peers, and reads a number as it was.");
    kind.param("fee", &Params::fee, "money").initial(0).doc("Of each, in a tick.");
    kind.state("now", &State::now, "1").doc("The number.");
    kind.state("before", &State::before, "1").doc("A tick ago.");
    kind.state("long_before", &State::long_before, "1").doc("Three ticks ago.");
    kind.state("received", &State::received, "money").doc("Fees in the last tick.");
    kind.state("size", &State::size, "1").doc("Its place in the row, doubled each tick.");
    kind.port(customers).optional().doc("Whom it bills.");
    kind.port(level).optional().lags(3).doc("A number.");
    kind.port(fees).doc("What came in.");
    kind.purpose(fee, "For being there.");
    kind.on<&Utility::bill>("pay", "Bills.");
  }
  static void bill(const Params& p, const Traits&, State& s, Agent& self) {
    s = {self.signal(level), self.signal(level, 1), self.signal(level, 3), self.received(fees), s.size * 2};
    for (const auto customer : self.members(customers)) {
      if (customer.id() != self.id()) self.bill(customer.id(), p.fee, fee);
    }
  }
};

/// Has a house and a debt; promises and leaves at given ticks.
struct Owner {
  struct Params {
    double owe;
    double exit_tick;
  };
  struct Traits {};
  struct State {};
  static constexpr ondol::Issues debt{0, "debt"};
  static constexpr ondol::Holds house{1, "house"};
  static constexpr ondol::Peers lender{2, "lender"};
  static constexpr ondol::Purpose rent{0, "rent"};

  static void describe(Kind<Owner>& kind) {
    kind.name("owner").doc("Has a house and a debt; promises and leaves at given ticks.");
    kind.param("owe", &Params::owe, "money").initial(0).doc("Promised to the lender in tick 0.");
    kind.param("exit_tick", &Params::exit_tick, "1").initial(-1).doc("When it leaves.");
    kind.port(debt).doc("What it owes.");
    kind.port(house).doc("Where it lives.");
    kind.port(lender).doc("Whom it owes.");
    kind.purpose(rent, "A promise.");
    kind.on<&Owner::live>("pay", "Promises or leaves.");
  }
  static void live(const Params& p, const Traits&, State&, Agent& self) {
    if (self.tick() == 0 && p.owe > 0) self.owe(self.members(lender)[0].id(), p.owe, rent);
    if (static_cast<double>(self.tick()) == p.exit_tick) self.exit();
  }
};

}  // namespace

ONDOL_PLUGIN("village", "1.0.0", Boss, Hand, Bookkeeper, Utility, Owner)
