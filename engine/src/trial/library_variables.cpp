// Copying and comparing writable segments.
#include "trial/library_variables.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <link.h>

#include <set>

namespace ondol {

LibraryVariables::LibraryVariables(const std::filesystem::path& path) : file_(path) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  link_map* map = nullptr;
  if (handle == nullptr || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) return;
  base_ = map->l_addr;
  dlclose(handle);
  for (const LibraryFile::Part& part : file_.variables()) {
    const char* const from = reinterpret_cast<const char*>(base_ + part.at);
    parts_.push_back({part.at, {from, from + part.size}});
  }
}

std::string LibraryVariables::changed() const {
  std::set<std::string> names;
  std::size_t unknown = 0;
  for (const Part& part : parts_) {
    const char* const now = reinterpret_cast<const char*>(base_ + part.at);
    for (std::size_t i = 0; i < part.bytes.size(); ++i) {
      if (now[i] == part.bytes[i]) continue;
      const std::string name = file_.variable_at(part.at + i);
      if (name.empty())
        ++unknown;
      else if (!name.starts_with("guard variable"))
        names.insert(name);
    }
  }
  if (!names.empty()) return fmt::format("variable '{}'", fmt::join(names, "', '"));
  return unknown == 0 ? "" : fmt::format("{} bytes of its variables", unknown);
}

}  // namespace ondol
