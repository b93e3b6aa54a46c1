// Slips that newcomers make in a plugin: each ends in one message that names the thing. docs/common-mistakes.md is the
// table of them.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/sdk.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

using testing::HasSubstr;

// What comes of a world with three agents of the kind, loaded and run for three ticks.
template <class K>
std::string message_of() {
  ondol_failure failure{ONDOL_NONE, ""};
  const ondol_host_info host{sizeof host, ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, "", nullptr, &failure};
  const ondol_plugin* plugin = detail::plugin_entry<K>(&host, "bakery", "0.1");
  if (plugin == nullptr) return failure.message;
  WorldOptions options = with_fixtures();
  options.own_plugins = {plugin};
  try {
    ticked(world_of(R"(name = "slips"
plugins = ["bakery", "toy", "posted_offers"]
currency = "USD"
ticks = 3
schedule = ["bake", "trade", "finance"]
regions.here = {}
signals.rate = {}
goods.bread = {}
instruments.money.issuer = "bank"
populations.bank.kind = "financier"
populations.nobody = { kind = "financier", count = 0, room = 1 }
[markets.bread]
good = "bread"
mechanism = "posted_offers"
step = "trade"
[populations.bakers]
kind = "baker"
count = 3
ports.bread = "bread"
ports.workers = "nobody"
)",
                    options),
           3);
  } catch (const Error& error) {
    return error.what();
  }
  return "runs";
}

// A baker who makes no mistake; each slip is one that does one thing otherwise.
struct Baker {
  struct Params {
    double wage;
  };
  struct Traits {};
  struct State {
    double baked;
    double price;
  };
  static constexpr Sells bread{0, "bread"};
  static constexpr Peers workers{1, "workers"};
  static constexpr Purpose wages{0, "wages"};
  template <class K>
  static void common(Kind<K>& kind) {
    kind.name("baker").doc("Bakes.");
    kind.param("wage", &Params::wage, "money").initial(1).range(0, 100).doc("Wage.");
    kind.state("baked", &State::baked, "1").doc("Baked.");
    kind.state("price", &State::price, "money").range(0, 1e9).doc("Price.");
    kind.port(bread).doc("Bread.");
    kind.port(workers).doc("Workers.");
    kind.purpose(wages, "Wages.");
    kind.template on<&K::bake>("bake", "Bakes.");
  }
};

#define ONDOL_SLIP(Name)                                                                      \
  struct Name : Baker {                                                                       \
    static void describe(Kind<Name>& kind) { common(kind); }                                  \
    static void bake(const Params& p, const Traits&, State& s, Agent& self);                  \
  };                                                                                          \
  void Name::bake([[maybe_unused]] const Params& p, const Traits&, [[maybe_unused]] State& s, \
                  [[maybe_unused]] Agent& self)

ONDOL_SLIP(Careful) { s.baked += 1; }

TEST(Slips, ACarefulBakerRuns) { EXPECT_EQ(message_of<Careful>(), "runs"); }

// A member's name makes no mechanism of a kind.
struct Tidy : Baker {
  static void describe(Kind<Tidy>& kind) { common(kind); }
  static void clear(State& s) { s.baked = 0; }
  static void bake(const Params&, const Traits&, State& s, Agent&) { clear(s); }
};

TEST(Slips, AKindMayHaveAMemberNamedClear) { EXPECT_EQ(message_of<Tidy>(), "runs"); }

// ---- In describe

struct Miscounted {
  struct Params {};
  struct Traits {};
  struct State {};
  static constexpr Sells bread{1, "bread"};
  static void describe(Kind<Miscounted>& kind) {
    kind.name("baker").doc("Bakes.");
    kind.port(bread).doc("Bread.");
  }
};
TEST(Slips, AHandleThatIsNotNumberedByItsPlace) {
  EXPECT_EQ(
      message_of<Miscounted>(),
      "kind 'baker' declares port 'bread' as number 0, and its handle says 1; number handles from 0 in the order in "
      "which describe() declares them");
}

struct Forgetful {
  struct Params {};
  struct Traits {};
  struct State {
    double baked;
    double hidden;
  };
  static void describe(Kind<Forgetful>& kind) {
    kind.name("baker").doc("Bakes.");
    kind.state("baked", &State::baked, "1").doc("Baked.");
  }
};
TEST(Slips, AMemberOfStateThatIsNotDescribed) {
  EXPECT_THAT(message_of<Forgetful>(),
              HasSubstr("kind 'baker' has 8 bytes in its State, after field 'baked', that no field describes"));
}

struct Copied {
  struct Params {};
  struct Traits {};
  struct State {
    double baked, sold;
  };
  static void describe(Kind<Copied>& kind) {
    kind.name("baker").doc("Bakes.");
    kind.state("baked", &State::baked, "1").doc("Baked.");
    kind.state("sold", &State::baked, "1").doc("Sold.");
  }
};
TEST(Slips, AMemberThatIsDescribedTwice) {
  EXPECT_THAT(message_of<Copied>(), HasSubstr("describes one member of its State twice: as field 'baked' and as field "
                                              "'sold'"));
}

struct Nameless {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(Kind<Nameless>& kind) { kind.doc("Bakes."); }
};
TEST(Slips, AKindWithoutAName) { EXPECT_THAT(message_of<Nameless>(), HasSubstr("the name of a kind is missing")); }

struct Unlikely {
  struct Params {
    double share;
  };
  struct Traits {};
  struct State {};
  static void describe(Kind<Unlikely>& kind) {
    kind.name("baker").doc("Bakes.");
    kind.param("share", &Params::share, "1").initial(20).range(0, 1).doc("Share.");
  }
};
TEST(Slips, ADefaultOutsideItsRange) {
  EXPECT_THAT(message_of<Unlikely>(),
              HasSubstr("field 'share' of kind 'baker' starts at 20, outside its range 0 to 1"));
}

struct Late : Baker {
  static void describe(Kind<Late>& kind) {
    common(kind);
    kind.on<&Late::bake>("bkae", "Bakes.");
  }
  static void bake(const Params&, const Traits&, State&, Agent&) {}
};
TEST(Slips, AStepThatTheScheduleDoesNotHave) {
  EXPECT_THAT(message_of<Late>(),
              HasSubstr("kind 'baker' has a rule for step 'bkae', which is not in the schedule; did you mean 'bake'?"));
}

struct Measured : Baker {
  struct State {
    double baked;
  };
  static void describe(Kind<Measured>& kind) {
    kind.name("baker").doc("Bakes.");
    kind.param("wage", &Params::wage, "money").initial(1).doc("Wage.");
    kind.state("baked", &State::baked, "laof").doc("Baked.");
    kind.port(bread).doc("Bread.");
    kind.port(workers).doc("Workers.");
  }
};
TEST(Slips, AUnitThatDoesNotExist) {
  EXPECT_THAT(message_of<Measured>(), HasSubstr("'laof'"));
  EXPECT_THAT(message_of<Measured>(), HasSubstr("(the unit of field 'baked' of kind 'baker', plugin 'bakery')"));
}

// ---- In a rule

const std::string of_baker = "tick 0, in step 'bake': agent 'bakers#1' of kind 'baker' (plugin 'bakery') ";

ONDOL_SLIP(Undeclared) {
  static constexpr Reads rate{2, "rate"};
  s.baked = self.signal(rate);
}
TEST(Slips, APortThatDescribeForgets) {
  EXPECT_EQ(message_of<Undeclared>(), of_baker + "uses port 'rate', which describe() does not declare");
}

ONDOL_SLIP(Cheap) { self.offer(bread, 1, -2); }
TEST(Slips, ANegativePrice) { EXPECT_THAT(message_of<Cheap>(), HasSubstr("names for 'bread' the price -2.0")); }

ONDOL_SLIP(Generous) { self.pay(self.id(), 5, wages); }
TEST(Slips, PayingMoreThanItHas) {
  EXPECT_THAT(message_of<Generous>(), HasSubstr(of_baker + "pays 5.0"));
  EXPECT_THAT(message_of<Generous>(), HasSubstr("for 'wages' but can spend only 0"));
}

ONDOL_SLIP(Hungry) { self.use(bread, 5); }
TEST(Slips, UsingMoreThanItHas) { EXPECT_THAT(message_of<Hungry>(), HasSubstr(of_baker + "uses 5.0")); }

ONDOL_SLIP(Lonely) { self.owe(self.members(workers)[0].id(), 1, wages); }
TEST(Slips, TheFirstOfNobody) {
  EXPECT_EQ(message_of<Lonely>(), of_baker + "asks for member 0 of port 'workers', which has 0 (the first is 0)");
}

ONDOL_SLIP(Divided) { s.price = p.wage / s.baked; }
TEST(Slips, DividingByStateThatIsStillZero) {
  EXPECT_THAT(message_of<Divided>(), HasSubstr(of_baker));
  EXPECT_THAT(message_of<Divided>(), HasSubstr("'price'"));
}

ONDOL_SLIP(Attributed) { self.offer(bread, 1, 2, {3.0}); }
TEST(Slips, AnAttributeThatThePortDoesNotDeclare) {
  EXPECT_THAT(message_of<Attributed>(), HasSubstr(of_baker + "asks for attribute 0 of port 'bread', which has 0"));
}

}  // namespace
}  // namespace ondol::test
