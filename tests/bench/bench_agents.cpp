// The agents of the benchmarks, as plain as the loops they are compared with.
#include <ondol/math.hpp>
#include <ondol/sdk.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Gives a coin to a uniformly drawn agent, if it has one.
struct Coin {
  struct Params {};
  struct Traits {};
  struct State {};
  static constexpr ondol::Peers all{0, "all"};
  static constexpr ondol::Purpose gift{0, "gift"};

  static void describe(Kind<Coin>& kind) {
    kind.name("coin").doc("Gives a coin to a drawn agent, if it has one.");
    kind.port(all).doc("Those it may give to.");
    kind.purpose(gift, "A coin.");
    kind.on<&Coin::give>("act", "Gives.");
  }
  static void give(const Params&, const Traits&, State&, Agent& self) {
    if (self.money() < 1) return;
    const auto members = self.members(all);
    self.pay(members[static_cast<std::uint32_t>(self.integer("whom", members.size()))].id(), 1, gift);
  }
};

/// Has issued the coins.
struct Mint {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(Kind<Mint>& kind) { kind.name("mint").doc("Has issued the coins."); }
};

/// Twelve numbers, thirty operations, a logarithm, a normal draw, a shared price, a contribution to the next.
struct Firm {
  struct Params {
    double drift;
  };
  struct Traits {};
  struct State {
    double a, b, c, d, e, f, g, h, i, j, k, l;
  };
  static constexpr ondol::Reads price{0, "price"};
  static constexpr ondol::Writes next{1, "next"};

  static void describe(Kind<Firm>& kind) {
    kind.name("firm").doc("Twelve numbers and thirty operations.");
    describe_numbers(kind);
    kind.on<&Firm::act>("act", "Reckons.");
  }
  static void act(const Params& p, const Traits&, State& s, Agent& self) {
    follow(s, p, self.signal(price), self.normal("luck"));
    self.contribute(next, conclude(s, p, ondol::log(1.0 + s.i * s.i)));
  }

  template <class K>
  static void describe_numbers(Kind<K>& kind) {
    kind.param("drift", &Params::drift, "1").initial(0.01).doc("Of everything.");
    kind.state("a", &State::a, "1").initial(1).doc("Number.");
    kind.state("b", &State::b, "1").initial(1).doc("Number.");
    kind.state("c", &State::c, "1").initial(1).doc("Number.");
    kind.state("d", &State::d, "1").initial(1).doc("Number.");
    kind.state("e", &State::e, "1").initial(1).doc("Number.");
    kind.state("f", &State::f, "1").initial(1).doc("Number.");
    kind.state("g", &State::g, "1").initial(1).doc("Number.");
    kind.state("h", &State::h, "1").initial(1).doc("Number.");
    kind.state("i", &State::i, "1").initial(1).doc("Number.");
    kind.state("j", &State::j, "1").initial(1).doc("Number.");
    kind.state("k", &State::k, "1").initial(1).doc("Number.");
    kind.state("l", &State::l, "1").initial(1).doc("Number.");
    kind.port(price).doc("What all read.");
    kind.port(next).doc("What it adds to.");
  }
  static void follow(State& s, const Params& p, double shared, double luck) {
    s.a = 0.9 * s.a + 0.1 * shared;
    s.b = 0.9 * s.b + 0.1 * s.a;
    s.c = 0.9 * s.c + 0.1 * s.b;
    s.d = 0.9 * s.d + p.drift * luck;
    s.e = 0.9 * s.e + 0.1 * s.d;
    s.f = 0.9 * s.f + 0.1 * s.c;
    s.g = 0.9 * s.g + 0.1 * s.f;
    s.h = 0.9 * s.h + 0.1 * s.g;
    s.i = 0.9 * s.i + 0.1 * s.h;
  }
  // What it adds to the price.
  static double conclude(State& s, const Params& p, double grown) {
    s.j = grown;
    s.k += s.j;
    s.l = 0.5 * (s.l + s.e);
    return s.a + p.drift * s.l;
  }
};

/// The same by blocks.
struct FirmByBlocks : Firm {
  static void describe(Kind<FirmByBlocks>& kind) {
    kind.name("firm_by_blocks").doc("Twelve numbers and thirty operations, for a block of firms at once.");
    describe_numbers(kind);
    kind.on_block<&FirmByBlocks::act>("act", "Reckons.");
  }
  static void act(const Params& p, std::span<const Traits>, std::span<State> firms, ondol::Agents& all) {
    const double shared = all.signal(price);
    std::array<double, ondol::Agents::most> luck, grown, added;
    all.normals("luck", luck);
    for (std::size_t i = 0; i < firms.size(); ++i) {
      State& s = firms[i];
      follow(s, p, shared, luck[i]);
      grown[i] = 1.0 + s.i * s.i;
    }
    ondol::log(std::span(grown).first(firms.size()), grown.data());
    for (std::size_t i = 0; i < firms.size(); ++i) added[i] = conclude(firms[i], p, grown[i]);
    all.contribute(next, added);
  }
};

/// Makes plenty of a ware every tick, or little, and offers it.
struct Shop {
  struct Params {
    double output;
    double price;
  };
  struct Traits {};
  struct State {};
  static constexpr ondol::Sells ware{0, "ware"};

  static void describe(Kind<Shop>& kind) {
    kind.name("shop").doc("Makes a ware every tick and offers it.");
    kind.param("output", &Params::output, "{ware}").initial(1).doc("Made in a tick.");
    kind.param("price", &Params::price, "money/{ware}").initial(1).doc("Asked.");
    kind.port(ware).doc("What it makes.");
    kind.on<&Shop::sell>("sell", "Makes and offers.");
  }
  static void sell(const Params& p, const Traits&, State&, Agent& self) {
    self.make(ware, p.output);
    self.offer(ware, p.output, p.price);
  }
};

/// Orders from a uniformly drawn shop.
struct Customer {
  struct Params {};
  struct Traits {};
  struct State {};
  static constexpr ondol::Buys ware{0, "ware"};
  static constexpr ondol::Peers shops{1, "shops"};

  static void describe(Kind<Customer>& kind) {
    kind.name("customer").doc("Orders from a drawn shop.");
    kind.port(ware).doc("What it buys.");
    kind.port(shops).doc("Who sells it.");
    kind.on<&Customer::order>("buy", "Orders.");
  }
  static void order(const Params&, const Traits&, State&, Agent& self) {
    const auto members = self.members(shops);
    self.order(ware, 1, 1, members[static_cast<std::uint32_t>(self.integer("shop", members.size()))].id());
  }
};

/// Six numbers that change, for the recorder.
struct Recorded {
  struct Params {};
  struct Traits {};
  struct State {
    double a, b, c, d, e, f;
  };
  static void describe(Kind<Recorded>& kind) {
    kind.name("recorded").doc("Six numbers that change.");
    kind.state("a", &State::a, "1").doc("Number.");
    kind.state("b", &State::b, "1").doc("Number.");
    kind.state("c", &State::c, "1").doc("Number.");
    kind.state("d", &State::d, "1").doc("Number.");
    kind.state("e", &State::e, "1").doc("Number.");
    kind.state("f", &State::f, "1").doc("Number.");
    kind.on<&Recorded::act>("act", "Changes.");
  }
  static void act(const Params&, const Traits&, State& s, Agent& self) {
    s.a += 1.25;
    s.b += s.a;
    s.c = 0.5 * s.b;
    s.d = s.c - s.a;
    s.e = static_cast<double>(self.id().value);
    s.f = s.d * 0.125;
  }
};

/// Hires and lets go as the work it has rises and falls, and pays who works for it.
struct Employer {
  struct Params {
    double mean_staff;
  };
  struct Traits {};
  struct State {
    double wanted, staff;
  };
  static constexpr ondol::Relates staff{0, "staff"}, applications{1, "applications"};
  static constexpr ondol::Purpose wage{0, "wage"};

  static void describe(Kind<Employer>& kind) {
    kind.name("employer").doc("Hires and lets go as the work it has rises and falls, and pays who works for it.");
    kind.param("mean_staff", &Params::mean_staff, "1").initial(9).doc("That it has work for, on average.");
    kind.state("wanted", &State::wanted, "1").doc("That it has work for.");
    kind.state("staff", &State::staff, "1").doc("That it had as the tick began.");
    kind.port(staff).doc("Who works for it.");
    kind.port(applications).doc("Who would.");
    kind.purpose(wage, "A coin each.");
    kind.on<&Employer::hire>("hire", "Hires and lets go.");
    kind.on<&Employer::pay>("pay", "Pays.");
  }
  static void hire(const Params& p, const Traits&, State& s, Agent& self) {
    const auto ties = self.ties(staff);
    s.staff = static_cast<double>(ties.size());
    s.wanted = static_cast<double>(self.integer("work", static_cast<std::uint64_t>(2 * p.mean_staff) + 1));
    double open = s.wanted - s.staff;
    for (const auto application : self.ties(applications)) {
      self.release(applications, application.other());
      if (open-- > 0) self.bind(staff, application.other());
    }
    double over = s.staff - s.wanted;
    for (const auto tie : ties) {
      if (over-- > 0) self.release(staff, tie.other());
    }
  }
  static void pay(const Params&, const Traits&, State&, Agent& self) {
    for (const auto tie : self.ties(staff)) {
      if (self.money() >= 1) self.pay(tie.other(), 1, wage);
    }
  }
};

/// Applies to a drawn employer while it has no work, and spends there what it has.
struct Worker {
  struct Params {};
  struct Traits {};
  struct State {};
  static constexpr ondol::Relates job{0, "job"}, application{1, "application"};
  static constexpr ondol::Peers employers{2, "employers"};
  static constexpr ondol::Purpose purchase{0, "purchase"};

  static void describe(Kind<Worker>& kind) {
    kind.name("worker").doc("Applies to a drawn employer while it has no work, and spends there what it has.");
    kind.port(job).doc("For whom it works.");
    kind.port(application).doc("Where it applies.");
    kind.port(employers).doc("Where it may.");
    kind.purpose(purchase, "A coin.");
    kind.on<&Worker::seek>("seek", "Applies and spends.");
  }
  static void seek(const Params&, const Traits&, State&, Agent& self) {
    const auto members = self.members(employers);
    const auto one_of = [&](std::uint64_t drawn) { return members[static_cast<std::uint32_t>(drawn)].id(); };
    if (self.ties(job).empty()) self.bind(application, one_of(self.integer("where to work", members.size())));
    if (self.money() >= 1) self.pay(one_of(self.integer("where to buy", members.size())), 1, purchase);
  }
};

}  // namespace

ONDOL_PLUGIN("bench_agents", "1.0.0", Coin, Mint, Firm, FirmByBlocks, Shop, Customer, Recorded, Employer, Worker)
