// A bank that grants lines of credit, and those who draw on them. Small enough to reckon by hand.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Grants every client a line in one tick, and another in a later one.
struct Bank {
  struct Params {
    double limit;
    double rate;
    double new_limit;
    double new_limit_tick;
  };
  struct Traits {};
  struct State {
    double lent;
  };
  static constexpr ondol::Owns loans{0, "loans"};
  static constexpr ondol::Issues money{1, "money"};
  static constexpr ondol::Peers clients{2, "clients"};

  static void describe(Kind<Bank>& kind) {
    kind.name("line_bank").doc("Grants every client a line in one tick, and another in a later one.");
    kind.param("limit", &Params::limit, "money").initial(100).doc("Of each client's line.");
    kind.param("rate", &Params::rate, "1").initial(0).doc("Per tick.");
    kind.param("new_limit", &Params::new_limit, "money").initial(0).doc("From then on.");
    kind.param("new_limit_tick", &Params::new_limit_tick, "1").initial(-1).doc("When.");
    kind.state("lent", &State::lent, "money").doc("What clients owe it.");
    kind.port(loans).doc("What clients owe it.");
    kind.port(money).optional().doc("What it pays in.");
    kind.port(clients).doc("Its clients.");
    kind.on<&Bank::lend>("finance", "Grants lines.");
  }
  static void lend(const Params& p, const Traits&, State& s, Agent& self) {
    s.lent = 0;
    for (const ondol::Claim claim : self.claims(loans)) s.lent += claim.amount();
    const auto tick = static_cast<double>(self.tick());
    if (tick != 0 && tick != p.new_limit_tick) return;
    for (const auto client : self.members(clients))
      self.grant(loans, client.id(), tick == 0 ? p.limit : p.new_limit, p.rate);
  }
};

/// Pays a shop, or promises to, at one tick; pays back, or gives up, later.
struct Client {
  struct Params {
    double spend;
    double owe;
    double repay;
    bool gives_up;
  };
  struct Traits {
    double bill;
  };
  struct State {
    double line;
    double could_spend;
  };
  static constexpr ondol::Issues loan{0, "loan"};
  static constexpr ondol::Peers shop{1, "shop"};
  static constexpr ondol::Purpose purchase{0, "purchase"};

  static void describe(Kind<Client>& kind) {
    kind.name("line_client").doc("Pays a shop, or promises to, at one tick; pays back, or gives up, later.");
    kind.param("spend", &Params::spend, "money").initial(0).doc("In tick 1, beside its bill.");
    kind.param("owe", &Params::owe, "money").initial(0).doc("Promised in tick 1.");
    kind.param("repay", &Params::repay, "money").initial(0).doc("In tick 2, at most what it has.");
    kind.param("gives_up", &Params::gives_up, "1").initial(0).doc("Leaves in tick 2 if it is in arrears.");
    kind.trait("bill", &Traits::bill, "money").initial(0).doc("What it promises beside, in tick 1.");
    kind.state("line", &State::line, "money").doc("What it could draw.");
    kind.state("could_spend", &State::could_spend, "money").doc("What it could spend.");
    kind.port(loan).optional().doc("What it owes.");
    kind.port(shop).doc("Whom it pays.");
    kind.purpose(purchase, "For something.");
    kind.on<&Client::live>("pay", "Pays, promises, pays back.");
  }
  static void live(const Params& p, const Traits& t, State& s, Agent& self) {
    s = {self.line(loan), self.money()};
    const ondol::AgentId to = self.members(shop)[0].id();
    if (self.tick() == 1 && p.spend > 0) self.pay(to, p.spend, purchase);
    if (self.tick() == 1) self.owe(to, p.owe + t.bill, purchase);
    if (self.tick() == 2 && p.gives_up && self.arrears() > 0) return self.exit();
    if (self.tick() == 2 && p.repay > 0) self.repay(loan, std::min(p.repay, self.money() - self.line(loan)));
  }
};

}  // namespace

ONDOL_PLUGIN("credit", "1.0.0", Bank, Client)
