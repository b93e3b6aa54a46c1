// Where a page is written: beside its name, which it gets when it is whole.
#pragma once

#include <filesystem>
#include <string>

namespace ondol {

// How every page begins: what may be replaced is known by it.
inline constexpr const char* page_mark = "<!DOCTYPE html>\n<!-- A report made by ondol -->\n";

class PageFile {
 public:
  // Throws Error(output) where a file is in the way that is no report, or is one and `overwrite` is false.
  PageFile(std::filesystem::path path, bool overwrite);
  // Throws Error(output) where it cannot be written; nothing is left then.
  void write(const std::string& text) const;

 private:
  std::filesystem::path path_;
  bool overwrite_;
};

}  // namespace ondol
