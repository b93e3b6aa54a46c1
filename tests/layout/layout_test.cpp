// What the folders promise: engine and SDK know no domain, plugins know only the SDK, no header includes itself, among
// the folders of engine/src arrows point one way, and documents lead somewhere and leave no verb out.
#include "support/links.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const fs::path root = ONDOL_SOURCE_DIR;

std::vector<fs::path> sources_in(const char* folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".hpp" || extension == ".h" || extension == ".cpp" || extension == ".c" || extension == ".cmake" ||
        entry.path().filename() == "CMakeLists.txt")
      files.push_back(entry.path());
  }
  return files;
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string include_in(const std::string& line) {
  static const std::regex include(R"(^\s*#include\s+[<"]([^>"]+)[>"])");
  std::smatch match;
  return std::regex_search(line, match, include) ? match[1].str() : "";
}

TEST(Layout, EngineAndSdkHoldNoWordOfTheDomain) {
  const std::regex domain(
      R"(\b(gpu|llm|chips?|accelerators?|data ?cent(er|re)s?|compute hours?|tokens?|wafers?|korean?|nvidia|openai|palantir|)"
      R"(deepseek|microsoft|samsung|hynix|stargate|naver|anthropic)\b)",
      std::regex::icase);
  std::vector<std::string> found;
  for (const char* folder : {"engine", "sdk"}) {
    for (const fs::path& file : sources_in(folder)) {
      for (const std::string& line : lines_of(file)) {
        if (std::regex_search(line, domain)) found.push_back(fs::relative(file, root).string() + ": " + line);
      }
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(Layout, APluginKnowsOnlyTheSdkAndItself) {
  std::vector<std::string> found;
  for (const fs::path& file : sources_in("plugins")) {
    for (const std::string& line : lines_of(file)) {
      const std::string include = include_in(line);
      const bool engine = include.starts_with("ondol/engine");
      const bool sdk = include.starts_with("ondol/");
      const bool own = line.find('"') != std::string::npos;
      if (engine || (own && !sdk && !fs::exists(file.parent_path() / include)))
        found.push_back(fs::relative(file, root).string() + ": " + line);
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

// Walks what headers include, by the end of their path, and reports the first that comes back to itself.
void walk(const fs::path& file, const std::map<std::string, fs::path>& headers, std::vector<fs::path>& above,
          std::set<fs::path>& done, std::vector<std::string>& cycles) {
  if (std::find(above.begin(), above.end(), file) != above.end()) {
    cycles.push_back(fs::relative(file, root).string());
    return;
  }
  if (!done.insert(file).second) return;
  above.push_back(file);
  for (const std::string& line : lines_of(file)) {
    const std::string include = include_in(line);
    if (include.empty()) continue;
    const fs::path beside = file.parent_path() / include;
    if (fs::exists(beside)) {
      walk(fs::canonical(beside), headers, above, done, cycles);
    } else if (const auto known = headers.find(include); known != headers.end()) {
      walk(known->second, headers, above, done, cycles);
    }
  }
  above.pop_back();
}

TEST(Layout, NoHeaderIncludesItself) {
  std::map<std::string, fs::path> headers;
  for (const char* folder : {"engine/include", "sdk/include", "engine/src", "engine/cli"}) {
    for (const fs::path& file : sources_in(folder))
      headers[fs::relative(file, root / folder).string()] = fs::canonical(file);
  }
  std::vector<std::string> cycles;
  std::set<fs::path> done;
  for (const char* folder : {"engine", "sdk", "plugins"}) {
    for (const fs::path& file : sources_in(folder)) {
      std::vector<fs::path> above;
      walk(fs::canonical(file), headers, above, done, cycles);
    }
  }
  EXPECT_THAT(cycles, IsEmpty());
}

// From the bottom to the top: a folder includes its own files and those of folders before it.
TEST(Layout, FoldersOfTheEngineIncludeOnlyThoseBelowThem) {
  const std::vector<std::string> wings = {"base",    "model",   "state", "loading",    "acting", "ledger",
                                          "markets", "results", "run",   "experiment", "report", "trial"};
  const auto height = [&](const std::string& wing) {
    return std::find(wings.begin(), wings.end(), wing) - wings.begin();
  };
  std::vector<std::string> found;
  for (const fs::path& file : sources_in("engine/src")) {
    const fs::path place = fs::relative(file, root / "engine/src");
    const std::string wing = place.begin()->string();
    if (place == place.filename() || height(wing) == std::ssize(wings))
      found.push_back(place.string() + ": no folder of this list");
    for (const std::string& line : lines_of(file)) {
      if (line.find('"') == std::string::npos) continue;
      const std::string include = include_in(line);
      if (!include.empty() && height(fs::path(include).begin()->string()) > height(wing))
        found.push_back(place.string() + ": " + line);
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(Layout, LinksOfTheDocumentsLeadSomewhere) { EXPECT_THAT(broken_links(root), IsEmpty()); }

// Whoever gives rules a verb adds its row to docs/verbs.md.
TEST(Layout, ThePageOfVerbsHasEveryPublicCallOfAnAgent) {
  const std::set<std::string> of_the_host = {"move_to", "row", "contribution", "common_weights"};
  std::ifstream file(root / "docs/verbs.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::regex declares(R"(^  [A-Za-z][\w:<>&]*(?: [\w:<>&]+)* (\w+)\()");
  std::set<std::string> verbs;
  bool within = false;
  for (const std::string& line : lines_of(root / "sdk/include/ondol/agent.hpp")) {
    if (line.starts_with("class Agent {")) within = true;
    if (line.starts_with(" private:")) within = false;
    std::smatch match;
    if (within && !line.starts_with("  explicit") && std::regex_search(line, match, declares)) verbs.insert(match[1]);
  }
  EXPECT_GT(verbs.size(), 40U);
  std::vector<std::string> missing;
  for (const std::string& verb : verbs) {
    if (of_the_host.count(verb) == 0 && page.find("`" + verb + "(") == std::string::npos) missing.push_back(verb);
  }
  EXPECT_THAT(missing, IsEmpty()) << "docs/verbs.md lacks them";
}

}  // namespace
}  // namespace ondol::test
