/* A plugin that knows this host's major is not its own, and says so. */
#include <ondol/abi.h>

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  (void)host;
  return NULL;
}
