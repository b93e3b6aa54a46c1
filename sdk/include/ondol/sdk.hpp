/// Everything a plugin author includes: describe kinds and mechanisms, write rules, export them with ONDOL_PLUGIN.
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
#include <ondol/mechanism.hpp>
#include <ondol/ports.hpp>
#include <ondol/random.hpp>

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <vector>

namespace ondol::detail {

/// A type is what its `describe` takes: a kind of agents, or a mechanism.
template <class T>
concept DescribesKind = requires {
  static_cast<void (*)(Kind<T>&)>(&T::describe);
};
template <class T>
concept DescribesMechanism = requires {
  static_cast<void (*)(Mechanism<T>&)>(&T::describe);
};

template <class T>
struct DescriptionOf {
  static_assert(DescribesKind<T> != DescribesMechanism<T>,
                "a kind has `static void describe(ondol::Kind<T>&)`, a mechanism "
                "`static void describe(ondol::Mechanism<T>&)`");
  using type = std::conditional_t<DescribesKind<T>, Kind<T>, Mechanism<T>>;
};

/// The plugin's description, made on the first call of the entry and constant from then on.
template <class... Described>
const ondol_plugin* describe_plugin(const char* name, const char* version) {
  struct Description {
    std::tuple<typename DescriptionOf<Described>::type...> parts;
    std::vector<const ondol_kind*> kinds;
    std::vector<const ondol_mechanism*> mechanisms;
    ondol_plugin plugin{};
    void add(const ondol_kind& kind) { kinds.push_back(&kind); }
    void add(const ondol_mechanism& mechanism) { mechanisms.push_back(&mechanism); }
  };
  static const Description* const description = [=] {
    static Description made;
    std::apply([&](auto&... part) { ((Described::describe(part), made.add(part.finish())), ...); }, made.parts);
    made.plugin = {sizeof(ondol_plugin),
                   ONDOL_ABI_MAJOR,
                   ONDOL_ABI_MINOR,
                   name,
                   version,
                   made.kinds.data(),
                   made.mechanisms.data(),
                   static_cast<std::uint32_t>(made.kinds.size()),
                   static_cast<std::uint32_t>(made.mechanisms.size()),
                   nullptr};
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

/// Exports kinds and mechanisms as a plugin. Once in a library, outside any namespace. The name is that of the
/// library's file, by which worlds ask for it.
#define ONDOL_PLUGIN(plugin_name, plugin_version, ...)                                          \
  extern "C" ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) { \
    return ondol::detail::plugin_entry<__VA_ARGS__>(host, plugin_name, plugin_version);         \
  }
