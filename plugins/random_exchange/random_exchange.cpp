// Random exchange of money (Dragulescu and Yakovenko 2000, "Statistical mechanics of money", European Physical Journal
// B 17, 723-729): agents meet in pairs, one pays the other a random amount if it has it. Money is conserved and every
// deal as likely as its reverse, so the distribution goes to the exponential law of Boltzmann and Gibbs, whoever
// started rich.
#include <ondol/sdk.hpp>

#include <cstdint>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Draws who meets whom.
struct Matchmaker {
  struct Params {};
  struct Traits {};
  struct State {};
  static constexpr ondol::Writes meeting{0, "meeting"};

  static void describe(Kind<Matchmaker>& kind) {
    kind.name("matchmaker").doc("Draws who meets whom.");
    kind.port(meeting).doc("A number from 0 to 1 from which everyone reads its partner.");
    kind.on<&Matchmaker::match>("match", "Draws.");
  }
  static void match(const Params&, const Traits&, State&, Agent& self) {
    self.contribute(meeting, self.uniform("meeting"));
  }
};

/// Meets another each tick; the less lucky of the two pays.
struct Exchanger {
  struct Params {
    double most;
  };
  struct Traits {};
  struct State {
    double luck;
    double paid;
  };
  static constexpr ondol::Reads meeting{0, "meeting"};
  static constexpr ondol::Observes all{1, "all", "luck"};
  static constexpr ondol::Purpose gift{0, "gift"};

  static void describe(Kind<Exchanger>& kind) {
    kind.name("exchanger").doc("Meets another each tick; the less lucky of the two pays a random amount.");
    kind.param("most", &Params::most, "money").initial(100).range(0, 1e9).doc("Amounts are uniform from 0 to this.");
    kind.state("luck", &State::luck, "1").range(0, 1).disclosed("luck").doc("Of the tick.");
    kind.state("paid", &State::paid, "money").range(0, 1e9).doc("In the tick.");
    kind.port(meeting).doc("Who meets whom.");
    kind.port(all).attributes({"luck"}).doc("Those it may meet, itself among them.");
    kind.purpose(gift, "Paid for nothing.");
    kind.on<&Exchanger::hope>("match", "Draws its luck.");
    kind.on<&Exchanger::exchange>("exchange", "Pays if its partner was luckier, and it can.");
  }

  static void hope(const Params&, const Traits&, State& s, Agent& self) { s.luck = self.uniform("luck"); }

  // Of n agents, i meets the one at s - i (mod n): drawn by s, each pair is as likely as any other.
  static void exchange(const Params& p, const Traits&, State& s, Agent& self) {
    s.paid = 0;
    const auto members = self.members(all);
    const std::uint32_t n = members.size();
    const std::uint32_t me = members.find(self.id());
    if (me == n) return;
    const auto sum = static_cast<std::uint32_t>(self.signal(meeting) * n);
    const std::uint32_t partner = (sum + n - me) % n;
    if (members[partner].value(0) <= s.luck) return;
    const double amount = p.most * self.uniform("amount");
    if (amount > self.money()) return;
    self.pay(members[partner].id(), amount, gift);
    s.paid = amount;
  }
};

}  // namespace

ONDOL_PLUGIN("random_exchange", "0.2.0", Matchmaker, Exchanger)
