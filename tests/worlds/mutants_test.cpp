// Every shipped world, changed by chance in one place: it loads, or one message says where it is wrong.
// ONDOL_MUTANTS says how many changes in all; the environment of a long check sets thousands.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <regex>
#include <sstream>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;

// In a copy, since a file that others include must be changed where they find it.
std::vector<fs::path> copied_files() {
  const fs::path copy = fs::path(testing::TempDir()) / "mutants";
  fs::remove_all(copy);
  fs::copy(fs::path(ONDOL_SOURCE_DIR) / "worlds", copy, fs::copy_options::recursive);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(copy)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The world that a file belongs to: those in a folder `layers` to the one beside it, which has the folder's name.
fs::path world_of_file(const fs::path& file) {
  const fs::path folder = file.parent_path();
  if (folder.filename() != "layers") return file;
  const fs::path world = folder.parent_path();
  return world / (world.filename().string() + ".toml");
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

using Chance = std::mt19937_64;

std::size_t below(Chance& chance, std::size_t end) { return static_cast<std::size_t>(chance() % end); }

// A number in the line, or nothing.
void change_number(std::string& line, Chance& chance) {
  static const std::regex number(R"(-?\d[\d_.]*(e[+-]?\d+)?)");
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::sregex_iterator at(line.begin(), line.end(), number), end; at != end; ++at)
    found.emplace_back(at->position(), at->length());
  if (found.empty()) return;
  static const char* const others[] = {"0",   "-1",   "1e300", "-1e-300", "4294967296", "0.5", "9223372036854775807",
                                       "nan", "1e999"};
  const auto [position, length] = found[below(chance, found.size())];
  line.replace(position, length, others[below(chance, std::size(others))]);
}

void change_value(std::string& line, Chance& chance) {
  const std::size_t equals = line.find('=');
  if (equals == std::string::npos) return;
  static const char* const others[] = {"{}",
                                       "[]",
                                       "true",
                                       "\"\"",
                                       "1",
                                       "\"= 1 / 0\"",
                                       "\"x\"",
                                       "\"3 GW\"",
                                       "[[1], [2]]",
                                       "{ value = 1 }",
                                       "2023-01-01",
                                       "\"= sum(populations.money)\"",
                                       "{ add = [1] }",
                                       "{ uniform = [2, 1] }",
                                       "{ layer = \"x\" }"};
  line = line.substr(0, equals + 1) + " " + others[below(chance, std::size(others))];
}

std::string mutant(std::vector<std::string> lines, Chance& chance) {
  const std::size_t i = below(chance, lines.size());
  const std::size_t j = below(chance, lines.size());
  std::string& line = lines[i];
  switch (below(chance, 10)) {
    case 0:
      line.clear();
      break;
    case 1:
      lines[j] = line;
      break;
    case 2:
      std::swap(lines[i], lines[j]);
      break;
    case 3:
    case 4:
      change_number(line, chance);
      break;
    case 5:
    case 6:
      change_value(line, chance);
      break;
    case 7:
      if (!line.empty()) line.erase(below(chance, line.size()), 1);
      break;
    case 8:
      if (!line.empty()) line[below(chance, line.size())] = static_cast<char>(32 + below(chance, 95));
      break;
    default:
      if (below(chance, 4) == 0)
        lines.resize(i + 1);
      else
        line.insert(below(chance, line.size() + 1), 1, "[]{}\"'=.,#"[below(chance, 10)]);
  }
  std::string text;
  for (const std::string& each : lines) text += each + "\n";
  return text;
}

TEST(Mutants, LoadOrSayWhereTheyAreWrong) {
  const char* said = std::getenv("ONDOL_MUTANTS");
  const int mutants = said != nullptr ? std::atoi(said) : 120;
  const std::vector<fs::path> files = copied_files();
  const std::regex place("^" + (fs::path(testing::TempDir()) / "mutants").string() + R"([^:]*\.(toml|csv):[1-9]\d*:)");
  Chance chance(1);
  int loaded = 0;
  for (int i = 0; i < mutants; ++i) {
    // Written where it stood, so that a crash leaves what it came from.
    const fs::path& file = files[static_cast<std::size_t>(i) % files.size()];
    const std::vector<std::string> lines = lines_of(file);
    std::ofstream(file) << mutant(lines, chance);
    try {
      World::load(world_of_file(file), with_fixtures());
      ++loaded;
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_TRUE(std::regex_search(message, place)) << file.string() << ": " << message;
      EXPECT_TRUE(error.code() == ErrorCode::world || error.code() == ErrorCode::plugin) << message;
    }
    std::ofstream restored(file);
    for (const std::string& line : lines) restored << line << "\n";
  }
  RecordProperty("loaded", loaded);
  EXPECT_GT(loaded, 0);
  EXPECT_LT(loaded, mutants);
}

}  // namespace
}  // namespace ondol::test
