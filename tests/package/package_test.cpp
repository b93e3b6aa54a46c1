// The installed package as an author of plugins meets it: moved to another place, away from source and build. The
// tutorial is typed in from docs/first-plugin.md; `ondol new plugin` writes a folder; both build, test and run.
#include "support/links.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace ondol::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path workshop = ONDOL_WORKSHOP;  // holds the moved prefix; made by the fixture of these tests
const std::string prefix = (workshop / "moved").string();

struct Outcome {
  int code;
  std::string text;  // of both streams
};

// In a folder of its own, with nothing of this build in the environment.
Outcome sh(const std::filesystem::path& folder, const std::string& command) {
  const std::string line = "cd '" + folder.string() + "' && unset ONDOL_PLUGIN_PATH && export PATH='" + prefix +
                           "/bin':\"$PATH\" && { " + command + "\n} 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  Outcome outcome{0, ""};
  std::array<char, 4096> buffer;
  for (std::size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.text.append(buffer.data(), count);
  outcome.code = WEXITSTATUS(pclose(pipe));
  return outcome;
}

std::filesystem::path fresh(const std::string& name) {
  const std::filesystem::path folder = workshop / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

// Sanitizer builds of the engine need plugins and tests that are built alike.
std::string configure(const std::string& more = "") {
  return "cmake -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS='" ONDOL_CXX_FLAGS
         "' -DCMAKE_C_FLAGS='" ONDOL_CXX_FLAGS "' -DCMAKE_PREFIX_PATH='" +
         prefix + "' " + more;
}
const std::string with_this_compiler = "-DCMAKE_CXX_COMPILER='" ONDOL_CXX_COMPILER "'";

// Writes every fenced block of a page that names a file.
void type_in(const std::string& name_of_page, const std::filesystem::path& folder) {
  std::ifstream page(prefix + "/share/doc/ondol/docs/" + name_of_page);
  std::ofstream file;
  bool writing = false;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("```", 0) == 0) {
      std::istringstream fence(line.substr(3));
      std::string language;
      std::string name;
      fence >> language >> name;
      writing = !writing && !name.empty();
      if (writing) file = std::ofstream(folder / name);
      continue;
    }
    if (writing) file << line << '\n';
  }
}

TEST(Package, NamesNeitherItsSourceNorWhereItWasBuilt) {
  const auto named = [](const std::string& path) { return sh(workshop, "grep -rIlF '" + path + "' moved").text; };
  EXPECT_THAT(named(ONDOL_SOURCE_DIR), IsEmpty());
  EXPECT_THAT(named(ONDOL_BUILD_DIR), IsEmpty());
  EXPECT_THAT(named((workshop / "prefix").string()), IsEmpty());
}

TEST(Package, LinksOfTheInstalledDocumentsLeadSomewhere) {
  const std::filesystem::path documents = prefix + "/share/doc/ondol";
  EXPECT_THAT(broken_links(documents), IsEmpty());
  for (const char* page : {"docs/README.md", "CONTRIBUTING.md", "plugins/contracts/README.md", "worlds/README.md"})
    EXPECT_TRUE(std::filesystem::exists(documents / page)) << page;
}

TEST(Package, RunsAShippedWorldWithTheShippedPlugins) {
  const Outcome outcome = sh(fresh("hello"), "ondol run ../moved/share/ondol/worlds/hello.toml");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
}

TEST(Package, TheTutorialWorksAsTyped) {
  const std::filesystem::path folder = fresh("tutorial");
  type_in("first-plugin.md", folder);
  const Outcome built = sh(folder, configure(with_this_compiler) + " && cmake --build build");
  ASSERT_EQ(built.code, 0) << built.text;
  EXPECT_THAT(built.text, Not(HasSubstr("warning")));
  const Outcome tested = sh(folder, "ctest --test-dir build --output-on-failure");
  EXPECT_EQ(tested.code, 0) << tested.text;
  const Outcome checked = sh(folder, "ondol check --patience 60 --plugin build/plugins/orchard.so");
  EXPECT_EQ(checked.code, 0) << checked.text;
  const Outcome run = sh(folder, "ondol run village.toml --plugins build/plugins");
  ASSERT_EQ(run.code, 0) << run.text;
  // The prices that the page promises.
  const std::string query = "sqlite3 village.db \"SELECT count(*) FROM price WHERE tick >= 24 AND tick % 12 = 11 AND ";
  EXPECT_EQ(sh(folder, query + "price BETWEEN 2.2 AND 3\"").text, "8\n");
  const Outcome frugal = sh(folder,
                            "ondol run village.toml --plugins build/plugins "
                            "--set populations.families.params.share=0.25 -o frugal.db");
  EXPECT_EQ(frugal.code, 0) << frugal.text;
}

TEST(Package, TheMechanismOfTheGuideWorksAsTyped) {
  const std::filesystem::path folder = fresh("mechanism");
  type_in("mechanisms.md", folder);
  const Outcome built = sh(folder, configure(with_this_compiler) + " && cmake --build build");
  ASSERT_EQ(built.code, 0) << built.text;
  EXPECT_THAT(built.text, Not(HasSubstr("warning")));
  const Outcome checked = sh(folder, "ondol check --patience 60 --plugin build/plugins/lottery.so");
  EXPECT_EQ(checked.code, 0) << checked.text;
  const Outcome run = sh(folder,
                         "ondol run ../moved/share/ondol/worlds/bertrand.toml --plugins build/plugins -o lottery.db "
                         "--set 'plugins=[\"bertrand\", \"lottery\"]' --set markets.ware.mechanism=lottery "
                         "--set 'markets.ware.params={ most = 0.5 }'");
  ASSERT_EQ(run.code, 0) << run.text;
  // No offer may fill more than half of an order, so the two that are drawn first share all orders evenly.
  const std::string query = "sqlite3 lottery.db \"SELECT count(*) FROM rival WHERE tick = 99 AND share = 0.5\"";
  EXPECT_EQ(sh(folder, query).text, "2\n");
}

TEST(Package, ANewPluginBuildsTestsAndRunsAsItIs) {
  const std::filesystem::path folder = fresh("new");
  const Outcome written = sh(folder, "ondol new plugin price_setter");
  ASSERT_EQ(written.code, 0) << written.text;
  const std::filesystem::path plugin = folder / "price_setter";
  const Outcome built = sh(plugin, configure(with_this_compiler) + " && cmake --build build");
  ASSERT_EQ(built.code, 0) << built.text;
  EXPECT_THAT(built.text, Not(HasSubstr("warning")));
  const Outcome tested = sh(plugin, "ctest --test-dir build --output-on-failure");
  EXPECT_EQ(tested.code, 0) << tested.text;
  const Outcome checked = sh(plugin, "ondol check --patience 60 --plugin build/plugins/price_setter.so");
  EXPECT_EQ(checked.code, 0) << checked.text;
  const Outcome run = sh(plugin, "ondol run price_setter.toml --plugins build/plugins");
  EXPECT_EQ(run.code, 0) << run.text;
}

TEST(Package, ANewMechanismBuildsTestsAndRunsAsItIs) {
  const std::filesystem::path folder = fresh("new_mechanism");
  ASSERT_EQ(sh(folder, "ondol new mechanism in_cpp && ondol new mechanism in_c --language c").code, 0);
  std::string traded;
  for (const std::string name : {"in_cpp", "in_c"}) {
    const Outcome built = sh(folder / name, configure(with_this_compiler) + " && cmake --build build");
    ASSERT_EQ(built.code, 0) << built.text;
    EXPECT_THAT(built.text, Not(HasSubstr("warning")));
    const Outcome tested = sh(folder / name, "ctest --test-dir build --output-on-failure");
    EXPECT_EQ(tested.code, 0) << tested.text;
    const Outcome checked = sh(folder / name, "ondol check --patience 60 --plugin build/plugins/" + name + ".so");
    EXPECT_EQ(checked.code, 0) << checked.text;
    const Outcome run = sh(folder / name, "ondol run " + name + ".toml --plugins build/plugins");
    EXPECT_EQ(run.code, 0) << run.text;
    const Outcome volume = sh(folder / name, "sqlite3 " + name + ".db 'SELECT count(*) FROM market WHERE volume > 0'");
    EXPECT_EQ(volume.text, "24\n");
  }
}

TEST(Package, ANewWorldRunsAsItIs) {
  const std::filesystem::path folder = fresh("new_world");
  ASSERT_EQ(sh(folder, "ondol new world market_day").code, 0);
  const Outcome run = sh(folder, "ondol run market_day.toml");
  EXPECT_EQ(run.code, 0) << run.text;
  EXPECT_EQ(sh(folder, "ondol new world market_day").code, 6);
}

TEST(Package, NewPluginsHaveNoNameThatTheirOwnTestsRefuse) {
  const std::filesystem::path folder = fresh("names");
  EXPECT_THAT(sh(folder, "ondol new plugin books").text, HasSubstr("view 'books' is there already"));
  EXPECT_THAT(sh(folder, "ondol new plugin test").text, HasSubstr("compilers or CMake keep it for themselves"));
  EXPECT_THAT(sh(folder, "ondol new mechanism contracts").text, HasSubstr("there is a plugin 'contracts' already"));
  EXPECT_EQ(sh(folder, "ls").text, "");
}

TEST(Package, HasManualPagesAndACompletionThatBashTakes) {
  for (const char* page : {"ondol.1", "ondol-run.1", "ondol-check.1", "ondol-describe.1", "ondol-new-mechanism.1"})
    EXPECT_TRUE(std::filesystem::exists(prefix + "/share/man/man1/" + page)) << page;
  const auto completed = [](const std::string& words, int word) {
    return sh(workshop, "bash -c \"source moved/share/bash-completion/completions/ondol; COMP_WORDS=(" + words +
                            "); COMP_CWORD=" + std::to_string(word) + "; _ondol; echo \\${COMPREPLY[*]}\"")
        .text;
  };
  EXPECT_EQ(completed("ondol ru", 1), "run\n");
  EXPECT_EQ(completed("ondol run --over", 2), "--overwrite\n");
  EXPECT_EQ(completed("ondol new mech", 2), "mechanism\n");
  EXPECT_THAT(completed("ondol describe posted", 2), HasSubstr("posted_offers"));
}

TEST(Package, ANewPluginOverwritesNothing) {
  const std::filesystem::path folder = fresh("taken");
  std::filesystem::create_directory(folder / "mine");
  EXPECT_EQ(sh(folder, "ondol new plugin mine").code, 6);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "mine"));
  const Outcome unnamed = sh(folder, "ondol new plugin Mine-2");
  EXPECT_EQ(unnamed.code, 2);
  EXPECT_THAT(unnamed.text, HasSubstr("'Mine-2' is not a name for a plugin"));
  EXPECT_EQ(sh(folder, "ls").text, "mine\n");
}

TEST(Package, DebianPackagesUnpackIntoAnOndolThatRuns) {
  const std::filesystem::path folder = fresh("debian");
  for (const std::string tool : {"cpack", "dpkg-deb", "dpkg-shlibdeps"}) {
    if (sh(folder, "command -v " + tool).code != 0) GTEST_SKIP() << tool << " is not installed";
  }
  const Outcome packed = sh(folder, "cpack --config '" ONDOL_BUILD_DIR "/CPackConfig.cmake' -B .");
  ASSERT_EQ(packed.code, 0) << packed.text;
  const Outcome unpacked = sh(folder, "for deb in *.deb; do dpkg-deb -x $deb root && dpkg-deb -f $deb Package; done");
  ASSERT_EQ(unpacked.code, 0) << unpacked.text;
  const bool python = std::filesystem::exists(ONDOL_BUILD_DIR "/python");
  EXPECT_EQ(unpacked.text,
            std::string("libondol-dev\nondol-doc\nondol-worlds\nondol\n") + (python ? "python3-ondol\n" : ""));
  EXPECT_THAT(sh(folder, "dpkg-deb -f ondol_*.deb Depends").text, HasSubstr("libtbb"));
  for (const char* there :
       {"include/ondol/sdk.hpp", "lib/ondol/plugins/chips.so", "lib/cmake/ondol/ondolConfig.cmake",
        "share/man/man1/ondol-run.1", "share/doc/ondol/docs/README.md", "share/doc/ondol/copyright"})
    EXPECT_TRUE(std::filesystem::exists(folder / "root/usr" / there)) << there;
  const Outcome run = sh(folder, "root/usr/bin/ondol run root/usr/share/ondol/worlds/hello.toml");
  EXPECT_EQ(run.code, 0) << run.text;
}

// Every document has its place in the site, and links hold there, too.
TEST(Package, TheSiteBuildsWithoutAWarning) {
  const std::filesystem::path folder = fresh("site");
  if (sh(folder, "command -v mkdocs").code != 0) GTEST_SKIP() << "mkdocs-material is not installed";
  const Outcome gallery =
      sh(folder, "cp -r '" + prefix + "/share/doc/ondol' docs && '" ONDOL_SOURCE_DIR "/packaging/gallery.sh' '" +
                     prefix + "/bin/ondol' '" + prefix + "/share/ondol/worlds' docs/gallery");
  ASSERT_EQ(gallery.code, 0) << gallery.text;
  const Outcome built =
      sh(folder, "ONDOL_SITE_DOCS=$PWD/docs ONDOL_SITE=$PWD/html mkdocs build --quiet -f '" ONDOL_SOURCE_DIR
                 "/packaging/mkdocs.yml'");
  EXPECT_EQ(built.code, 0) << built.text;
  EXPECT_TRUE(std::filesystem::exists(folder / "html/gallery/korea.html"));
  EXPECT_TRUE(std::filesystem::exists(folder / "html/docs/verbs.html"));
}

// What is made for some processors only is where compilers differ, and they look closely only at what is called.
TEST(Package, EitherCompilerTakesTheSdkForOldAndNewProcessors) {
  const std::filesystem::path folder = fresh("headers");
  std::ofstream source(folder / "rules.cpp");
  for (const auto& header : std::filesystem::directory_iterator(prefix + "/include/ondol")) {
    if (header.is_regular_file()) source << "#include <ondol/" << header.path().filename().string() << ">\n";
  }
  source << "#include \"" ONDOL_SOURCE_DIR "/tests/support/blocks.cpp\"\n"
         << "void of_many(std::span<const double> x, double* y) { ondol::exp(x, y), ondol::log(x, y), ondol::cospi(x, "
            "y); }\n";
  source.close();
  for (const std::string compiler : {"g++", "clang++"}) {
    if (sh(folder, "command -v " + compiler).code != 0) GTEST_SKIP() << compiler << " is not installed";
    for (const std::string processor : {"x86-64", "x86-64-v4"}) {
      const Outcome outcome =
          sh(folder, compiler + " -std=c++20 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror -march=" + processor +
                         " -I '" + prefix + "/include' -c rules.cpp");
      EXPECT_EQ(outcome.code, 0) << compiler << " for " << processor << ":\n" << outcome.text;
    }
  }
}

// Whichever of the two built this host, it loads a plugin that the other built.
TEST(Package, PluginsOfEitherCompilerLoad) {
  if (std::string(ONDOL_CXX_FLAGS).find("-fsanitize") != std::string::npos)
    GTEST_SKIP() << "the sanitizers of the two do not mix";
  std::string fingerprint;
  for (const std::string compiler : {"g++", "clang++"}) {
    if (sh(workshop, "command -v " + compiler).code != 0) GTEST_SKIP() << compiler << " is not installed";
    const std::filesystem::path folder = fresh("by_" + compiler);
    ASSERT_EQ(sh(folder, "ondol new plugin stall").code, 0);
    const Outcome built =
        sh(folder / "stall", configure("-DCMAKE_CXX_COMPILER=" + compiler) + " && cmake --build build --target stall");
    ASSERT_EQ(built.code, 0) << built.text;
    const Outcome run =
        sh(folder / "stall", "ondol run stall.toml --plugins build/plugins 2>/dev/null | grep fingerprint");
    EXPECT_THAT(run.text, HasSubstr("fingerprint"));
    if (fingerprint.empty()) fingerprint = run.text;
    EXPECT_EQ(run.text, fingerprint) << compiler;
  }
}

}  // namespace
}  // namespace ondol::test
