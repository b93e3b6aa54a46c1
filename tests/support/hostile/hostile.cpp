// Kinds that each do what a guest must not, to show that it is named. docs/hostile-plugins.md lists them.
#include <ondol/sdk.hpp>

#include <fcntl.h>
#include <immintrin.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>

namespace {

using ondol::Agent;
using ondol::Kind;

/// What all of them have: a flag and a number of state, goods, others and a purpose.
struct Common {
  struct Params {
    double size;
  };
  struct Traits {
    double strength;
  };
  struct State {
    bool flag;
    bool hidden;  // where alignment leaves room, so that the description looks whole
    double level;
  };
  static constexpr ondol::Sells ware{0, "ware"};
  static constexpr ondol::Peers peers{1, "peers"};
  static constexpr ondol::Observes books{2, "all", "books"};
  static constexpr ondol::Purpose gift{0, "gift"};

  template <class K>
  static void common(Kind<K>& kind, const char* name) {
    kind.name(name).doc("Does what a guest must not.");
    kind.param("size", &Params::size, "1").initial(1).range(0, 10).doc("A number.");
    kind.trait("strength", &Traits::strength, "1").initial(1).range(0, 10).doc("A number.");
    kind.state("flag", &State::flag, "1").doc("A flag.");
    kind.state("level", &State::level, "1").range(-1e9, 1e9).doc("A number.");
    kind.port(ware).doc("What it has.");
    kind.port(peers).doc("Others.");
    kind.port(books).attributes({"cash"}).doc("What they have.");
    kind.purpose(gift, "For nothing.");
    kind.template on<&K::act>("make", "Does it.");
  }
};

#define ONDOL_HOSTILE(name)                                                                                     \
  struct name : Common {                                                                                        \
    static void describe(Kind<name>& kind) { Common::common(kind, #name); }                                     \
    static void act(const Params& p, const Traits& t, State& s, Agent& self);                                   \
  };                                                                                                            \
  void name::act([[maybe_unused]] const Params& p, [[maybe_unused]] const Traits& t, [[maybe_unused]] State& s, \
                 [[maybe_unused]] Agent& self)

// ---- What outlives a call

double total = 0;
double shown = 0;
std::int64_t last = -1;
ONDOL_HOSTILE(channel) {
  if (last != self.tick()) {
    last = self.tick();
    shown = total;
    total = 0;
  }
  total += t.strength;
  s.level = shown;
}
ONDOL_HOSTILE(first_seen) {
  static const double first = t.strength;
  s.level = first * p.size;
}
ONDOL_HOSTILE(late_counter) {
  static int calls = 0;
  if (++calls > 100000) s.level = 1;
}
ONDOL_HOSTILE(per_thread) {
  thread_local double mine = 0;
  s.level = mine += 1;
}
std::map<std::uint32_t, double>* const memory = new std::map<std::uint32_t, double>;
ONDOL_HOSTILE(heap) { s.level = (*memory)[self.id().value] += 1; }
ONDOL_HOSTILE(padding) {
  s.level = s.hidden ? 1 : 0;
  s.hidden = true;
}

// ---- What is no input of a rule

ONDOL_HOSTILE(wall_clock) {
  s.level = static_cast<double>(std::chrono::steady_clock::now().time_since_epoch().count() % 1000);
}
ONDOL_HOSTILE(processor_clock) { s.level = static_cast<double>(__rdtsc() % 2); }
ONDOL_HOSTILE(system_random) { s.level = std::rand() % 1000; }
ONDOL_HOSTILE(environment) { s.level = std::getenv("ONDOL_LEVEL") == nullptr ? 0 : 1; }
ONDOL_HOSTILE(file_reader) {
  const int file = open("/proc/self/stat", O_RDONLY);
  s.level = file >= 0 ? 1 : 0;
  close(file);
}
ONDOL_HOSTILE(file_writer) {
  const int file = open("/dev/null", O_WRONLY);
  s.level = static_cast<double>(write(file, "x", 1));
  close(file);
}
ONDOL_HOSTILE(network) { close(socket(AF_INET, SOCK_STREAM, 0)); }
ONDOL_HOSTILE(late_clock) {
  if (self.tick() == 123456789)
    s.level = static_cast<double>(std::chrono::system_clock::now().time_since_epoch().count());
}

// ---- What ends the process

ONDOL_HOSTILE(exits) { std::exit(0); }
ONDOL_HOSTILE(exits_at_once) { _exit(0); }
ONDOL_HOSTILE(aborts) { std::abort(); }
ONDOL_HOSTILE(null_pointer) {
  volatile double* volatile nowhere = nullptr;
  *nowhere = 1;
}
ONDOL_HOSTILE(null_pointer_later) {
  volatile double* volatile nowhere = nullptr;
  if (self.tick() == 4) *nowhere = 1;
}
double deeper(volatile double* above) {
  volatile double here[64] = {*above};
  if (here[0] < 0) return 0;
  return deeper(here) + here[1];
}
ONDOL_HOSTILE(recursion) {
  volatile double start = 1;
  s.level = deeper(&start);
}
ONDOL_HOSTILE(division) {
  volatile int zero = 0;
  s.level = 7 / zero;
}
ONDOL_HOSTILE(illegal) { __builtin_trap(); }
ONDOL_HOSTILE(bus) { std::raise(SIGBUS); }
ONDOL_HOSTILE(endless) {
  volatile double forever = 1;
  while (forever > 0) forever = forever + 1e-9;
}
[[gnu::noinline]] void throw_a_number() { throw 1; }
ONDOL_HOSTILE(terminates) {
  const auto fails = []() noexcept { throw_a_number(); };
  fails();
}
ONDOL_HOSTILE(throws_a_number) { throw_a_number(); }
ONDOL_HOSTILE(frees) { std::free(reinterpret_cast<char*>(&s) + 8); }

// ---- What changes the process

ONDOL_HOSTILE(forks) {
  if (fork() == 0) _exit(0);
}
ONDOL_HOSTILE(starts_thread) {
  std::thread([] {}).join();
}
ONDOL_HOSTILE(rounding) { _MM_SET_ROUNDING_MODE(_MM_ROUND_UP); }
ONDOL_HOSTILE(flush_to_zero) { _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON); }
ONDOL_HOSTILE(directory) { s.level = chdir("/"); }
ONDOL_HOSTILE(handler) { std::signal(SIGUSR1, SIG_IGN); }
ONDOL_HOSTILE(locale) { std::setlocale(LC_ALL, std::setlocale(LC_NUMERIC, nullptr)[0] == 'C' ? "C.UTF-8" : "C"); }
ONDOL_HOSTILE(limits) {
  const rlimit few{100, 100};
  setrlimit(RLIMIT_NOFILE, &few);
}
ONDOL_HOSTILE(sets_environment) { setenv("ONDOL_LEVEL", "1", 1); }

// ---- What is not its own

ONDOL_HOSTILE(next_row) { (&s)[1].level += 1; }
ONDOL_HOSTILE(shared_parameters) { const_cast<Params&>(p).size = 2; }
ONDOL_HOSTILE(own_traits) { const_cast<Traits&>(t).strength = 2; }

// ---- What it did not describe

ONDOL_HOSTILE(undeclared_port) {
  static constexpr ondol::Reads rate{3, "rate"};
  s.level = self.signal(rate);
}
ONDOL_HOSTILE(wrong_number) {
  static constexpr ondol::Sells again{1, "ware"};
  s.level = self.stock(again);
}
ONDOL_HOSTILE(undeclared_purpose) {
  static constexpr ondol::Purpose bribe{1, "bribe"};
  for (const auto& peer : self.members(peers)) self.owe(peer.id(), 1, bribe);
}
ONDOL_HOSTILE(field_beyond) {
  for (const auto& one : self.members(books)) s.level = one.value(1) > 0 ? 1 : 0;
}
ONDOL_HOSTILE(member_beyond) { s.level = self.members(peers)[self.members(peers).size()].id().value; }
ONDOL_HOSTILE(attribute_beyond) { self.offer(ware, 0, 1, {1.0}); }

}  // namespace

ONDOL_PLUGIN("hostile", "0.1.0", channel, first_seen, late_counter, per_thread, heap, padding, wall_clock,
             processor_clock, system_random, environment, file_reader, file_writer, network, late_clock, exits,
             exits_at_once, aborts, null_pointer, null_pointer_later, recursion, division, illegal, bus, endless,
             terminates, throws_a_number, frees, forks, starts_thread, rounding, flush_to_zero, directory, handler,
             locale, limits, sets_environment, next_row, shared_parameters, own_traits, undeclared_port, wrong_number,
             undeclared_purpose, field_beyond, member_beyond, attribute_beyond)
