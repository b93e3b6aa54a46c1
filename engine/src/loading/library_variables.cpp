// Copying and comparing writable segments.
#include "loading/library_variables.hpp"

#include "loading/library_file.hpp"

#include <ondol/engine/plugins.hpp>

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <link.h>

#include <cstring>
#include <set>

namespace ondol {

LibraryVariables::LibraryVariables(const std::filesystem::path& path, const LibraryFile& file) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  link_map* map = nullptr;
  if (handle == nullptr || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) return;
  for (const LibraryFile::Part& part : file.variables())
    parts_.push_back({part.at, part.size, reinterpret_cast<const char*>(map->l_addr + part.at)});
  dlclose(handle);
}

std::vector<char> LibraryVariables::now() const {
  std::vector<char> bytes;
  for (const Part& part : parts_) bytes.insert(bytes.end(), part.memory, part.memory + part.size);
  return bytes;
}

bool LibraryVariables::same(const std::vector<char>& before) const {
  std::size_t from = 0;
  for (const Part& part : parts_) {
    if (std::memcmp(part.memory, before.data() + from, part.size) != 0) return false;
    from += part.size;
  }
  return true;
}

std::string LibraryVariables::changed_since(const std::vector<char>& before, const LibraryFile& file) const {
  std::set<std::string> names;
  std::size_t unknown = 0, from = 0;
  for (const Part& part : parts_) {
    for (std::size_t i = 0; i < part.size; ++i) {
      if (part.memory[i] == before[from + i]) continue;
      const std::string name = file.variable_at(part.at + i);
      if (name.empty())
        ++unknown;
      else if (!name.starts_with("guard variable"))
        names.insert(name);
    }
    from += part.size;
  }
  if (!names.empty()) return fmt::format("variable '{}'", fmt::join(names, "', '"));
  return unknown == 0 ? "" : fmt::format("{} bytes of its variables", unknown);
}

KeptVariables::KeptVariables(const std::vector<PluginLibrary>& plugins) {
  for (const PluginLibrary& plugin : plugins) {
    if (plugin.variables != nullptr) kept_.push_back({&plugin, plugin.variables->now()});
  }
}

std::string KeptVariables::changed() const {
  for (const Kept& kept : kept_) {
    const LibraryVariables& variables = *kept.plugin->variables;
    if (variables.same(kept.bytes)) continue;
    return fmt::format(
        "plugin '{}' changes {} of its library; what outlives a call belongs in State, or in the state of "
        "a mechanism",
        kept.plugin->name, variables.changed_since(kept.bytes, LibraryFile(kept.plugin->path)));
  }
  return "";
}

}  // namespace ondol
