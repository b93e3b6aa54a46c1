// Pages as a browser shows them: Chromium without a window.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace ondol::test {

struct Shown {
  std::string document;              // the page after its scripts have run
  std::vector<std::string> console;  // what it wrote to the console, errors among it
};

inline bool has_browser() { return std::system("command -v chromium >/dev/null") == 0; }

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Opens a page in a window of a width; `more` are options of Chromium.
inline Shown show(const std::filesystem::path& page, int width = 1200, const std::string& more = "") {
  const std::filesystem::path own = page.string() + ".browser";
  std::filesystem::create_directories(own);
  const std::string command =
      "chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=5000 "
      "--enable-logging=stderr --user-data-dir='" +
      own.string() + "' --window-size=" + std::to_string(width) + ",900 " + more + " --dump-dom 'file://" +
      page.string() + "' > '" + (own / "dom").string() + "' 2> '" + (own / "log").string() + "'";
  if (std::system(command.c_str()) != 0) return {"", {"chromium failed: " + content_of(own / "log")}};
  Shown shown{content_of(own / "dom"), {}};
  std::ifstream log(own / "log");
  for (std::string line; std::getline(log, line);) {
    if (line.find("CONSOLE") != std::string::npos) shown.console.push_back(line);
  }
  return shown;
}

// The first group of every match.
inline std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  std::vector<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

// A figure of a report, by its name; empty where there is none.
inline std::string figure(const std::string& document, const std::string& name) {
  const std::size_t begin = document.find("<figure id=\"" + name + "\"");
  return begin == std::string::npos ? "" : document.substr(begin, document.find("</figure>", begin) - begin);
}

}  // namespace ondol::test
