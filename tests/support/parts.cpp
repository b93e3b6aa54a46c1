// A kind that is made of parts: one taken in twice under prefixes, one that takes in another, one of fields alone.
#include <ondol/sdk.hpp>

namespace {

using namespace ondol;

/// Money put aside: a tenth of what comes in, say, until it is asked for.
struct Saving {
  struct Params {
    double rate;
  };
  struct State {
    double saved;
  };
  Reads income;
  constexpr explicit Saving(std::uint16_t port) : income{port, "income", "money"} {}

  void describe(auto& part) const {
    part.param("rate", &Params::rate, "1").initial(0.1).range(0, 1).doc("Of income, put aside.");
    part.state("saved", &State::saved, "money").range(0, 1e9).doc("Put aside so far.");
    part.port(income).doc("What comes in.");
  }
  void save(const Params& p, State& s, Agent& self) const { s.saved += p.rate * self.signal(income); }
};

/// Counts ticks; has no ports.
struct Clock {
  struct State {
    double ticks;
  };
  void describe(auto& part) const { part.state("ticks", &State::ticks, "1").range(0, 1e9).doc("Gone by."); }
  static void advance(State& s) { s.ticks += 1; }
};

/// Pays something to friends every so often: holds a clock.
struct Giving {
  struct Params {
    double every;
    double amount;
  };
  struct State {
    double given;
    Clock::State clock;
  };
  Peers friends;
  Purpose gift;
  static constexpr Clock clock{};
  constexpr Giving(std::uint16_t port, std::uint16_t purpose) : friends{port, "friends"}, gift{purpose, "gift"} {}

  void describe(auto& part) const {
    part.param("every", &Params::every, "1").initial(3).range(1, 1e6).doc("Ticks from gift to gift.");
    part.param("amount", &Params::amount, "money").initial(2).range(0, 1e6).doc("Of a gift.");
    part.state("given", &State::given, "money").range(0, 1e9).doc("Given so far.");
    part.part(clock, &State::clock);
    part.port(friends).doc("Who is given to.");
    part.purpose(gift, "To a friend.");
  }
  void give(const Params& p, State& s, Agent& self) const {
    Clock::advance(s.clock);
    if (s.clock.ticks < p.every) return;
    s.clock.ticks = 0;
    s.given += p.amount;
    self.pay(self.members(friends)[0].id(), p.amount, gift);
  }
};

struct Thrifty {
  struct Params {
    Saving::Params holiday;
    double unused;
    Saving::Params house;
    Giving::Params giving;
  };
  struct Traits {};
  struct State {
    double before;
    Saving::State holiday;
    Saving::State house;
    Giving::State giving;
  };
  static constexpr Saving holiday{0};
  static constexpr Saving house{1};
  static constexpr Giving giving{2, 0};

  static void describe(Kind<Thrifty>& kind) {
    kind.name("thrifty").doc("Saves for two things and gives.");
    kind.param("unused", &Params::unused, "1").initial(0).doc("Lies between the parts.");
    kind.state("before", &State::before, "1").initial(7).doc("Lies before them.");
    kind.part("holiday_", holiday, &Params::holiday, &State::holiday);
    kind.part("house_", house, &State::house, &Params::house);
    kind.part(giving, &Params::giving, &State::giving);
    kind.field("house_rate").initial(0.5).doc("Of income, put aside for the house.");
    kind.on<&Thrifty::act>("act", "Saves and gives.");
  }
  static void act(const Params& p, const Traits&, State& s, Agent& self) {
    holiday.save(p.holiday, s.holiday, self);
    house.save(p.house, s.house, self);
    giving.give(p.giving, s.giving, self);
  }
};

}  // namespace

ONDOL_PLUGIN("parts", "0.1.0", Thrifty)
