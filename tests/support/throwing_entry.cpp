// A plugin that throws while it describes itself.
#include <ondol/abi.h>

#include <stdexcept>

extern "C" ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  if (host != nullptr) throw std::runtime_error("no mood to be described");
  return nullptr;
}
