/// How a firm finances itself: what it expects, what it keeps, what it can invest, borrow, raise and pay out, and when
/// it ends. One described part (docs/parts.md), so that all kinds of firms do it alike.
///
/// The principle: an investment is the smaller of what pays and what money allows, and both are recorded. So money
/// moves decisions where it is short, and nothing where it is not.
#pragma once

#include <ondol/economics.hpp>
#include <ondol/kind.hpp>

#include <algorithm>
#include <cstdint>

namespace ondol::firm {

/// Takes five ports, all optional (share, loan, loans, equity, policy_rate), and the purpose `dividend`. A kind calls,
/// in the rule that ends its tick: observe(), then, unless winding_up() takes the tick, settle(). Money per month
/// unless said otherwise; M is money, A assets, D debts as the engine has them in the books.
struct Finance {
  struct Params {
    double expectation_speed;
    double working_capital;
    double investment_months;
    double investment_reserve;
    double payout;
    double most_debt;
    double least_cover;
    double loan_term;
    double loan_spread;
    double leverage_spread;
    double most_leverage_counted;
    double runway;
    double round_gap;
    double round_hazard;
    double round_size;
    double sales_multiple;
    double plan_multiple;
    double told_growth;
    double distress;
    double patience;
    double wind_up_months;
  };
  struct State {
    double expected_sales;
    double expected_outlays;
    double distributable;
    double wanted_investment;
    double affordable_investment;
    double credit_room;
    double round_age;
    bool round_open;
    double months_short;
    double months_negative;
    double winding_up;
  };
  Issues share;
  Issues loan;
  Sells loans;
  Sells equity;
  Reads policy_rate;
  Purpose dividend;

  static constexpr std::uint16_t ports = 5;
  constexpr Finance(std::uint16_t port, std::uint16_t purpose)
      : share{port, "share"},
        loan{static_cast<std::uint16_t>(port + 1), "loan"},
        loans{static_cast<std::uint16_t>(port + 2), "loans"},
        equity{static_cast<std::uint16_t>(port + 3), "equity"},
        policy_rate{static_cast<std::uint16_t>(port + 4), "policy_rate"},
        dividend{purpose, "dividend"} {}

  void describe(auto& part) const {
    describe_params(part);
    describe_state(part);
    part.port(share).optional().doc("Its shares.");
    part.port(loan).optional().doc("Its loans.");
    part.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it borrows.");
    part.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
    part.port(policy_rate).optional().doc("Base of what it offers to pay for loans.");
    part.purpose(dividend, "Profit paid to owners.");
  }

  /// Takes in the tick's operating flows (money of the tick; outlays without investment, debt service and taxes on
  /// profit; sales without taxes on them): x^e <- x^e + lambda (x - x^e), starting at the first that is seen. What may
  /// be distributed grows by last tick's income.
  void observe(const Params& p, State& s, const Agent& self, double sales, double outlays) const {
    const double months = months_per_tick(self);
    const bool first = !(s.expected_sales > 0) && !(s.expected_outlays > 0);
    s.expected_sales = first ? sales / months : adapt(self, s.expected_sales, sales / months, p.expectation_speed);
    s.expected_outlays =
        first ? outlays / months : adapt(self, s.expected_outlays, outlays / months, p.expectation_speed);
    s.distributable += self.income();
    const bool is_short = self.arrears() > 0 || self.money() < p.distress * s.expected_outlays;
    s.months_short = is_short ? s.months_short + months : 0.0;
    s.months_negative = self.equity() < 0 ? s.months_negative + months : 0.0;
  }

  /// W = w O^e + commitments: money it keeps to work with. `committed` is what orders it has accepted or placed will
  /// still cost beyond what they bring in before.
  static double working_capital(const Params& p, const State& s, double committed) {
    return p.working_capital * s.expected_outlays + std::max(0.0, committed);
  }
  /// M beyond W; negative where it lacks working capital.
  static double spare_money(const Params& p, const State& s, const Agent& self, double committed) {
    return self.money() - working_capital(p, s, committed);
  }

  /// Yearly rate it offers for loans: i = policy rate + a + b min(c, D/A) (form: Delli Gatti et al. 2011,
  /// "Macroeconomics from the Bottom-up"; Caiani et al. 2016).
  double interest(const Params& p, const Agent& self) const {
    const double base = self.bound(policy_rate) ? self.signal(policy_rate) : 0.0;
    return base + p.loan_spread +
           p.leverage_spread * std::min(p.most_leverage_counted, ratio(self.debts(), self.assets(), 1.0));
  }
  /// v: debt service, money a month. Loans of all ages run n/2 on the mean: v = D (i / 12 + 2 / n).
  double service(const Params& p, const Agent& self) const {
    const double debt = self.bound(loan) ? self.outstanding(loan) : 0.0;
    return debt * (interest(p, self) / 12.0 + 2.0 / p.loan_term);
  }
  /// Y = S^e - O^e - v: free cash flow, money a month.
  double cash_flow(const Params& p, const State& s, const Agent& self) const {
    return s.expected_sales - s.expected_outlays - service(p, self);
  }
  /// What it could still borrow: B = min(l A - D, ((Y + v) / f - v) / a)^+, l most debt per assets, f least cover of
  /// service by cash flow, a = i / 12 + 1 / n the first month's service of a unit of loan.
  double credit_room(const Params& p, const State& s, const Agent& self) const {
    if (!self.bound(loans)) return 0;
    const double v = service(p, self);
    const double covered = (cash_flow(p, s, self) + v) / p.least_cover - v;
    const double first_service = interest(p, self) / 12.0 + 1.0 / p.loan_term;
    return std::max(0.0, std::min(p.most_debt * self.assets() - self.debts(), covered / first_service));
  }

  /// The investment of a month: I = min(I*, Y^+ + (M - W)^+ / h), h the months over which spare money is spent. What is
  /// borrowed and raised counts once it is there. Records both sides; at the margin money moves I by 1 / h a month
  /// where it binds, and by nothing where it does not.
  double invest(const Params& p, State& s, const Agent& self, double wanted, double committed) const {
    s.wanted_investment = wanted;
    s.affordable_investment =
        std::max(0.0, cash_flow(p, s, self)) + std::max(0.0, spare_money(p, s, self, committed)) / p.investment_months;
    return std::min(s.wanted_investment, s.affordable_investment);
  }

  /// Borrows, raises or pays out, by the wanted investment that invest() recorded and what is committed. `growth`, a
  /// year, is what the firm tells those who buy its shares.
  void settle(const Params& p, State& s, Agent& self, double committed) const {
    settle(p, s, self, committed, p.told_growth);
  }
  void settle(const Params& p, State& s, Agent& self, double committed, double growth) const {
    const double spare = spare_money(p, s, self, committed);
    borrow(p, s, self, spare);
    raise(p, s, self, spare, growth);
    pay_dividend(p, s, self, spare);
  }

  /// True while it winds up: it makes, orders and offers nothing more.
  static bool is_winding_up(const State& s) { return s.winding_up > 0; }
  /// To be asked after observe(): winds up once it was short of money, or worth less than nothing, for `patience`
  /// months on end (0: never); some months later it leaves, and the engine pays creditors as far as it goes. When true
  /// the kind withdraws what it offers and ends its rule.
  bool winds_up(const Params& p, State& s, Agent& self) const {
    const bool broken = p.patience > 0 && std::max(s.months_short, s.months_negative) >= p.patience;
    if (!is_winding_up(s) && !broken) return false;
    if (self.bound(loans)) self.withdraw(loans);
    if (self.bound(equity)) self.withdraw(equity);
    s.round_open = false;
    s.wanted_investment = s.affordable_investment = 0;
    if (is_winding_up(s) && s.winding_up >= p.wind_up_months) self.exit();
    s.winding_up += months_per_tick(self);
    return true;
  }

 private:
  // What working capital lacks, and what the wanted investment lacks of cash flow and spare money over h months; no
  // more than the room it has. The offer carries rate and term by the tick, and the cover of all service by cash flow.
  void borrow(const Params& p, State& s, Agent& self, double spare) const {
    if (!self.bound(loans)) return;
    s.credit_room = credit_room(p, s, self);
    const double flow = cash_flow(p, s, self);
    const double for_investment = p.investment_months * (s.wanted_investment - std::max(0.0, flow));
    const double need = std::max(0.0, -spare) + std::max(0.0, for_investment - std::max(0.0, spare));
    const double amount = std::min(need, s.credit_room);
    if (!(amount >= 1)) return self.withdraw(loans);
    const double rate = interest(p, self);
    const double v = service(p, self);
    const double cover = ratio(flow + v, v + amount * (rate / 12.0 + 1.0 / p.loan_term));
    self.offer(loans, amount, 1.0, {rate / self.ticks_per_year(), p.loan_term / months_per_tick(self), cover});
  }

  // A round when spare money lasts for less than the runway at the present burn, not within a gap of the last, at a
  // hazard; open until it sells or is needed no more. Value V = max(equity, m 12 S^e, k need); size d V at most.
  void raise(const Params& p, State& s, Agent& self, double spare, double growth) const {
    if (!self.bound(equity)) return;
    s.round_age += months_per_tick(self);
    if (self.sold(equity) > 0) {
      s.round_age = 0;
      s.round_open = false;
    }
    const double burn = s.wanted_investment - cash_flow(p, s, self);
    const double need = p.runway * burn - spare;
    if (!(burn > 0) || !(need >= 1))
      s.round_open = false;
    else if (s.round_age >= p.round_gap)
      s.round_open |= self.bernoulli("round", chance_per_tick(self, p.round_hazard));
    const double value = std::max({self.equity(), p.sales_multiple * 12.0 * s.expected_sales, p.plan_multiple * need});
    const double price = ratio(value, self.outstanding(share));
    if (!s.round_open || !(price > 0)) return self.withdraw(equity);
    self.offer(equity, std::min(need, p.round_size * value) / price, price, {growth});
  }

  // payout min((M - W - c I*)^+, distributable^+), and nothing while it owes what it could not pay.
  void pay_dividend(const Params& p, State& s, Agent& self, double spare) const {
    if (!self.bound(share) || self.arrears() > 0) return;
    const double free = std::min(spare - p.investment_reserve * s.wanted_investment, s.distributable);
    const double amount = share_per_tick(self, p.payout) * free;
    if (!(amount >= 1) || !(self.outstanding(share) > 0)) return;
    self.distribute(share, std::min(amount, self.money()), dividend);
    s.distributable -= amount;
  }

  static void describe_params(auto& part) {
    part.param("expectation_speed", &Params::expectation_speed, "1/month")
        .initial(0.3)
        .range(0, 1)
        .assumed(0.1, 0.5)
        .doc("lambda: of expected sales and outlays towards what is seen.");
    part.param("working_capital", &Params::working_capital, "month")
        .initial(3)
        .range(0, 1000)
        .assumed(2, 6)
        .doc("w: of expected outlays, kept as money.");
    part.param("investment_months", &Params::investment_months, "month")
        .initial(6)
        .range(0.1, 1000)
        .assumed(3, 12)
        .doc("h: over which spare money goes into investment.");
    part.param("investment_reserve", &Params::investment_reserve, "month")
        .initial(3)
        .range(0, 1000)
        .assumed(1, 6)
        .doc("c: of wanted investment, kept before anything is paid out.");
    part.param("payout", &Params::payout, "1/month")
        .initial(0.3)
        .range(0, 1)
        .assumed(0.1, 0.5)
        .doc("Of distributable money beyond what it keeps, paid to owners.");
    part.param("most_debt", &Params::most_debt, "1")
        .initial(0.35)
        .range(0, 1)
        .assumed(0.15, 0.55)
        .doc("l: debts per assets that it goes up to.");
    part.param("least_cover", &Params::least_cover, "1")
        .initial(1.5)
        .range(0.01, 100)
        .assumed(1.2, 2)
        .doc("f: cash flow per debt service that it keeps.");
    part.param("loan_term", &Params::loan_term, "month")
        .initial(60)
        .range(1, 1000)
        .assumed(36, 84)
        .doc("n: of its loans.");
    part.param("loan_spread", &Params::loan_spread, "1/year")
        .initial(0.02)
        .range(0, 1)
        .assumed(0.01, 0.04)
        .doc("a: over the policy rate.");
    part.param("leverage_spread", &Params::leverage_spread, "1/year")
        .initial(0.04)
        .range(0, 1)
        .assumed(0.02, 0.08)
        .doc("b: per debts over assets.");
    part.param("most_leverage_counted", &Params::most_leverage_counted, "1")
        .initial(5)
        .range(0, 100)
        .assumed()
        .doc("c: debts over assets beyond which the rate rises no more.");
    part.param("runway", &Params::runway, "month")
        .initial(18)
        .range(0, 1000)
        .assumed(12, 24)
        .doc("Spare money below so many months of burn opens a round of shares.");
    part.param("round_gap", &Params::round_gap, "month")
        .initial(9)
        .range(0, 1000)
        .assumed(6, 12)
        .doc("Least time between rounds.");
    part.param("round_hazard", &Params::round_hazard, "1/month")
        .initial(0.25)
        .range(0, 100)
        .assumed(0.1, 0.5)
        .doc("Of opening a round that it wants.");
    part.param("round_size", &Params::round_size, "1")
        .initial(0.17)
        .range(0, 1)
        .assumed(0.12, 0.22)
        .doc("d: most of its value sold in a round.");
    part.param("sales_multiple", &Params::sales_multiple, "year")
        .initial(6)
        .range(0, 1000)
        .assumed(4, 30)
        .doc("m: value of the firm in years of sales.");
    part.param("plan_multiple", &Params::plan_multiple, "1")
        .initial(0)
        .range(0, 1000)
        .doc("k: value of what it plans, per money it lacks for it; 0: plans alone are worth nothing.");
    part.param("told_growth", &Params::told_growth, "1/year")
        .initial(0.5)
        .range(-1, 100)
        .assumed(0.2, 1)
        .doc("Growth of sales that it tells those who buy its shares.");
    part.param("distress", &Params::distress, "month")
        .initial(0.25)
        .range(0, 1000)
        .assumed(0.1, 0.5)
        .doc("Money below so many months of expected outlays is short.");
    part.param("patience", &Params::patience, "month")
        .initial(6)
        .range(0, 1e6)
        .assumed(3, 12)
        .doc("Short, or worth less than nothing, for so long it winds up; 0: never.");
    part.param("wind_up_months", &Params::wind_up_months, "month")
        .initial(2)
        .range(0, 1000)
        .assumed(1, 6)
        .doc("From then until it leaves.");
  }

  static void describe_state(auto& part) {
    part.state("expected_sales", &State::expected_sales, "money/month").range(0, 1e18).doc("S^e.");
    part.state("expected_outlays", &State::expected_outlays, "money/month")
        .range(0, 1e18)
        .doc("O^e: operating, without investment and debt service.");
    part.state("distributable", &State::distributable, "money")
        .range(-1e18, 1e18)
        .doc("Income since the start less dividends: what may be paid out.");
    part.state("wanted_investment", &State::wanted_investment, "money/month")
        .range(0, 1e18)
        .doc("I*: what pays, whatever the money.");
    part.state("affordable_investment", &State::affordable_investment, "money/month")
        .range(0, 1e18)
        .doc("What money allows; it invests the smaller of the two.");
    part.state("credit_room", &State::credit_room, "money").range(0, 1e18).doc("B: what it could still borrow.");
    part.state("round_age", &State::round_age, "month").range(0, 1e6).doc("Since it last sold shares.");
    part.state("round_open", &State::round_open, "1").range(0, 1).doc("A round of shares is open.");
    part.state("months_short", &State::months_short, "month")
        .range(0, 1e6)
        .doc("On end in which it was in arrears or short of money.");
    part.state("months_negative", &State::months_negative, "month")
        .range(0, 1e6)
        .doc("On end in which it was worth less than nothing.");
    part.state("winding_up", &State::winding_up, "month")
        .range(0, 1e6)
        .disclosed("insolvency")
        .doc("Since it began to wind up; 0: it goes on.");
  }
};

/// How owners found firms where it pays: one layer of firms in the owner's region. Takes two optional ports and a
/// purpose; a kind calls enter() once a tick with the money it has for founding. For several layers the part is taken
/// in under several prefixes.
///
/// Firms enter at the hazard (a year; free entry under frictions: Dosi, Fagiolo, Roventini 2010; Hopenhayn 1992)
///     h = h0 clip(R / (i + rho) - 1, 0, most) (1 - n / niche)^+
/// R the layer's return on equity as expected, i the policy rate, rho the premium that founders require, n how many
/// firms the layer has.
struct Entry {
  struct Params {
    double entry_rate;
    double required_premium;
    double most_excess;
    double niche;
    double stake;
    double return_speed;
  };
  struct State {
    double expected_return;
    double hazard;
    double founded;
  };
  Peers newcomers;
  Observes incumbents;
  Purpose founding;

  static constexpr std::uint16_t ports = 2;
  constexpr Entry(std::uint16_t port, std::uint16_t purpose)
      : newcomers{port, "newcomers"},
        incumbents{static_cast<std::uint16_t>(port + 1), "incumbents", "books"},
        founding{purpose, "founding", ONDOL_FINANCIAL} {}

  void describe(auto& part) const {
    part.param("entry_rate", &Params::entry_rate, "1/year")
        .initial(0.5)
        .range(0, 100)
        .assumed(0.2, 1)
        .doc("h0: of founding a firm where the excess return is 1 and the niche is empty.");
    part.param("required_premium", &Params::required_premium, "1/year")
        .initial(0.10)
        .range(1e-6, 10)
        .assumed(0.05, 0.2)
        .doc("rho: over the policy rate, that founders require.");
    part.param("most_excess", &Params::most_excess, "1")
        .initial(3)
        .range(0, 1000)
        .assumed(1, 5)
        .doc("Excess return beyond which the hazard rises no more.");
    part.param("niche", &Params::niche, "1")
        .initial(20)
        .range(1, 1e9)
        .assumed()
        .doc("Firms that the layer has room for.");
    part.param("stake", &Params::stake, "money")
        .initial(1e6)
        .range(0, 1e18)
        .assumed()
        .doc("Founders' equity: working capital of a year and the least plant.");
    part.param("return_speed", &Params::return_speed, "1/month")
        .initial(0.1)
        .range(0, 1)
        .assumed(0.05, 0.3)
        .doc("Of the expected return towards that seen.");
    part.state("expected_return", &State::expected_return, "1/year").range(-1e6, 1e6).doc("R: of the layer's equity.");
    part.state("hazard", &State::hazard, "1/year").range(0, 1e6).doc("h: at which it founds.");
    part.state("founded", &State::founded, "1").range(0, 1e9).doc("Firms founded so far.");
    part.port(newcomers).optional().doc("Where it founds firms.");
    part.port(incumbents).optional().attributes({"income", "equity"}).doc("The firms of the layer.");
    part.purpose(founding, "Founders' equity.");
  }

  /// h, per year.
  static double hazard(const Params& p, double expected_return, double policy_rate, double firms) {
    const double excess = ratio(expected_return, policy_rate + p.required_premium) - 1.0;
    return p.entry_rate * between(excess, 0.0, p.most_excess) * std::max(0.0, 1.0 - firms / p.niche);
  }

  /// Learns the layer's return and founds a firm, if luck has it and `budget` carries the stake. Returns what it paid
  /// in.
  double enter(const Params& p, State& s, Agent& self, double policy_rate, double budget) const {
    if (!self.bound(newcomers) || !self.bound(incumbents)) return 0;
    double firms = 0;
    double income = 0;
    double equity = 0;
    for (const Member firm : self.members(incumbents)) {
      if (firm.region() != self.region()) continue;
      ++firms;
      income += firm.value(0);
      equity += firm.value(1);
    }
    const double seen = ratio(income * self.ticks_per_year(), equity);
    s.expected_return = adapt(self, s.expected_return, between(seen, -10.0, 10.0), p.return_speed);
    s.hazard = hazard(p, s.expected_return, policy_rate, firms);
    if (!(budget >= p.stake) || p.stake > self.money()) return 0;
    if (!self.bernoulli("founding", chance_per_tick(self, s.hazard / 12.0), newcomers.index)) return 0;
    self.found(newcomers, p.stake, founding);
    ++s.founded;
    return p.stake;
  }
};

}  // namespace ondol::firm
