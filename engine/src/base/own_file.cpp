// Writing a file, and refusing to take the place of anything else.
#include "base/own_file.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace ondol {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw Error(ErrorCode::output, fmt::format("{}: {}", path.string(), why));
}

}  // namespace

bool OwnFile::is_one() const {
  std::error_code failed;
  if (!fs::is_regular_file(fs::symlink_status(path_, failed))) return false;
  std::string start(kind_.mark.size(), '\0');
  std::ifstream(path_).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == kind_.mark;
}

OwnFile::OwnFile(fs::path path, FileKind kind, bool overwrite) : path_(std::move(path)), kind_(std::move(kind)) {
  std::error_code failed;
  const fs::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  if (!path_.has_filename()) refuse(path_, "is no name of a file");
  if (!fs::is_directory(folder, failed))
    refuse(path_, fmt::format("there is no folder '{}' to write it in", folder.string()));
  if (!fs::exists(fs::symlink_status(path_, failed))) return;
  if (!overwrite) refuse(path_, "exists already; give another -o, or --overwrite");
  if (!is_one()) refuse(path_, fmt::format("is not {} of ondol, and nothing else is overwritten", kind_.name));
}

void OwnFile::write(const std::string& text) const {
  const fs::path part = path_.string() + ".part";
  std::error_code failed;
  std::ofstream file(part, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    const std::string why = std::strerror(errno);
    fs::remove(part, failed);
    refuse(path_, fmt::format("cannot be written: {}", why));
  }
  fs::rename(part, path_, failed);
  if (!failed) return;
  const std::string why = failed.message();
  fs::remove(part, failed);
  refuse(path_, fmt::format("cannot be given its name: {}", why));
}

}  // namespace ondol
