// A file system that fails once it is told to: SQLite's default layer (a VFS over the system's own) and the renaming of
// files, for the whole program that links it.
#pragma once

namespace ondol::test {

enum class Operation { open, read, write, sync, truncate, remove, lock, map, rename };

// The n-th operation of that kind from now on fails, n from 1; `for_good`: so do all later ones, as on a full disk.
void fail(Operation operation, int n, bool for_good);
// From now on none fails. Returns whether any did.
bool end_faults();

const char* name_of(Operation operation);

}  // namespace ondol::test
