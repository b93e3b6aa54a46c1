// Reading ELF: headers, segments and symbols.
#include "loading/library_file.hpp"

#include <ondol/engine/error.hpp>

#include <cxxabi.h>
#include <elf.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace ondol {

namespace {

constexpr std::uint16_t this_machine =
#if defined(__x86_64__)
    EM_X86_64;
#elif defined(__aarch64__)
    EM_AARCH64;
#else
    EM_NONE;
#endif

}  // namespace

std::string as_written(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status),
                                                    &std::free);
  return status == 0 ? name.get() : symbol;
}

LibraryFile::LibraryFile(const std::filesystem::path& path) : path_(path) {
  std::ifstream file(path, std::ios::binary);
  bytes_.assign(std::istreambuf_iterator<char>(file), {});
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::plugin,
                fmt::format("plugin '{}' is no library this program can load: {}", path.string(), what));
  };
  if (bytes_.empty()) refuse("the file is empty or cannot be read");
  if (bytes_.size() < SELFMAG || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0) refuse("it is no ELF file");
  if (bytes_.size() < sizeof(Elf64_Ehdr)) refuse("it is cut off within its header");
  const auto header = read<Elf64_Ehdr>(0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine ||
      header.e_ident[EI_DATA] != ELFDATA2LSB)
    refuse(fmt::format("it is built for another processor (ELF machine {}, this one is {})", header.e_machine,
                       this_machine));
  if (header.e_type != ET_DYN) refuse("it is an ELF file, but no shared library");
  try {
    require(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr));
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
      const auto segment = read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
      if (segment.p_type != PT_NULL) require(segment.p_offset, segment.p_filesz);
    }
    require(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr));
  } catch (const std::out_of_range& error) {
    refuse(error.what());
  }
}

void LibraryFile::require(std::uint64_t offset, std::uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset)
    throw std::out_of_range(fmt::format("it is cut off: {} bytes of what its header names", bytes_.size()));
}

template <class T>
T LibraryFile::read(std::uint64_t offset) const {
  require(offset, sizeof(T));
  T value;
  std::memcpy(&value, bytes_.data() + offset, sizeof value);
  return value;
}

template <class Use>
void LibraryFile::each_symbol(std::uint32_t section_type, Use&& use) const {
  const auto header = read<Elf64_Ehdr>(0);
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = read<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
    if (section.sh_type != section_type || section.sh_link >= header.e_shnum) continue;
    const auto names = read<Elf64_Shdr>(header.e_shoff + section.sh_link * sizeof(Elf64_Shdr));
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
      const auto symbol = read<Elf64_Sym>(section.sh_offset + at);
      require(names.sh_offset, names.sh_size);
      if (symbol.st_name >= names.sh_size) continue;
      const char* const text = bytes_.data() + names.sh_offset + symbol.st_name;
      const std::size_t length = strnlen(text, names.sh_size - symbol.st_name);
      use(Symbol{{text, length},
                 symbol.st_value,
                 symbol.st_size,
                 symbol.st_shndx != SHN_UNDEF,
                 ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT});
    }
  }
}

std::vector<std::string> LibraryFile::imports() const {
  std::vector<std::string> names;
  each_symbol(SHT_DYNSYM, [&](const Symbol& symbol) {
    if (!symbol.defined && !symbol.name.empty()) names.push_back(symbol.name);
  });
  return names;
}

bool LibraryFile::thread_local_variables() const {
  const auto header = read<Elf64_Ehdr>(0);
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_TLS && segment.p_memsz > 0) return true;
  }
  return false;
}

std::string LibraryFile::variable_at(std::uint64_t address) const {
  std::string found;
  each_symbol(SHT_SYMTAB, [&](const Symbol& symbol) {
    if (symbol.defined && symbol.object && address >= symbol.address && address - symbol.address < symbol.size)
      found = as_written(symbol.name);
  });
  return found;
}

// Writable segments, less what is made read-only once it is loaded.
std::vector<LibraryFile::Part> LibraryFile::variables() const {
  const auto header = read<Elf64_Ehdr>(0);
  std::vector<Part> parts;
  std::uint64_t read_only_from = 0, read_only_to = 0;
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_GNU_RELRO) {
      read_only_from = segment.p_vaddr;
      read_only_to = segment.p_vaddr + segment.p_memsz;
    }
  }
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    std::uint64_t from = segment.p_vaddr;
    const std::uint64_t to = segment.p_vaddr + segment.p_memsz;
    if (from >= read_only_from && from < read_only_to) from = read_only_to;
    if (from < to) parts.push_back({from, to - from});
  }
  return parts;
}

}  // namespace ondol
