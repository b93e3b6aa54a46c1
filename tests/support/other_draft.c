/* A plugin of another draft of this ABI, which answers any host. */
#include <ondol/abi.h>

static const ondol_plugin plugin = {
    sizeof(ondol_plugin), ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR + 1, "other_draft", "1.0", NULL, NULL, 0, 0, NULL};

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  (void)host;
  return &plugin;
}
