#include "faults/faulty_files.hpp"

#include <dlfcn.h>
#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace ondol::test {

namespace {

std::atomic<int> left = 0;  // operations until the one that fails; 0: none does
std::atomic<bool> goes_on = false, happened = false;
std::atomic<Operation> failing = Operation::open;

bool fails(Operation operation) {
  if (operation != failing) return false;
  int now = left;
  while (now > 0 && !left.compare_exchange_weak(now, now > 1 ? now - 1 : (goes_on ? 1 : 0))) {
  }
  if (now == 1) happened = true;
  return now == 1;
}

// A file of the system's, behind this one in memory.
struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }

int close(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return fails(Operation::read) ? SQLITE_IOERR_READ : real(file)->pMethods->xRead(real(file), to, size, at);
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  return fails(Operation::write) ? SQLITE_FULL : real(file)->pMethods->xWrite(real(file), from, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return fails(Operation::truncate) ? SQLITE_IOERR_TRUNCATE : real(file)->pMethods->xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int flags) {
  return fails(Operation::sync) ? SQLITE_IOERR_FSYNC : real(file)->pMethods->xSync(real(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) { return real(file)->pMethods->xFileSize(real(file), size); }
int lock(sqlite3_file* file, int level) {
  return fails(Operation::lock) ? SQLITE_IOERR_LOCK : real(file)->pMethods->xLock(real(file), level);
}
int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int reserved(sqlite3_file* file, int* is) { return real(file)->pMethods->xCheckReservedLock(real(file), is); }
int control(sqlite3_file* file, int what, void* with) {
  return real(file)->pMethods->xFileControl(real(file), what, with);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int character(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return fails(Operation::map) ? SQLITE_IOERR_SHMMAP
                               : real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int at, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), at, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

// Version 2: without memory-mapped reading, which would pass by.
const sqlite3_io_methods methods = {2,        close,       read,      write,   truncate,    sync,      file_size,
                                    lock,     unlock,      reserved,  control, sector_size, character, shm_map,
                                    shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

sqlite3_vfs* system_layer = nullptr;

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  file->pMethods = nullptr;
  if (fails(Operation::open)) return SQLITE_CANTOPEN;
  const int result = system_layer->xOpen(system_layer, name, real(file), flags, out);
  if (result == SQLITE_OK) file->pMethods = &methods;
  return result;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  return fails(Operation::remove) ? SQLITE_IOERR_DELETE : system_layer->xDelete(system_layer, name, sync_folder);
}

// In place before anything opens a file.
const bool installed = [] {
  system_layer = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs layer = *system_layer;
  layer.zName = "faulty";
  layer.szOsFile = static_cast<int>(sizeof(File)) + system_layer->szOsFile;
  layer.xOpen = open;
  layer.xDelete = remove;
  return sqlite3_vfs_register(&layer, 1) == SQLITE_OK;
}();

}  // namespace

void fail(Operation operation, int n, bool for_good) {
  happened = false;
  failing = operation;
  goes_on = for_good;
  left = n;
}

bool end_faults() {
  left = 0;
  return happened;
}

const char* name_of(Operation operation) {
  static const char* const names[] = {"open", "read", "write", "sync", "truncate", "remove", "lock", "map", "rename"};
  return names[static_cast<std::size_t>(operation)];
}

}  // namespace ondol::test

// The engine's own renaming, in place of the C library's.
extern "C" int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  if (ondol::test::fails(ondol::test::Operation::rename)) {
    errno = EIO;
    return -1;
  }
  using Function = int (*)(int, const char*, int, const char*, unsigned);
  static const auto system = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "renameat2"));
  return system(from_folder, from, to_folder, to, flags);
}
