/// Plugins: loading them, and what they say of themselves.
#pragma once

#include <ondol/abi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ondol {

struct FieldDescription {
  std::string name, unit, doc;
  std::string record;  // disclosed under; empty: not
  ondol_field_role role = ONDOL_PARAM;
  ondol_field_type type = ONDOL_F64;
  std::uint32_t offset = 0;
  std::uint32_t count = 1;
  bool required = false;
  bool pipeline = false;
  double initial = 0, minimum = 0, maximum = 0;
  bool assumed = false;      // the default is
  double low = 0, high = 0;  // of what is assumed: where the truth is believed to lie; equal where nobody says
  bool has_prior() const { return low < high; }
};

struct PortDescription {
  std::string name, unit, doc;  // unit empty: that of what is bound
  ondol_port_type type = ONDOL_BUYS;
  bool optional = false;
  bool listed = false;
  std::uint32_t lags = 0;
  std::vector<std::string> attributes;
  std::vector<std::string> market_params;  // of the market's mechanism, that rules read
  const char* text = nullptr;              // what the plugin's rules call it: its own text
};

struct PurposeDescription {
  std::string name, doc;
  ondol_flow_class flow_class = ONDOL_CURRENT;
};

struct RuleDescription {
  std::string step, doc;
  ondol_rule_fn run = nullptr;
};

struct KindDescription {
  std::string name, doc;
  std::string plugin;    // its name
  bool watched = false;  // its library could change what the whole process shares
  std::uint32_t params_size = 0, traits_size = 0, state_size = 0;
  std::vector<FieldDescription> fields;
  std::vector<PortDescription> ports;
  std::vector<PurposeDescription> purposes;
  std::vector<const char*> purpose_texts;  // what the plugin's rules call them: its own texts
  std::vector<RuleDescription> rules;
};

struct MechanismDescription {
  std::string name, doc;
  std::string plugin;
  bool watched = false;
  bool orders_stand = false;
  bool book = false;
  std::uint32_t params_size = 0, state_size = 0;
  std::vector<FieldDescription> fields;
  const ondol_mechanism* mechanism = nullptr;
};

class LibraryVariables;

/// A plugin in memory. Copies share it; it is unloaded with the last one.
struct PluginLibrary {
  std::string name, version;
  std::filesystem::path path;
  std::string hash;  // of the file, hexadecimal
  std::uint16_t abi_major = 0, abi_minor = 0;
  std::vector<std::shared_ptr<const KindDescription>> kinds;
  std::vector<std::shared_ptr<const MechanismDescription>> mechanisms;
  std::shared_ptr<void> handle;
  /// Where results can come to depend on more than the world and its seed, by what the library takes from others:
  /// "reads the clock: it calls time".
  std::vector<std::string> remarks;
  std::shared_ptr<const LibraryVariables> variables;  // null: of the program itself
};

/// Loads the plugin of that name (or file) from the first directory that has it. Throws Error(plugin) that says what
/// was asked for, where it looked and what it found: a file that is missing, is no library, cut off, of another
/// architecture, without the entry, of another ABI, or whose description is malformed. What loading runs (constructors,
/// the entry) is tried first in a child process, for at most `patience` seconds: what crashes, exits, does not return
/// or changes what the process shares is refused by name. With a patience of 0 that trial is left out. Loading
/// libraries in several threads at once can make the trial wait in vain.
PluginLibrary load_plugin(const std::string& name, const std::vector<std::filesystem::path>& directories,
                          double patience = 10);

/// A plugin that the program itself has: reads its description, which must live as long as the result.
PluginLibrary load_plugin(const ondol_plugin& plugin);

/// Names of the plugins in those directories, sorted.
std::vector<std::string> available_plugins(const std::vector<std::filesystem::path>& directories);

/// How a message about an unknown name ends: "; did you mean 'x'?", or the list of valid names when it is short.
std::string suggest(const std::string& wanted, const std::vector<std::string>& names);

}  // namespace ondol
