// Opening plugins and reading their descriptions.
#include "base/child.hpp"
#include "base/nearest.hpp"
#include "base/process_state.hpp"
#include "loading/library_file.hpp"
#include "loading/library_imports.hpp"
#include "loading/library_variables.hpp"
#include "model/field_value.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/plugins.hpp>

#include <boost/dll/shared_library.hpp>
#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <set>
#include <span>

namespace ondol {

namespace {

// Checks and copies one plugin's description; every refusal names the plugin's file.
class Reader {
 public:
  Reader(PluginLibrary& library, bool watched) : library_(library), watched_(watched) {}

  void read(const ondol_plugin* plugin) {
    const ondol_plugin described = whole(plugin);
    library_.name = text(described.name, "its name");
    library_.version = text(described.version, "its version");
    library_.abi_major = described.abi_major;
    library_.abi_minor = described.abi_minor;
    if (described.kind_count + described.mechanism_count == 0) refuse("it has neither kinds nor mechanisms");
    for (std::uint32_t i = 0; i < described.kind_count; ++i)
      read_kind(whole(element(described.kinds, sizeof(void*), i)));
    for (std::uint32_t i = 0; i < described.mechanism_count; ++i)
      read_mechanism(element(described.mechanisms, sizeof(void*), i));
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorCode::plugin, fmt::format("plugin '{}' is malformed: {}", library_.path.string(), what));
  }

  // A struct of the size that the plugin states: older ones are shorter, newer ones longer, and none ends amid a
  // pointer.
  template <class T>
  T copied(const void* from, std::size_t size) const {
    if (from == nullptr || size % alignof(T) != 0) refuse(fmt::format("one of its structs is of {} bytes", size));
    T copy{};
    std::memcpy(&copy, from, std::min(size, sizeof(T)));
    return copy;
  }

  template <class T>
  T whole(const T* object) const {
    if (object == nullptr) refuse("one of its kinds or mechanisms is missing");
    return copied<T>(object, object->size);
  }

  template <class T>
  T element(const T* array, std::uint32_t stride, std::uint32_t i) const {
    if (array == nullptr) refuse("one of its lists is missing");
    return copied<T>(reinterpret_cast<const char*>(array) + std::size_t{stride} * i, stride);
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
    read->watched = watched_;
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
      read->purpose_texts.push_back(purpose.handle != nullptr ? purpose.handle : purpose.name);
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
    described_whole(read->fields, ONDOL_PARAM, kind.params_size, "Params", where);
    described_whole(read->fields, ONDOL_TRAIT, kind.traits_size, "Traits", where);
    described_whole(read->fields, ONDOL_STATE, kind.state_size, "State", where);
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
    read->book = (described.flags & ONDOL_MECHANISM_BOOK) != 0;
    read->params_size = described.params_size;
    read->state_size = described.state_size;
    read->mechanism = mechanism;
    read->watched = watched_;
    if (described.clear == nullptr) refuse(where + " has no function");
    for (std::uint32_t i = 0; i < described.field_count; ++i) {
      const ondol_field field = element(described.fields, described.field_stride, i);
      read->fields.push_back(
          read_field(field, field.role == ONDOL_PARAM ? described.params_size : described.state_size, where));
    }
    unique(read->fields, where);
    described_whole(read->fields, ONDOL_PARAM, described.params_size, "parameters", where);
    described_whole(read->fields, ONDOL_STATE, described.state_size, "state", where);
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
    read.assumed = (field.flags & ONDOL_FIELD_ASSUMED) != 0;
    read.low = field.low;
    read.high = field.high;
    if (field.offset + field.count * field_type_size(read.type) > size) refuse(where + " lies outside its struct");
    if (!(read.minimum <= read.maximum)) refuse(where + " has an empty range");
    if (!read.required && !(read.initial >= read.minimum && read.initial <= read.maximum)) {
      refuse(
          fmt::format("{} starts at {}, outside its range {} to {}", where, read.initial, read.minimum, read.maximum));
    }
    require_prior(read, where);
    return read;
  }

  // What is assumed of a default lies around it, within what the field can be at all.
  void require_prior(const FieldDescription& field, const std::string& where) const {
    if (field.low == 0 && field.high == 0) return;
    if (!field.assumed) refuse(where + " has a range that is assumed, and its default is not");
    const bool around = field.required || (field.low <= field.initial && field.initial <= field.high);
    if (field.has_prior() && around && field.low >= field.minimum && field.high <= field.maximum) return;
    refuse(fmt::format("{} is assumed to lie within {} to {}, expected a range around its default, {}, within {} to {}",
                       where, field.low, field.high, field.initial, field.minimum, field.maximum));
  }

  PortDescription read_port(const ondol_port_spec& port, const std::string& of) const {
    PortDescription read;
    read.name = text(port.name, "the name of a port of " + of);
    read.text = port.handle != nullptr ? port.handle : port.name;
    if (port.type > ONDOL_RECEIPTS) refuse(fmt::format("port '{}' of {} is of an unknown type", read.name, of));
    if (port.attribute_count > ONDOL_MAX_ATTRIBUTES && port.type != ONDOL_OBSERVES)
      refuse(fmt::format("port '{}' of {} has more than {} attributes", read.name, of, ONDOL_MAX_ATTRIBUTES));
    read.unit = port.unit != nullptr ? port.unit : "";
    read.doc = port.doc != nullptr ? port.doc : "";
    read.type = static_cast<ondol_port_type>(port.type);
    read.optional = (port.flags & ONDOL_PORT_OPTIONAL) != 0;
    read.lags = port.lags;
    constexpr std::uint32_t most_lags = 10'000;
    if (read.lags > most_lags || (read.lags != 0 && read.type != ONDOL_READS))
      refuse(fmt::format("port '{}' of {} has {} lags, expected at most {}, of a signal that it reads", read.name, of,
                         read.lags, most_lags));
    read.listed = (port.flags & ONDOL_PORT_LISTED) != 0;
    for (std::uint32_t i = 0; i < port.attribute_count; ++i)
      read.attributes.push_back(text(port.attributes[i], "an attribute of port " + read.name));
    if (port.market_param_count > 0 && port.type != ONDOL_BUYS && port.type != ONDOL_SELLS)
      refuse(fmt::format("port '{}' of {} reads parameters of a market, and leads to none", read.name, of));
    for (std::uint32_t i = 0; i < port.market_param_count; ++i)
      read.market_params.push_back(text(port.market_params[i], "a market parameter of port " + read.name));
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

  // Every byte of a struct belongs to one field, but for those that the alignment of the next field leaves: what is not
  // described is not recorded, checked, or kept for a run that goes on.
  void described_whole(const std::vector<FieldDescription>& fields, ondol_field_role role, std::uint32_t size,
                       const char* what, const std::string& of) const {
    std::vector<const FieldDescription*> sorted;
    for (const FieldDescription& field : fields) {
      if (field.role == role) sorted.push_back(&field);
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
    std::uint32_t end = 0, alignment = 1;
    const auto aligned = [](std::uint32_t at, std::uint32_t to) { return (at + to - 1) / to * to; };
    const auto require = [&](std::uint32_t next, std::uint32_t to, const std::string& before) {
      if (next == aligned(end, to)) return;
      refuse(fmt::format("{} has {} bytes in its {}, {}, that no field describes; describe every member", of,
                         next - end, what, before));
    };
    const FieldDescription* last = nullptr;
    for (const FieldDescription* field : sorted) {
      const auto own = static_cast<std::uint32_t>(field_type_size(field->type));
      if (last != nullptr && field->offset < end)
        refuse(fmt::format("{} describes one member of its {} twice: as field '{}' and as field '{}'", of, what,
                           last->name, field->name));
      require(field->offset, own, fmt::format("before field '{}'", field->name));
      end = field->offset + field->count * own;
      alignment = std::max(alignment, own);
      last = field;
    }
    // An empty struct has a size, too.
    if (last == nullptr && size <= 1) return;
    require(size, alignment, last == nullptr ? "all of them" : fmt::format("after field '{}'", last->name));
  }

  PluginLibrary& library_;
  bool watched_;
};

std::string hash_of(std::span<const char> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::filesystem::path find_plugin(const std::string& name, const std::vector<std::filesystem::path>& directories) {
  for (const auto& directory : directories) {
    std::error_code ignored;
    const auto path = directory / (name + ".so");
    // In full, since results say it to whoever reads them elsewhere.
    if (std::filesystem::is_regular_file(path, ignored)) return std::filesystem::absolute(path).lexically_normal();
  }
  std::vector<std::string> looked;
  for (const auto& directory : directories) looked.push_back(directory.empty() ? "." : directory.string());
  throw Error(ErrorCode::plugin,
              fmt::format("there is no plugin '{}': looked for {}.so in {}{}", name, name, fmt::join(looked, ", "),
                          suggestion(name, available_plugins(directories))));
}

// Calls into a plugin that can change what the whole process shares are looked at.
bool reaches_the_process(const std::vector<Import>& imports) {
  return std::any_of(imports.begin(), imports.end(), [](const Import& import) { return import.shared; });
}

class Opener {
 public:
  explicit Opener(std::filesystem::path path) : path_(std::move(path)) {}

  // Runs the library's constructors.
  std::shared_ptr<boost::dll::shared_library> open() const {
    boost::dll::fs::error_code failure;
    auto handle = std::make_shared<boost::dll::shared_library>();
    handle->load(path_, failure, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    if (failure) refuse(fmt::format("is no library this program can load: {}", reason()));
    return handle;
  }

  // Calls the library's entry.
  const ondol_plugin* describe(boost::dll::shared_library& handle) const {
    if (!handle.has(ONDOL_ENTRY_NAME)) refuse(fmt::format("does not export {}", ONDOL_ENTRY_NAME));
    const auto entry = handle.get<const ondol_plugin*(const ondol_host_info*)>(ONDOL_ENTRY_NAME);
    ondol_failure failure{ONDOL_NONE, ""};
    const ondol_host_info host = {sizeof host, ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, ONDOL_VERSION, nullptr, &failure};
    const ondol_plugin* plugin = call(entry, host);
    failure.message[sizeof failure.message - 1] = '\0';
    if (plugin == nullptr && failure.message[0] != '\0')
      refuse(fmt::format("cannot describe itself: {}", failure.message));
    if (plugin == nullptr)
      refuse(fmt::format("was built for another ABI than {}.{}; build it with the SDK of this ondol ({})",
                         ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, ONDOL_VERSION));
    // Size and version stand first in every ABI.
    if (plugin->abi_major != ONDOL_ABI_MAJOR || plugin->abi_minor != ONDOL_ABI_MINOR)
      refuse(fmt::format("was built for ABI {}.{}, expected {}.{}; build it with the SDK of this ondol ({})",
                         plugin->abi_major, plugin->abi_minor, ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, ONDOL_VERSION));
    return plugin;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorCode::plugin, fmt::format("plugin '{}' {}", path_.string(), what));
  }

 private:
  // The loader's own, which Boost.DLL keeps to itself: it is asked once more.
  std::string reason() const {
    if (void* const loaded = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      dlclose(loaded);
      return "it loads the second time only";
    }
    const char* const said = dlerror();
    return said != nullptr ? said : "the loader does not say why";
  }

  template <class Entry>
  const ondol_plugin* call(const Entry& entry, const ondol_host_info& host) const {
    try {
      return entry(&host);
    } catch (const std::exception& error) {
      refuse(fmt::format("threw an exception while it described itself: {}", error.what()));
    } catch (...) {
      refuse("threw an exception while it described itself");
    }
  }

  std::filesystem::path path_;
};

PluginLibrary load_from(const std::filesystem::path& path, const std::string& hash, bool watched,
                        const std::function<void(const char*)>& stage) {
  PluginLibrary library;
  library.path = path;
  library.hash = hash;
  const Opener opener(path);
  stage("while it is loaded, before anything of it is asked for");
  const auto handle = opener.open();
  stage("while it describes itself");
  Reader(library, watched).read(opener.describe(*handle));
  stage("");
  library.handle = handle;
  return library;
}

// Loads it in a child first, where a constructor or description that crashes, ends the process or does not return does
// no harm. Throws Error(plugin) with what became of it.
void try_in_child(const std::filesystem::path& path, double patience) {
  const ChildReport report = in_child(patience, [&](const ChildPipe& pipe) {
    try {
      const ProcessState before;
      const PluginLibrary loaded = load_from(path, "", false, [&](const char* what) { pipe.line({"stage", what}); });
      const std::string changed = ProcessState().changed_since(before);
      if (!changed.empty())
        Opener(path).refuse(fmt::format("changes {} of the whole process as it is loaded", changed));
      pipe.line({"stage", "as it is unloaded"});
    } catch (const Error& error) {
      pipe.line({"refused", error.what()});
    }
  });
  std::string stage;
  for (const auto& line : report.lines) {
    if (line[0] == "refused") throw Error(ErrorCode::plugin, line[1]);
    stage = line.back();
  }
  if (!report.fault.empty()) Opener(path).refuse(fmt::format("{} {}", report.fault, stage));
}

bool loaded_already(const std::filesystem::path& path) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (handle != nullptr) dlclose(handle);
  return handle != nullptr;
}

}  // namespace

PluginLibrary load_plugin(const std::string& name, const std::vector<std::filesystem::path>& directories,
                          double patience) {
  const std::filesystem::path path = find_plugin(name, directories);
  const LibraryFile file(path);
  if (patience > 0 && !loaded_already(path)) try_in_child(path, patience);
  const std::vector<Import> imports = remarkable(file.imports());
  PluginLibrary library = load_from(path, hash_of(file.bytes()), reaches_the_process(imports), [](const char*) {});
  library.remarks = remarks_on(file);
  library.variables = std::make_shared<const LibraryVariables>(path, file);
  return library;
}

PluginLibrary load_plugin(const ondol_plugin& plugin) {
  PluginLibrary library;
  library.path = plugin.name != nullptr ? plugin.name : "";
  Reader(library, false).read(&plugin);
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
