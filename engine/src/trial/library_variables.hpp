// The variables of a loaded library, which no call into a plugin may change.
#pragma once

#include "loading/library_file.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

class LibraryVariables {
 public:
  // As they are now. The library must be loaded.
  explicit LibraryVariables(const std::filesystem::path& path);
  // What is different by now, as in "variable 'calls'"; empty: nothing.
  std::string changed() const;

 private:
  LibraryFile file_;
  std::uintptr_t base_ = 0;
  struct Part {
    std::uint64_t at;
    std::vector<char> bytes;
  };
  std::vector<Part> parts_;
};

}  // namespace ondol
