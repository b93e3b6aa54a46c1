/// Everything a plugin author includes: describe kinds, write rules, export them with ONDOL_PLUGIN.
///
///     struct Firm { struct Params {...}; struct Traits {...}; struct State {...};
///                   static void describe(ondol::Kind<Firm>& kind); ...rules... };
///     ONDOL_PLUGIN("firms", "0.1.0", Firm)
#pragma once

#include <ondol/abi.h>
#include <ondol/agent.hpp>
#include <ondol/fields.hpp>
#include <ondol/kind.hpp>
#include <ondol/math.hpp>
#include <ondol/ports.hpp>
#include <ondol/random.hpp>

#include <array>
#include <tuple>

namespace ondol::detail {

/// The plugin's description, made on the first call of the entry and constant from then on.
template <class... Kinds>
const ondol_plugin* describe_plugin(const char* name, const char* version) {
  struct Description {
    std::tuple<Kind<Kinds>...> kinds;
    std::array<const ondol_kind*, sizeof...(Kinds)> list{};
    ondol_plugin plugin{};
  };
  static const Description* const description = [=] {
    static Description made;
    std::size_t i = 0;
    std::apply([&](auto&... kind) { ((Kinds::describe(kind), made.list[i++] = &kind.finish()), ...); }, made.kinds);
    made.plugin = {sizeof(ondol_plugin), ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR,  name, version,
                   made.list.data(),     nullptr,         sizeof...(Kinds), 0,    nullptr};
    return &made;
  }();
  return &description->plugin;
}

/// The entry: NULL for a host of another ABI, or when `describe` throws, which the host is told.
template <class... Kinds>
const ondol_plugin* plugin_entry(const ondol_host_info* host, const char* name, const char* version) noexcept {
  if (host == nullptr || host->abi_major != ONDOL_ABI_MAJOR || host->abi_minor != ONDOL_ABI_MINOR) return nullptr;
  try {
    return describe_plugin<Kinds...>(name, version);
  } catch (...) {
    failed(*host->failure, ONDOL_NONE);
    return nullptr;
  }
}

}  // namespace ondol::detail

/// Exports kinds as a plugin.
#define ONDOL_PLUGIN(plugin_name, plugin_version, ...)                                          \
  extern "C" ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) { \
    return ondol::detail::plugin_entry<__VA_ARGS__>(host, plugin_name, plugin_version);         \
  }
