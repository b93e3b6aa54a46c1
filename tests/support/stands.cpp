// Stands and customers that act by number in a named step of the chain's schedule, and those who borrow, own or count
// as people by number: the surroundings in which tests put one kind of the chain.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

// Where a stand or customer acts, and how many of {quality, size} its offers carry.
struct LabourStand {
  static constexpr const char *name = "labour_stand", *step = "open";
  static constexpr int attributes = 0;
};
struct PowerStand {
  static constexpr const char *name = "power_stand", *step = "hire";
  static constexpr int attributes = 0;
};
struct GoodsStand {
  static constexpr const char *name = "goods_stand", *step = "produce";
  static constexpr int attributes = 0;
};
struct TokenStand {
  static constexpr const char *name = "token_stand", *step = "serve";
  static constexpr int attributes = 1;
};
struct SeatStand {
  static constexpr const char *name = "seat_stand", *step = "apply";
  static constexpr int attributes = 2;
};
struct LabourCustomer {
  static constexpr const char *name = "labour_customer", *step = "hire";
};
struct GoodsCustomer {
  static constexpr const char *name = "goods_customer", *step = "spend";
};

/// Makes a quantity a tick and offers all it has.
template <class Where>
struct Stand {
  struct Params {
    double quantity;
    double price;
    double quality;
    double size;
    double list_price;
  };
  struct Traits {};
  struct State {
    double sold;
    double revenue;
    double list_price;
    double wait;
    double takes_orders;
    double late;
    double worth;
  };
  static constexpr ondol::Sells ware{0, "ware"};

  static void describe(Kind<Stand>& kind) {
    kind.name(Where::name).doc("Makes a quantity a tick and offers all it has.");
    kind.param("quantity", &Params::quantity, "{ware}").initial(0).doc("Made a tick.");
    kind.param("price", &Params::price, "money/{ware}").initial(1).doc("Asked.");
    kind.param("quality", &Params::quality, "1").initial(0).doc("First attribute.");
    kind.param("size", &Params::size, "1").initial(0).doc("Second attribute.");
    kind.param("list_price", &Params::list_price, "money/{ware}").initial(0).doc("Disclosed.");
    kind.state("sold", &State::sold, "{ware}").doc("Sold in the latest tick.");
    kind.state("revenue", &State::revenue, "money").doc("Taken in the latest tick.");
    kind.state("list_price", &State::list_price, "money/{ware}").initial(100).disclosed("order_book").doc("Disclosed.");
    kind.state("wait", &State::wait, "1").disclosed("order_book").doc("Disclosed.");
    kind.state("takes_orders", &State::takes_orders, "1").initial(1).disclosed("order_book").doc("Disclosed.");
    kind.state("late", &State::late, "1").disclosed("order_book").doc("Disclosed.");
    kind.state("worth", &State::worth, "1").initial(1).disclosed("order_book").doc("Disclosed.");
    if constexpr (Where::attributes == 0) kind.port(ware).doc("What it makes.");
    if constexpr (Where::attributes == 1) kind.port(ware).attributes({"quality"}).doc("What it makes.");
    if constexpr (Where::attributes == 2) kind.port(ware).attributes({"quality", "size"}).doc("What it makes.");
    kind.template on<&Stand::post>(Where::step, "Makes and offers.");
    kind.template on<&Stand::count>("close", "Counts.");
  }
  static void post(const Params& p, const Traits&, State&, Agent& self) {
    self.make(ware, p.quantity);
    self.offer(ware, self.stock(ware) + p.quantity, p.price, {p.quality, p.size});
  }
  static void count(const Params&, const Traits&, State& s, Agent& self) {
    s.sold = self.sold(ware);
    s.revenue = self.revenue(ware);
  }
};

/// Orders a quantity a tick from anyone and uses it up.
template <class Where>
struct Customer {
  struct Params {
    double quantity;
    double limit;
  };
  struct Traits {};
  struct State {
    double bought;
    double spent;
  };
  static constexpr ondol::Buys ware{0, "ware"};

  static void describe(Kind<Customer>& kind) {
    kind.name(Where::name).doc("Orders a quantity a tick from anyone and uses it up.");
    kind.param("quantity", &Params::quantity, "{ware}").initial(0).doc("Wanted.");
    kind.param("limit", &Params::limit, "money/{ware}").initial(5).doc("Highest price.");
    kind.state("bought", &State::bought, "{ware}").doc("Bought in the latest tick.");
    kind.state("spent", &State::spent, "money").doc("Spent in the latest tick.");
    kind.port(ware).doc("What it wants.");
    kind.template on<&Customer::order>(Where::step, "Orders.");
    kind.template on<&Customer::consume>("close", "Uses it up.");
  }
  static void order(const Params& p, const Traits&, State&, Agent& self) { self.order(ware, p.quantity, p.limit); }
  static void consume(const Params&, const Traits&, State& s, Agent& self) {
    s.bought = self.bought(ware);
    s.spent = self.spent(ware);
    self.use(ware, self.available(ware));
  }
};

/// Asks for a loan, offers shares and pays dividends, all by number.
struct Enterprise {
  struct Params {
    double ask;
    double ask_tick;
    double cover;
    double rate;
    double term;
    double dividend;
    double shares_offered;
    double share_price;
    double growth;
    double fails_tick;
  };
  struct Traits {};
  struct State {
    double debt;
    double shares;
    double winding_up;
  };
  static constexpr ondol::Issues loan{0, "loan"};
  static constexpr ondol::Sells loans{1, "loans"};
  static constexpr ondol::Issues share{2, "share"};
  static constexpr ondol::Sells equity{3, "equity"};
  static constexpr ondol::Purpose dividend{0, "dividend"};

  static void describe(Kind<Enterprise>& kind) {
    kind.name("enterprise").doc("Asks for a loan, offers shares and pays dividends.");
    kind.param("ask", &Params::ask, "money").initial(0).doc("Loan asked for.");
    kind.param("ask_tick", &Params::ask_tick, "1").initial(0).doc("When.");
    kind.param("cover", &Params::cover, "1").initial(2).doc("Cash flow over service.");
    kind.param("rate", &Params::rate, "1").initial(0.01).doc("Interest a tick.");
    kind.param("term", &Params::term, "1").initial(10).doc("Instalments.");
    kind.param("dividend", &Params::dividend, "money").initial(0).doc("Distributed a tick.");
    kind.param("shares_offered", &Params::shares_offered, "1").initial(0).doc("New shares.");
    kind.param("share_price", &Params::share_price, "money").initial(1).doc("Of each.");
    kind.param("growth", &Params::growth, "1").initial(1).doc("Attribute.");
    kind.param("fails_tick", &Params::fails_tick, "1").initial(1e9).doc("From when it winds up.");
    kind.state("winding_up", &State::winding_up, "month").disclosed("insolvency").doc("For so long.");
    kind.state("debt", &State::debt, "money").doc("Loans outstanding.");
    kind.state("shares", &State::shares, "1").doc("Shares outstanding.");
    kind.port(loan).optional().doc("Its loans.");
    kind.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it asks.");
    kind.port(share).optional().doc("Its shares.");
    kind.port(equity).optional().attributes({"growth"}).doc("Where it offers them.");
    kind.purpose(dividend, "To owners.");
    kind.on<&Enterprise::count>("open", "Counts.");
    kind.on<&Enterprise::close>("close", "Asks, offers, pays.");
  }
  static void count(const Params&, const Traits&, State& s, Agent& self) {
    if (self.bound(loan)) s.debt = self.outstanding(loan);
    if (self.bound(share)) s.shares = self.outstanding(share);
  }
  static void close(const Params& p, const Traits&, State& s, Agent& self) {
    if (static_cast<double>(self.tick()) >= p.fails_tick) s.winding_up += 1;
    const bool asks = static_cast<double>(self.tick()) == p.ask_tick;
    if (self.bound(loans)) self.offer(loans, asks ? p.ask : 0.0, 1.0, {p.rate, p.term, p.cover});
    if (self.bound(equity)) self.offer(equity, asks ? p.shares_offered : 0.0, p.share_price, {p.growth});
    if (self.bound(share)) self.distribute(share, std::min(p.dividend, self.money()), dividend);
  }
};

/// People to be counted, paid and taxed.
struct Crowd {
  struct Params {};
  struct Traits {};
  struct State {
    double people;
    double labour_supply;
    double jobless;
  };
  static void describe(Kind<Crowd>& kind) {
    kind.name("crowd").doc("People to be counted, paid and taxed.");
    kind.state("people", &State::people, "1").initial(1).disclosed("people").doc("Heads.");
    kind.state("labour_supply", &State::labour_supply, "person_month").disclosed("people").doc("Work.");
    kind.state("jobless", &State::jobless, "person_month").disclosed("people").doc("Of that, not sold.");
  }
};

/// Spends on something eligible, by number, from a tick on more; has a quality.
struct Claimant {
  struct Params {
    double before;
    double after;
    double change_tick;
  };
  struct Traits {};
  struct State {
    double eligible;
    double quality;
  };
  static void describe(Kind<Claimant>& kind) {
    kind.name("claimant").doc("Says what it spent, and how good it is.");
    kind.param("before", &Params::before, "money").initial(0).doc("Spent a tick at first.");
    kind.param("after", &Params::after, "money").initial(0).doc("And later.");
    kind.param("change_tick", &Params::change_tick, "1").initial(0).doc("From when.");
    kind.state("eligible", &State::eligible, "money").disclosed("outlay").doc("Spent in the tick.");
    kind.state("quality", &State::quality, "1").disclosed("model").doc("Of what it makes.");
    kind.on<&Claimant::act>("close", "Says so.");
  }
  static void act(const Params& p, const Traits&, State& s, Agent& self) {
    s.eligible = static_cast<double>(self.tick()) < p.change_tick ? p.before : p.after;
  }
};

/// Issued the money of the start.
struct Mint {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(Kind<Mint>& kind) { kind.name("mint").doc("Issued the money of the start."); }
};

}  // namespace

ONDOL_PLUGIN("stands", "1.0.0", Stand<LabourStand>, Stand<PowerStand>, Stand<GoodsStand>, Stand<TokenStand>,
             Stand<SeatStand>, Customer<LabourCustomer>, Customer<GoodsCustomer>, Enterprise, Crowd, Claimant, Mint)
