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
  /// Agents of a kind of a plugin. Plugins are looked for in `folders`, then where World::load looks: in `plugins`
  /// beside the test, too.
  Scene(std::string plugin, std::string kind, std::vector<std::filesystem::path> folders = {});
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
  /// The mechanism of the market of a port, in place of posted_offers; its parameters as in a world file's table:
  /// "price_weight = 2, spread = true".
  Scene& mechanism(const std::string& port, const std::string& name, const std::string& params = "");
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
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A trade that a mechanism proposed: of offer and order by number, from 0, in the order in which they were said.
struct Filled {
  int offer = 0;
  int order = 0;
  double quantity = 0;  ///< pieces
  double price = 0;     ///< the seller's, before tariffs
};

/// A market mechanism alone: offers and orders in, fills out.
///
///     MarketScene market("lottery");
///     market.param("most", 0.5).offers(10, 2).offers(10, 3).orders(5, 2.5).orders(8, 4, 1);
///     for (const Filled& fill : market.tick()) ...
///
/// It is a real market of the real engine: reach is known, money and goods are reserved, what is proposed is checked
/// and booked, and an Error names what breaks a rule. Each offer and each order is of an agent of its own, topped up
/// and given anew every tick. A piece has six decimals, and so has its price.
class MarketScene {
 public:
  /// The mechanism of a plugin; its own name where it is called as the plugin. Plugins are found as by Scene.
  explicit MarketScene(const std::string& plugin, std::string mechanism = {},
                       std::vector<std::filesystem::path> folders = {});
  ~MarketScene();
  MarketScene(MarketScene&&) noexcept;
  MarketScene& operator=(MarketScene&&) noexcept;

  // ---- What the market is and holds. Once it has ticked, none of these may be called.
  MarketScene& param(const std::string& name, double value);
  MarketScene& offers(double quantity, double price, Values attributes = {});
  /// From any offer, or from one by its number, at up to `limit`.
  MarketScene& orders(double quantity, double limit, int offer = Scene::from_anyone);
  /// Where the offers and orders said from here on are; "here" at first.
  MarketScene& region(const std::string& name);
  /// What buyers of a region pay on top of the price of sellers of another: 0.1 is a tenth of it.
  MarketScene& tariff(const std::string& buyer, const std::string& seller, double share);
  /// Buyers of a region may not buy from sellers of another.
  MarketScene& bar(const std::string& buyer, const std::string& seller);
  /// The share of an order's worth that is held while it stands; for mechanisms whose orders do.
  MarketScene& deposit(double share);
  MarketScene& seed(std::uint64_t seed);

  // ---- Running and looking
  /// Clears the market once more and says what the mechanism proposed, in its order.
  std::vector<Filled> tick();
  double sold(int offer) const;    ///< pieces, in the latest tick
  double bought(int order) const;  ///< pieces that arrived
  double spent(int order) const;   ///< tariffs included
  /// The world as a file, to look at.
  std::string world() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A world file, and any number of any agent in it.
///
///     EXPECT_NEAR(WorldScene("village.toml").tick(12).value("growers.price", 2), 1.1, 1e-9);
class WorldScene {
 public:
  /// Plugins are found as by World::load.
  explicit WorldScene(const std::filesystem::path& file, const WorldOptions& options = {});
  /// The same from a text.
  static WorldScene of(const std::string& text, const WorldOptions& options = {});

  WorldScene& tick(int ticks = 1);
  /// Runs up to and with the next step of that name.
  WorldScene& step(const std::string& name);

  /// Of the agent of that number, from 0, in a population ("growers", or "growers.KR" of one region): a state, trait or
  /// parameter ("growers.price"), or its `money`, `income`, `assets`, `debts`, `equity` or `arrears`, in the unit that
  /// the kind describes or in money. Of an array, "growers.price[2]"; of a pipeline, its total.
  double value(const std::string& path, int agent = 0) const;
  /// The same, summed up over all that live.
  double total(const std::string& path) const;
  /// How many of a population live.
  int living(const std::string& population) const;
  double signal(const std::string& name, const std::string& region = {}) const;
  /// Volume-weighted price of a market's latest clearing with trade.
  double price(const std::string& market, const std::string& region = {}) const;
  const Run& run() const;

 private:
  explicit WorldScene(const World& world);
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ondol::testing
