// What the file of a shared library says of itself, before anything of it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ondol {

// A symbol in C++ as it was written; any other name as it is.
std::string as_written(const std::string& symbol);

// An ELF library for this machine, read as data.
class LibraryFile {
 public:
  // Reads the file. Throws Error(plugin) with what is wrong when it is no library of this machine, or is cut off: one
  // that is would end the process as it is loaded.
  explicit LibraryFile(const std::filesystem::path& path);

  std::span<const char> bytes() const { return bytes_; }
  // Names of the functions and variables that it takes from other libraries.
  std::vector<std::string> imports() const;
  // Whether it has variables of which every thread has its own.
  bool thread_local_variables() const;
  // The variable that a byte of the loaded library belongs to, by its distance from where the library begins, in C++
  // as it was written; empty: the file does not say.
  std::string variable_at(std::uint64_t address) const;

  // Where variables lie that may change while the library is loaded, as distances from where it begins.
  struct Part {
    std::uint64_t at, size;
  };
  std::vector<Part> variables() const;

 private:
  struct Symbol {
    std::string name;
    std::uint64_t address, size;
    bool defined, object;
  };
  void require(std::uint64_t offset, std::uint64_t size) const;
  template <class T>
  T read(std::uint64_t offset) const;
  template <class Use>
  void each_symbol(std::uint32_t section_type, Use&& use) const;

  std::filesystem::path path_;
  std::vector<char> bytes_;
};

}  // namespace ondol
