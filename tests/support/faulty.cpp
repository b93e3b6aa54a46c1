// Kinds that each break one promise of a plugin, to show that it is noticed.
#include <ondol/sdk.hpp>

#include <chrono>
#include <cmath>
#include <csignal>
#include <limits>
#include <stdexcept>
#include <thread>

namespace {

using ondol::Agent;
using ondol::Kind;

/// What all of them have: two numbers of state, a purse, a store, peers.
struct Common {
  struct Params {
    double size;
  };
  struct Traits {};
  struct State {
    double level;
    double other;
  };
  static constexpr ondol::Sells ware{0, "ware"};
  static constexpr ondol::Peers peers{1, "peers"};
  static constexpr ondol::Purpose gift{0, "gift"};

  template <class K>
  static Kind<K>& common(Kind<K>& kind, const char* name, const char* doc) {
    kind.name(name).doc(doc);
    kind.param("size", &Params::size, "1").initial(1).range(0, 10).doc("A number.");
    kind.state("level", &State::level, "1").range(-1e9, 1e9).doc("A number.");
    kind.state("other", &State::other, "1").range(-1e9, 1e9).doc("A number.");
    kind.port(ware).doc("What it has.");
    kind.port(peers).doc("Others.");
    kind.purpose(gift, "For nothing.");
    kind.template on<&K::act>("make", "Breaks its promise.");
    return kind;
  }
};

#define ONDOL_FAULTY(Name, name, doc_line)                                                      \
  struct Name : Common {                                                                        \
    static void describe(Kind<Name>& kind) { Common::common(kind, name, doc_line); }            \
    static void act([[maybe_unused]] const Params& p, const Traits&, [[maybe_unused]] State& s, \
                    [[maybe_unused]] Agent& self);                                              \
  };                                                                                            \
  void Name::act([[maybe_unused]] const Params& p, const Traits&, [[maybe_unused]] State& s,    \
                 [[maybe_unused]] Agent& self)

ONDOL_FAULTY(Sound, "sound", "Keeps every promise.") {
  s.level = std::min(1e6, s.level + p.size * self.uniform("step"));
}

ONDOL_FAULTY(Neighbour, "neighbour", "Writes into the next agent's row.") { (&s)[1].level += 1; }

ONDOL_FAULTY(Meddler, "meddler", "Changes parameters, which all share.") { const_cast<Params&>(p).size += 1; }

ONDOL_FAULTY(Counter, "counter", "Counts calls in a static, so that the order of calls matters.") {
  static double calls = 0;
  s.level = ++calls;
}

ONDOL_FAULTY(Clock, "clock", "Reads the clock.") {
  s.level = static_cast<double>(std::chrono::steady_clock::now().time_since_epoch().count() % 1000003);
}

ONDOL_FAULTY(Threads, "threads", "Does what the thread it is on makes it do.") {
  s.level = static_cast<double>(std::hash<std::thread::id>()(std::this_thread::get_id()) % 1000003);
}

ONDOL_FAULTY(Infinite, "infinite", "Divides by what may be nothing.") { s.level = 1.0 / self.money(); }

ONDOL_FAULTY(Outside, "outside", "Leaves the range it declared.") { s.level = 2e9; }

ONDOL_FAULTY(Spender, "spender", "Books a payment beyond its means, past the SDK.") {
  if (self.members(peers).empty()) return;
  self.pay(self.members(peers)[0].id(), 1e9 + self.money(), gift);
}

ONDOL_FAULTY(User, "user", "Uses up more than it has.") { self.use(ware, self.stock(ware) + 1e6); }

ONDOL_FAULTY(Thrower, "thrower", "Throws.") { throw std::runtime_error("cannot go on"); }

ONDOL_FAULTY(Crasher, "crasher", "Crashes.") { std::raise(SIGSEGV); }

ONDOL_FAULTY(Looper, "looper", "Never returns.") {
  volatile double forever = 1;
  while (forever > 0) forever = forever + 1e-9;
  s.level = forever;
}

}  // namespace

ONDOL_PLUGIN("faulty", "0.1.0", Sound, Neighbour, Meddler, Counter, Clock, Threads, Infinite, Outside, Spender, User,
             Thrower, Crasher, Looper)
