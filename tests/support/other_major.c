/* A plugin of another major, which answers any host. Only size and version have the place they have here. */
#include <ondol/abi.h>

typedef struct other_plugin {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  double unlike[8];
} other_plugin;

static const other_plugin plugin = {sizeof(other_plugin), ONDOL_ABI_MAJOR + 1, 3, {0}};

ONDOL_EXPORT const void* ondol_plugin_entry(const void* host);
const void* ondol_plugin_entry(const void* host) {
  (void)host;
  return &plugin;
}
