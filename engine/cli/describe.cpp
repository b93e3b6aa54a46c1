// ondol check and ondol describe: what a world holds, and what plugins say of themselves.
#include "commands.hpp"
#include "description_text.hpp"
#include "output.hpp"
#include "schema.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/plugins.hpp>
#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

namespace ondol::cli {

namespace {

void print_fields(const std::vector<FieldDescription>& fields, ondol_field_role role, const char* title) {
  bool first = true;
  for (const FieldDescription& field : fields) {
    if (field.role != role) continue;
    if (std::exchange(first, false)) say("\n  {}\n", title);
    const std::string name = field.count > 1 ? fmt::format("{}[{}]", field.name, field.count) : field.name;
    say("    {:<24} {:<20} {:<12} {:<22} {:<16} {}\n", name, field.unit, initial_of(field), assumed_of(field),
        range_of(field), field.doc);
  }
}

void print_kind(const KindDescription& kind) {
  say("kind {} (plugin {})\n  {}\n", kind.name, kind.plugin, kind.doc);
  print_fields(kind.fields, ONDOL_PARAM, "parameters: name, unit, default, its basis, range, meaning");
  print_fields(kind.fields, ONDOL_TRAIT, "traits, drawn per agent");
  print_fields(kind.fields, ONDOL_STATE, "state, recorded");
  if (!kind.ports.empty()) say("\n  ports\n");
  for (const PortDescription& port : kind.ports) {
    say("    {:<24} {:<20} {:<12} {}{}\n", port.name, port.unit, port_type_name(port.type),
        port.optional ? "(optional) " : "", port.doc);
  }
  if (!kind.purposes.empty()) say("\n  purposes of payments\n");
  for (const PurposeDescription& purpose : kind.purposes) say("    {:<24} {}\n", purpose.name, purpose.doc);
  say("\n  rules by step\n");
  for (const RuleDescription& rule : kind.rules) say("    {:<24} {}\n", rule.step, rule.doc);
}

void print_mechanism(const MechanismDescription& mechanism) {
  say("mechanism {} (plugin {})\n  {}\n", mechanism.name, mechanism.plugin, mechanism.doc);
  if (mechanism.book) say("  Bids stand as offers do, at several levels.\n");
  if (mechanism.orders_stand) say("  Orders that are not filled stand as the seller's backlog.\n");
  print_fields(mechanism.fields, ONDOL_PARAM, "parameters: name, unit, default, its basis, range, meaning");
  print_fields(mechanism.fields, ONDOL_STATE, "state of the market");
}

void print_plugin(const PluginLibrary& plugin) {
  say("{} {} ({})\n", plugin.name, plugin.version, plugin.path.string());
  for (const auto& kind : plugin.kinds) say("  kind       {:<22} {}\n", kind->name, kind->doc);
  for (const auto& mechanism : plugin.mechanisms) say("  mechanism  {:<22} {}\n", mechanism->name, mechanism->doc);
}

// Whether a plugin is, or has, what was asked for; prints it then.
bool print_if_named(const PluginLibrary& plugin, const std::string& what) {
  const auto asked_for = [&](const std::string& name) {
    return what == plugin.name || what == name || what == plugin.name + "/" + name;
  };
  bool found = false;
  if (plugin.name == what) {
    print_plugin(plugin);
    found = true;
  }
  for (const auto& kind : plugin.kinds) {
    if (!asked_for(kind->name)) continue;
    say("{}", found ? "\n" : "");
    print_kind(*kind);
    found = true;
  }
  for (const auto& mechanism : plugin.mechanisms) {
    if (!asked_for(mechanism->name)) continue;
    say("{}", found ? "\n" : "");
    print_mechanism(*mechanism);
    found = true;
  }
  return found;
}

// A plugin that cannot be used must not hide the others, unless it is the one asked for.
std::optional<PluginLibrary> try_load(const std::string& name, const std::vector<std::filesystem::path>& directories,
                                      double patience, bool needed) {
  try {
    return load_plugin(name, directories, patience);
  } catch (const Error& error) {
    if (needed) throw;
    complain("ondol: {}\n", error.what());
    return std::nullopt;
  }
}

int describe_in_markdown(const std::string& name, const std::vector<PluginLibrary>& plugins) {
  if (name.empty()) {
    say("{}", reference_index(plugins));
    return 0;
  }
  std::vector<std::string> names;
  for (const PluginLibrary& plugin : plugins) {
    names.push_back(plugin.name);
    if (plugin.name != name) continue;
    say("{}", reference_page(plugin));
    return 0;
  }
  throw Error(ErrorCode::usage, fmt::format("there is no plugin '{}'{}", name, suggest(name, names)));
}

}  // namespace

void warn(const World& world, bool strict) {
  for (const std::string& warning : world.warnings())
    complain("ondol: {}: {}\n", strict ? "error" : "warning", warning);
  if (strict && !world.warnings().empty())
    throw Error(ErrorCode::world,
                fmt::format("{} of the above, which --strict takes for errors", world.warnings().size()));
}

int check(const CheckChoice& choice) {
  if (choice.world.empty()) throw Error(ErrorCode::usage, "check what? expected a world file, or --plugin FILE");
  const World world = World::load(choice.world, choice.options);
  warn(world, choice.strict);
  say("{}", choice.resolved ? world.resolved() : world.overview());
  return 0;
}

int describe(const DescribeChoice& choice) {
  if (choice.schema == "experiment") {
    say("{}", experiment_schema());
    return 0;
  }
  std::vector<std::filesystem::path> directories = choice.directories;
  for (const auto& directory : default_plugin_directories()) directories.push_back(directory);
  std::vector<PluginLibrary> plugins;
  for (const std::string& name : available_plugins(directories)) {
    if (auto loaded = try_load(name, directories, choice.patience, name == choice.what))
      plugins.push_back(std::move(*loaded));
  }
  if (!choice.schema.empty()) {
    say("{}", world_schema(plugins));
    return 0;
  }
  if (choice.markdown) return describe_in_markdown(choice.what, plugins);
  std::vector<std::string> names;
  bool found = choice.what.empty();
  for (const PluginLibrary& plugin : plugins) {
    if (choice.what.empty()) {
      print_plugin(plugin);
      continue;
    }
    names.push_back(plugin.name);
    for (const auto& kind : plugin.kinds) names.push_back(kind->name);
    for (const auto& mechanism : plugin.mechanisms) names.push_back(mechanism->name);
    found |= print_if_named(plugin, choice.what);
  }
  if (!found)
    throw Error(ErrorCode::usage,
                fmt::format("there is no plugin, kind or mechanism '{}'{}", choice.what, suggest(choice.what, names)));
  return 0;
}

}  // namespace ondol::cli
