// Builds a small world around the agents under test, out of what their kind says of itself.
#include "base/nearest.hpp"
#include "model/field_value.hpp"
#include "state/state.hpp"
#include "trial/stand_ins.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>
#include <ondol/testing.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace ondol::testing {

namespace {

struct OfferWanted {
  double quantity, price;
  Values attributes;
};
struct OrderWanted {
  double quantity, limit;
  int agent;
};

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) names.push_back(thing.name);
  return names;
}

std::string quote(const std::string& text) { return fmt::format("\"{}\"", text); }

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::world, "scene: " + what); }

}  // namespace

// ---- What was said

struct Scene::Impl {
  std::string plugin, kind_name;
  std::vector<std::filesystem::path> folders;
  PluginLibrary library;
  const KindDescription* kind = nullptr;
  int agents = 1;
  double purse = 0;
  std::map<std::string, double> params, traits, states;
  std::map<std::string, std::pair<double, double>> holdings;  // by port: quantity, unit value
  std::map<std::string, double> owned;                        // by port: units that the heir holds of each agent
  std::map<std::string, std::vector<OfferWanted>> offers;
  std::map<std::string, std::vector<OrderWanted>> orders;
  std::map<std::string, double> signals;
  std::map<std::string, int> peers;
  std::map<std::string, std::vector<Values>> records;
  std::map<std::string, std::string> clears, mechanisms, mechanism_params;
  std::set<std::string> mentioned;  // ports
  std::vector<std::string> step_names;
  std::uint64_t seed = 1;
  double ticks_per_year = 12;

  StandIns stand_ins;
  std::string text;
  std::optional<Run> run;

  // ---- Names
  const PortDescription& port(const std::string& name) const {
    for (const PortDescription& known : kind->ports) {
      if (known.name == name) return known;
    }
    refuse(fmt::format("kind '{}' has no port '{}'{}", kind_name, name, suggestion(name, names_of(kind->ports))));
  }
  const PortDescription& port(const std::string& name, std::initializer_list<ondol_port_type> types,
                              const char* for_what) {
    if (run) refuse("it runs already; say what surrounds the agents before the first tick");
    const PortDescription& found = port(name);
    if (std::find(types.begin(), types.end(), found.type) == types.end())
      refuse(fmt::format("port '{}' of kind '{}' is not one {}", name, kind_name, for_what));
    mentioned.insert(name);
    return found;
  }
  const FieldDescription& field(const std::string& name, ondol_field_role role) const {
    std::vector<std::string> names;
    for (const FieldDescription& known : kind->fields) {
      if (known.role != role) continue;
      if (known.name == name) return known;
      names.push_back(known.name);
    }
    refuse(fmt::format("kind '{}' has no {} '{}'{}", kind_name,
                       role == ONDOL_PARAM   ? "parameter"
                       : role == ONDOL_TRAIT ? "trait"
                                             : "state",
                       name, suggestion(name, names)));
  }
  void say(std::map<std::string, double>& into, ondol_field_role role, const std::string& name, double value) {
    if (run) refuse("it runs already; say what the agents are before the first tick");
    field(name, role);
    into[name] = value;
  }
  bool bound(const PortDescription& one) const { return !one.optional || mentioned.count(one.name) != 0; }

  // ---- Units
  // A unit of the kind as the world writes it.
  std::string unit(const std::string& described) const {
    std::string written;
    for (std::size_t i = 0; i < described.size(); ++i) {
      if (described[i] != '{') {
        written += described[i];
        continue;
      }
      const std::size_t end = std::min(described.find('}', i), described.size());
      written += fmt::format("({})", good_unit(port(described.substr(i + 1, end - i - 1))));
      i = end;
    }
    return written;
  }
  std::string good_unit(const PortDescription& one) const { return one.unit.empty() ? "piece" : unit(one.unit); }
  std::string number(double value, const std::string& described) const {
    return described == "1" ? fmt::format("{}", value) : fmt::format("\"{} {}\"", value, unit(described));
  }
  std::set<std::string> unknown_units() const {
    const UnitTable known;
    std::set<std::string> unknown;
    const auto look = [&](const std::string& text) {
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::isalpha(static_cast<unsigned char>(text[i])) == 0) continue;
        std::size_t end = i;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
          ++end;
        if (!known.find(text.substr(i, end - i))) unknown.insert(text.substr(i, end - i));
        i = end;
      }
    };
    for (const PortDescription& one : kind->ports) {
      if (one.type != ONDOL_OBSERVES) look(good_unit(one));
    }
    for (const FieldDescription& one : kind->fields) look(unit(one.unit));
    return unknown;
  }

  // ---- The world
  std::vector<std::string> steps_of_kind() const {
    std::vector<std::string> names = step_names;
    for (const RuleDescription& rule : kind->rules) {
      if (std::find(names.begin(), names.end(), rule.step) == names.end()) names.push_back(rule.step);
    }
    return names;
  }

  std::string clearing_step(const PortDescription& one) const {
    if (one.type == ONDOL_SELLS) return "after";
    if (const auto said = clears.find(one.name); said != clears.end()) return said->second;
    const std::vector<std::string> steps = steps_of_kind();
    if (steps.size() == 1) return steps[0];
    refuse(
        fmt::format("in which of the steps {} does kind '{}' order through port '{}'? Say scene.buys_in(\"{}\", STEP)",
                    fmt::join(steps, ", "), kind_name, one.name, one.name));
  }

  std::vector<std::string> attributes_of(const std::string& name) const {
    std::vector<std::string> all = port(name).attributes;
    if (const auto given = offers.find(name); given != offers.end()) {
      for (const OfferWanted& offer : given->second) {
        for (const auto& [attribute, value] : offer.attributes) {
          if (std::find(all.begin(), all.end(), attribute) == all.end()) all.push_back(attribute);
        }
      }
    }
    return all;
  }

  void write_fields(const char* table, const std::map<std::string, double>& values, ondol_field_role role) {
    for (const auto& [name, value] : values) {
      const FieldDescription& one = field(name, role);
      const std::string written = one.type == ONDOL_BOOL ? (value != 0 ? "true" : "false") : number(value, one.unit);
      if (one.count == 1) {
        text += fmt::format("{}.{} = {}\n", table, name, written);
      } else {
        text +=
            fmt::format("{}.{} = [{}]\n", table, name, fmt::join(std::vector<std::string>(one.count, written), ", "));
      }
    }
  }

  void write_market(const PortDescription& one) {
    const std::string& name = one.name;
    text += fmt::format("[goods.{}]\nunit = \"{}\"\ndecimals = 6\n", name, good_unit(one));
    if (one.type == ONDOL_HOLDS) return;
    const auto mechanism = mechanisms.find(name);
    std::vector<std::string> quoted;
    for (const std::string& attribute : attributes_of(name)) quoted.push_back(quote(attribute));
    text += fmt::format(
        "[markets.{}]\ngood = \"{}\"\nmechanism = \"{}\"\nstep = \"{}\"\nprice_decimals = 6\nattributes = [{}]\n", name,
        name, mechanism == mechanisms.end() ? "posted_offers" : mechanism->second, clearing_step(one),
        fmt::join(quoted, ", "));
    if (const auto params = mechanism_params.find(name); params != mechanism_params.end())
      text += fmt::format("params = {{ {} }}\n", params->second);
    const auto given = offers.find(name);
    if (given == offers.end()) return;
    const auto cheaper = [](const OfferWanted& a, const OfferWanted& b) { return a.price < b.price; };
    text += fmt::format("reference_price = \"{} USD/({})\"\n",
                        std::min_element(given->second.begin(), given->second.end(), cheaper)->price, good_unit(one));
  }

  void write_instrument(const PortDescription& one) {
    const auto has = [&](const char* word) { return one.name.find(word) != std::string::npos; };
    if (one.name == "money") {
      text += "instruments.money.issuer = \"it\"\n";
    } else if (has("share") || has("equity") || has("unit")) {
      text += fmt::format("[instruments.{}]\nclass = \"residual\"\n", one.name);
    } else {
      text += fmt::format("[instruments.{}]\nclass = \"credit\"\ncollect = \"after\"\n", one.name);
    }
  }

  // Stand-ins around a port; returns what the port is bound to.
  std::string surround(const PortDescription& one) {
    const std::string& name = one.name;
    if (const auto given = offers.find(name); given != offers.end()) {
      std::vector<const char*> attributes;
      for (const std::string& attribute : attributes_of(name)) attributes.push_back(stand_ins.keep(attribute));
      stand_ins.add<Stand>(stand_ins.keep("stand_" + name), attributes);
      for (std::size_t i = 0; i < given->second.size(); ++i) {
        const OfferWanted& offer = given->second[i];
        std::vector<double> values;
        for (const char* attribute : attributes) {
          const auto value = offer.attributes.find(attribute);
          values.push_back(value == offer.attributes.end() ? 0 : value->second);
        }
        values.resize(ONDOL_MAX_ATTRIBUTES);
        text += fmt::format(
            "[populations.{0}_offer_{1}]\nkind = \"stand_{0}\"\nports.ware = \"{0}\"\nparams.quantity = \"{2} {4}\"\n"
            "params.price = \"{3} USD/({4})\"\nparams.attributes = [{5}]\n",
            name, i + 1, offer.quantity, offer.price, good_unit(one), fmt::join(values, ", "));
      }
    }
    if (const auto given = orders.find(name); given != orders.end()) {
      for (std::size_t i = 0; i < given->second.size(); ++i) {
        const OrderWanted& order = given->second[i];
        if (order.agent >= agents)
          refuse(fmt::format("orders at port '{}' name agent {}, and there are {}: expected 0 to {}", name, order.agent,
                             agents, agents - 1));
        text += fmt::format(
            "[populations.{0}_order_{1}]\nkind = \"customer\"\nmoney = \"1e9 USD\"\nports.ware = \"{0}\"\n"
            "ports.sellers = \"it\"\nparams.quantity = \"{2} {4}\"\nparams.limit = \"{3} USD/({4})\"\n"
            "params.seller = {5}\n",
            name, i + 1, order.quantity, order.limit, good_unit(one), order.agent);
      }
    }
    return name;
  }

  std::string surround_with_agents(const PortDescription& one) {
    const std::string& name = one.name;
    if (const auto given = peers.find(name); given != peers.end()) {
      text += fmt::format("[populations.{}]\nkind = \"bystander\"\ncount = {}\n", name, given->second);
      return name;
    }
    if (one.type == ONDOL_PEERS || one.unit == "books") return "it";
    std::vector<Values> given = records.count(name) != 0 ? records.at(name) : std::vector<Values>(1);
    std::vector<const char*> fields;
    for (const std::string& attribute : one.attributes) fields.push_back(stand_ins.keep(attribute));
    if (fields.size() > Discloser::most) refuse(fmt::format("port '{}' reads more fields than a stand-in has", name));
    stand_ins.add<Discloser>(stand_ins.keep("discloser_" + name), stand_ins.keep(one.unit), fields);
    std::string bound_to;
    for (std::size_t i = 0; i < given.size(); ++i) {
      text += fmt::format("[populations.{0}_{1}]\nkind = \"discloser_{0}\"\n", name, i + 1);
      for (const auto& [key, value] : given[i]) text += fmt::format("state.{} = {}\n", key, value);
      bound_to += fmt::format("{}\"{}_{}\"", bound_to.empty() ? "" : ", ", name, i + 1);
    }
    return "[" + bound_to + "]";
  }

  void write_world() {
    stand_ins.add<Customer>();
    stand_ins.add<Bystander>();
    std::vector<std::string> schedule = {quote("before")};
    for (const std::string& step : steps_of_kind()) schedule.push_back(quote(step));
    schedule.push_back(quote("after"));
    std::set<std::string> plugins = {"stand_ins", "posted_offers", plugin};
    for (const auto& [name, mechanism] : mechanisms) plugins.insert(mechanism);
    std::vector<std::string> quoted;
    for (const std::string& name : plugins) quoted.push_back(quote(name));
    const std::map<double, const char*> lengths = {
        {1, "year"}, {4, "quarter"}, {12, "month"}, {52, "week"}, {365, "day"}};
    const auto length = lengths.find(ticks_per_year);
    if (length == lengths.end()) refuse("ticks_per_year: expected 1, 4, 12, 52 or 365");
    text = fmt::format(
        "name = \"scene\"\nplugins = [{}]\ncurrency = \"USD\"\nmoney_decimals = 6\nstart = \"2000-01\"\n"
        "tick = \"1 {}\"\nticks = 1000000\nseed = {}\nschedule = [{}]\n"
        "regions.here.treasury = \"heir\"\npopulations.heir.kind = \"bystander\"\n",
        fmt::join(quoted, ", "), length->second, seed, fmt::join(schedule, ", "));
    for (const std::string& name : unknown_units()) text += fmt::format("units.{} = {{}}\n", name);
    const bool issues_money = std::any_of(kind->ports.begin(), kind->ports.end(), [&](const PortDescription& one) {
      return one.type == ONDOL_ISSUES && one.name == "money" && bound(one);
    });
    if (!issues_money) text += "instruments.money.issuer = \"mint\"\npopulations.mint.kind = \"bystander\"\n";
    std::vector<std::string> claims;
    for (const auto& [name, units] : owned) {
      claims.push_back(
          fmt::format("{{ instrument = \"{}\", issuer = \"it\", holder = \"heir\", amount = {} }}", name, units));
    }
    text += fmt::format("claims = [{}]\n", fmt::join(claims, ", "));
    std::string ports;
    for (const PortDescription& one : kind->ports) {
      if (bound(one)) ports += fmt::format("ports.{} = {}\n", one.name, write_port(one));
    }
    text += fmt::format("[populations.it]\nkind = \"{}\"\ncount = {}\nmoney = \"{} USD\"\n", kind_name, agents, purse);
    text += ports;
    write_fields("params", params, ONDOL_PARAM);
    write_fields("traits", traits, ONDOL_TRAIT);
    write_fields("state", states, ONDOL_STATE);
    for (const auto& [name, held] : holdings) {
      const std::string good = good_unit(port(name));
      text += fmt::format("holdings.{} = {{ quantity = \"{} {}\", unit_value = \"{} USD/({})\" }}\n", name, held.first,
                          good, held.second, good);
    }
  }

  // What a port that asks for receipts is bound to: a purpose of its name, else any there is.
  std::string own_purpose(const PortDescription& one) const {
    const auto named = [&](const PurposeDescription& purpose) { return purpose.name == one.name; };
    if (kind->purposes.empty() || std::any_of(kind->purposes.begin(), kind->purposes.end(), named)) return one.name;
    return kind->purposes.front().name;
  }

  // Writes what a port needs, and returns what it is bound to, as TOML.
  std::string write_port(const PortDescription& one) {
    switch (one.type) {
      case ONDOL_BUYS:
      case ONDOL_SELLS:
      case ONDOL_HOLDS:
        write_market(one);
        return quote(surround(one));
      case ONDOL_READS:
      case ONDOL_WRITES: {
        const auto given = signals.find(one.name);
        const std::string described = one.unit.empty() ? "1" : one.unit;
        text += fmt::format("[signals.{}]\nunit = \"{}\"\naggregate = \"sum\"\ninitial = {}\n", one.name,
                            unit(described), number(given == signals.end() ? 0 : given->second, described));
        return quote(one.name);
      }
      case ONDOL_ISSUES:
      case ONDOL_OWNS:
        write_instrument(one);
        return quote(one.name);
      case ONDOL_RELATES: {
        std::vector<std::string> attributes;
        for (const std::string& attribute : one.attributes) attributes.push_back(quote(attribute));
        text += fmt::format("relations.{}.attributes = [{}]\n", one.name, fmt::join(attributes, ", "));
        return quote(one.name);
      }
      case ONDOL_PEERS:
      case ONDOL_OBSERVES: {
        const std::string to = surround_with_agents(one);
        return to.front() == '[' ? to : quote(to);
      }
      case ONDOL_RECEIPTS:
        return quote(own_purpose(one));
      case ONDOL_LEVIES:
        return quote("income");
    }
    return quote("");
  }

  Run& running() {
    if (run) return *run;
    write_world();
    WorldOptions options;
    options.plugin_directories = folders;
    options.own_plugins = {&stand_ins.plugin()};
    RunOptions alone;
    alone.threads = 1;
    run.emplace(World::parse(text, "scene.toml", options), alone);
    return *run;
  }

  // ---- Looking
  const Run& ran() const {
    if (!run) refuse("it does not run yet; call tick() or step() first");
    return *run;
  }
  const Model& model() const { return ran().world().model(); }
  Index population() const {
    for (Index p = 0; p < model().populations.size(); ++p) {
      if (model().populations[p].group == "it") return p;
    }
    refuse("has no agents under test");
  }
  const PopulationState& rows() const { return ran().state().populations[population()]; }
  // Counted from 0, in the order in which they came.
  Index row_or_none(int agent) const {
    if (agent < 0 || static_cast<Index>(agent) >= rows().ever)
      refuse(fmt::format("there is no agent {} of {}", agent, rows().ever));
    return rows().row(rows().first_agent + static_cast<Index>(agent));
  }
  Index row(int agent) const {
    const Index row = row_or_none(agent);
    if (row == none) refuse(fmt::format("agent {} has left", agent));
    return row;
  }
  double in_money(Units amount) const { return static_cast<double>(amount) / model().money_scale; }
  Index port_index(const std::string& name) const { return static_cast<Index>(&port(name) - kind->ports.data()); }
  const PortModel& port_model(const std::string& name) const {
    const PortModel& found = model().populations[population()].ports[port_index(name)];
    if (!found.bound) refuse(fmt::format("port '{}' is not bound; say scene.bind(\"{}\")", name, name));
    return found;
  }
  double column(const std::string& name, Column PortState::*column, int agent) const {
    const PortModel& at = port_model(name);
    const Column& values = rows().ports[port_index(name)].*column;
    if (values.empty()) refuse(fmt::format("port '{}' of kind '{}' has nothing of the kind", name, kind_name));
    return static_cast<double>(values[row(agent)]) / at.units;
  }
  // Of the tick; `from` tells who paid.
  double flow(const std::string& name, bool from) const {
    Units sum = 0;
    bool known = false;
    const Index group = ran().state().group_of[population()];
    for (Index i = 0; i < model().purposes.size(); ++i) {
      if (model().purposes[i].name != name) continue;
      known = true;
      for (const FlowRow& flow : ran().state().flows) {
        if (flow.purpose == i && (from ? flow.from : flow.to) == group) sum += flow.amount;
      }
    }
    if (!known) refuse(fmt::format("there is no purpose '{}'{}", name, suggestion(name, names_of(model().purposes))));
    return in_money(sum);
  }
};

Scene::Scene(std::string plugin, std::string kind, std::vector<std::filesystem::path> folders)
    : impl_(std::make_unique<Impl>()) {
  impl_->plugin = std::move(plugin);
  impl_->kind_name = std::move(kind);
  impl_->folders = std::move(folders);
  std::vector<std::filesystem::path> all = impl_->folders;
  for (const auto& folder : default_plugin_directories()) all.push_back(folder);
  impl_->library = load_plugin(impl_->plugin, all);
  std::vector<std::string> names;
  for (const auto& known : impl_->library.kinds) {
    if (known->name == impl_->kind_name) impl_->kind = known.get();
    names.push_back(known->name);
  }
  if (impl_->kind == nullptr)
    refuse(fmt::format("plugin '{}' has no kind '{}'{}", impl_->plugin, impl_->kind_name,
                       suggestion(impl_->kind_name, names)));
}

Scene::~Scene() = default;
Scene::Scene(Scene&&) noexcept = default;
Scene& Scene::operator=(Scene&&) noexcept = default;

Scene& Scene::count(int agents) {
  impl_->agents = agents;
  return *this;
}
Scene& Scene::purse(double amount) {
  impl_->purse = amount;
  return *this;
}
Scene& Scene::param(const std::string& name, double value) {
  impl_->say(impl_->params, ONDOL_PARAM, name, value);
  return *this;
}
Scene& Scene::trait(const std::string& name, double value) {
  impl_->say(impl_->traits, ONDOL_TRAIT, name, value);
  return *this;
}
Scene& Scene::starts(const std::string& name, double value) {
  impl_->say(impl_->states, ONDOL_STATE, name, value);
  return *this;
}
Scene& Scene::holds(const std::string& port, double quantity, double unit_value) {
  impl_->port(port, {ONDOL_BUYS, ONDOL_SELLS, ONDOL_HOLDS}, "with a good");
  impl_->holdings[port] = {quantity, unit_value};
  return *this;
}
Scene& Scene::offers(const std::string& port, double quantity, double price, Values attributes) {
  impl_->port(port, {ONDOL_BUYS}, "that buys");
  impl_->offers[port].push_back({quantity, price, std::move(attributes)});
  return *this;
}
Scene& Scene::orders(const std::string& port, double quantity, double limit, int agent) {
  impl_->port(port, {ONDOL_SELLS}, "that sells");
  impl_->orders[port].push_back({quantity, limit, agent});
  return *this;
}
Scene& Scene::signal(const std::string& port, double value) {
  impl_->port(port, {ONDOL_READS, ONDOL_WRITES}, "of a signal");
  impl_->signals[port] = value;
  return *this;
}
Scene& Scene::peers(const std::string& port, int agents) {
  impl_->port(port, {ONDOL_PEERS, ONDOL_OBSERVES}, "that leads to agents");
  impl_->peers[port] = agents;
  return *this;
}
Scene& Scene::discloses(const std::string& port, Values fields) {
  impl_->port(port, {ONDOL_OBSERVES}, "that observes");
  impl_->records[port].push_back(std::move(fields));
  return *this;
}
Scene& Scene::buys_in(const std::string& port, const std::string& step) {
  impl_->port(port, {ONDOL_BUYS}, "that buys");
  impl_->clears[port] = step;
  return *this;
}
Scene& Scene::owned(const std::string& port, double units) {
  bind(port);
  impl_->owned[port] = units;
  return *this;
}
Scene& Scene::bind(const std::string& port) {
  impl_->port(port);
  impl_->mentioned.insert(port);
  return *this;
}
Scene& Scene::mechanism(const std::string& port, const std::string& name, const std::string& params) {
  impl_->port(port, {ONDOL_BUYS, ONDOL_SELLS}, "with a market");
  impl_->mechanisms[port] = name;
  impl_->mechanism_params[port] = params;
  return *this;
}
Scene& Scene::steps(std::initializer_list<std::string> names) {
  impl_->step_names = names;
  return *this;
}
Scene& Scene::seed(std::uint64_t seed) {
  impl_->seed = seed;
  return *this;
}
Scene& Scene::ticks_per_year(double ticks) {
  impl_->ticks_per_year = ticks;
  return *this;
}

Scene& Scene::tick(int ticks) {
  for (int i = 0; i < ticks; ++i) impl_->running().tick();
  return *this;
}
Scene& Scene::step(const std::string& name) {
  Run& run = impl_->running();
  const std::vector<std::string> names = names_of(run.world().model().steps);
  if (std::find(names.begin(), names.end(), name) == names.end())
    refuse(fmt::format("there is no step '{}'{}", name, suggestion(name, names)));
  while (run.step() != name) continue;
  return *this;
}

double Scene::state(const std::string& name, int agent) const {
  const FieldDescription& field = impl_->field(name, ONDOL_STATE);
  const std::byte* at = impl_->rows().state.data() + std::size_t{impl_->row(agent)} * impl_->kind->state_size;
  if (!field.pipeline) return read_field_value(field, at, 0);
  double total = 0;
  for (std::uint32_t i = 0; i < field.count; ++i) total += read_field_value(field, at, i);
  return total;
}
double Scene::money(int agent) const { return impl_->in_money(impl_->rows().money_held[impl_->row(agent)]); }
double Scene::income(int agent) const { return impl_->in_money(impl_->rows().income[impl_->row(agent)]); }
double Scene::equity(int agent) const { return impl_->in_money(impl_->rows().equity[impl_->row(agent)]); }
double Scene::holding(const std::string& port, int agent) const {
  const PortModel& at = impl_->port_model(port);
  if (at.account == none) refuse(fmt::format("port '{}' has no good", port));
  return static_cast<double>(impl_->rows().accounts[at.account].stock[impl_->row(agent)]) / at.units;
}
double Scene::outstanding(const std::string& port, int agent) const {
  return impl_->column(port, &PortState::claims, agent);
}
Offered Scene::offer(const std::string& port, int agent) const {
  const PortModel& at = impl_->port_model(port);
  const MarketModel& market = impl_->model().markets[at.target];
  const OfferColumns& standing = impl_->ran().state().markets[at.target].offers;
  const Index seller = impl_->rows().agent(impl_->row(agent));
  const auto found = std::lower_bound(standing.seller.begin(), standing.seller.end(), seller);
  if (found == standing.seller.end() || *found != seller) return {};
  const auto i = static_cast<std::size_t>(found - standing.seller.begin());
  Offered seen{static_cast<double>(standing.quantity[i]) / at.units,
               static_cast<double>(standing.price[i]) / at.price_units,
               {}};
  for (std::size_t a = 0; a < market.attributes.size(); ++a)
    seen.attributes[market.attributes[a]] = standing.attributes[a][i];
  return seen;
}
double Scene::sold(const std::string& port, int agent) const { return impl_->column(port, &PortState::sold, agent); }
double Scene::bought(const std::string& port, int agent) const {
  return impl_->column(port, &PortState::bought, agent);
}
double Scene::spent(const std::string& port, int agent) const {
  impl_->column(port, &PortState::spent, agent);
  return impl_->in_money(impl_->rows().ports[impl_->port_index(port)].spent[impl_->row(agent)]);
}
double Scene::ordered(const std::string& port) const {
  const PortModel& at = impl_->port_model(port);
  return static_cast<double>(impl_->ran().state().markets[at.target].tick_ordered) / at.units;
}
double Scene::price(const std::string& port) const {
  const PortModel& at = impl_->port_model(port);
  const MarketModel& market = impl_->model().markets[at.target];
  return impl_->ran().state().markets[at.target].last_price * market.price_scale / at.price_units;
}
double Scene::signal(const std::string& port) const {
  const PortModel& at = impl_->port_model(port);
  return impl_->ran().state().signals[at.target] * at.value_factor;
}
double Scene::paid(const std::string& purpose) const { return impl_->flow(purpose, true); }
double Scene::received(const std::string& purpose) const { return impl_->flow(purpose, false); }
bool Scene::alive(int agent) const {
  const Index row = impl_->row_or_none(agent);
  return row != none && impl_->rows().alive[row] != 0;
}
std::string Scene::fingerprint() const {
  impl_->model();
  return impl_->ran().fingerprint();
}
std::string Scene::world() const {
  impl_->running();
  return impl_->text;
}

}  // namespace ondol::testing
