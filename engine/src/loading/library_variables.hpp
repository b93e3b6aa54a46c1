// The variables of a loaded library, which no call into a plugin may change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

class LibraryFile;
struct PluginLibrary;

class LibraryVariables {
 public:
  // Where they lie. The library must be loaded, and stay so for as long as it is asked.
  LibraryVariables(const std::filesystem::path& path, const LibraryFile& file);
  // As they are now.
  std::vector<char> now() const;
  bool same(const std::vector<char>& before) const;
  // What is different by now, as in "variable 'calls'", by the names in the library's file; empty: nothing.
  std::string changed_since(const std::vector<char>& before, const LibraryFile& file) const;

 private:
  struct Part {
    std::uint64_t at, size;
    const char* memory;
  };
  std::vector<Part> parts_;
};

// Those of several plugins, as they were when it was made.
class KeptVariables {
 public:
  // The plugins must live as long.
  explicit KeptVariables(const std::vector<PluginLibrary>& plugins);
  // What is different by now, as in "plugin 'counter' changes variable 'calls' of its library"; empty: nothing.
  std::string changed() const;

 private:
  struct Kept {
    const PluginLibrary* plugin;
    std::vector<char> bytes;
  };
  std::vector<Kept> kept_;
};

}  // namespace ondol
