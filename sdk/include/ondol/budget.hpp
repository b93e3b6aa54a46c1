/// Public money on its way: a budget that is announced, authorised by the month, paid in by who raises it, spent, and
/// carried or lapsed where it is not.
#pragma once

#include <ondol/economics.hpp>
#include <ondol/sdk.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ondol::budget {

/// The purse of whoever spends public money. The money it was paid and has not spent is the money the agent holds, so
/// an agent with a purse holds no other. A tick goes: open() authorises and asks; the treasury pays what is asked, by
/// the record `appropriation` that this part discloses; pay(), or orders within available(), spend; close() reckons.
///
/// Takes four ports and two purposes.
struct Purse {
  struct Params {
    double announced;
    double budget;
    double delay;
    double administration;
    double lapse;
    double match;
  };
  struct State {
    double authorised;
    double asked;
    double spent;
    double spent_now;
    double administered;
    double lapsed;
    double carried;
    double recipients;
    Pipeline<24> coming;
    double due;
  };
  Peers clerks;
  Peers treasury;
  Reads guide;
  Purpose administration;
  Purpose returned;

  static constexpr std::uint16_t ports = 3;
  static constexpr std::uint16_t purposes = 2;
  constexpr Purse(std::uint16_t port, std::uint16_t purpose)
      : clerks{port, "clerks"},
        treasury{static_cast<std::uint16_t>(port + 1), "treasury"},
        guide{static_cast<std::uint16_t>(port + 2), "guide", "money"},
        administration{purpose, "administration"},
        returned{static_cast<std::uint16_t>(purpose + 1), "lapsed appropriations"} {}

  void describe(auto& part) const {
    part.param("announced", &Params::announced, "money")
        .initial(0)
        .range(0, 1e18)
        .doc("What is announced in all: no more is ever authorised.");
    part.param("budget", &Params::budget, "money/month")
        .initial(0)
        .range(0, 1e18)
        .doc("Authorised a month while what is announced lasts; an event starts it.");
    part.param("delay", &Params::delay, "month")
        .initial(1)
        .range(0, 24)
        .assumed(0, 6)
        .doc("From authorisation until the treasury is asked for the money.");
    part.param("administration", &Params::administration, "1")
        .initial(0.05)
        .range(0, 0.9)
        .assumed(0.02, 0.1)
        .doc("lambda: of what leaves the purse, wages of those who run it.");
    part.param("lapse", &Params::lapse, "1/month")
        .initial(0)
        .range(0, 1)
        .doc("Of what is carried over a month's end, returned to the treasury.");
    part.param("match", &Params::match, "1")
        .initial(0)
        .range(0, 1e6)
        .doc("Authorises no more than so much per unit of the guide's mean over three months; 0: does not look at it.");
    part.state("authorised", &State::authorised, "money").range(0, 1e18).doc("So far.");
    part.state("asked", &State::asked, "money")
        .range(0, 1e18)
        .disclosed("appropriation")
        .doc("What the treasury is asked for.");
    part.state("spent", &State::spent, "money").range(0, 1e18).doc("So far, on its purpose.");
    part.state("spent_now", &State::spent_now, "money").range(0, 1e18).doc("In the tick, on its purpose.");
    part.state("administered", &State::administered, "money").range(0, 1e18).doc("So far, as wages of its clerks.");
    part.state("lapsed", &State::lapsed, "money").range(0, 1e18).doc("So far, returned to the treasury.");
    part.state("carried", &State::carried, "money")
        .range(0, 1e18)
        .doc("Authorised so far and neither spent nor administered nor lapsed: authorised = sum of these four.");
    part.state("recipients", &State::recipients, "1").range(0, 1e9).doc("Payments and purchases of the tick.");
    part.state("coming", &State::coming, "money").range(0, 1e18).doc("Authorised and not asked for yet, by months.");
    part.state("due", &State::due, "money").range(0, 1e18).doc("Authorised and past its delay, so far.");
    part.port(clerks).optional().doc("Who runs it, by equal parts in its region; nobody: it costs nothing to run.");
    part.port(treasury).optional().doc("Who is paid what lapses.");
    part.port(guide).optional().lags(3).doc("What `match` goes by, a month.");
    part.purpose(administration, "Wages of those who run a programme.");
    part.purpose(returned, "Public money that was not spent in time.");
  }

  /// Authorises the tick's part and asks for what is due and has not come yet.
  void open(const Params& p, State& s, Agent& self) const {
    const double months = months_per_tick(self);
    double amount = std::min(p.budget * months, p.announced - s.authorised);
    if (p.match > 0 && self.bound(guide)) amount = std::min(amount, p.match * months * lately(self));
    amount = std::max(0.0, amount);
    s.authorised += amount;
    const auto delay = static_cast<std::size_t>(std::lround(p.delay / months));
    if (delay > 0) s.coming.add(amount, delay + 1);
    s.due += s.coming.advance() + (delay > 0 ? 0.0 : amount);
    s.asked = std::max(0.0, s.due - s.spent - s.administered - s.lapsed - self.money_held());
    s.spent_now = s.recipients = 0;
  }
  /// What can be spent on its purpose, so that the clerks can be paid, too: (1 - lambda) of its money.
  static double available(const Params& p, const Agent& self) { return (1.0 - p.administration) * self.money(); }
  /// Whether anything may come out of it: it was announced, and not all is spent.
  static bool is_open(const Params& p, const State& s) { return p.announced > 0 && s.due > s.spent + s.administered; }

  /// Pays in whole units of money, and counts it as spent. Fails beyond the agent's money.
  static void pay(State& s, Agent& self, AgentId to, double amount, Purpose purpose) {
    const double paid = whole(self, amount);
    if (!(paid > 0)) return;
    self.pay(to, paid, purpose);
    count(s, paid, 1);
  }
  /// Orders from all who offer at home at no more than `limit` times the market's last price, where it traded, its
  /// money in equal parts, each at its price and as far as it goes: public money that pays any price would buy the
  /// price. What the market then took, the kind counts.
  static void buy_at_home(const Params& p, Agent& self, Buys port, double limit) {
    const double money = available(p, self);
    if (!(money > 0)) return;
    const double last = self.price(port);
    const double most = self.volume(port) > 0 ? limit * last : std::numeric_limits<double>::infinity();
    const auto at_home = [&](const Offer& offer) {
      return offer.region() == self.region() && offer.price() > 0 && offer.price() <= most;
    };
    double sellers = 0;
    for (const Offer offer : self.offers(port)) sellers += at_home(offer) ? 1 : 0;
    for (const Offer offer : self.offers(port)) {
      if (at_home(offer)) self.order(port, money / sellers / offer.price(), offer);
    }
  }
  /// Counts as spent what a market took.
  static void count(State& s, double amount, double recipients) {
    s.spent += amount;
    s.spent_now += amount;
    s.recipients += recipients;
  }
  /// Pays lambda / (1 - lambda) of what the tick spent to the clerks, returns what lapses, and reckons what is carried.
  void close(const Params& p, State& s, Agent& self) const {
    const double cost = p.administration / (1.0 - p.administration) * s.spent_now;
    s.administered += share_out(self, clerks, std::min(cost, self.money()), administration);
    s.lapsed += share_out(self, treasury, share_per_tick(self, p.lapse) * self.money(), returned);
    s.carried = std::max(0.0, s.authorised - s.spent - s.administered - s.lapsed);
  }

  /// Pays an amount in equal parts to the members of a port in the agent's region, as payments that whole units of
  /// money allow, and returns what was paid; with `counted`, as spent.
  static double share_out(Agent& self, Peers port, double amount, Purpose purpose) {
    const double here = count_here(self, port);
    if (here == 0) return 0;
    const double each = whole(self, amount / here);
    if (!(each > 0)) return 0;
    for (const Member member : self.members(port)) {
      if (member.region() == self.region()) self.pay(member.id(), each, purpose);
    }
    return each * here;
  }
  /// Members of a port in the agent's region.
  static double count_here(const Agent& self, Peers port) {
    if (!self.bound(port)) return 0;
    double count = 0;
    for (const Member member : self.members(port)) count += member.region() == self.region() ? 1 : 0;
    return count;
  }

 private:
  static double whole(const Agent& self, double amount) {
    return std::floor(amount / self.smallest_money()) * self.smallest_money();
  }
  // Mean of the last three ticks.
  double lately(const Agent& self) const {
    return (self.signal(guide, 1) + self.signal(guide, 2) + self.signal(guide, 3)) / 3.0;
  }
};

/// How a treasury pays what purses ask for: all alike, from no more than a part of its money. Takes one port and one
/// purpose.
struct Treasury {
  struct State {
    double appropriated;
  };
  Observes programmes;
  Purpose appropriation;

  static constexpr std::uint16_t ports = 1;
  static constexpr std::uint16_t purposes = 1;
  constexpr Treasury(std::uint16_t port, std::uint16_t purpose)
      : programmes{port, "programmes", "appropriation"}, appropriation{purpose, "appropriations"} {}

  void describe(auto& part) const {
    part.state("appropriated", &State::appropriated, "money").range(0, 1e18).doc("Paid to programmes in the tick.");
    part.port(programmes).optional().attributes({"asked"}).doc("Purses that it fills, in its region.");
    part.purpose(appropriation, "What programmes are given to spend.");
  }

  /// Pays what was asked for as the step began, cut alike where `most` does not suffice.
  void pay(State& s, Agent& self, double most) const {
    s.appropriated = 0;
    if (!self.bound(programmes)) return;
    double asked = 0;
    for (const Member programme : self.members(programmes)) asked += wants(self, programme);
    if (!(asked > 0)) return;
    const double part = std::min(1.0, most / asked);
    for (const Member programme : self.members(programmes)) {
      const double amount = std::min(part * wants(self, programme), self.money());
      self.pay(programme.id(), amount, appropriation);
      s.appropriated += amount;
    }
  }

 private:
  static double wants(const Agent& self, const Member& programme) {
    return programme.region() == self.region() ? programme.value(0) : 0.0;
  }
};

}  // namespace ondol::budget
