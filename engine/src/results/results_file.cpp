// Making results files beside their name, and refusing to take the place of anything else.
#include "results/results_file.hpp"

#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace ondol {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw Error(ErrorCode::output, fmt::format("{}: {}", path.string(), why));
}

// The header of an SQLite file has its application at byte 68, most significant byte first. Read without opening it:
// to close a file takes the locks away that SQLite holds on it in this process.
bool is_results_file(int file) {
  std::array<unsigned char, 72> header{};
  if (pread(file, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) return false;
  const std::uint32_t application =
      std::uint32_t{header[68]} << 24 | std::uint32_t{header[69]} << 16 | std::uint32_t{header[70]} << 8 | header[71];
  return std::memcmp(header.data(), "SQLite format 3", 16) == 0 && application == results_application;
}

bool is_results_file(const fs::path& path) {
  try {
    Database database(path, Database::Opening::to_read);
    Query application(database, "PRAGMA application_id");
    return application.next() && application.number(0) == results_application;
  } catch (const Error&) {
    return false;  // no file of SQLite's
  }
}

// When a process began, in seconds since 1970; nothing where there is none, or that is not known.
std::optional<double> beginning_of(std::int64_t process) {
  std::ifstream stat(fmt::format("/proc/{}/stat", process));
  std::string text(std::istreambuf_iterator<char>(stat), {});
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 22; ++i) rest >> skipped;
  double ticks = 0;
  rest >> ticks;
  std::ifstream system("/proc/stat");
  for (std::string line; std::getline(system, line);) {
    if (line.starts_with("btime "))
      return std::stod(line.substr(6)) + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return {};
}

// Whether the process is there, and may have begun the run: numbers of processes are used again.
bool may_be_alive(std::int64_t process, double began) {
  if (kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) return false;
  const auto beginning = beginning_of(process);
  constexpr double clocks_differ = 5;  // seconds
  return !beginning || *beginning < began + clocks_differ;
}

// Who writes it as we look: that run is not to be disturbed.
std::optional<Writer> live_writer(Database& database) {
  Query run(database,
            "SELECT process, host, unixepoch('now') - unixepoch(heartbeat), unixepoch(started) FROM run_data WHERE "
            "status = 'running'");
  if (!run.next()) return {};
  const Writer writer{static_cast<std::int64_t>(run.number(0)), run.text(1)};
  const bool fresh = run.number(2) < seconds_until_lost;
  const bool alive = writer.host == Writer::here().host ? may_be_alive(writer.process, run.number(3)) : fresh;
  return alive ? std::optional(writer) : std::nullopt;
}

void check_replaceable(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_regular_file(fs::symlink_status(path, failure)) || !is_results_file(path))
    refuse(path, "is not a results file of ondol, and nothing else is overwritten");
  Database database(path, Database::Opening::existing);
  refuse_live_writer(database, path);
}

void check_target(const fs::path& path, bool overwrite) {
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(path, failure))) return;
  if (!overwrite) refuse(path, "exists already; choose another file or allow overwriting");
  check_replaceable(path);
}

// Opened and held: by this process for as long as it has it open, and gone with it however it ends.
int hold(const fs::path& part) {
  for (;;) {
    const int file = open(part.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0) refuse(part, fmt::format("cannot be written: {}", std::strerror(errno)));
    struct stat held {
    }, named{};
    const bool mine = flock(file, LOCK_EX | LOCK_NB) == 0;
    if (mine && fstat(file, &held) == 0 && stat(part.c_str(), &named) == 0 && held.st_ino == named.st_ino) {
      if (held.st_size == 0 || is_results_file(file)) return file;
      close(file);
      refuse(part, "is in the way, and is no results file that a run has begun");
    }
    close(file);
    if (!mine) refuse(part, "another run is making it");
  }
}

void remove_companions(const fs::path& path) {
  std::error_code failure;
  for (const char* rest : {"-wal", "-shm", "-journal"}) fs::remove(path.string() + rest, failure);
}

}  // namespace

bool holds_run(Database& database) {
  Query query(database,
              "SELECT application_id, EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'run_data') FROM "
              "pragma_application_id");
  return query.next() && query.whole(0) == results_application && query.whole(1) != 0;
}

void check_results(Database& database, const fs::path& path) {
  if (!holds_run(database)) refuse(path, "is not the results file of a run");
}

void refuse_live_writer(Database& database, const fs::path& path) {
  if (const auto writer = live_writer(database))
    refuse(path, fmt::format("a run is writing it, process {} on {}", writer->process, writer->host));
}

Writer Writer::here() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return {getpid(), host.data()};
}

FileInTheMaking::FileInTheMaking(const fs::path& path, bool overwrite)
    : path_(path), part_(path.string() + ".part"), overwrite_(overwrite) {
  std::error_code failure;
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!path.has_filename()) refuse(path, "is no name of a file");
  if (!fs::is_directory(folder, failure))
    refuse(path, fmt::format("there is no folder '{}' to write it in", folder.string()));
  check_target(path_, overwrite_);
  lock_ = hold(part_);
  remove_companions(part_);
  if (ftruncate(lock_, 0) != 0) refuse(part_, fmt::format("cannot be written: {}", std::strerror(errno)));
}

FileInTheMaking::~FileInTheMaking() {
  std::error_code failure;
  if (lock_ < 0) return;
  fs::remove(part_, failure);
  close(lock_);
}

DiskReserve::DiskReserve(const fs::path& beside) {
  constexpr off_t enough = 1 << 20;
  const fs::path folder = beside.has_parent_path() ? beside.parent_path() : ".";
  file_ = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ >= 0 && posix_fallocate(file_, 0, enough) != 0) release();  // as well without
}

void DiskReserve::release() {
  if (file_ >= 0) close(file_);
  file_ = -1;
}

namespace {

// Nobody may have it open through SQLite.
void give_name(const fs::path& part, const fs::path& path, bool overwrite) {
  check_target(path, overwrite);
  // What an earlier run left beside its file is in it by now: who looks into a file last closes it.
  remove_companions(path);
  const unsigned replace = overwrite ? 0 : RENAME_NOREPLACE;
  if (renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path.c_str(), replace) != 0) {
    const bool no_such_call = errno == EINVAL || errno == ENOSYS;  // as some file systems have it
    if (!no_such_call || std::rename(part.c_str(), path.c_str()) != 0)
      refuse(path, fmt::format("cannot be given its name: {}", std::strerror(errno)));
  }
  const int folder = open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY);
  if (folder >= 0) {
    fsync(folder);  // so that the name outlives a power cut, where the file system can promise it
    close(folder);
  }
}

}  // namespace

void FileInTheMaking::publish() {
  give_name(part_, path_, overwrite_);
  close(lock_);
  lock_ = -1;
}

void publish_left(const fs::path& path) {
  const fs::path part = path.string() + ".part";
  const int lock = hold(part);
  try {
    give_name(part, path, false);
  } catch (...) {
    close(lock);
    throw;
  }
  close(lock);
}

}  // namespace ondol
