// ondol new: writes the beginnings of a plugin, a mechanism or a world.
#include "commands.hpp"
#include "new_files.hpp"
#include "output.hpp"

#include <ondol/engine/conformance.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/plugins.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <system_error>

namespace ondol::cli {

namespace {

namespace fs = std::filesystem;

// What stands in for what in the texts.
using Placeholders = std::map<std::string, std::string>;

// price_setter -> PriceSetter
std::string camel_case(const std::string& name) {
  std::string camel;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') camel += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return camel;
}

std::string filled_in(std::string text, const Placeholders& placeholders) {
  for (const auto& [placeholder, value] : placeholders) {
    for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += value.size())
      text.replace(at, placeholder.size(), value);
  }
  return text;
}

// Where this command is installed: what CMAKE_PREFIX_PATH has to name.
std::string prefix() {
  std::error_code failed;
  const fs::path command = fs::read_symlink("/proc/self/exe", failed);
  return failed ? "PREFIX" : command.parent_path().parent_path().string();
}

// Names that compilers and CMake keep for themselves.
bool is_reserved(const std::string& name) {
  static const std::set<std::string> reserved = {
      "alignas",  "alignof",  "all",      "and",        "asm",     "auto",      "bool",      "break",    "case",
      "catch",    "char",     "class",    "clean",      "clear",   "concept",   "const",     "continue", "default",
      "delete",   "do",       "double",   "edit_cache", "else",    "enum",      "explicit",  "export",   "extern",
      "false",    "fields",   "float",    "for",        "friend",  "goto",      "help",      "if",       "inline",
      "install",  "int",      "long",     "main",       "mutable", "namespace", "new",       "noexcept", "not",
      "nullptr",  "ondol",    "operator", "or",         "package", "private",   "protected", "public",   "register",
      "requires", "restrict", "return",   "short",      "signed",  "sizeof",    "static",    "std",      "struct",
      "switch",   "template", "test",     "this",       "throw",   "true",      "try",       "typedef",  "typeid",
      "typename", "union",    "unix",     "unsigned",   "using",   "virtual",   "void",      "volatile", "while",
      "xor"};
  return reserved.count(name) != 0;
}

void require_name(const std::string& name, const char* what) {
  if (!std::regex_match(name, std::regex("[a-z][a-z0-9_]*")))
    throw Error(ErrorCode::usage,
                fmt::format("'{}' is not a name for a {}: expected a small letter, then small letters, digits and "
                            "underscores, as in 'price_setter'",
                            name, what));
}

// A name that plugin, kind or mechanism, source file and CMake target can all have.
void require_plugin_name(const std::string& name, const char* what) {
  require_name(name, what);
  if (is_reserved(name))
    throw Error(ErrorCode::usage,
                fmt::format("'{}' is not a name for a {}: compilers or CMake keep it for themselves", name, what));
  const std::vector<std::string> known = available_plugins(default_plugin_directories());
  if (std::find(known.begin(), known.end(), name) != known.end())
    throw Error(ErrorCode::usage, fmt::format("'{0}' is not a name for a {1}: there is a plugin '{0}' already; see "
                                              "'ondol describe {0}'",
                                              name, what));
}

void require_absent(const fs::path& path) {
  if (fs::exists(path))
    throw Error(ErrorCode::output,
                fmt::format("'{}' exists already; choose another name or move it away", path.string()));
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush())
    throw Error(ErrorCode::output,
                fmt::format("cannot write '{}': is the folder writable, the disk full?", path.string()));
}

// Writes the files of some templates into a folder, built beside it so that nothing half-written stays under its name.
void write_folder(const std::string& name, const std::set<std::string>& templates, Placeholders placeholders) {
  require_absent(name);
  placeholders.insert({{"{{name}}", name}, {"{{Kind}}", camel_case(name)}, {"{{prefix}}", prefix()}});
  const fs::path draft = name + ".new";
  std::error_code failed;
  fs::remove_all(draft, failed);
  if (!fs::create_directory(draft, failed))
    throw Error(ErrorCode::output, fmt::format("cannot create the folder '{}': {}", name, failed.message()));
  try {
    for (const NewFile& file : new_files) {
      if (templates.count(file.of) != 0)
        write_file(draft / filled_in(file.path, {{"NAME", name}}), filled_in(std::string(file.text), placeholders));
    }
    fs::rename(draft, name);
  } catch (const fs::filesystem_error& error) {
    fs::remove_all(draft, failed);
    throw Error(ErrorCode::output, fmt::format("cannot create the folder '{}': {}", name, error.code().message()));
  } catch (...) {
    fs::remove_all(draft, failed);
    throw;
  }
  say("wrote {0}/: how to build, test and run it stands in {0}/README.md\n", name);
}

}  // namespace

int new_plugin(const NewChoice& choice) {
  require_plugin_name(choice.name, "plugin");
  const std::string taken = kind_name_fault(choice.name);
  if (!taken.empty())
    throw Error(ErrorCode::usage,
                fmt::format("'{}' is not a name for a plugin: its kind would have it, and {}", choice.name, taken));
  write_folder(choice.name, {"plugin"}, {});
  return 0;
}

int new_mechanism(const NewChoice& choice) {
  require_plugin_name(choice.name, "mechanism");
  const bool in_c = choice.language == "c";
  write_folder(choice.name, {"mechanism", in_c ? "mechanism_c" : "mechanism_cpp"},
               {{"{{source}}", choice.name + (in_c ? ".c" : ".cpp")}});
  return 0;
}

int new_world(const NewChoice& choice) {
  require_name(choice.name, "world");
  const std::string path = choice.name + ".toml";
  require_absent(path);
  for (const NewFile& file : new_files) {
    if (std::string(file.of) == "world")
      write_file(path, filled_in(std::string(file.text), {{"{{name}}", choice.name}}));
  }
  say("wrote {0}: run it with: ondol run {0}\n", path);
  return 0;
}

}  // namespace ondol::cli
