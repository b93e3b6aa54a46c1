// Opening plugins and reading their descriptions.
#include "base/nearest.hpp"
#include "model/field_value.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/plugins.hpp>

#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>

namespace ondol {

namespace {

// Reads the i-th of an array of structs whose size the plugin states: older ones are shorter, newer ones longer.
template <class T>
T element(const T* array, std::uint32_t stride, std::uint32_t i) {
  T copy{};
  std::memcpy(&copy, reinterpret_cast<const char*>(array) + std::size_t{stride} * i,
              std::min<std::size_t>(stride, sizeof(T)));
  return copy;
}

template <class T>
T whole(const T* object) {
  T copy{};
  std::memcpy(&copy, object, std::min<std::size_t>(object->size, sizeof(T)));
  return copy;
}

// Checks and copies one plugin's description; every refusal names the plugin's file.
class Reader {
 public:
  explicit Reader(PluginLibrary& library) : library_(library) {}

  void read(const ondol_plugin* plugin) {
    const ondol_plugin described = whole(plugin);
    library_.name = text(described.name, "its name");
    library_.version = text(described.version, "its version");
    library_.abi_major = described.abi_major;
    library_.abi_minor = described.abi_minor;
    if (described.kind_count + described.mechanism_count == 0) refuse("it has neither kinds nor mechanisms");
    for (std::uint32_t i = 0; i < described.kind_count; ++i) read_kind(whole(described.kinds[i]));
    for (std::uint32_t i = 0; i < described.mechanism_count; ++i) read_mechanism(described.mechanisms[i]);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorCode::plugin, fmt::format("plugin '{}' is malformed: {}", library_.path.string(), what));
  }

  std::string text(const char* value, const std::string& what) const {
    if (value == nullptr || *value == '\0') refuse(what + " is missing");
    return value;
  }

  void read_kind(const ondol_kind& kind) {
    auto read = std::make_shared<KindDescription>();
    read->name = text(kind.name, "the name of a kind");
    const std::string where = fmt::format("kind '{}'", read->name);
    for (const auto& other : library_.kinds) {
      if (other->name == read->name) refuse("it has two kinds named '" + read->name + "'");
    }
    read->doc = text(kind.doc, "the documentation of " + where);
    read->plugin = library_.name;
    read->params_size = kind.params_size;
    read->traits_size = kind.traits_size;
    read->state_size = kind.state_size;
    for (std::uint32_t i = 0; i < kind.field_count; ++i) {
      const ondol_field field = element(kind.fields, kind.field_stride, i);
      const std::uint32_t size = field.role == ONDOL_PARAM   ? kind.params_size
                                 : field.role == ONDOL_TRAIT ? kind.traits_size
                                                             : kind.state_size;
      read->fields.push_back(read_field(field, size, where));
    }
    for (std::uint32_t i = 0; i < kind.port_count; ++i)
      read->ports.push_back(read_port(element(kind.ports, kind.port_stride, i), where));
    for (std::uint32_t i = 0; i < kind.purpose_count; ++i) {
      const ondol_purpose purpose = element(kind.purposes, kind.purpose_stride, i);
      if (purpose.flow_class > ONDOL_FINANCIAL) refuse(where + " has a purpose of an unknown class");
      read->purposes.push_back({text(purpose.name, "the name of a purpose of " + where), purpose.doc ? purpose.doc : "",
                                static_cast<ondol_flow_class>(purpose.flow_class)});
    }
    for (std::uint32_t i = 0; i < kind.rule_count; ++i) {
      const ondol_rule rule = element(kind.rules, kind.rule_stride, i);
      if (rule.run == nullptr) refuse(where + " has a rule without a function");
      // Rules of one step run at once, so two of them would write to the same rows.
      const std::string step = text(rule.step, "the step of a rule of " + where);
      for (const RuleDescription& other : read->rules) {
        if (other.step == step) refuse(fmt::format("{} has two rules for step '{}'; expected one", where, step));
      }
      read->rules.push_back({step, rule.doc ? rule.doc : "", rule.run});
    }
    unique(read->fields, where);
    unique(read->ports, "port", where);
    unique(read->purposes, "purpose", where);
    library_.kinds.push_back(std::move(read));
  }

  void read_mechanism(const ondol_mechanism* mechanism) {
    const ondol_mechanism described = whole(mechanism);
    auto read = std::make_shared<MechanismDescription>();
    read->name = text(described.name, "the name of a mechanism");
    const std::string where = fmt::format("mechanism '{}'", read->name);
    read->doc = text(described.doc, "the documentation of " + where);
    read->plugin = library_.name;
    read->orders_stand = (described.flags & ONDOL_MECHANISM_ORDERS_STAND) != 0;
    read->params_size = described.params_size;
    read->state_size = described.state_size;
    read->mechanism = mechanism;
    if (described.clear == nullptr) refuse(where + " has no function");
    for (std::uint32_t i = 0; i < described.field_count; ++i) {
      const ondol_field field = element(described.fields, described.field_stride, i);
      read->fields.push_back(
          read_field(field, field.role == ONDOL_PARAM ? described.params_size : described.state_size, where));
    }
    unique(read->fields, where);
    library_.mechanisms.push_back(std::move(read));
  }

  FieldDescription read_field(const ondol_field& field, std::uint32_t size, const std::string& of) const {
    FieldDescription read;
    read.name = text(field.name, "the name of a field of " + of);
    const std::string where = fmt::format("field '{}' of {}", read.name, of);
    read.unit = text(field.unit, "the unit of " + where);
    read.doc = text(field.doc, "the documentation of " + where);
    if (field.record != nullptr) read.record = field.record;
    if (field.role > ONDOL_STATE || field.type > ONDOL_AGENT || field.count == 0)
      refuse(where + " is of an unknown role, type or count");
    read.role = static_cast<ondol_field_role>(field.role);
    read.type = static_cast<ondol_field_type>(field.type);
    read.offset = field.offset;
    read.count = field.count;
    read.required = (field.flags & ONDOL_FIELD_REQUIRED) != 0;
    read.pipeline = (field.flags & ONDOL_FIELD_PIPELINE) != 0;
    read.initial = field.initial;
    read.minimum = field.minimum;
    read.maximum = field.maximum;
    if (field.offset + field.count * field_type_size(read.type) > size) refuse(where + " lies outside its struct");
    if (!(read.minimum <= read.maximum)) refuse(where + " has an empty range");
    if (!read.required && !(read.initial >= read.minimum && read.initial <= read.maximum)) {
      refuse(
          fmt::format("{} starts at {}, outside its range {} to {}", where, read.initial, read.minimum, read.maximum));
    }
    return read;
  }

  PortDescription read_port(const ondol_port_spec& port, const std::string& of) const {
    PortDescription read;
    read.name = text(port.name, "the name of a port of " + of);
    if (port.type > ONDOL_LEVIES) refuse(fmt::format("port '{}' of {} is of an unknown type", read.name, of));
    if (port.attribute_count > ONDOL_MAX_ATTRIBUTES && port.type != ONDOL_OBSERVES)
      refuse(fmt::format("port '{}' of {} has more than {} attributes", read.name, of, ONDOL_MAX_ATTRIBUTES));
    read.unit = port.unit != nullptr ? port.unit : "";
    read.doc = port.doc != nullptr ? port.doc : "";
    read.type = static_cast<ondol_port_type>(port.type);
    read.optional = (port.flags & ONDOL_PORT_OPTIONAL) != 0;
    for (std::uint32_t i = 0; i < port.attribute_count; ++i)
      read.attributes.push_back(text(port.attributes[i], "an attribute of port " + read.name));
    return read;
  }

  template <class T>
  void unique(const std::vector<T>& described, const char* what, const std::string& of) const {
    std::set<std::string> names;
    for (const T& one : described) {
      if (!names.insert(one.name).second) refuse(fmt::format("{} has two {}s named '{}'", of, what, one.name));
    }
  }

  // A parameter and a state field may share a name: one is where the other starts.
  void unique(const std::vector<FieldDescription>& fields, const std::string& of) const {
    std::set<std::pair<ondol_field_role, std::string>> names;
    for (const FieldDescription& field : fields) {
      if (!names.emplace(field.role, field.name).second)
        refuse(fmt::format("{} has two fields named '{}'", of, field.name));
    }
  }

  PluginLibrary& library_;
};

std::string hash_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::filesystem::path find_plugin(const std::string& name, const std::vector<std::filesystem::path>& directories) {
  for (const auto& directory : directories) {
    std::error_code ignored;
    const auto path = directory / (name + ".so");
    if (std::filesystem::is_regular_file(path, ignored)) return path;
  }
  std::vector<std::string> looked;
  for (const auto& directory : directories) looked.push_back(directory.empty() ? "." : directory.string());
  throw Error(ErrorCode::plugin,
              fmt::format("there is no plugin '{}': looked for {}.so in {}{}", name, name, fmt::join(looked, ", "),
                          suggestion(name, available_plugins(directories))));
}

template <class Entry>
const ondol_plugin* call_entry(const Entry& entry, const ondol_host_info& host, const std::filesystem::path& path) {
  try {
    return entry(&host);
  } catch (...) {
    throw Error(ErrorCode::plugin,
                fmt::format("plugin '{}' threw an exception while it described itself", path.string()));
  }
}

}  // namespace

PluginLibrary load_plugin(const std::string& name, const std::vector<std::filesystem::path>& directories) {
  PluginLibrary library;
  library.path = find_plugin(name, directories);
  library.hash = hash_of(library.path);
  boost::dll::fs::error_code failure;
  auto handle = std::make_shared<boost::dll::shared_library>();
  handle->load(library.path, failure, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (failure)
    throw Error(ErrorCode::plugin, fmt::format("plugin '{}' is no library this program can load: {}",
                                               library.path.string(), failure.message()));
  if (!handle->has(ONDOL_ENTRY_NAME))
    throw Error(ErrorCode::plugin,
                fmt::format("plugin '{}' does not export {}", library.path.string(), ONDOL_ENTRY_NAME));
  const auto entry = handle->get<const ondol_plugin*(const ondol_host_info*)>(ONDOL_ENTRY_NAME);
  const ondol_host_info host = {sizeof host, ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, ONDOL_VERSION, nullptr};
  const ondol_plugin* plugin = call_entry(entry, host, library.path);
  if (plugin == nullptr)
    throw Error(ErrorCode::plugin, fmt::format("plugin '{}' was built for another ABI than {}.{}; build it with "
                                               "the SDK of this ondol ({})",
                                               library.path.string(), ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, ONDOL_VERSION));
  // Size and version stand first in every ABI.
  if (plugin->abi_major != ONDOL_ABI_MAJOR || plugin->abi_minor != ONDOL_ABI_MINOR)
    throw Error(ErrorCode::plugin, fmt::format("plugin '{}' was built for ABI {}.{}, expected {}.{}; build it with the "
                                               "SDK of this ondol ({})",
                                               library.path.string(), plugin->abi_major, plugin->abi_minor,
                                               ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, ONDOL_VERSION));
  Reader(library).read(plugin);
  library.handle = std::move(handle);
  return library;
}

PluginLibrary load_plugin(const ondol_plugin& plugin) {
  PluginLibrary library;
  library.path = plugin.name != nullptr ? plugin.name : "";
  Reader(library).read(&plugin);
  return library;
}

std::vector<std::string> available_plugins(const std::vector<std::filesystem::path>& directories) {
  std::set<std::string> names;
  for (const auto& directory : directories) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (entry.path().extension() == ".so") names.insert(entry.path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

std::string suggest(const std::string& wanted, const std::vector<std::string>& names) {
  return suggestion(wanted, names);
}

}  // namespace ondol
