// The baseline macroeconomy of Lengnick (2013, "Agent-based macroeconomics: A baseline model", Journal of Economic
// Behavior & Organization 86, 102-120): households and firms with lasting relations, and no one who sees the whole.
//
// A tick is a month. A household buys from the seven firms it knows and works for one; once a month it may drop one for
// a cheaper or better stocked one, and looks for work. A firm hires, dismisses and revises its price by what it has in
// stock, and its wage by whether it finds workers. Equations, sources and what differs are in the README beside this.
#include <ondol/sdk.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using ondol::Agent;
using ondol::AgentId;
using ondol::Kind;

/// Takes firms' profits, which households share.
struct Purse {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(Kind<Purse>& kind) {
    kind.name("lengnick_purse").doc("Takes firms' profits; households demand their parts of it.");
  }
};

/// Hires, dismisses, makes, prices and pays.
struct Firm {
  struct Params {
    double productivity;
    double days;
    double patience;
    double wage_step;
    double least_stock;
    double most_stock;
    double least_mark_up;
    double most_mark_up;
    double price_chance;
    double price_step;
    double buffer;
  };
  struct Traits {};
  struct State {
    double price;
    double wage;
    double open;
    double workers;
    double demand;
    double months_full;
    double price_changed;
    AgentId on_notice;
  };
  static constexpr ondol::Relates staff{0, "staff"};
  static constexpr ondol::Relates applicants{1, "applicants"};
  static constexpr ondol::Sells ware{2, "ware"};
  static constexpr ondol::Peers purse{3, "purse"};
  static constexpr ondol::Purpose wages{0, "wages"};
  static constexpr ondol::Purpose profit{1, "profit"};

  static void describe(Kind<Firm>& kind) {
    kind.name("lengnick_firm").doc("Hires, dismisses and prices by its stock, and pays all profit out.");
    describe_params(kind);
    kind.state("price", &State::price, "money/{ware}").range(0, 1e12).disclosed("firm").doc("p, asked this month.");
    kind.state("wage", &State::wage, "money").range(0, 1e12).disclosed("firm").doc("w, paid a month.");
    kind.state("open", &State::open, "1").range(0, 1).disclosed("firm").doc("Whether it has a position to fill.");
    kind.state("workers", &State::workers, "1").doc("l, who work for it.");
    kind.state("demand", &State::demand, "{ware}").doc("d, ordered from it in the month.");
    kind.state("months_full", &State::months_full, "1")
        .doc("Months since a position was left open or the wage was cut.");
    kind.state("price_changed", &State::price_changed, "1").range(0, 1).doc("Whether it revised its price this month.");
    kind.state("on_notice", &State::on_notice, "1").doc("Who has to leave as the next month begins.");
    kind.port(staff).doc("Who works for it.");
    kind.port(applicants).doc("Who would like to.");
    kind.port(ware).doc("What it makes.");
    kind.port(purse).doc("Where its profit goes.");
    kind.purpose(wages, "For a month's work.");
    kind.purpose(profit, "What is left beyond its buffer.");
    kind.on<&Firm::plan>("plan", "Revises wage, staff and price for the month.");
    kind.on<&Firm::hire>("hire", "Takes one of those who applied, by lot, where a position is open.");
    kind.on<&Firm::make>("make", "Makes a day's output and offers what it has.");
    kind.on<&Firm::pay>("pay", "Pays wages, keeps its buffer and pays out the rest.");
  }
  static void describe_params(Kind<Firm>& kind) {
    kind.param("productivity", &Params::productivity, "{ware}")
        .initial(3)
        .range(1e-9, 1e9)
        .doc("lambda, made by a worker a day (Lengnick 2013, table 1).");
    kind.param("days", &Params::days, "1").initial(21).range(1, 366).doc("Working days of a month (Lengnick 2013).");
    kind.param("patience", &Params::patience, "1")
        .initial(24)
        .range(0, 1200)
        .doc("gamma, months with all positions filled before wages fall (Lengnick 2013, table 1).");
    kind.param("wage_step", &Params::wage_step, "1")
        .initial(0.019)
        .range(0, 1)
        .doc("delta, most that a wage changes in a month (Lengnick 2013, table 1).");
    kind.param("least_stock", &Params::least_stock, "1")
        .initial(0.25)
        .range(0, 100)
        .doc("phi lower, stock below which it hires, of a month's demand (Lengnick 2013, table 1).");
    kind.param("most_stock", &Params::most_stock, "1")
        .initial(1)
        .range(0, 100)
        .doc("phi upper, stock above which it dismisses (Lengnick 2013, table 1).");
    kind.param("least_mark_up", &Params::least_mark_up, "1")
        .initial(1.025)
        .range(0, 100)
        .doc("varphi lower, price over marginal cost down to which it lowers it (Lengnick 2013, table 1).");
    kind.param("most_mark_up", &Params::most_mark_up, "1")
        .initial(1.15)
        .range(0, 100)
        .doc("varphi upper, price over marginal cost up to which it raises it (Lengnick 2013, table 1).");
    kind.param("price_chance", &Params::price_chance, "1")
        .initial(0.75)
        .range(0, 1)
        .doc("theta, chance that a price is changed when it should be (Lengnick 2013, table 1).");
    kind.param("price_step", &Params::price_step, "1")
        .initial(0.02)
        .range(0, 1)
        .doc("vartheta, most that a price changes in a month (Lengnick 2013, table 1).");
    kind.param("buffer", &Params::buffer, "1")
        .initial(0.1)
        .range(0, 100)
        .doc("chi, money kept, of the wage bill (Lengnick 2013, table 1).");
  }

  static void plan(const Params& p, const Traits&, State& s, Agent& self) {
    const double stock = self.stock(ware);
    s.price_changed = 0;
    if (self.tick() > 0) {
      revise_wage(p, s, self);
      // A firm without workers has no demand to measure its stock by: it looks for one (not in the paper).
      const bool scarce = stock < p.least_stock * s.demand || self.ties(staff).empty();
      const bool plenty = stock > p.most_stock * s.demand && !scarce;
      revise_staff(scarce, plenty, s, self);
      revise_price(scarce, plenty, p, s, self);
    }
    s.demand = 0;
    self.offer(ware, stock, s.price);
  }
  // w := w (1 + mu) where the position offered last month was not filled, w (1 - mu) where none was open for gamma
  // months, mu uniform in [0, delta] (Lengnick 2013, equation 5). A cut starts the months anew.
  static void revise_wage(const Params& p, State& s, Agent& self) {
    const double step = p.wage_step * self.uniform("wage");
    s.months_full = s.open > 0 ? 0 : s.months_full + 1;
    if (s.open > 0) s.wage *= 1 + step;
    if (s.months_full < p.patience) return;
    s.wage *= 1 - step;
    s.months_full = 0;
  }
  // One position or one dismissal at a time; who is dismissed stays for a month. Stock that has run low by then takes
  // the notice back.
  static void revise_staff(bool scarce, bool plenty, State& s, Agent& self) {
    if (scarce) {
      s.open = s.on_notice ? s.open : 1;
      s.on_notice = ondol::nobody;
      return;
    }
    const AgentId leaving = s.on_notice;
    if (leaving) self.release(staff, leaving);
    s.on_notice = plenty ? drawn_worker(leaving, self) : ondol::nobody;
    if (plenty) s.open = 0;
  }
  // Of those who stay, by lot.
  static AgentId drawn_worker(AgentId leaving, const Agent& self) {
    const auto workers = self.ties(staff);
    const auto stays = [&](const ondol::Tie& worker) { return worker.other() != leaving; };
    const auto staying = static_cast<std::uint64_t>(std::count_if(workers.begin(), workers.end(), stays));
    if (staying == 0) return ondol::nobody;
    std::uint64_t left = self.integer("dismissed", staying);
    for (const ondol::Tie worker : workers) {
      if (stays(worker) && left-- == 0) return worker.other();
    }
    return ondol::nobody;
  }
  // p := p (1 + nu) where stock is low and p below varphi upper times marginal cost, p (1 - nu) where it is high and p
  // above varphi lower times it; with chance theta, nu uniform in [0, vartheta] (Lengnick 2013, equations 8 to 10).
  static void revise_price(bool scarce, bool plenty, const Params& p, State& s, Agent& self) {
    const double marginal_cost = s.wage / (p.days * p.productivity);
    const bool rises = scarce && s.price < p.most_mark_up * marginal_cost;
    const bool falls = plenty && s.price > p.least_mark_up * marginal_cost;
    if ((!rises && !falls) || !self.bernoulli("revises price", p.price_chance)) return;
    s.price *= 1 + (rises ? 1 : -1) * p.price_step * self.uniform("price");
    s.price_changed = 1;
  }

  static void hire(const Params&, const Traits&, State& s, Agent& self) {
    const auto came = self.ties(applicants);
    if (came.empty()) return;
    if (s.open > 0) {
      self.bind(staff, came[static_cast<std::uint32_t>(self.integer("hired", came.size()))].other());
      s.open = 0;
    }
    for (const ondol::Tie applicant : came) self.release(applicants, applicant.other());
  }

  static void make(const Params& p, const Traits&, State& s, Agent& self) {
    s.workers = self.ties(staff).size();
    s.demand += self.demand(ware);
    const double output = p.productivity * s.workers;
    self.make(ware, output);
    self.offer(ware, self.stock(ware) + output, s.price);
  }

  // A firm that cannot pay its wage cuts it to what it can; it keeps chi w l and pays out the rest.
  static void pay(const Params& p, const Traits&, State& s, Agent& self) {
    const auto workers = self.ties(staff);
    if (!workers.empty()) s.wage = std::min(s.wage, self.money() / workers.size());
    for (const ondol::Tie worker : workers) self.pay(worker.other(), std::min(s.wage, self.money()), wages);
    const double rest = self.money() - p.buffer * s.wage * workers.size();
    if (rest > 0 && !self.members(purse).empty()) self.pay(self.members(purse)[0].id(), rest, profit);
  }
};

/// Buys from the firms it knows, and works for one.
struct Household {
  static constexpr std::size_t most_known = 16;

  struct Params {
    double known;
    double consumption_power;
    double days;
    double search_chance;
    double cheaper_chance;
    double cheaper_by;
    double stocked_chance;
    double satisfied;
    double resignation;
  };
  struct Traits {};
  struct State {
    double reservation_wage;
    double employed;
    double per_day;
    double asked;
    double bought;
    double wanted;
    double missed;
    AgentId asked_of;
    AgentId blamed;
    AgentId employer;
  };
  static constexpr ondol::Relates shops{0, "shops"};
  static constexpr ondol::Relates job{1, "job"};
  static constexpr ondol::Relates application{2, "application"};
  static constexpr ondol::Buys ware{3, "ware"};
  static constexpr ondol::Observes firms{4, "firms", "firm"};
  static constexpr ondol::Observes others{5, "others", "household"};
  static constexpr ondol::Peers purse{6, "purse"};
  static constexpr ondol::Reads profits{7, "profits", "money"};
  static constexpr ondol::Reads wealth{8, "wealth", "money"};
  static constexpr ondol::Purpose dividend{0, "dividend"};
  enum FirmField { price, wage, open };

  static void describe(Kind<Household>& kind) {
    kind.name("lengnick_household").doc("Buys from the firms it knows, and works for one.");
    describe_params(kind);
    kind.state("reservation_wage", &State::reservation_wage, "money").range(0, 1e12).doc("Least it works for a month.");
    kind.state("employed", &State::employed, "1").range(0, 1).doc("Whether it has work.");
    kind.state("per_day", &State::per_day, "{ware}").doc("What it means to consume a day.");
    kind.state("asked", &State::asked, "{ware}").doc("Ordered last.");
    kind.state("bought", &State::bought, "{ware}").doc("In the month, but for its last day.");
    kind.state("wanted", &State::wanted, "{ware}").doc("In the month, but for its last day.");
    kind.state("missed", &State::missed, "{ware}").doc("What firms could not deliver in the month, visit by visit.");
    kind.state("blamed", &State::blamed, "1").doc("One of these firms, by what each could not deliver.");
    kind.state("asked_of", &State::asked_of, "1").doc("Who was to deliver what it ordered last.");
    kind.state("employer", &State::employer, "1").disclosed("household").doc("Whom it works for.");
    kind.port(shops).doc("Firms it buys from.");
    kind.port(job).doc("Whom it works for.");
    kind.port(application).doc("Whom it would like to work for.");
    kind.port(ware).doc("What it consumes.");
    kind.port(firms).attributes({"price", "wage", "open"}).doc("All firms, of which it visits some.");
    kind.port(others).attributes({"employer"}).doc("All households, of whom it asks one where to buy.");
    kind.port(purse).doc("Who pays profits out.");
    kind.port(profits).doc("Profits to be shared.");
    kind.port(wealth).doc("Money of all households.");
    kind.purpose(dividend, "Its part of profits, by its money.");
    kind.on<&Household::look_around>("look_around", "May leave a firm for a cheaper or a better stocked one.");
    kind.on<&Household::apply>("apply", "Looks for work, or for better paid work.");
    kind.on<&Household::budget>("budget", "Says how much it consumes in the month.");
    kind.on<&Household::shop>("shop", "Orders a day's consumption from firms it knows, in drawn order.");
    kind.on<&Household::share>("share", "Demands its part of profits, and revises its reservation wage.");
  }
  static void describe_params(Kind<Household>& kind) {
    kind.param("known", &Params::known, "1")
        .initial(7)
        .range(1, most_known)
        .doc("n, firms it buys from (Lengnick 2013, table 1).");
    kind.param("consumption_power", &Params::consumption_power, "1")
        .initial(0.9)
        .range(0, 1)
        .doc("alpha, of consumption in real money (Lengnick 2013, table 1).");
    kind.param("days", &Params::days, "1").initial(21).range(1, 366).doc("Working days of a month (Lengnick 2013).");
    kind.param("search_chance", &Params::search_chance, "1")
        .initial(0.1)
        .range(0, 1)
        .doc("pi, chance that one content with its wage looks for a better one (Lengnick 2013, table 1).");
    kind.param("cheaper_chance", &Params::cheaper_chance, "1")
        .initial(0.25)
        .range(0, 1)
        .doc("psi price, chance to look for a cheaper firm (Lengnick 2013, table 1).");
    kind.param("cheaper_by", &Params::cheaper_by, "1")
        .initial(0.01)
        .range(0, 1)
        .doc("xi, how much cheaper it must be (Lengnick 2013, table 1).");
    kind.param("stocked_chance", &Params::stocked_chance, "1")
        .initial(0.25)
        .range(0, 1)
        .doc("psi quant, chance to replace a firm that could not deliver (Lengnick 2013, table 1).");
    kind.param("satisfied", &Params::satisfied, "1")
        .initial(0.95)
        .range(0, 1)
        .doc("Part of a day's consumption with which it goes home (Lengnick 2013).");
    kind.param("resignation", &Params::resignation, "1")
        .initial(0.1)
        .range(0, 1)
        .doc("By how much the reservation wage falls in a month without work (Lengnick 2013).");
  }

  // ---- Whom it buys from
  static void look_around(const Params& p, const Traits&, State& s, Agent& self) {
    s.bought = s.wanted = 0;
    if (self.tick() == 0) return settle_down(p, self);
    const Change change = leave_for_cheaper(p, self);
    leave_for_stocked(p, s, change, self);
    s.missed = 0;
    s.blamed = ondol::nobody;
  }
  // Nothing is published of the first month: firms to buy from are drawn, each as likely as any other, and work is
  // dealt out evenly.
  static void settle_down(const Params& p, Agent& self) {
    const auto all = self.members(firms);
    const auto count = std::min<std::uint32_t>(static_cast<std::uint32_t>(p.known), all.size());
    std::array<AgentId, most_known> drawn{};
    std::uint32_t found = 0;
    for (std::uint32_t draw = 0; found < count; ++draw) {
      const AgentId firm = all[static_cast<std::uint32_t>(self.integer("first shops", all.size(), draw))].id();
      if (std::find(drawn.begin(), drawn.begin() + found, firm) != drawn.begin() + found) continue;
      self.bind(shops, firm);
      drawn[found++] = firm;
    }
    const std::uint32_t place = self.members(others).find(self.id());
    if (!all.empty()) self.bind(job, all[place % all.size()].id());
  }
  // One of those it knows, drawn, for one found in proportion to who works there: the firm of a drawn household.
  struct Change {
    AgentId left, found;
  };
  static Change leave_for_cheaper(const Params& p, Agent& self) {
    const auto known = self.ties(shops);
    if (known.empty() || !self.bernoulli("looks for cheaper", p.cheaper_chance)) return {};
    const AgentId old = known[static_cast<std::uint32_t>(self.integer("compared", known.size()))].other();
    const auto all = self.members(others);
    if (all.empty()) return {};
    const double heard_of = all[static_cast<std::uint32_t>(self.integer("asked", all.size()))].value(0);
    if (std::isnan(heard_of)) return {};  // has no work
    const AgentId found{static_cast<std::uint32_t>(heard_of)};
    if (knows(found, self) || price_of(found, self) >= (1 - p.cheaper_by) * price_of(old, self)) return {};
    replace(old, found, self);
    return {old, found};
  }
  // One that could not deliver, for any other.
  static void leave_for_stocked(const Params& p, const State& s, Change change, Agent& self) {
    if (!s.blamed || s.blamed == change.left || !self.bernoulli("looks for stocked", p.stocked_chance)) return;
    const auto all = self.members(firms);
    if (all.empty()) return;
    const AgentId found = all[static_cast<std::uint32_t>(self.integer("tried", all.size()))].id();
    if (found != change.found && !knows(found, self)) replace(s.blamed, found, self);
  }
  static bool knows(AgentId firm, const Agent& self) {
    const auto known = self.ties(shops);
    return std::any_of(known.begin(), known.end(), [firm](const ondol::Tie& shop) { return shop.other() == firm; });
  }
  static void replace(AgentId old, AgentId found, Agent& self) {
    self.release(shops, old);
    self.bind(shops, found);
  }
  // What a firm shows; 0 where it is none of those the household may visit (any more).
  static double shown(AgentId firm, FirmField what, const Agent& self) {
    const auto all = self.members(firms);
    const std::uint32_t at = all.find(firm);
    return at < all.size() ? all[at].value(what) : 0;
  }
  static double price_of(AgentId firm, const Agent& self) { return shown(firm, price, self); }

  // ---- Whom it works for
  // Without work it visits a firm in each round, and applies where a position pays its reservation wage; with work it
  // visits one in the first, always where it is paid less than that, and applies where it would be paid more.
  static void apply(const Params& p, const Traits&, State& s, Agent& self) {
    take_up_work(s, self);
    const auto all = self.members(firms);
    if (all.empty()) return;
    double least = s.reservation_wage;
    if (s.employer) {
      const double paid = shown(s.employer, wage, self);
      if (self.round() > 0 || (paid >= least && !self.bernoulli("looks for a job", p.search_chance))) return;
      least = std::nextafter(paid, 2 * paid + 1);
    }
    const auto firm = all[static_cast<std::uint32_t>(self.integer("visited", all.size()))];
    if (firm.value(open) > 0 && firm.value(wage) >= least && firm.id() != s.employer) self.bind(application, firm.id());
  }
  // Who was taken leaves its old work, which is the older tie.
  static void take_up_work(State& s, Agent& self) {
    const auto jobs = self.ties(job);
    s.employer = jobs.empty() ? ondol::nobody : jobs[jobs.size() - 1].other();
    s.employed = jobs.empty() ? 0 : 1;
    if (jobs.size() > 1) self.release(job, jobs[0].other());
  }

  // ---- What it consumes
  // c = min((m/P)^alpha, m/P), m its money, P the mean price of the firms it knows (Lengnick 2013, equations 11, 12).
  static void budget(const Params& p, const Traits&, State& s, Agent& self) {
    take_up_work(s, self);
    const auto known = self.ties(shops);
    double prices = 0;
    for (const ondol::Tie shop : known) prices += price_of(shop.other(), self);
    const double real_money = prices > 0 ? self.money() * known.size() / prices : 0;
    s.per_day = std::min(std::pow(real_money, p.consumption_power), real_money) / p.days;
  }
  // Goes to firms it knows in drawn order, until it has as good as all it wants for the day.
  static void shop(const Params& p, const Traits&, State& s, Agent& self) {
    note_delivery(s, self);
    const auto known = self.ties(shops);
    const std::uint32_t count = std::min<std::uint32_t>(known.size(), most_known);
    std::array<std::uint32_t, most_known> order{};
    for (std::uint32_t i = 0; i < count; ++i) order[i] = i;
    double wanted = s.per_day;
    s.wanted += s.per_day;
    for (std::uint32_t i = 0; i < count && wanted > (1 - p.satisfied) * s.per_day; ++i) {
      std::swap(order[i], order[i + self.integer("next shop", count - i, i)]);
      const AgentId firm = known[order[i]].other();
      const auto offer = self.offers(ware).find(firm);
      const double stocked = offer == self.offers(ware).end() ? 0 : (*offer).quantity();
      blame(firm, wanted - stocked, i + 1, s, self);
      if (stocked <= 0) continue;
      const double placed = self.order(ware, std::min(wanted, stocked), *offer);
      if (placed <= 0) return;  // no money left
      s.asked += placed;
      s.asked_of = firm;
      wanted -= placed;
    }
  }
  // What others ordered at the same time and got in its place, it did not get from whom it asked last.
  static void note_delivery(State& s, const Agent& self) {
    const double bought = s.asked > 0 ? self.bought(ware) : 0;
    if (self.round() > 0) s.bought += bought;
    if (s.asked_of && knows(s.asked_of, self)) blame(s.asked_of, s.asked - bought, 0, s, self);
    s.asked = 0;
    s.asked_of = ondol::nobody;
  }
  // Of all firms that could not deliver, one is kept, drawn in proportion to what each missed: a later one takes the
  // place with the chance of its part in the sum so far.
  static void blame(AgentId firm, double missing, std::uint32_t draw, State& s, const Agent& self) {
    if (missing <= 0) return;
    s.missed += missing;
    if (self.uniform("blamed", draw) * s.missed < missing) s.blamed = firm;
  }

  // ---- What it is paid
  // Profits go to households in proportion to their money; what does not divide waits in the purse for the next month.
  static void share(const Params& p, const Traits&, State& s, Agent& self) {
    const double all = self.signal(wealth);
    const double part = all > 0 ? self.signal(profits) * (self.money() / all) : 0;
    const double smallest = self.smallest_money();
    if (!self.members(purse).empty())
      self.bill(self.members(purse)[0].id(), std::floor(part / smallest) * smallest, dividend);
    const auto jobs = self.ties(job);
    if (jobs.empty()) {
      s.reservation_wage *= 1 - p.resignation;
      return;
    }
    s.reservation_wage = std::max(s.reservation_wage, shown(jobs[0].other(), wage, self));
  }
};

}  // namespace

ONDOL_PLUGIN("lengnick", "0.2.0", Purse, Firm, Household)
