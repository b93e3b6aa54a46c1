// What the fuzzers of worlds, snapshots and results need: the plugins of a small world, loaded once.
#pragma once

#include <ondol/engine/world.hpp>

#include <dlfcn.h>

#include <cstdlib>
#include <string>

namespace ondol::fuzz {

inline const ondol_plugin* plugin(const std::string& name) {
  void* const library = dlopen((ONDOL_FUZZ_PLUGINS "/" + name + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
  const auto entry = library != nullptr ? reinterpret_cast<ondol_entry_fn>(dlsym(library, ONDOL_ENTRY_NAME)) : nullptr;
  if (entry == nullptr) std::abort();
  ondol_failure failure{};
  const ondol_host_info host = {sizeof host, ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, "", nullptr, &failure};
  const ondol_plugin* const described = entry(&host);
  if (described == nullptr) std::abort();
  return described;
}

inline const WorldOptions& options() {
  static const WorldOptions options = [] {
    WorldOptions made;
    made.own_plugins = {plugin("toy"), plugin("posted_offers")};
    return made;
  }();
  return options;
}

}  // namespace ondol::fuzz
