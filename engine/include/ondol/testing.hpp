/// Tests of a kind of agent in a few lines: the real engine, and around the agents under test stand-ins that offer,
/// order, disclose and receive by number.
///
///     Scene scene("bakery", "baker");
///     scene.purse(100).param("yield", 1.3).holds("flour", 10).orders("bread", 50, 3);
///     scene.tick();
///     EXPECT_NEAR(scene.state("baked"), 13, 1e-9);
///     EXPECT_EQ(scene.sold("bread"), 13);
///
/// What the description of the kind says is enough to build the world: every port that must be bound gets a market,
/// good, signal, instrument or population of its own, called like the port; optional ones when something is said of
/// them, or with bind(). Steps are the kind's, in the order of its rules, between `before`, in which stand-ins offer,
/// and `after`, in which they order. What is left of an agent that exits goes to an heir. Numbers are in the units that
/// the kind declares. Unknown names throw Error like those of a world file do.
#pragma once

#include <ondol/engine/run.hpp>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ondol::testing {

/// Attributes of an offer, or fields of a disclosed record, by name.
using Values = std::map<std::string, double>;

/// An offer as it stands.
struct Offered {
  double quantity = 0;
  double price = 0;
  Values attributes;
};

class Scene {
 public:
  /// Agents of a kind of a plugin. Plugins are looked for in `folders`, among those that came with this ondol, and
  /// where the command looks: in `plugins` beside the test, too.
  Scene(std::string plugin, std::string kind, std::vector<std::filesystem::path> folders = {})
      : Scene(Name{std::move(plugin), std::move(kind)}, with_installed(std::move(folders))) {}
  ~Scene();
  Scene(Scene&&) noexcept;
  Scene& operator=(Scene&&) noexcept;

  // ---- The agents under test
  Scene& count(int agents);
  /// Money of each at the start.
  Scene& purse(double amount);
  Scene& param(const std::string& name, double value);
  Scene& trait(const std::string& name, double value);
  Scene& starts(const std::string& name, double value);
  Scene& holds(const std::string& port, double quantity, double unit_value = 0);

  // ---- What surrounds them
  /// Stand-ins with an offer in the market of a BUYS port, renewed every tick. Several may be called for; the market's
  /// price begins at the cheapest.
  Scene& offers(const std::string& port, double quantity, double price, Values attributes = {});
  /// A stand-in that orders in the market of a SELLS port every tick, at up to `limit`: from anyone, or from the agent
  /// under test of that number by name.
  Scene& orders(const std::string& port, double quantity, double limit, int agent = from_anyone);
  static constexpr int from_anyone = -1;
  /// What a READS port reads, from the start.
  Scene& signal(const std::string& port, double value);
  /// Stand-ins that a PEERS port leads to, instead of the agents under test themselves.
  Scene& peers(const std::string& port, int agents);
  /// A stand-in whose record an OBSERVES port reads.
  Scene& discloses(const std::string& port, Values fields);
  /// The step in which the market of a BUYS port clears: needed where the kind has rules in several steps.
  Scene& buys_in(const std::string& port, const std::string& step);
  /// Binds an optional port that nothing else is said of.
  Scene& bind(const std::string& port);
  /// Binds an ISSUES port to a residual instrument of which the heir holds so many units of each agent from the start.
  Scene& owned(const std::string& port, double units);
  /// The mechanism of the market of a port, in place of posted_offers.
  Scene& mechanism(const std::string& port, const std::string& name);
  /// The order of steps, where it is not that of the kind's rules.
  Scene& steps(std::initializer_list<std::string> names);
  Scene& seed(std::uint64_t seed);
  Scene& ticks_per_year(double ticks);  ///< 12 at first; 1, 4, 12, 52 or 365

  // ---- Running. The first call builds the world; from then on nothing above may be called.
  Scene& tick(int ticks = 1);
  /// Runs up to and with the next step of that name.
  Scene& step(const std::string& name);

  // ---- Looking, by agent from 0
  double state(const std::string& name, int agent = 0) const;
  double money(int agent = 0) const;
  double income(int agent = 0) const;  ///< of the last tick
  double equity(int agent = 0) const;  ///< as the last tick ended
  double holding(const std::string& port, int agent = 0) const;
  double outstanding(const std::string& port, int agent = 0) const;  ///< of what an ISSUES port issued
  Offered offer(const std::string& port, int agent = 0) const;       ///< of quantity 0 when there is none
  double sold(const std::string& port, int agent = 0) const;         ///< in the market's latest clearing
  double bought(const std::string& port, int agent = 0) const;
  double spent(const std::string& port, int agent = 0) const;
  double ordered(const std::string& port) const;  ///< by all in the tick, filled or not
  double price(const std::string& port) const;
  double signal(const std::string& port) const;
  /// Money that went from, and to, the agents under test in the tick for a purpose, as the kind or the port calls it.
  double paid(const std::string& purpose) const;
  double received(const std::string& purpose) const;
  bool alive(int agent = 0) const;
  std::string fingerprint() const;
  /// The world as a file, to look at or to run.
  std::string world() const;

 private:
  struct Name {
    std::string plugin, kind;
  };
  // ONDOL_PLUGINS comes with the CMake target ondol::engine.
  static std::vector<std::filesystem::path> with_installed(std::vector<std::filesystem::path> folders) {
#ifdef ONDOL_PLUGINS
    folders.emplace_back(ONDOL_PLUGINS);
#endif
    return folders;
  }
  Scene(Name name, std::vector<std::filesystem::path> folders);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ondol::testing
