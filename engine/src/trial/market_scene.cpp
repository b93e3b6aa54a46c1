// Builds a world around one market whose mechanism is under test, and listens to what the mechanism proposes.
#include "base/nearest.hpp"
#include "state/state.hpp"
#include "trial/stand_ins.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/testing.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace ondol::testing {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::world, "market scene: " + what); }

// The mechanism under test, and where the fills of this thread's scene go: the world's mechanism is one that calls it
// and copies what it proposed. A scene runs on one thread.
struct Listening {
  ondol_clear_fn clear = nullptr;
  std::vector<ondol_fill> fills;
  std::vector<std::uint32_t> sellers, buyers;  // of the fills
};
thread_local Listening* listening = nullptr;

// For as long as this lives.
struct Listen {
  explicit Listen(Listening& here) { listening = &here; }
  ~Listen() { listening = nullptr; }
  Listen(const Listen&) = delete;
  Listen& operator=(const Listen&) = delete;
};

std::int32_t clear_and_listen(ondol_clearing* clearing) {
  const std::int32_t status = listening->clear(clearing);
  for (std::uint32_t i = 0; status == 0 && i < clearing->fill_count; ++i) {
    const ondol_fill& fill = clearing->fills[i];
    if (fill.offer >= clearing->offer_count || fill.order >= clearing->order_count) break;  // the engine refuses it
    listening->fills.push_back(fill);
    listening->sellers.push_back(clearing->offer_seller[fill.offer]);
    listening->buyers.push_back(clearing->order_buyer[fill.order]);
  }
  return status;
}

}  // namespace

struct MarketScene::Impl {
  struct OfferSaid {
    double quantity, price;
    Values attributes;
    std::string region;
  };
  struct OrderSaid {
    double quantity, limit;
    int offer;
    std::string region;
  };

  PluginLibrary library;
  const MechanismDescription* mechanism = nullptr;
  std::map<std::string, double> params;
  std::vector<OfferSaid> offers;
  std::vector<OrderSaid> orders;
  std::vector<std::string> regions = {"here"}, reach;
  std::string market_keys, text;
  std::uint64_t seed = 1;

  StandIns stand_ins;
  ondol_mechanism listener{};
  const ondol_mechanism* listeners[1] = {&listener};
  ondol_plugin listener_plugin{};
  Listening heard;
  std::optional<Run> run;

  void say() const {
    if (run) refuse("it runs already; say what the market holds before the first tick");
  }
  std::string& region() { return regions.back(); }

  std::vector<std::string> attribute_names() const {
    std::vector<std::string> names;
    for (const OfferSaid& offer : offers) {
      for (const auto& [name, value] : offer.attributes) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
    return names;
  }

  // The mechanism under test as the world sees it: the same fields and flags, with somebody listening.
  const ondol_plugin& listening_plugin() {
    listener = *mechanism->mechanism;
    listener.clear = &clear_and_listen;
    heard.clear = mechanism->mechanism->clear;
    listener_plugin.size = sizeof listener_plugin;
    listener_plugin.abi_major = ONDOL_ABI_MAJOR;
    listener_plugin.abi_minor = ONDOL_ABI_MINOR;
    listener_plugin.name = "under_test";
    listener_plugin.version = "1";
    listener_plugin.mechanisms = listeners;
    listener_plugin.mechanism_count = 1;
    return listener_plugin;
  }

  void write_market() {
    std::vector<std::string> attributes, given;
    for (const std::string& name : attribute_names()) attributes.push_back(fmt::format("\"{}\"", name));
    for (const auto& [name, value] : params) given.push_back(fmt::format("{} = {}", name, written(name, value)));
    text += fmt::format(
        "[goods.ware]\nunit = \"piece\"\ndecimals = 6\n[markets.ware]\ngood = \"ware\"\nmechanism = \"{}\"\n"
        "step = \"after\"\nprice_decimals = 6\npairs = true\nattributes = [{}]\nparams = {{ {} }}\nreach = [{}]\n{}",
        mechanism->name, fmt::join(attributes, ", "), fmt::join(given, ", "), fmt::join(reach, ", "), market_keys);
  }

  // With the unit that the mechanism describes; that of arrays is given to every element.
  std::string written(const std::string& name, double value) const {
    for (const FieldDescription& field : mechanism->fields) {
      if (field.name != name) continue;
      const std::string one = field.type == ONDOL_BOOL ? (value != 0 ? "true" : "false")
                              : field.unit == "1"      ? fmt::format("{}", value)
                                                       : fmt::format("\"{} {}\"", value, field.unit);
      if (field.count == 1) return one;
      return fmt::format("[{}]", fmt::join(std::vector<std::string>(field.count, one), ", "));
    }
    return "";
  }

  void write_offers() {
    const std::vector<std::string> names = attribute_names();
    std::vector<const char*> kept;
    for (const std::string& name : names) kept.push_back(stand_ins.keep(name));
    stand_ins.add<Stand>("stand", kept);
    for (std::size_t i = 0; i < offers.size(); ++i) {
      const OfferSaid& offer = offers[i];
      std::vector<double> values;
      for (const std::string& name : names)
        values.push_back(offer.attributes.count(name) != 0 ? offer.attributes.at(name) : 0);
      values.resize(ONDOL_MAX_ATTRIBUTES);
      text += fmt::format(
          "[populations.offer_{}]\nkind = \"stand\"\nregion = \"{}\"\nports.ware = \"ware\"\n"
          "params = {{ quantity = \"{} piece\", price = \"{} USD/piece\", attributes = [{}] }}\n",
          i, offer.region, offer.quantity, offer.price, fmt::join(values, ", "));
    }
  }

  void write_orders() {
    stand_ins.add<Customer>();
    for (std::size_t i = 0; i < orders.size(); ++i) {
      const OrderSaid& order = orders[i];
      if (order.offer >= static_cast<int>(offers.size()))
        refuse(fmt::format("order {} names offer {}, and there are {}", i, order.offer, offers.size()));
      const std::string named = order.offer < 0 ? "" : fmt::format("ports.sellers = \"offer_{}\"\n", order.offer);
      text += fmt::format(
          "[populations.order_{}]\nkind = \"customer\"\nregion = \"{}\"\nmoney = \"1e9 USD\"\nports.ware = \"ware\"\n"
          "params = {{ quantity = \"{} piece\", limit = \"{} USD/piece\", seller = {} }}\n{}",
          i, order.region, order.quantity, order.limit, order.offer < 0 ? -1 : 0, named);
    }
  }

  void write_world() {
    text = fmt::format(
        "name = \"market_scene\"\nplugins = [\"stand_ins\", \"under_test\"]\ncurrency = \"USD\"\nmoney_decimals = 6\n"
        "ticks = 1000000\nseed = {}\nschedule = [\"before\", \"after\"]\nunits.piece = {{}}\n"
        "instruments.money.issuer = \"mint\"\npopulations.mint = {{ kind = \"bystander\", region = \"here\" }}\n",
        seed);
    std::vector<std::string> one_each;
    for (const std::string& name : regions) {
      text += fmt::format("regions.{}.treasury = \"treasury\"\n", name);
      one_each.push_back(name + " = 1");
    }
    text +=
        fmt::format("populations.treasury = {{ kind = \"bystander\", count = {{ {} }} }}\n", fmt::join(one_each, ", "));
    write_market();
    write_offers();
    write_orders();
    stand_ins.add<Bystander>();
  }

  Run& running() {
    if (run) return *run;
    write_world();
    WorldOptions options;
    options.own_plugins = {&stand_ins.plugin(), &listening_plugin()};
    RunOptions alone;
    alone.threads = 1;
    run.emplace(World::parse(text, "market_scene.toml", options), alone);
    return *run;
  }

  const PopulationModel& population(const std::string& name) const {
    if (!run) refuse("it does not run yet; call tick() first");
    for (const PopulationModel& one : run->world().model().populations) {
      if (one.group == name) return one;
    }
    refuse(fmt::format("there is no {}", name));
  }
  // What one stand-in has done in the latest clearing, in pieces or money.
  const PortState& port(const std::string& name) const {
    const auto& populations = run->world().model().populations;
    return run->state().populations[static_cast<std::size_t>(&population(name) - populations.data())].ports[0];
  }
  double pieces(const std::string& name, Column PortState::*column) const {
    const double units = population(name).ports[0].units;
    return static_cast<double>((port(name).*column)[0]) / units;
  }
  int number_of(std::uint32_t agent, const char* prefix, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (population(fmt::format("{}_{}", prefix, i)).first_agent == agent) return static_cast<int>(i);
    }
    return -1;
  }
};

MarketScene::MarketScene(const std::string& plugin, std::string mechanism, std::vector<std::filesystem::path> folders)
    : impl_(std::make_unique<Impl>()) {
  if (mechanism.empty()) mechanism = plugin;
  for (const auto& folder : default_plugin_directories()) folders.push_back(folder);
  impl_->library = load_plugin(plugin, folders);
  std::vector<std::string> names;
  for (const auto& known : impl_->library.mechanisms) {
    if (known->name == mechanism) impl_->mechanism = known.get();
    names.push_back(known->name);
  }
  if (impl_->mechanism == nullptr)
    refuse(fmt::format("plugin '{}' has no mechanism '{}'{}", plugin, mechanism, suggestion(mechanism, names)));
}
MarketScene::~MarketScene() = default;
MarketScene::MarketScene(MarketScene&&) noexcept = default;
MarketScene& MarketScene::operator=(MarketScene&&) noexcept = default;

MarketScene& MarketScene::param(const std::string& name, double value) {
  impl_->say();
  std::vector<std::string> names;
  for (const FieldDescription& field : impl_->mechanism->fields) {
    if (field.role == ONDOL_PARAM) names.push_back(field.name);
  }
  if (std::find(names.begin(), names.end(), name) == names.end())
    refuse(
        fmt::format("mechanism '{}' has no parameter '{}'{}", impl_->mechanism->name, name, suggestion(name, names)));
  impl_->params[name] = value;
  return *this;
}
MarketScene& MarketScene::offers(double quantity, double price, Values attributes) {
  impl_->say();
  impl_->offers.push_back({quantity, price, std::move(attributes), impl_->region()});
  return *this;
}
MarketScene& MarketScene::orders(double quantity, double limit, int offer) {
  impl_->say();
  impl_->orders.push_back({quantity, limit, offer, impl_->region()});
  return *this;
}
MarketScene& MarketScene::region(const std::string& name) {
  impl_->say();
  auto& regions = impl_->regions;
  regions.erase(std::remove(regions.begin(), regions.end(), name), regions.end());
  regions.push_back(name);
  return *this;
}
MarketScene& MarketScene::tariff(const std::string& buyer, const std::string& seller, double share) {
  impl_->say();
  impl_->reach.push_back(fmt::format("{{ buyer = \"{}\", seller = \"{}\", tariff = {} }}", buyer, seller, share));
  return *this;
}
MarketScene& MarketScene::bar(const std::string& buyer, const std::string& seller) {
  impl_->say();
  impl_->reach.push_back(fmt::format("{{ buyer = \"{}\", seller = \"{}\", allowed = false }}", buyer, seller));
  return *this;
}
MarketScene& MarketScene::deposit(double share) {
  impl_->say();
  impl_->market_keys += fmt::format("deposit = {}\n", share);
  return *this;
}
MarketScene& MarketScene::seed(std::uint64_t seed) {
  impl_->say();
  impl_->seed = seed;
  return *this;
}

std::vector<Filled> MarketScene::tick() {
  Run& run = impl_->running();
  Listening& heard = impl_->heard;
  heard.fills.clear();
  heard.sellers.clear();
  heard.buyers.clear();
  {
    const Listen here(heard);
    run.tick();
  }
  if (heard.fills.empty()) return {};
  const PortModel& port = impl_->population("offer_0").ports[0];
  std::vector<Filled> filled;
  for (std::size_t i = 0; i < heard.fills.size(); ++i)
    filled.push_back({impl_->number_of(heard.sellers[i], "offer", impl_->offers.size()),
                      impl_->number_of(heard.buyers[i], "order", impl_->orders.size()),
                      static_cast<double>(heard.fills[i].quantity) / port.units,
                      static_cast<double>(heard.fills[i].price) / port.price_units});
  return filled;
}

double MarketScene::sold(int offer) const { return impl_->pieces(fmt::format("offer_{}", offer), &PortState::sold); }
double MarketScene::bought(int order) const {
  return impl_->pieces(fmt::format("order_{}", order), &PortState::bought);
}
double MarketScene::spent(int order) const {
  const std::string name = fmt::format("order_{}", order);
  impl_->population(name);
  return static_cast<double>(impl_->port(name).spent[0]) / impl_->run->world().model().money_scale;
}
std::string MarketScene::world() const {
  impl_->running();
  return impl_->text;
}

}  // namespace ondol::testing
