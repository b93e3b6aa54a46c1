// Where a results file comes into being: beside its name, which it gets once its tables exist, and what it may replace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ondol {

// In the header of every results file, where programs such as file(1) look: "ONDL", and the number of the format.
inline constexpr int results_application = 0x4F4E444C;
inline constexpr int results_format = 1;

// Who writes a results file, as it says itself.
struct Writer {
  std::int64_t process = 0;
  std::string host;
  static Writer here();
};

// After so many seconds without a sign of life, a run that says it is running is lost.
inline constexpr int seconds_until_lost = 60;

class Database;
// Whether it is the results file of a run, with its tables.
bool holds_run(Database& database);
// Throws Error(output) where it is not.
void check_results(Database& database, const std::filesystem::path& path);
// Throws Error(output) where a live run writes it.
void refuse_live_writer(Database& database, const std::filesystem::path& path);

// A file under `path` with ".part" at its end, that no other run makes meanwhile. Throws Error(output) where something
// is in the way that is not a results file, or is one that a live run writes, or is one and `overwrite` is false.
class FileInTheMaking {
 public:
  FileInTheMaking(const std::filesystem::path& path, bool overwrite);
  // Unless it was published, it is removed.
  ~FileInTheMaking();
  FileInTheMaking(const FileInTheMaking&) = delete;
  FileInTheMaking& operator=(const FileInTheMaking&) = delete;

  const std::filesystem::path& part() const { return part_; }
  // Gives it its name, in place of an earlier file where that was allowed. Nobody may have it open through SQLite.
  void publish();

 private:
  std::filesystem::path path_, part_;
  bool overwrite_;
  int lock_ = -1;  // the file, held while it is made; -1 once it is published
};

// Gives the file its name that a run which ended too soon has left beside it. Throws Error(output) where the name is
// taken, or a run is making the file.
void publish_left(const std::filesystem::path& path);

// A little of the disk, held back without a name until it is full: room to say in the file that it was.
class DiskReserve {
 public:
  explicit DiskReserve(const std::filesystem::path& beside);
  ~DiskReserve() { release(); }
  DiskReserve(const DiskReserve&) = delete;
  DiskReserve& operator=(const DiskReserve&) = delete;

  void release();

 private:
  int file_ = -1;
};

}  // namespace ondol
