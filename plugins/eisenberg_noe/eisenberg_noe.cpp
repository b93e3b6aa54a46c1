// Clearing of a network of debts (L. Eisenberg, T. H. Noe, "Systemic risk in financial systems", Management Science 47
// (2001), 236-249): everyone pays all it owes or all it has, creditors pro rata. With L_ij owed by i to j, L_i their
// sum, e_i what i has of its own:
//
//     p_i = min(L_i, e_i + sum_j p_j L_ji / L_j).
//
// The greatest solution is what the p that begin at L come down to when each reckons with what its debtors say.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Says what it will pay of its debts, forgives what its debtors will not, and pays.
struct Member {
  struct Params {
    double talks;
  };
  struct Traits {};
  struct State {
    double owed;
    double pays;
    bool bankrupt;
  };
  static constexpr ondol::Owns loans{0, "loans"};
  static constexpr ondol::Issues debt{1, "debt"};
  static constexpr ondol::Relates word{2, "word"};
  static constexpr int ratio = 0;

  static void describe(Kind<Member>& kind) {
    kind.name("member").doc("Says what it will pay of its debts, forgives what its debtors will not, and pays.");
    kind.param("talks", &Params::talks, "tick")
        .initial(100)
        .range(1, 1e6)
        .doc("Until what is paid is settled: each time around a circle of debts brings it closer.");
    kind.state("owed", &State::owed, "money").range(0, 1e15).doc("L: debts at the start.");
    kind.state("pays", &State::pays, "money").range(0, 1e15).doc("p: what it will pay of them.");
    kind.state("bankrupt", &State::bankrupt, "1").doc("It cannot pay them all.");
    kind.port(loans).doc("What others owe it.");
    kind.port(debt).listed().doc("What it owes.");
    kind.port(word).attributes({"ratio"}).doc("What debtors tell creditors: the part of their debts that they pay.");
    kind.on<&Member::settle>("clear", "Talks, forgives once, then pays.");
  }

  static void settle(const Params& p, const Traits&, State& s, Agent& self) {
    const auto tick = static_cast<double>(self.tick());
    if (tick < p.talks) return reckon(s, self);
    if (tick == p.talks) return forgive(self);
    self.repay(debt, std::min(self.money(), self.outstanding(debt)));
  }

  static void reckon(State& s, Agent& self) {
    double has = self.money();
    for (const ondol::Claim claim : self.claims(loans)) has += claim.amount();
    for (const ondol::Tie tie : self.ties(word)) {
      if (!tie.mine()) has -= (1 - tie.value(ratio)) * owed_by(tie.other(), self);
    }
    s.owed = self.outstanding(debt);
    s.pays = std::min(s.owed, has);
    s.bankrupt = s.pays < s.owed;
    if (s.owed == 0) return;
    for (const ondol::Claim claim : self.claims(debt)) self.bind(word, claim.other(), {s.pays / s.owed});
  }

  static void forgive(Agent& self) {
    for (const ondol::Tie tie : self.ties(word)) {
      if (!tie.mine()) self.forgive(loans, tie.other(), (1 - tie.value(ratio)) * owed_by(tie.other(), self));
    }
  }

  static double owed_by(ondol::AgentId debtor, Agent& self) {
    double owed = 0;
    for (const ondol::Claim claim : self.claims(loans)) owed += claim.other() == debtor ? claim.amount() : 0;
    return owed;
  }
};

}  // namespace

ONDOL_PLUGIN("eisenberg_noe", "0.2.0", Member)
