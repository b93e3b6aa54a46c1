// docs/reference is what `ondol describe --markdown` makes of the plugins in this tree: no page missing, stale or left
// over. `cmake --build build/release --target docs-reference` makes it anew.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace ondol::test {
namespace {

const std::filesystem::path reference = std::filesystem::path(ONDOL_SOURCE_DIR) / "docs" / "reference";

std::string described(const std::string& plugin) {
  FILE* pipe = popen(("'" ONDOL_BUILD_DIR "/ondol' describe " + plugin + " --markdown").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), count);
  pclose(pipe);
  return text;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Reference, HoldsWhatEveryPluginSaysOfItself) {
  std::set<std::string> pages = {"README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(ONDOL_BUILD_DIR "/plugins")) {
    if (entry.path().extension() != ".so") continue;
    const std::string plugin = entry.path().stem().string();
    pages.insert(plugin + ".md");
    EXPECT_EQ(read(reference / (plugin + ".md")), described(plugin)) << plugin;
  }
  EXPECT_EQ(read(reference / "README.md"), described(""));
  for (const auto& entry : std::filesystem::directory_iterator(reference))
    EXPECT_EQ(pages.count(entry.path().filename().string()), 1U) << entry.path() << " is of no plugin";
}

}  // namespace
}  // namespace ondol::test
