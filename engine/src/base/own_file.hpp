// A file of a kind that is known by how it begins, written beside its name, which it gets when it is whole.
#pragma once

#include <filesystem>
#include <string>

namespace ondol {

// How such files begin, and what one is called in messages.
struct FileKind {
  std::string mark, name;
};

class OwnFile {
 public:
  // Throws Error(output) where a file is in the way that is not of that kind, or is one and `overwrite` is false.
  OwnFile(std::filesystem::path path, FileKind kind, bool overwrite);
  // A text that begins with the mark. Throws Error(output) where it cannot be written; nothing is left then.
  void write(const std::string& text) const;

 private:
  bool is_one() const;

  std::filesystem::path path_;
  FileKind kind_;
};

}  // namespace ondol
