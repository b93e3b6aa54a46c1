// Opening files that a world names: regular ones, of a bounded size, within certain folders.
#include "loading/regular_file.hpp"

#include <ondol/engine/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ondol {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& what) {
  throw Error(ErrorCode::world, fmt::format("'{}' {}", path.string(), what));
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) close(number);
  }
};

bool lies_in(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

// Asks the open file itself, so that nobody can put another in its place between asking and reading.
void check_place(const Descriptor& file, const fs::path& path, const std::vector<fs::path>& within) {
  if (within.empty()) return;
  std::error_code failure;
  const fs::path real = fs::read_symlink(fmt::format("/proc/self/fd/{}", file.number), failure);
  if (!failure &&
      std::any_of(within.begin(), within.end(), [&](const fs::path& folder) { return lies_in(real, folder); }))
    return;
  std::vector<std::string> folders;
  for (const fs::path& folder : within) folders.push_back(folder.string());
  refuse(path, fmt::format("lies outside the world's root; expected a file in {}", fmt::join(folders, " or ")));
}

}  // namespace

std::string read_regular_file(const fs::path& path, const std::vector<fs::path>& within) {
  // Without waiting: to open a pipe would wait for its writer.
  const Descriptor file{open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  if (file.number < 0) refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  check_place(file, path, within);
  struct stat about {};
  if (fstat(file.number, &about) != 0) refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  if (S_ISDIR(about.st_mode)) refuse(path, "is a directory, expected a file");
  if (!S_ISREG(about.st_mode)) refuse(path, "is no regular file");
  if (static_cast<std::size_t>(about.st_size) > largest_file)
    refuse(path, fmt::format("is larger than {} MiB", largest_file >> 20U));
  std::string text;
  char part[1 << 16];
  ssize_t count = 0;
  while ((count = read(file.number, part, sizeof part)) > 0) {
    text.append(part, static_cast<std::size_t>(count));
    if (text.size() > largest_file) refuse(path, fmt::format("is larger than {} MiB", largest_file >> 20U));
  }
  if (count < 0) refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  return text;
}

}  // namespace ondol
