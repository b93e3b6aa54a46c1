// ondol check --plugin: every broken promise of the faulty fixtures is found and named; our own plugins keep theirs.
#include "support/processor_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace ondol::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Verdict {
  int code;
  std::string text;
};

// With little patience only where something is known to loop.
Verdict check(const std::string& plugin, const std::string& patience = "2") {
  const std::string build = ONDOL_BUILD_DIR;
  const std::string command =
      "'" + build + "/ondol' check --patience " + patience + " --plugin '" + build + "/" + plugin + ".so' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  Verdict verdict{0, ""};
  std::array<char, 4096> buffer;
  for (std::size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    verdict.text.append(buffer.data(), count);
  verdict.code = WEXITSTATUS(pclose(pipe));
  return verdict;
}

TEST(Conformance, NamesEveryBrokenPromise) {
  const Verdict verdict = check("tests/plugins/faulty");
  EXPECT_EQ(verdict.code, 4);
  EXPECT_THAT(verdict.text, Not(HasSubstr("'sound'")));
  for (const char* finding : {
           "kind 'neighbour', step 'make' writes outside the agent's own row",
           "kind 'meddler', step 'make' writes outside the agent's own row: into the parameters",
           "kind 'counter', step 'make' does something else when called again with the same input",
           "kind 'threads', step 'make' does something else in another order or on other threads",
           "kind 'infinite', step 'make' leaves state 'level' at inf",
           "kind 'outside', step 'make' leaves state 'level' at 2000000000, outside its range",
           "kind 'spender', step 'make' fails: pays",
           "kind 'user', step 'make' fails: uses",
           "kind 'thrower', step 'make' fails: cannot go on",
           "kind 'looper', step 'make' does not return within 2 s",
       })
    EXPECT_THAT(verdict.text, HasSubstr(finding));
  EXPECT_THAT(verdict.text, HasSubstr(std::string("kind 'clock', step 'make' ") + finding_of_a_clock()));
  // A sanitizer turns the signal into an exit.
  EXPECT_THAT(verdict.text, testing::AnyOf(HasSubstr("kind 'crasher', step 'make' crashes"),
                                           HasSubstr("kind 'crasher', step 'make' ends the process")));
}

TEST(Conformance, FindsRecordsThatDoNotBalanceAndBadDescriptions) {
  const Verdict verdict = check("tests/plugins/cheat");
  EXPECT_EQ(verdict.code, 4);
  EXPECT_THAT(verdict.text, HasSubstr("kind 'Cheat', step 'give' books money that it did not take"));
  EXPECT_THAT(verdict.text, HasSubstr("kind 'Cheat' kind 'Cheat' is not a name like"));
  EXPECT_THAT(verdict.text, HasSubstr("port 'others' says nothing of itself"));
  EXPECT_THAT(verdict.text, HasSubstr("field 'hoard' has the unit 'USD//year', which cannot be read"));
}

TEST(Conformance, FindsNamesThatResultsHaveForSomethingElse) {
  const Verdict verdict = check("tests/plugins/names");
  EXPECT_EQ(verdict.code, 4);
  EXPECT_THAT(verdict.text,
              HasSubstr("kind 'Total' cannot have view 'Total' in results: view 'total' is there already"));
  EXPECT_THAT(verdict.text, HasSubstr("kind 'regional' cannot have column 'Region' in results"));
}

TEST(Conformance, SaysThatALibraryIsNoPlugin) {
  EXPECT_THAT(check("tests/plugins/foreign").text, HasSubstr("does not export ondol_plugin_entry"));
  EXPECT_THAT(check("tests/plugins/nowhere").text, HasSubstr("expected a file NAME.so"));
}

TEST(Conformance, OurOwnPluginsKeepTheirPromises) {
  for (const auto& entry : std::filesystem::directory_iterator(std::string(ONDOL_BUILD_DIR) + "/plugins")) {
    if (entry.path().extension() != ".so") continue;
    const Verdict verdict = check("plugins/" + entry.path().stem().string(), "60");
    EXPECT_EQ(verdict.code, 0) << verdict.text;
  }
}

}  // namespace
}  // namespace ondol::test
