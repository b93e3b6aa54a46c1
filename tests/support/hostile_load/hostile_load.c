/* A library that misbehaves as it is loaded, in the way that its file's name says: one library, copied under many
 * names. Under its own name it does nothing wrong. */
#define _GNU_SOURCE
#include <ondol/abi.h>

#include <dlfcn.h>
#include <fenv.h>
#include <signal.h>
#include <unistd.h>

#include <stdlib.h>
#include <string.h>

static int called(const char* name) {
  Dl_info info;
  return dladdr((const void*)(uintptr_t)&called, &info) != 0 && strstr(info.dli_fname, name) != NULL;
}

__attribute__((constructor)) static void loaded(void) {
  volatile int* volatile nowhere = NULL;
  volatile int forever = 1;
  if (called("constructor_exits")) exit(0);
  if (called("constructor_ends_at_once")) _exit(0);
  if (called("constructor_crashes")) *nowhere = 1;
  if (called("constructor_aborts")) abort();
  while (called("constructor_loops") && forever) continue;
  if (called("constructor_changes_directory") && chdir("/") != 0) abort();
  if (called("constructor_rounds")) fesetround(FE_UPWARD);
  if (called("constructor_handles_signals")) signal(SIGUSR1, SIG_IGN);
  if (called("constructor_forks") && fork() == 0) {
    sleep(60);
    _exit(0);
  }
}

__attribute__((destructor)) static void unloaded(void) {
  if (called("destructor_crashes")) abort();
}

typedef struct State {
  double level;
  double hidden;
} State;

static int32_t act(ondol_chunk* chunk) {
  (void)chunk;
  return 0;
}

static const ondol_field whole[] = {
    {"level", "1", "A number.", NULL, ONDOL_STATE, ONDOL_F64, offsetof(State, level), 1, 0, 0, 0, -1e9, 1e9, 0, 0},
    {"hidden", "1", "A number.", NULL, ONDOL_STATE, ONDOL_F64, offsetof(State, hidden), 1, 0, 0, 0, -1e9, 1e9, 0, 0}};
static const ondol_field twice[] = {
    {"level", "1", "A number.", NULL, ONDOL_STATE, ONDOL_F64, offsetof(State, level), 1, 0, 0, 0, -1e9, 1e9, 0, 0},
    {"hidden", "1", "A number.", NULL, ONDOL_STATE, ONDOL_F64, offsetof(State, level), 1, 0, 0, 0, -1e9, 1e9, 0, 0}};
static const ondol_rule rules[] = {{"make", "Does nothing.", &act}};

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  static ondol_kind kind;
  static const ondol_kind* const kinds[] = {&kind};
  static ondol_plugin plugin;
  volatile int* volatile nowhere = NULL;
  volatile int forever = 1;
  if (called("entry_exits")) exit(3);
  if (called("entry_crashes")) *nowhere = 1;
  while (called("entry_loops") && forever) continue;
  if (called("entry_refuses")) {
    strcpy(host->failure->message, "this machine is not to its taste");
    return NULL;
  }
  const ondol_kind described = {.size = sizeof kind,
                                .state_size = sizeof(State),
                                .name = "sleeper",
                                .doc = "Does nothing.",
                                .fields = called("member_described_twice") ? twice : whole,
                                .field_count = called("member_not_described") ? 1 : 2,
                                .field_stride = sizeof(ondol_field),
                                .rules = rules,
                                .rule_count = 1,
                                .rule_stride = sizeof(ondol_rule)};
  const ondol_plugin made = {sizeof plugin, ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, "hostile_load", "1.0", kinds, NULL, 1, 0,
                             NULL};
  kind = described;
  plugin = made;
  return &plugin;
}
