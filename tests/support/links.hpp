// Links between Markdown documents: those that lead to no file, or to no heading of one.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace ondol::test {

// Lines outside fenced code.
inline std::vector<std::string> prose_of(const std::filesystem::path& page) {
  std::ifstream file(page);
  std::vector<std::string> lines;
  bool fenced = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else if (!fenced) {
      lines.push_back(line);
    }
  }
  return lines;
}

// What a link to a heading is called: its words in small letters, joined by hyphens.
inline std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80) {
      anchor += static_cast<char>(std::tolower(byte));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

inline std::set<std::string> anchors_of(const std::filesystem::path& page) {
  std::set<std::string> anchors;
  for (const std::string& line : prose_of(page)) {
    const std::size_t level = line.find_first_not_of('#');
    if (level != 0 && level != std::string::npos && line[level] == ' ')
      anchors.insert(anchor_of(line.substr(level + 1)));
  }
  return anchors;
}

// "page: target" for every one. Builds and hidden folders are left out.
inline std::vector<std::string> broken_links(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  std::vector<std::string> broken;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
    const std::string name = at->path().filename().string();
    if (at->is_directory() && (name.starts_with(".") || name == "build")) at.disable_recursion_pending();
    if (!at->is_regular_file() || at->path().extension() != ".md") continue;
    for (const std::string& line : prose_of(at->path())) {
      for (std::sregex_iterator match(line.begin(), line.end(), link), end; match != end; ++match) {
        const std::string target = (*match)[1];
        if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
        const std::size_t hash = std::min(target.find('#'), target.size());
        const fs::path page = hash == 0 ? at->path() : at->path().parent_path() / target.substr(0, hash);
        const bool there =
            fs::exists(page) && (hash == target.size() || anchors_of(page).count(target.substr(hash + 1)) != 0);
        if (!there) broken.push_back(fs::relative(at->path(), root).string() + ": " + target);
      }
    }
  }
  return broken;
}

}  // namespace ondol::test
