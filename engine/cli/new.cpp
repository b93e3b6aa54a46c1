// ondol new: writes the beginnings of a plugin.
#include "commands.hpp"
#include "new_plugin_files.hpp"
#include "output.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <system_error>

namespace ondol::cli {

namespace {

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

std::string filled_in(std::string text, const std::string& placeholder, const std::string& value) {
  for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += value.size())
    text.replace(at, placeholder.size(), value);
  return text;
}

// Where this command is installed: what CMAKE_PREFIX_PATH has to name.
std::string prefix() {
  std::error_code failed;
  const std::filesystem::path command = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? "PREFIX" : command.parent_path().parent_path().string();
}

}  // namespace

int new_plugin(const NewPluginChoice& choice) {
  const std::string& name = choice.name;
  if (!std::regex_match(name, std::regex("[a-z][a-z0-9_]*")))
    throw Error(ErrorCode::usage,
                fmt::format("'{}' is not a name for a plugin: expected a small letter, then small letters, digits and "
                            "underscores, as in 'price_setter'",
                            name));
  const std::filesystem::path folder = name;
  if (std::filesystem::exists(folder))
    throw Error(ErrorCode::output, fmt::format("'{}' exists already; choose another name or move it away", name));
  // Built beside the folder, so that nothing half-written stays under its name.
  const std::filesystem::path draft = name + ".new";
  std::error_code failed;
  std::filesystem::remove_all(draft, failed);
  if (!std::filesystem::create_directory(draft, failed))
    throw Error(ErrorCode::output, fmt::format("cannot create the folder '{}': {}", name, failed.message()));
  for (const auto& [path, text] : new_plugin_files) {
    std::string written = filled_in(std::string(text), "{{name}}", name);
    written = filled_in(filled_in(written, "{{Kind}}", camel_case(name)), "{{prefix}}", prefix());
    std::ofstream file(draft / filled_in(path, "{{name}}", name));
    file << written;
    if (!file.flush()) {
      std::filesystem::remove_all(draft, failed);
      throw Error(ErrorCode::output, fmt::format("cannot write into the folder '{}': is the disk full?", name));
    }
  }
  std::filesystem::rename(draft, folder, failed);
  if (failed) throw Error(ErrorCode::output, fmt::format("cannot create the folder '{}': {}", name, failed.message()));
  say("wrote {0}/: how to build, test and run it stands in {0}/README.md\n", name);
  return 0;
}

}  // namespace ondol::cli
