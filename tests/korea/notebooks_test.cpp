// docs/notebooks.md, run as it stands on the results of the Korea world, where Debian's packages are installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace ondol::test {
namespace {

using testing::HasSubstr;

struct Outcome {
  int code;
  std::string text;  // of both streams
};

Outcome sh(const std::string& command) {
  FILE* pipe = popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  Outcome outcome{0, ""};
  std::array<char, 4096> buffer;
  for (std::size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.text.append(buffer.data(), count);
  outcome.code = WEXITSTATUS(pclose(pipe));
  return outcome;
}

// What the page has in a language, in a folder where korea.db is.
Outcome run_snippets(const std::string& language, const std::string& interpreter) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("ondol_notebooks_" + language);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::filesystem::create_symlink(ONDOL_KOREA_RESULTS, folder / "korea.db");
  std::ifstream page(ONDOL_SOURCE_DIR "/docs/notebooks.md");
  std::ofstream snippets(folder / "snippets");
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```" + language;
    } else if (inside) {
      snippets << line << '\n';
    }
  }
  snippets.close();
  return sh("cd '" + folder.string() + "' && " + interpreter + " snippets");
}

TEST(Notebooks, PandasWorksAsTyped) {
  if (sh("/usr/bin/python3 -c 'import pandas'").code != 0) GTEST_SKIP() << "python3-pandas is not installed";
  const Outcome outcome = run_snippets("python", "/usr/bin/python3");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_THAT(outcome.text, testing::AllOf(HasSubstr("2023-01-01"), HasSubstr("tokens"), HasSubstr("12 columns")));
}

TEST(Notebooks, RWorksAsTyped) {
  if (sh("Rscript -e 'library(RSQLite)'").code != 0) GTEST_SKIP() << "r-base-core or r-cran-rsqlite is not installed";
  const Outcome outcome = run_snippets("r", "Rscript");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_THAT(outcome.text, testing::AllOf(HasSubstr("share"), HasSubstr("2030")));
}

}  // namespace
}  // namespace ondol::test
