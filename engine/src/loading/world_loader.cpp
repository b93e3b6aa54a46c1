// From TOML to a Model: reads every section, resolves every name, and refuses what makes no sense, saying where.
#include "loading/world_loader.hpp"

#include "base/nearest.hpp"
#include "loading/toml_document.hpp"
#include "model/field_value.hpp"
#include "results/results_schema.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/random.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

namespace ondol {

namespace {

constexpr Index most_agents = 1U << 31U;
constexpr double unbounded = std::numeric_limits<double>::infinity();

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) names.push_back(thing.name);
  return names;
}

class Loader {
 public:
  Loader(const toml::table& document, const std::filesystem::path& path, const WorldOptions& options)
      : root_(document, "", path.string()), path_(path), options_(options) {}

  Model load() {
    read_head();
    read_regions();
    read_units();
    read_goods();
    read_signals();
    read_schedule();
    read_instruments();
    read_markets();
    declare_populations();
    for (std::size_t i = 0; i < declared_.size(); ++i) read_population(declared_[i]);
    read_issuers();
    read_claims();
    read_events();
    read_record();
    check_recordable();
    check_writers();
    check_markets();
    check_headroom();
    root_.finish();
    return std::move(model_);
  }

 private:
  struct Declared {
    std::string group;
    std::vector<Index> populations;
  };

  // ---- Names
  template <class Named>
  Index find(const std::vector<Named>& things, const std::string& name, const char* what, const Toml& at) const {
    for (Index i = 0; i < things.size(); ++i) {
      if (things[i].name == name) return i;
    }
    at.fail(fmt::format("there is no {} '{}'{}", what, name, suggestion(name, names_of(things))));
  }
  Index region(const std::string& name, const Toml& at) const { return find(model_.regions, name, "region", at); }

  Index purpose(const std::string& name, ondol_flow_class flow_class, Index market = none) {
    for (Index i = 0; i < model_.purposes.size(); ++i) {
      const PurposeModel& known = model_.purposes[i];
      if (known.name == name && known.flow_class == flow_class && known.market == market) return i;
    }
    model_.purposes.push_back({name, flow_class, market});
    return static_cast<Index>(model_.purposes.size() - 1);
  }

  // ---- Head
  void read_head() {
    model_.name = root_.text("name", path_.stem().string());
    model_.doc = root_.text("doc", "");
    model_.path = path_.string();
    model_.currency = root_.text("currency", "money");
    model_.money_decimals = decimals(root_, "money_decimals", 2);
    model_.money_scale = std::pow(10.0, model_.money_decimals);
    model_.seed = options_.seed.value_or(static_cast<std::uint64_t>(root_.integer("seed", 1)));
    if (root_.has("start")) {
      const Toml start = root_.at("start");
      model_.calendar = start.guarded([&] { return Calendar(start.as_text(), root_.text("tick", "1 month")); });
      model_.units.set_tick(model_.calendar->tick_seconds());
      model_.ticks_per_year = 8766.0 / model_.calendar->tick_hours();
    }
    model_.ticks = root_.integer("ticks", 0);
    if (root_.has("until")) {
      const Toml until = root_.at("until");
      if (root_.has("ticks")) until.fail("says how long to run, and so does `ticks`; one of them is enough");
      if (!model_.calendar) until.fail("a world without a `start` date has no dates; give `ticks`");
      model_.ticks = until.guarded([&] { return model_.calendar->tick_of(until.as_text()); }) + 1;
    }
    if (options_.ticks) model_.ticks = *options_.ticks;
    if (model_.ticks < 1 || model_.ticks > 10'000'000)
      root_.fail(fmt::format("`ticks` is {}, expected 1 to 10000000", model_.ticks));
    std::vector<std::filesystem::path> directories = options_.plugin_directories;
    directories.push_back(path_.parent_path());
    directories.push_back(path_.parent_path() / "plugins");
    for (const auto& directory : default_plugin_directories()) directories.push_back(directory);
    for (const Toml& name : root_.at("plugins").elements()) {
      const std::string plugin = name.as_text();
      if (plugin.find('/') != std::string::npos)
        name.fail(fmt::format("'{}' is a path; a plugin is named and searched for", plugin));
      const auto own = std::find_if(options_.own_plugins.begin(), options_.own_plugins.end(),
                                    [&](const ondol_plugin* known) { return plugin == known->name; });
      model_.plugins.push_back(own != options_.own_plugins.end() ? load_plugin(**own)
                                                                 : load_plugin(plugin, directories));
      const PluginLibrary& last = model_.plugins.back();
      if (std::any_of(model_.plugins.begin(), model_.plugins.end() - 1,
                      [&](const auto& p) { return p.name == last.name; }))
        name.fail(fmt::format("plugin '{}' is in the list already", last.name));
    }
    tell_kinds_apart();
    model_.tariff_purpose = purpose("tariff", ONDOL_CURRENT);
    model_.bequest_purpose = purpose("bequest", ONDOL_CAPITAL);
    model_.default_purpose = purpose("default", ONDOL_CAPITAL);
    model_.founding_purpose = purpose("founding", ONDOL_FINANCIAL);
  }

  // Kinds of one name from several plugins go by "plugin/kind", in the world file as in messages and results.
  void tell_kinds_apart() {
    std::map<std::string, int> kinds;
    for (const PluginLibrary& plugin : model_.plugins) {
      for (const auto& kind : plugin.kinds) ++kinds[kind->name];
    }
    for (PluginLibrary& plugin : model_.plugins) {
      for (auto& kind : plugin.kinds) {
        if (kinds[kind->name] == 1) continue;
        auto renamed = std::make_shared<KindDescription>(*kind);
        renamed->name = plugin.name + "/" + kind->name;
        kind = std::move(renamed);
      }
    }
  }
  static bool goes_by(const KindDescription& kind, const std::string& name) {
    return kind.name == name || kind.plugin + "/" + kind.name == name;
  }

  static int decimals(Toml& table, const char* key, int standard) {
    const auto value = table.integer(key, standard);
    if (value < 0 || value > 12) table.at(key).fail(fmt::format("{} decimals, expected 0 to 12", value));
    return static_cast<int>(value);
  }

  void read_regions() {
    Toml regions = root_.at("regions");
    for (auto& [name, region] : regions.entries()) {
      RegionModel read{name, region.text("label", name), region.text("luck", name), none};
      if (region.has("treasury")) treasuries_.emplace_back(name, region.at("treasury"));
      region.finish();
      model_.regions.push_back(std::move(read));
    }
    if (model_.regions.empty()) regions.fail("a world needs at least one region");
    std::sort(model_.regions.begin(), model_.regions.end(),
              [](const auto& a, const auto& b) { return a.luck < b.luck; });
    for (std::size_t i = 1; i < model_.regions.size(); ++i) {
      if (model_.regions[i].luck == model_.regions[i - 1].luck)
        regions.fail(fmt::format("regions '{}' and '{}' have the same luck", model_.regions[i - 1].name,
                                 model_.regions[i].name));
    }
  }

  void read_units() {
    if (model_.currency != "money") root_.guarded([&] { model_.units.define_currency(model_.currency, 1); });
    for (auto& [name, worth] : root_.optional_table("currencies").entries()) {
      worth.guarded([&, &name = name, &worth = worth] {
        model_.units.define_currency(name, model_.units.read(worth.as_text(), model_.units.parse("money")));
      });
    }
    define_units(root_.optional_table("units").entries());
  }

  // A unit may build on others, in whatever order they are written: what cannot be defined yet waits for the rest.
  void define_units(std::vector<std::pair<std::string, Toml>> waiting) {
    while (!waiting.empty()) {
      std::vector<std::pair<std::string, Toml>> still;
      for (auto& [name, unit] : waiting) {
        try {
          define_unit(name, unit);
        } catch (const Error&) {
          still.emplace_back(name, unit);
        }
      }
      if (still.size() == waiting.size()) return define_unit(still.front().first, still.front().second);
      waiting = std::move(still);
    }
  }

  void define_unit(const std::string& name, const Toml& unit) {
    unit.guarded([&] {
      if (unit.is_text()) return model_.units.define(name, unit.as_text());
      const bool prefixable = unit.boolean("prefixable", false);
      unit.finish();
      model_.units.define(name, {}, prefixable);
    });
  }

  Unit unit_at(Toml& table, const char* key, const std::string& standard = "1") {
    const std::string text = table.text(key, standard);
    return table.guarded([&] { return model_.units.parse(text); });
  }

  void read_goods() {
    for (auto& [name, good] : root_.optional_table("goods").entries()) {
      GoodModel read;
      read.name = name;
      read.doc = good.text("doc", "");
      read.unit = unit_at(good, "unit");
      read.decimals = decimals(good, "decimals", 0);
      read.scale = std::pow(10.0, read.decimals);
      const std::string lasts = good.text("lasts", "forever");
      if (lasts != "forever" && lasts != "tick")
        good.at("lasts").fail(fmt::format("'{}', expected \"tick\" or \"forever\"", lasts));
      read.lasts_tick = lasts == "tick";
      good.finish();
      model_.goods.push_back(std::move(read));
    }
  }

  // ---- Signals: one entry per region where regional
  void read_signals() {
    for (auto& [name, signal] : root_.optional_table("signals").entries()) {
      SignalModel read;
      read.name = name;
      read.doc = signal.text("doc", "");
      read.unit = unit_at(signal, "unit");
      read.aggregate = choice(signal, "aggregate", "single",
                              std::map<std::string, Aggregate>{{"single", Aggregate::single},
                                                               {"sum", Aggregate::sum},
                                                               {"mean", Aggregate::mean},
                                                               {"maximum", Aggregate::maximum}});
      const bool regional = scope_is_region(signal);
      for (Index r = 0; r < (regional ? model_.regions.size() : 1); ++r) {
        read.region = regional ? r : none;
        read.initial = signal.has("initial") ? number_for(signal.at("initial"), read.unit, read.region) : 0;
        model_.signals.push_back(read);
      }
      signal.finish();
    }
  }

  bool scope_is_region(Toml& table) {
    return choice(table, "scope", "world", std::map<std::string, bool>{{"world", false}, {"region", true}});
  }

  template <class Value>
  Value choice(Toml& table, const char* key, const std::string& standard, const std::map<std::string, Value>& choices) {
    const std::string chosen = table.text(key, standard);
    if (const auto found = choices.find(chosen); found != choices.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) names.push_back(name);
    table.at(key).fail(fmt::format("'{}'{}", chosen, suggestion(chosen, names)));
  }

  // A number in a unit: a text with its unit, or a bare number where the unit is "1".
  double number(const Toml& node, const Unit& unit) const {
    const double value = node.guarded([&] {
      if (node.is_text()) return model_.units.read(node.as_text(), unit);
      if (node.is_boolean()) return node.as_boolean() ? 1.0 : 0.0;
      return model_.units.read_number(node.as_number(), unit);
    });
    if (!std::isfinite(value)) node.fail("a number that is not finite");
    return value;
  }

  bool by_region(const Toml& node) const {
    if (!node.is_table()) return false;
    const auto keys = node.keys();
    return !keys.empty() && std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return key == "default" ||
             std::any_of(model_.regions.begin(), model_.regions.end(), [&](const auto& r) { return r.name == key; });
    });
  }
  // The part of a value that counts for a region, where the value is a table of regions.
  std::optional<Toml> for_region(const Toml& node, Index r) const {
    if (!by_region(node)) return node;
    if (r != none && node.has(model_.regions[r].name)) return node.at(model_.regions[r].name);
    if (node.has("default")) return node.at("default");
    return std::nullopt;
  }
  double number_for(const Toml& node, const Unit& unit, Index r) const {
    const auto part = for_region(node, r);
    if (!part)
      node.fail(fmt::format("no value for region '{}' and no `default`", r == none ? "" : model_.regions[r].name));
    return number(*part, unit);
  }

  // ---- Schedule
  void read_schedule() {
    for (const Toml& entry : root_.at("schedule").elements()) {
      StepGroup group{static_cast<Index>(model_.steps.size()), 0, 1};
      if (entry.is_table()) {
        Toml repeated = entry;
        const auto rounds = repeated.integer("repeat", 1);
        if (rounds < 1 || rounds > 100'000)
          repeated.at("repeat").fail(fmt::format("{} rounds, expected 1 to 100000", rounds));
        group.rounds = static_cast<std::uint32_t>(rounds);
        for (const Toml& step : repeated.at("steps").elements()) add_step(step);
        repeated.finish();
      } else {
        add_step(entry);
      }
      group.count = static_cast<Index>(model_.steps.size()) - group.first;
      model_.groups.push_back(group);
    }
    if (model_.steps.empty()) root_.at("schedule").fail("a world needs at least one step");
  }

  void add_step(const Toml& step) {
    const std::string name = step.as_text();
    for (const StepModel& known : model_.steps) {
      if (known.name == name) step.fail(fmt::format("step '{}' is scheduled twice", name));
    }
    model_.steps.push_back({name, name_hash(name), static_cast<Index>(model_.groups.size()), {}});
  }

  // ---- Instruments
  void read_instruments() {
    InstrumentModel money;
    money.name = "money";
    money.decimals = model_.money_decimals;
    money.scale = model_.money_scale;
    money.principal_purpose = money.interest_purpose = none;
    model_.instruments.push_back(money);
    for (auto& [name, instrument] : root_.optional_table("instruments").entries()) {
      if (name == "money") {
        if (instrument.has("issuer")) money_issuer_ = instrument.at("issuer");
        instrument.text("class", "money");
        model_.instruments[0].doc = instrument.text("doc", "");
        instrument.finish();
        continue;
      }
      InstrumentModel read;
      read.name = name;
      read.doc = instrument.text("doc", "");
      read.instrument_class = choice(instrument, "class", "credit",
                                     std::map<std::string, InstrumentClass>{{"credit", InstrumentClass::credit},
                                                                            {"residual", InstrumentClass::residual}});
      if (read.instrument_class == InstrumentClass::credit) {
        read.decimals = model_.money_decimals;
        read.collect_step = find(model_.steps, instrument.at("collect").as_text(), "step", instrument.at("collect"));
        read.rate_attribute = instrument.text("rate", "rate");
        read.term_attribute = instrument.text("term", "term");
        read.interest_purpose = purpose(instrument.text("interest_purpose", "interest"), ONDOL_CURRENT);
        read.principal_purpose = purpose(instrument.text("principal_purpose", "principal"), ONDOL_FINANCIAL);
      } else {
        read.decimals = decimals(instrument, "decimals", 0);
      }
      read.scale = std::pow(10.0, read.decimals);
      instrument.finish();
      model_.instruments.push_back(std::move(read));
    }
  }

  // ---- Markets
  void read_markets() {
    for (auto& [name, market] : root_.optional_table("markets").entries()) read_market(name, market);
  }

  void read_market(const std::string& name, Toml& market) {
    MarketModel read;
    read.name = name;
    read.doc = market.text("doc", "");
    read.layer = market.text("layer", "");
    if (market.has("good") == market.has("instrument"))
      market.fail("a market trades either a `good` or an `instrument`");
    Unit unit = model_.units.parse("1");
    if (market.has("good")) {
      read.good = find(model_.goods, market.at("good").as_text(), "good", market.at("good"));
      unit = model_.goods[read.good].unit;
    } else {
      read.instrument =
          find(model_.instruments, market.at("instrument").as_text(), "instrument", market.at("instrument"));
      if (read.instrument == 0) market.at("instrument").fail("money is not traded for money");
      if (model_.instruments[read.instrument].instrument_class == InstrumentClass::credit)
        unit = model_.units.parse("money");
    }
    const MechanismDescription& mechanism = find_mechanism(market.at("mechanism"));
    read.mechanism = mechanism.mechanism;
    read.mechanism_name = mechanism.name;
    read.orders_stand = mechanism.orders_stand;
    read.price_decimals = decimals(market, "price_decimals", 4);
    read.price_scale = std::pow(10.0, read.price_decimals);
    read.step = find(model_.steps, market.at("step").as_text(), "step", market.at("step"));
    if (market.has("attributes")) {
      for (const Toml& attribute : market.at("attributes").elements()) read.attributes.push_back(attribute.as_text());
      if (read.attributes.size() > ONDOL_MAX_ATTRIBUTES)
        market.at("attributes").fail(fmt::format("more than {} attributes", ONDOL_MAX_ATTRIBUTES));
    }
    if (market.has("deposit")) {
      read.deposit = number(market.at("deposit"), model_.units.parse("1"));
      if (!read.orders_stand)
        market.at("deposit").fail(
            fmt::format("mechanism '{}' keeps no standing orders, so they hold no deposit", mechanism.name));
      if (!(read.deposit >= 0 && read.deposit <= 1)) market.at("deposit").fail("expected 0 to 1");
    }
    read.order_life = market.integer("order_life", 0);
    const bool regional = scope_is_region(market);
    const std::string purpose_name = market.text("purpose", name);
    const auto flow_class =
        choice(market, "class", "current",
               std::map<std::string, ondol_flow_class>{
                   {"current", ONDOL_CURRENT}, {"capital", ONDOL_CAPITAL}, {"financial", ONDOL_FINANCIAL}});
    read_mechanism_fields(read, mechanism, market);
    read.reach.assign(model_.regions.size() * model_.regions.size(), {});
    if (regional) {
      for (Index b = 0; b < model_.regions.size(); ++b) {
        for (Index s = 0; s < model_.regions.size(); ++s)
          read.reach[b * model_.regions.size() + s].cost = b == s ? 1 : 0;
      }
    }
    if (market.has("reach")) {
      for (Toml& rule : market.at("reach").elements()) read_reach(read, rule);
    }
    for (Index r = 0; r < (regional ? model_.regions.size() : 1); ++r) {
      read.region = regional ? r : none;
      read.label = regional ? name + "." + model_.regions[r].name : name;
      read.hash = mix(name_hash(name)) + (regional ? name_hash(model_.regions[r].luck) : 0);
      if (market.has("reference_price"))
        read.reference_price =
            number_for(market.at("reference_price"), model_.units.parse("money") / unit, read.region);
      const auto index = static_cast<Index>(model_.markets.size());
      read.purpose = purpose(purpose_name, flow_class, index);
      model_.steps[read.step].markets.push_back(index);
      model_.markets.push_back(read);
    }
    market.finish();
  }

  const MechanismDescription& find_mechanism(const Toml& at) const {
    std::vector<std::string> names;
    for (const PluginLibrary& plugin : model_.plugins) {
      for (const auto& mechanism : plugin.mechanisms) {
        if (mechanism->name == at.as_text()) return *mechanism;
        names.push_back(mechanism->name);
      }
    }
    at.fail(fmt::format("no loaded plugin has a mechanism '{}'{}", at.as_text(), suggestion(at.as_text(), names)));
  }

  void read_mechanism_fields(MarketModel& market, const MechanismDescription& mechanism, Toml& table) {
    market.params.resize(std::max<std::size_t>(mechanism.params_size, 1));
    market.state.resize(mechanism.state_size);
    Toml params = table.optional_table("params");
    for (const FieldDescription& field : mechanism.fields) {
      std::byte* base = field.role == ONDOL_PARAM ? market.params.data() : market.state.data();
      for (std::uint32_t i = 0; i < field.count; ++i) write_field_value(field, base, i, field.initial);
      if (field.role != ONDOL_PARAM) continue;
      if (!params.has(field.name)) {
        if (field.required) table.fail(fmt::format("mechanism '{}' needs `params.{}`", mechanism.name, field.name));
        continue;
      }
      const Unit unit = unit_of(field, {}, params.at(field.name));
      each_component(field, params.at(field.name), [&](std::uint32_t i, const Toml& node) {
        write_field_value(field, base, i, in_range(field, number(node, unit), node));
      });
    }
    params.finish();
  }

  Reach reach_of(Toml& rule) const {
    Reach reach;
    if (rule.has("tariff")) reach.cost += number(rule.at("tariff"), model_.units.parse("1"));
    if (rule.has("loss")) reach.share -= number(rule.at("loss"), model_.units.parse("1"));
    if (!(reach.cost >= 1) || !(reach.share > 0 && reach.share <= 1))
      rule.fail("expected a tariff of at least 0 and a loss from 0 to below 1");
    if (!rule.boolean("allowed", true)) reach.cost = 0;
    return reach;
  }
  std::vector<Index> regions_at(const Toml& rule, const char* key) const {
    std::vector<Index> regions;
    const std::string name = rule.text(key, "*");
    if (name != "*") return {region(name, rule.at(key))};
    for (Index r = 0; r < model_.regions.size(); ++r) regions.push_back(r);
    return regions;
  }
  void read_reach(MarketModel& market, Toml& rule) const {
    const Reach reach = reach_of(rule);
    const bool abroad = rule.boolean("abroad", false);
    for (const Index b : regions_at(rule, "buyer")) {
      for (const Index s : regions_at(rule, "seller")) {
        if (!abroad || b != s) market.reach[b * model_.regions.size() + s] = reach;
      }
    }
    rule.finish();
  }

  // ---- Populations
  const KindDescription* find_kind(const Toml& at) {
    const std::string name = at.as_text();
    std::vector<std::string> names, of_that_name;
    for (const PluginLibrary& plugin : model_.plugins) {
      for (const auto& kind : plugin.kinds) {
        if (goes_by(*kind, name)) return kind.get();
        names.push_back(kind->name);
        if (kind->name == plugin.name + "/" + name) of_that_name.push_back(kind->name);
      }
    }
    if (!of_that_name.empty())
      at.fail(fmt::format("more than one plugin has a kind '{}'; write '{}'", name, fmt::join(of_that_name, "' or '")));
    at.fail(fmt::format("no loaded plugin has a kind '{}'{}", name, suggestion(name, names)));
  }

  // A table laid over the template it names, and that over the one it names in turn.
  Toml with_template(const Toml& table, int depth = 0) {
    if (!table.has("template")) return table;
    const Toml at = table.at("template");
    const Toml templates = root_.optional_table("templates");
    const std::string name = at.as_text();
    if (!templates.has(name))
      at.fail(fmt::format("there is no template '{}'{}", name, suggestion(name, templates.keys())));
    if (depth > 16) at.fail("templates lead to themselves");
    return table.over(with_template(templates.at(name), depth + 1));
  }

  // First all names, so that ports can lead to populations declared later.
  void declare_populations() {
    for (const auto& [group, written] : root_.at("populations").entries()) {
      Toml table = with_template(written);
      const KindDescription* kind = find_kind(table.at("kind"));
      auto known = std::find(model_.kinds.begin(), model_.kinds.end(), kind);
      if (known == model_.kinds.end()) known = model_.kinds.insert(known, kind);
      const auto kind_index = static_cast<Index>(known - model_.kinds.begin());
      Declared declared{group, {}};
      const auto counts = counts_by_region(table);
      for (const auto& [r, count] : counts) {
        PopulationModel population;
        population.group = group;
        population.name = counts.size() > 1 || spans_regions(table) ? group + "." + model_.regions[r].name : group;
        population.label = label_for(table, group, r);
        population.layer = table.text("layer", "");
        population.kind = kind_index;
        population.region = r;
        population.count = count;
        population.room = room_for(table, r, count);
        population.first_agent = model_.agents;
        population.hash = mix(name_hash(group)) + name_hash(model_.regions[r].luck);
        const Toml at = size_at(table, population);
        if (std::uint64_t{model_.agents} + population.room > most_agents)
          at.fail(fmt::format("the world has room for more than {} agents", most_agents));
        check_memory(at, *kind, population.room);
        model_.agents += population.room;
        declared.populations.push_back(static_cast<Index>(model_.populations.size()));
        model_.populations.push_back(std::move(population));
      }
      declared_.push_back(std::move(declared));
      tables_.push_back(table);
    }
    for (const auto& [name, at] : treasuries_) {
      const Index r = find(model_.regions, name, "region", at);
      for (const Declared& declared : declared_) {
        if (declared.group != at.as_text()) continue;
        for (const Index p : declared.populations) {
          if (model_.populations[p].region == r || model_.regions[r].treasury == none) model_.regions[r].treasury = p;
        }
      }
      if (model_.regions[r].treasury == none)
        at.fail(fmt::format("there is no population '{}'{}", at.as_text(), suggestion(at.as_text(), groups())));
    }
  }

  // Said here because nobody can later: a machine that is out of memory ends the run without a word.
  void check_memory(const Toml& at, const KindDescription& kind, Index agents) {
    constexpr double books = 40;  // of an agent, at least: money, equity, income, luck, where it is
    model_.least_memory += agents * (books + kind.state_size + kind.traits_size);
    const auto check = [&](double there_is, const char* who) {
      if (model_.least_memory > there_is)
        at.fail(fmt::format("agents up to here take at least {:.3g} GB, and this {} {:.3g} GB",
                            model_.least_memory / 1e9, who, there_is / 1e9));
    };
    check(static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE)), "machine has");
    rlimit process{};
    if (getrlimit(RLIMIT_AS, &process) == 0 && process.rlim_cur != RLIM_INFINITY)
      check(static_cast<double>(process.rlim_cur), "process may take");
  }

  std::string label_for(const Toml& table, const std::string& group, Index r) const {
    if (!table.has("label")) return group;
    const auto label = for_region(table.at("label"), r);
    return label ? label->as_text() : group;
  }

  std::vector<std::string> groups() const {
    std::vector<std::string> names;
    for (const Declared& declared : declared_) names.push_back(declared.group);
    return names;
  }

  bool spans_regions(const Toml& table) const { return table.has("count") && by_region(table.at("count")); }

  Index count_at(const Toml& node) const {
    const double value = node.as_number();
    if (!(value >= 0 && value <= most_agents) || value != std::floor(value))
      node.fail(fmt::format("{} agents, expected a whole number from 0 to {}", value, most_agents));
    return static_cast<Index>(value);
  }

  std::vector<std::pair<Index, Index>> counts_by_region(Toml& table) const {
    std::vector<std::pair<Index, Index>> counts;
    if (spans_regions(table)) {
      if (table.has("region")) table.at("region").fail("`count` names the regions already");
      for (Index r = 0; r < model_.regions.size(); ++r) {
        if (const auto count = for_region(table.at("count"), r)) counts.emplace_back(r, count_at(*count));
      }
      return counts;
    }
    const Index count = table.has("count") ? count_at(table.at("count")) : 1;
    if (!table.has("region") && model_.regions.size() > 1) table.fail("say the `region`, or a `count` for each region");
    return {{table.has("region") ? region(table.at("region").as_text(), table.at("region")) : 0, count}};
  }

  Index room_for(Toml& table, Index r, Index count) const {
    if (!table.has("room")) return count;
    const auto room = for_region(table.at("room"), r);
    if (!room) return count;
    if (count_at(*room) < count)
      room->fail(fmt::format("room for {} agents, and `count` begins with {}", count_at(*room), count));
    return count_at(*room);
  }

  // What says how many agents there are to be room for.
  Toml size_at(const Toml& table, const PopulationModel& population) const {
    const char* key = population.room > population.count ? "room" : "count";
    return table.has(key) ? for_region(table.at(key), population.region).value_or(table) : table;
  }

  void read_population(const Declared& declared) {
    Toml& table = tables_[static_cast<std::size_t>(&declared - declared_.data())];
    for (const Index p : declared.populations) {
      PopulationModel& population = model_.populations[p];
      const KindDescription& kind = *model_.kinds[population.kind];
      check_rules(kind, table);
      Toml ports = table.optional_table("ports");
      std::vector<Toml> unused;
      for (const PortDescription& port : kind.ports) population.ports.push_back(bind(population, port, ports));
      ports.finish();
      Toml params = table.optional_table("params");
      Toml traits = table.optional_table("traits");
      Toml state = table.optional_table("state");
      population.params.resize(std::max<std::size_t>(kind.params_size, 1));
      for (Index f = 0; f < kind.fields.size(); ++f) {
        const FieldDescription& field = kind.fields[f];
        if (field.role == ONDOL_PARAM) read_param(population, kind, field, params);
        if (field.role == ONDOL_TRAIT) read_start(population, kind, f, traits, population.traits);
        if (field.role == ONDOL_STATE) read_start(population, kind, f, state, population.state);
      }
      params.finish();
      traits.finish();
      state.finish();
      if (table.has("money"))
        population.money =
            distribution_for(table.at("money"), model_.units.parse("money"), population.region, 0, unbounded);
      read_holdings(population, table);
      for (const PurposeDescription& described : kind.purposes)
        population.purposes.push_back(purpose(described.name, described.flow_class));
    }
    table.finish();
  }

  void check_rules(const KindDescription& kind, const Toml& table) const {
    for (const RuleDescription& rule : kind.rules) {
      const bool scheduled = std::any_of(model_.steps.begin(), model_.steps.end(),
                                         [&](const auto& step) { return step.name == rule.step; });
      if (!scheduled)
        table.at("kind").fail(fmt::format("kind '{}' has a rule for step '{}', which is not in the schedule{}",
                                          kind.name, rule.step, suggestion(rule.step, names_of(model_.steps))));
    }
  }

  // The unit of a field, whose placeholders stand for the units of what its ports are bound to.
  Unit unit_of(const FieldDescription& field, const PopulationModel* population, const Toml& at) const {
    return at.guarded([&] {
      return model_.units.parse(field.unit, [&](std::string_view port) -> std::string {
        if (population != nullptr) {
          const KindDescription& kind = *model_.kinds[population->kind];
          for (Index i = 0; i < population->ports.size(); ++i) {
            if (kind.ports[i].name == port)
              return population->ports[i].bound ? "(" + population->ports[i].unit.text() + ")" : "1";
          }
        }
        throw Error(ErrorCode::world, fmt::format("unit '{}' names a port '{}' that does not exist", field.unit, port));
      });
    });
  }

  template <class Use>
  void each_component(const FieldDescription& field, const Toml& node, Use&& use) const {
    if (field.count == 1) return use(0, node);
    if (!node.is_array()) {
      if (field.pipeline) node.fail("a pipeline takes a list of amounts by ticks left");
      for (std::uint32_t i = 0; i < field.count; ++i) use(i, node);
      return;
    }
    const auto elements = node.elements();
    if (elements.size() > field.count)
      node.fail(fmt::format("{} values, expected at most {}", elements.size(), field.count));
    for (std::uint32_t i = 0; i < elements.size(); ++i) use(i, elements[i]);
  }

  static double in_range(const FieldDescription& field, double value, const Toml& at) {
    if (value >= field.minimum && value <= field.maximum) return value;
    at.fail(fmt::format("{} {}, expected {} to {}", value, field.unit, field.minimum, field.maximum));
  }

  void read_param(PopulationModel& population, const KindDescription& kind, const FieldDescription& field,
                  Toml& params) {
    for (std::uint32_t i = 0; i < field.count; ++i)
      write_field_value(field, population.params.data(), i, field.initial);
    std::optional<Toml> node;
    if (params.has(field.name)) node = for_region(params.at(field.name), population.region);
    if (!node) {
      if (field.required)
        params.fail(fmt::format("population '{}' of kind '{}' needs `params.{}` ({}): {}", population.name, kind.name,
                                field.name, field.unit, field.doc));
      return;
    }
    const Unit unit = unit_of(field, &population, *node);
    each_component(field, *node, [&](std::uint32_t i, const Toml& at) {
      write_field_value(field, population.params.data(), i, in_range(field, number(at, unit), at));
    });
  }

  void read_start(PopulationModel& population, const KindDescription& kind, Index f, Toml& table,
                  std::vector<FieldStart>& starts) {
    const FieldDescription& field = kind.fields[f];
    const std::string role = field.role == ONDOL_TRAIT ? "trait" : "state";
    std::optional<Toml> node;
    if (table.has(field.name)) node = for_region(table.at(field.name), population.region);
    if (!node) {
      if (field.required)
        table.fail(fmt::format("population '{}' of kind '{}' needs `{}.{}` ({}): {}", population.name, kind.name,
                               field.role == ONDOL_TRAIT ? "traits" : "state", field.name, field.unit, field.doc));
      if (field.initial == 0 || field.type == ONDOL_AGENT) return;
      for (std::uint32_t i = 0; i < field.count; ++i) starts.push_back({f, i, constant(field.initial), 0});
      return;
    }
    const Unit unit = unit_of(field, &population, *node);
    each_component(field, *node, [&](std::uint32_t i, const Toml& at) {
      starts.push_back({f, i, distribution(at, unit, field.minimum, field.maximum),
                        name_hash(fmt::format("{}.{}[{}]", role, field.name, i))});
    });
  }

  static Distribution constant(double value) {
    Distribution read;
    read.a = value;
    return read;
  }

  Distribution distribution_for(const Toml& node, const Unit& unit, Index r, double minimum, double maximum) const {
    const auto part = for_region(node, r);
    return part ? distribution(*part, unit, minimum, maximum) : constant(0);
  }

  Distribution distribution(const Toml& at, const Unit& unit, double minimum, double maximum) const {
    using Shape = Distribution::Shape;
    const auto check = [&](double value, const Toml& node) {
      if (!(value >= minimum && value <= maximum))
        node.fail(fmt::format("{} is outside {} to {}", value, minimum, maximum));
      return value;
    };
    if (!at.is_table()) return constant(check(number(at, unit), at));
    Toml table = at;
    Distribution read;
    read.minimum = table.has("minimum") ? check(number(table.at("minimum"), unit), table.at("minimum")) : minimum;
    read.maximum = table.has("maximum") ? check(number(table.at("maximum"), unit), table.at("maximum")) : maximum;
    const Unit one = model_.units.parse("1");
    struct Form {
      const char* name;
      Shape shape;
      int values;
      bool second_has_unit;
    };
    const Form forms[] = {{"uniform", Shape::uniform, 2, true},          {"normal", Shape::normal, 2, true},
                          {"lognormal", Shape::lognormal, 2, false},     {"pareto", Shape::pareto, 2, false},
                          {"exponential", Shape::exponential, 1, false}, {"list", Shape::list, 0, true}};
    std::vector<std::string> names;
    bool found = false;
    for (const Form& form : forms) {
      names.emplace_back(form.name);
      if (!table.has(form.name)) continue;
      if (found) table.fail("more than one distribution");
      found = true;
      read.shape = form.shape;
      const Toml node = table.at(form.name);
      const std::vector<Toml> values = node.is_array() ? node.elements() : std::vector<Toml>{node};
      if (form.values == 0) {
        if (values.empty()) node.fail("an empty list");
        for (const Toml& value : values) read.list.push_back(check(number(value, unit), value));
        continue;
      }
      if (values.size() != static_cast<std::size_t>(form.values))
        node.fail(fmt::format("{} values, expected {}", values.size(), form.values));
      read.a = number(values[0], unit);
      if (form.values == 2) read.b = number(values[1], form.second_has_unit ? unit : one);
      if ((form.shape == Shape::normal || form.shape == Shape::lognormal) && read.b < 0)
        values[1].fail("a negative deviation");
      if (form.shape == Shape::pareto && !(read.a > 0 && read.b > 0))
        node.fail("expected a positive minimum and exponent");
      if (form.shape == Shape::uniform && read.b < read.a) node.fail("an empty interval");
    }
    table.finish(names);
    if (!found) table.fail("no distribution" + suggestion("", names));
    return read;
  }

  void read_holdings(PopulationModel& population, Toml& table) {
    for (auto& [name, holding] : table.optional_table("holdings").entries()) {
      const Index good = find(model_.goods, name, "good", holding);
      const auto account = std::find_if(population.accounts.begin(), population.accounts.end(),
                                        [&](const auto& a) { return a.good == good; });
      if (account == population.accounts.end())
        holding.fail(fmt::format("population '{}' has no port bound to good '{}'", population.name, name));
      const auto mine = for_region(holding, population.region);
      if (!mine) continue;
      Toml part = *mine;
      if (model_.goods[good].lasts_tick)
        part.fail(fmt::format("good '{}' lasts a tick and cannot be held before the first", name));
      if (part.has("quantity"))
        account->quantity =
            distribution_for(part.at("quantity"), model_.goods[good].unit, population.region, 0, unbounded);
      if (part.has("unit_value"))
        account->unit_value =
            number_for(part.at("unit_value"), model_.units.parse("money") / model_.goods[good].unit, population.region);
      part.finish();
    }
  }

  // ---- Ports
  PortModel bind(PopulationModel& population, const PortDescription& port, Toml& ports) {
    PortModel bound;
    bound.type = port.type;
    std::optional<Toml> given;
    if (ports.has(port.name)) given = for_region(ports.at(port.name), population.region);
    const Toml at = given.value_or(ports);
    std::vector<std::string> targets;
    if (given && given->is_array()) {
      for (const Toml& target : given->elements()) targets.push_back(target.as_text());
    } else if (given) {
      targets.push_back(given->as_text());
    }
    if (!given && !exists(port)) {
      if (!port.optional)
        ports.fail(fmt::format("population '{}' leaves port '{}' unbound ({})", population.name, port.name, port.doc));
      return bound;
    }
    if (!given && port.optional) return bound;
    if (!given) targets.push_back(port.name);
    if (port.type != ONDOL_PEERS && port.type != ONDOL_OBSERVES && port.type != ONDOL_LEVIES && targets.size() != 1)
      at.fail(fmt::format("port '{}' leads to one thing", port.name));
    bound.bound = true;
    switch (port.type) {
      case ONDOL_BUYS:
      case ONDOL_SELLS:
        bind_market(population, port, bound, targets[0], at);
        break;
      case ONDOL_HOLDS:
        bind_good(population, port, bound, find(model_.goods, targets[0], "good", at), at);
        break;
      case ONDOL_READS:
      case ONDOL_WRITES:
        bind_signal(population, port, bound, targets[0], at);
        break;
      case ONDOL_ISSUES:
        bind_instrument(bound, find(model_.instruments, targets[0], "instrument", at));
        break;
      case ONDOL_PEERS:
        bind_peers(population, bound, targets, at);
        break;
      case ONDOL_OBSERVES:
        bind_peers(population, bound, targets, at);
        bind_record(port, bound, at);
        break;
      case ONDOL_LEVIES:
        bind_levy(population, port, bound, targets, at);
        break;
    }
    return bound;
  }

  bool exists(const PortDescription& port) const {
    const auto has = [&](const auto& things) {
      return std::any_of(things.begin(), things.end(), [&](const auto& thing) { return thing.name == port.name; });
    };
    switch (port.type) {
      case ONDOL_BUYS:
      case ONDOL_SELLS:
        return has(model_.markets);
      case ONDOL_HOLDS:
        return has(model_.goods);
      case ONDOL_READS:
      case ONDOL_WRITES:
        return has(model_.signals);
      case ONDOL_ISSUES:
        return has(model_.instruments);
      case ONDOL_PEERS:
      case ONDOL_OBSERVES:
        return std::any_of(declared_.begin(), declared_.end(), [&](const auto& d) { return d.group == port.name; });
      case ONDOL_LEVIES:
        return false;
    }
    return false;
  }

  // Units of a port per unit of what it is bound to.
  double conversion(const PortDescription& port, const Unit& bound, Unit& own, const Toml& at) const {
    own = bound;
    if (port.unit.empty()) return 1;
    return at.guarded([&] {
      own = model_.units.parse(port.unit);
      return model_.units.convert({1, own, port.unit}, bound);
    });
  }

  Index add_account(PopulationModel& population, Index good) {
    for (Index a = 0; a < population.accounts.size(); ++a) {
      if (population.accounts[a].good == good) return a;
    }
    population.accounts.push_back({good, {}, 0});
    return static_cast<Index>(population.accounts.size() - 1);
  }

  void bind_good(PopulationModel& population, const PortDescription& port, PortModel& bound, Index good,
                 const Toml& at) {
    const double factor = conversion(port, model_.goods[good].unit, bound.unit, at);
    bound.target = good;
    bound.account = add_account(population, good);
    bound.units = model_.goods[good].scale * factor;
  }

  void bind_market(PopulationModel& population, const PortDescription& port, PortModel& bound, const std::string& name,
                   const Toml& at) {
    const Index market = instance(model_.markets, name, population.region, "market", at);
    const MarketModel& model = model_.markets[market];
    double factor = 1;
    if (model.good != none) {
      bind_good(population, port, bound, model.good, at);
      factor = bound.units / model_.goods[model.good].scale;
    } else {
      const InstrumentModel& instrument = model_.instruments[model.instrument];
      bound.unit = model_.units.parse(instrument.instrument_class == InstrumentClass::credit ? "money" : "1");
      bound.units = instrument.scale;
    }
    bound.target = market;
    bound.price_units = model.price_scale / factor;
    for (const std::string& attribute : port.attributes) {
      const auto found = std::find(model.attributes.begin(), model.attributes.end(), attribute);
      if (found == model.attributes.end())
        at.fail(fmt::format("port '{}' needs attribute '{}', which market '{}' does not have{}", port.name, attribute,
                            name, suggestion(attribute, model.attributes)));
      bound.attributes.push_back(static_cast<std::uint16_t>(found - model.attributes.begin()));
    }
  }

  // The one of that name, or that of the region where it is regional.
  template <class Thing>
  Index instance(const std::vector<Thing>& things, const std::string& name, Index r, const char* what,
                 const Toml& at) const {
    for (Index i = 0; i < things.size(); ++i) {
      if (things[i].name == name && (things[i].region == none || things[i].region == r)) return i;
    }
    return find(things, name, what, at);
  }

  void bind_signal(const PopulationModel& population, const PortDescription& port, PortModel& bound,
                   const std::string& name, const Toml& at) {
    bound.target = instance(model_.signals, name, population.region, "signal", at);
    const double per_port = conversion(port, model_.signals[bound.target].unit, bound.unit, at);
    bound.value_factor = 1 / per_port;
  }

  void bind_instrument(PortModel& bound, Index instrument) {
    bound.target = instrument;
    bound.units = model_.instruments[instrument].scale;
    bound.unit = model_.units.parse(
        model_.instruments[instrument].instrument_class == InstrumentClass::residual ? "1" : "money");
  }

  void bind_peers(const PopulationModel& population, PortModel& bound, const std::vector<std::string>& targets,
                  const Toml& at) {
    for (const std::string& target : targets) {
      for (const Index p : populations_named(target, population.region, at)) {
        if (std::find(bound.populations.begin(), bound.populations.end(), p) == bound.populations.end())
          bound.populations.push_back(p);
      }
    }
    std::sort(bound.populations.begin(), bound.populations.end());
  }

  // "group": that of the region, or the only one; "group.*": all; "group.REGION": that one.
  std::vector<Index> populations_named(const std::string& name, Index r, const Toml& at) const {
    const std::size_t dot = name.rfind('.');
    const std::string group = name.substr(0, dot);
    for (const Declared& declared : declared_) {
      if (declared.group != group) continue;
      if (dot != std::string::npos && name.substr(dot + 1) == "*") return declared.populations;
      const Index wanted = dot == std::string::npos ? r : region(name.substr(dot + 1), at);
      std::vector<Index> found;
      for (const Index p : declared.populations) {
        if (model_.populations[p].region == wanted) found.push_back(p);
      }
      if (!found.empty()) return found;
      if (dot == std::string::npos && declared.populations.size() == 1) return declared.populations;
      return {};
    }
    at.fail(fmt::format("there is no population '{}'{}", group, suggestion(group, groups())));
  }

  void bind_record(const PortDescription& port, PortModel& bound, const Toml& at) {
    ObservedRecord record;
    record.name = port.unit.empty() ? port.name : port.unit;
    record.populations = bound.populations;
    const std::vector<std::string> books = {"cash", "income", "assets", "debts", "equity", "arrears"};
    for (const std::string& name : port.attributes) {
      ObservedRecord::Column column;
      column.name = name;
      if (record.name == "books") {
        const auto found = std::find(books.begin(), books.end(), name);
        if (found == books.end())
          at.fail(fmt::format("record 'books' has no field '{}'{}", name, suggestion(name, books)));
        column.book = static_cast<int>(found - books.begin());
      } else {
        for (const Index p : record.populations) column.field.push_back(disclosed(p, record.name, name, at));
      }
      record.columns.push_back(std::move(column));
    }
    bound.record = static_cast<Index>(model_.observed_records.size());
    model_.observed_records.push_back(std::move(record));
  }

  Index disclosed(Index p, const std::string& record, const std::string& name, const Toml& at) const {
    const KindDescription& kind = *model_.kinds[model_.populations[p].kind];
    for (Index f = 0; f < kind.fields.size(); ++f) {
      if (kind.fields[f].record == record && kind.fields[f].name == name && kind.fields[f].count == 1) return f;
    }
    at.fail(fmt::format("kind '{}' of population '{}' does not disclose '{}' in record '{}'", kind.name,
                        model_.populations[p].name, name, record));
  }

  void bind_levy(const PopulationModel& population, const PortDescription& port, PortModel& bound,
                 const std::vector<std::string>& targets, const Toml& at) {
    LevyModel levy;
    levy.name = port.name;
    levy.region = population.region;
    levy.income = targets.size() == 1 && targets[0] == "income";
    bound.levies_income = levy.income;
    bound.levy = static_cast<Index>(model_.levies.size());
    model_.levies.push_back(levy);
    if (!levy.income) pending_levies_.push_back({bound.levy, targets, at});
  }

  // Purposes are complete only once every population is read.
  void resolve_levies() {
    for (const auto& [index, targets, at] : pending_levies_) {
      for (const std::string& target : targets) {
        bool found = false;
        for (Index i = 0; i < model_.purposes.size(); ++i) {
          if (model_.purposes[i].name != target) continue;
          model_.levies[index].purposes.push_back(i);
          found = true;
        }
        if (!found)
          at.fail(
              fmt::format("nothing is paid for purpose '{}'{}", target, suggestion(target, names_of(model_.purposes))));
      }
    }
  }

  // ---- After the populations
  void read_issuers() {
    resolve_levies();
    if (money_issuer_) {
      const auto populations = populations_named(money_issuer_->as_text() + ".*", none, *money_issuer_);
      model_.instruments[0].issuer = populations.front();
      return;
    }
    const bool any = std::any_of(model_.populations.begin(), model_.populations.end(), [](const auto& p) {
      return p.money.shape != Distribution::Shape::constant || p.money.a != 0;
    });
    if (any)
      root_.fail(
          "agents hold money at the start, but `instruments.money.issuer` does not say which population has issued it");
  }

  void read_claims() {
    if (!root_.has("claims")) return;
    for (Toml& claim : root_.at("claims").elements()) {
      for (const Toml& issuer : claim.at("issuer").elements()) read_claim(claim, issuer);
      claim.finish();
    }
  }

  void read_claim(const Toml& claim, const Toml& issuer_at) {
    ClaimStart read;
    read.instrument = find(model_.instruments, claim.at("instrument").as_text(), "instrument", claim.at("instrument"));
    const InstrumentModel& instrument = model_.instruments[read.instrument];
    if (read.instrument == 0) claim.at("instrument").fail("money is held, not claimed; give populations `money`");
    const bool credit = instrument.instrument_class == InstrumentClass::credit;
    const Unit unit = model_.units.parse(credit ? "money" : "1");
    const std::string issuer = issuer_at.as_text();
    for (const Index p :
         populations_named(issuer.find('.') == std::string::npos ? issuer + ".*" : issuer, none, issuer_at)) {
      read.issuer = p;
      const auto holders =
          populations_named(claim.at("holder").as_text(), model_.populations[p].region, claim.at("holder"));
      if (holders.size() != 1 || model_.populations[holders[0]].count == 0)
        claim.at("holder").fail(fmt::format("expected one population with agents in region '{}'",
                                            model_.regions[model_.populations[p].region].name));
      read.holder = holders[0];
      const Index r = model_.populations[p].region;
      read.amount = distribution_for(claim.at("amount"), unit, r, 0, unbounded);
      if (claim.has("unit_value")) read.unit_value = number_for(claim.at("unit_value"), model_.units.parse("money"), r);
      if (claim.has("rate")) read.rate = number_for(claim.at("rate"), model_.units.parse("1/tick"), r);
      if (claim.has("term")) read.term = number_for(claim.at("term"), model_.units.parse("tick"), r);
      model_.claims.push_back(read);
    }
  }

  void read_events() {
    if (!root_.has("events")) return;
    for (Toml& event : root_.at("events").elements()) read_event(event);
    std::stable_sort(model_.events.begin(), model_.events.end(),
                     [](const Event& a, const Event& b) { return a.tick < b.tick; });
  }

  void read_event(Toml& event) {
    Event read;
    if (event.has("at") == event.has("tick")) event.fail("an event happens either `at` a date or in a `tick`");
    if (event.has("at")) {
      const Toml at = event.at("at");
      if (!model_.calendar) at.fail("a world without a `start` date has no dates; give `tick`");
      read.tick = at.guarded([&] { return model_.calendar->tick_of(at.as_text()); });
    } else {
      read.tick = event.integer("tick", 0);
    }
    if (event.has("population")) {
      read_param_event(event, read);
    } else if (event.has("signal")) {
      read_signal_event(event, read);
    } else if (event.has("market")) {
      read_reach_event(event, read);
    } else {
      event.fail("an event changes a `param` of a `population`, a `signal`, or the reach of a `market`");
    }
    event.finish();
  }

  void read_param_event(Toml& event, Event read) {
    const Toml at = event.at("population");
    const std::string name = at.as_text();
    const std::string field_name = event.at("param").as_text();
    for (const Index p : populations_named(name.find('.') == std::string::npos ? name + ".*" : name, none, at)) {
      const PopulationModel& population = model_.populations[p];
      const KindDescription& kind = *model_.kinds[population.kind];
      std::vector<std::string> params;
      read.target = Event::Target::param;
      read.index = p;
      read.field = none;
      for (Index f = 0; f < kind.fields.size(); ++f) {
        if (kind.fields[f].role != ONDOL_PARAM) continue;
        params.push_back(kind.fields[f].name);
        if (kind.fields[f].name == field_name) read.field = f;
      }
      if (read.field == none)
        event.at("param").fail(
            fmt::format("kind '{}' has no parameter '{}'{}", kind.name, field_name, suggestion(field_name, params)));
      const auto node = for_region(event.at("value"), population.region);
      if (!node) continue;
      const FieldDescription& field = kind.fields[read.field];
      const Unit unit = unit_of(field, &population, *node);
      each_component(field, *node, [&](std::uint32_t i, const Toml& value) {
        read.component = i;
        read.value = in_range(field, number(value, unit), value);
        read.text = fmt::format("{}: {} = {} {}", population.name, field.name, read.value, unit.text());
        model_.events.push_back(read);
      });
    }
  }

  void read_signal_event(Toml& event, Event read) {
    const std::string name = event.at("signal").as_text();
    find(model_.signals, name, "signal", event.at("signal"));
    read.target = Event::Target::signal;
    for (Index s = 0; s < model_.signals.size(); ++s) {
      const SignalModel& signal = model_.signals[s];
      if (signal.name != name ||
          (event.has("region") && signal.region != region(event.at("region").as_text(), event.at("region"))))
        continue;
      read.index = s;
      read.value = number_for(event.at("value"), signal.unit, signal.region);
      read.text = fmt::format("signal {}: {} {}", name, read.value, signal.unit.text());
      model_.events.push_back(read);
    }
  }

  void read_reach_event(Toml& event, Event read) {
    const std::string name = event.at("market").as_text();
    find(model_.markets, name, "market", event.at("market"));
    read.target = Event::Target::reach;
    read.reach = reach_of(event);
    for (Index m = 0; m < model_.markets.size(); ++m) {
      if (model_.markets[m].name != name) continue;
      for (const Index b : regions_at(event, "buyer")) {
        for (const Index s : regions_at(event, "seller")) {
          read.index = m;
          read.buyer_region = b;
          read.seller_region = s;
          read.text = fmt::format("market {}: {} may buy from {}: {}", name, model_.regions[b].name,
                                  model_.regions[s].name, read.reach.cost == 0 ? "no" : "yes");
          model_.events.push_back(read);
        }
      }
    }
  }

  void read_record() {
    const Toml record = root_.optional_table("record");
    RecordModel::Kind standard;
    read_record_of(record, standard);
    model_.record.index = record.boolean("index", true);
    model_.record.kinds.assign(model_.kinds.size(), standard);
    std::set<Index> chosen;
    for (const auto& [name, choice] : record.optional_table("kinds").entries()) {
      const Index kind = kind_in_use(name, choice);
      if (!chosen.insert(kind).second)
        choice.fail(fmt::format("kind '{}' has two of these tables, by either name", model_.kinds[kind]->name));
      read_record_of(choice, model_.record.kinds[kind]);
      read_record_columns(choice, *model_.kinds[kind], model_.record.kinds[kind]);
      choice.finish();
    }
    record.finish();
  }

  Index kind_in_use(const std::string& name, const Toml& at) const {
    std::vector<std::string> names;
    for (const KindDescription* kind : model_.kinds) {
      if (goes_by(*kind, name)) return static_cast<Index>(names.size());
      names.push_back(kind->name);
    }
    at.fail(fmt::format("there is no kind '{}' in this world{}", name, suggestion(name, names)));
  }

  // Changes what the table says.
  static void read_record_of(const Toml& at, RecordModel::Kind& choice) {
    choice.every = at.integer("every", choice.every);
    if (choice.every < 1) at.at("every").fail("expected at least 1");
    if (at.has("agents")) choice.agents = recorded_agents(at.at("agents"));
    if (at.has("totals")) choice.totals = at.at("totals").as_boolean();
    if (!at.has("tables")) return;
    const std::vector<std::pair<std::string, bool*>> tables = {
        {"state", &choice.state}, {"books", &choice.books}, {"holding", &choice.holding}, {"sale", &choice.sale}};
    std::vector<std::string> names;
    for (const auto& [name, chosen] : tables) {
      names.push_back(name);
      *chosen = false;
    }
    for (const Toml& table : at.at("tables").elements()) {
      const auto found = std::find(names.begin(), names.end(), table.as_text());
      if (found == names.end())
        table.fail(fmt::format("agents have no table '{}'{}", table.as_text(), suggestion(table.as_text(), names)));
      if (std::exchange(*tables[static_cast<std::size_t>(found - names.begin())].second, true))
        table.fail(fmt::format("table '{}' is in the list already", *found));
    }
  }

  static Index recorded_agents(const Toml& at) {
    if (at.is_text()) {
      if (at.as_text() != "all") at.fail(fmt::format("expected a number or \"all\", found \"{}\"", at.as_text()));
      return none;
    }
    const double agents = at.as_number();
    if (!(agents >= 0 && agents <= most_agents && agents == std::floor(agents)))
      at.fail(fmt::format("expected a whole number from 0 to {}, or \"all\"; found {}", most_agents, agents));
    return static_cast<Index>(agents);
  }

  static void read_record_columns(const Toml& at, const KindDescription& kind, RecordModel::Kind& choice) {
    if (!at.has("columns")) return;
    std::vector<std::string> names;
    for (const FieldDescription& field : kind.fields) {
      if (field.role == ONDOL_STATE) names.push_back(field.name);
    }
    if (!choice.state) at.at("columns").fail("columns are of table \"state\", which `tables` leaves out");
    for (const Toml& column : at.at("columns").elements()) {
      const std::string name = column.as_text();
      if (std::find(names.begin(), names.end(), name) == names.end())
        column.fail(fmt::format("kind '{}' has no state '{}'{}", kind.name, name, suggestion(name, names)));
      if (std::find(choice.columns.begin(), choice.columns.end(), name) != choice.columns.end())
        column.fail(fmt::format("state '{}' is in the list already", name));
      choice.columns.push_back(name);
    }
    if (choice.columns.empty())
      at.at("columns").fail("expected at least one state; to record none, leave \"state\" out of `tables`");
  }

  // ---- What only shows in the whole
  void check_recordable() const {
    for (const NameClash& clash : name_clashes(model_)) {
      const auto population = std::find_if(model_.populations.begin(), model_.populations.end(),
                                           [&](const PopulationModel& p) { return p.kind == clash.kind; });
      const auto declared = std::find_if(declared_.begin(), declared_.end(),
                                         [&](const Declared& d) { return d.group == population->group; });
      const KindDescription& kind = *model_.kinds[clash.kind];
      tables_[static_cast<std::size_t>(declared - declared_.begin())].at("kind").fail(
          fmt::format("kind '{}' of plugin '{}' {}; {}", kind.name, kind.plugin, clash.what, clash.advice));
    }
  }

  void check_writers() const {
    for (Index s = 0; s < model_.signals.size(); ++s) {
      if (model_.signals[s].aggregate != Aggregate::single) continue;
      Index writers = 0;
      std::vector<std::string> names;
      for (const PopulationModel& population : model_.populations) {
        for (const PortModel& port : population.ports) {
          if (!port.bound || port.type != ONDOL_WRITES || port.target != s) continue;
          writers += population.room;
          names.push_back(population.name);
        }
      }
      if (writers > 1)
        root_.at("signals")
            .at(model_.signals[s].name)
            .fail(fmt::format("signal '{}' has {} writers ({}), expected one; or declare `aggregate` \"sum\", \"mean\" "
                              "or \"maximum\"",
                              model_.signals[s].name, writers, fmt::join(names, ", ")));
    }
  }

  void check_markets() const {
    for (Index m = 0; m < model_.markets.size(); ++m) {
      const MarketModel& market = model_.markets[m];
      for (const PopulationModel& population : model_.populations) {
        const KindDescription& kind = *model_.kinds[population.kind];
        for (const PortModel& port : population.ports) {
          if (!port.bound || port.type != ONDOL_SELLS || port.target != m || market.instrument == none) continue;
          const bool may = std::any_of(population.ports.begin(), population.ports.end(), [&](const PortModel& other) {
            return other.bound && other.type == ONDOL_ISSUES && other.target == market.instrument;
          });
          if (!may)
            root_.at("populations")
                .at(population.group)
                .fail(fmt::format(
                    "kind '{}' sells in market '{}' but no ISSUES port of population '{}' is bound to instrument '{}'",
                    kind.name, market.label, population.name, model_.instruments[market.instrument].name));
        }
      }
    }
  }

  void check_headroom() const {
    constexpr double ceiling = 9.2e18 / 1000;
    double money = 0;
    std::vector<double> goods(model_.goods.size());
    for (const PopulationModel& population : model_.populations) {
      const auto typical = [](const Distribution& d) {
        return d.shape == Distribution::Shape::list
                   ? *std::max_element(d.list.begin(), d.list.end())
                   : std::max(d.a, d.shape == Distribution::Shape::uniform ? d.b : d.a);
      };
      money += population.count * typical(population.money) * model_.money_scale;
      for (const AccountModel& account : population.accounts)
        goods[account.good] += population.count * typical(account.quantity) * model_.goods[account.good].scale;
    }
    if (money > ceiling)
      root_.fail(
          fmt::format("all money at the start is {:.3g} smallest units, which leaves less than a thousandfold headroom "
                      "in 64 bits; use fewer `money_decimals`",
                      money));
    for (Index g = 0; g < goods.size(); ++g) {
      if (goods[g] > ceiling)
        root_.at("goods")
            .at(model_.goods[g].name)
            .fail(fmt::format("all of good '{}' at the start is {:.3g} smallest units, which leaves less than a "
                              "thousandfold headroom in 64 bits; use fewer `decimals`",
                              model_.goods[g].name, goods[g]));
    }
  }

  struct PendingLevy {
    Index levy;
    std::vector<std::string> targets;
    Toml at;
  };

  Toml root_;
  std::filesystem::path path_;
  const WorldOptions& options_;
  Model model_;
  std::vector<std::pair<std::string, Toml>> treasuries_;
  std::optional<Toml> money_issuer_;
  std::vector<Declared> declared_;
  std::vector<Toml> tables_;
  std::vector<PendingLevy> pending_levies_;
};

}  // namespace

Model load_model(const std::string& text, const std::filesystem::path& path, const WorldOptions& options) {
  toml::table document = read_document(text, path, options.set);
  Model model = Loader(document, path, options).load();
  document.insert_or_assign("seed", static_cast<std::int64_t>(model.seed));
  document.erase("until");
  document.insert_or_assign("ticks", model.ticks);
  model.text = print_document(document);
  return model;
}

}  // namespace ondol
