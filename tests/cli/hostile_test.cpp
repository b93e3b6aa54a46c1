// Guests that break something: whatever they do, in run, check, describe or check --plugin, has their name, and ends
// with a documented code. docs/hostile-plugins.md is the list.
#include "support/processor_clock.hpp"
#include "support/sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

struct Outcome {
  int code;
  std::string text;  // all that it said
};

const std::string build = ONDOL_BUILD_DIR;

class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::path(testing::TempDir()) / "ondol_hostile" / name) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  const fs::path& path() const { return path_; }
  Outcome ondol(const std::string& arguments) const {
    const std::string command = "cd '" + path_.string() + "' && '" + build + "/ondol' " + arguments + " >said.txt 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream said(path_ / "said.txt");
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status),
            {std::istreambuf_iterator<char>(said), {}}};
  }

 private:
  fs::path path_;
};

// ---- Rules

struct Deed {
  const char* kind;
  const char* in_run;    // what ends the run, or, after "warning: ", what it warns of; empty: it does no harm to a run,
                         // or one run cannot tell; NULL: what becomes of a run is luck
  const char* in_check;  // what check --plugin says
};

void PrintTo(const Deed& deed, std::ostream* out) { *out << deed.kind; }

const std::vector<Deed> deeds = {
    {"channel", "changes variable '(anonymous namespace)::", "changes variable '(anonymous namespace)::last', '"},
    {"first_seen", "changes variable '", "changes variable '"},
    {"late_counter", "changes variable '", "changes variable '"},
    {"per_thread", "warning: has variables of which every thread has its own", "does something else"},
    {"heap", "", "does something else when called again with the same input"},
    {"padding", "", "depends on bytes of State that no field describes"},
    {"wall_clock", "warning: reads the clock: it calls std::chrono::_V2::steady_clock::now()", "reads the clock"},
    {"processor_clock", "", "reads the clock"},
    {"system_random", "warning: takes random numbers that no seed decides: it calls rand",
     "does something else when called again with the same input"},
    {"file_reader", "warning: opens or changes files: it calls open", "opens a file"},
    {"file_writer", "warning: opens or changes files: it calls open", "opens a file"},
    {"network", "warning: opens connections: it calls socket", "opens a connection"},
    {"exits", "ends the process: it calls exit(0)", "ends the process: it calls exit(0)"},
    {"exits_at_once", "ends the process: it calls exit(0)", "ends the process without a word"},
    {"aborts", "crashes (Aborted)", "crashes (Aborted)"},
    {"null_pointer", "crashes (Segmentation fault)", "crashes (Segmentation fault)"},
    {"recursion", "crashes (Segmentation fault)", "crashes (Segmentation fault)"},
    {"division", "crashes (Floating point exception)", "crashes (Floating point exception)"},
    {"illegal", "crashes (Illegal instruction)", "crashes (Illegal instruction)"},
    {"bus", "crashes (Bus error)", "crashes (Bus error)"},
    {"endless", "has not returned for 1 s", "does not return within 2 s"},
    {"terminates", "crashes (Aborted)", "crashes (Aborted)"},
    {"throws_a_number", "threw something that is not a std::exception", "fails: threw something"},
    {"frees", "crashes (Aborted)", "crashes (Aborted)"},
    {"forks", "starts another process", "starts a thread or process"},
    {"starts_thread", "warning: starts threads: it calls", "starts a thread or process"},
    {"rounding", "changes the floating-point environment", "changes the floating-point environment"},
    {"flush_to_zero", "changes the floating-point environment", "changes the floating-point environment"},
    {"directory", "changes the working directory of the whole process", "changes the working directory"},
    {"handler", "changes signal handlers of the whole process", "installs a signal handler"},
    {"locale", "changes the locale of the whole process", "opens a file"},
    {"limits", "changes the resource limits of the whole process", "changes the limits of the process"},
    {"sets_environment", "changes the environment of the whole process", nullptr},
    {"environment", "warning: reads the environment: it calls getenv", nullptr},
    {"late_clock", "warning: reads the clock: it calls std::chrono::_V2::system_clock::now()", nullptr},
    {"next_row", nullptr, "writes outside the agent's own row"},
    {"shared_parameters", "writes into the parameters of its population, which it may only read",
     "writes outside the agent's own row: into the parameters"},
    {"own_traits", "writes into traits, which it may only read", "writes outside the agent's own row: into traits"},
    {"undeclared_port", "uses port 'rate', which describe() does not declare", "fails: uses port 'rate', which"},
    {"wrong_number", "uses a handle of port 'ware' with the number 1", "fails: uses a handle of port 'ware'"},
    {"undeclared_purpose", "uses purpose 'bribe', which describe() does not declare",
     "fails: uses purpose 'bribe', which"},
    {"field_beyond", "asks for field 1 of port 'all', which has 1",
     "fails: asks for field 1 of port 'all', which has 1"},
    {"member_beyond", "asks for member 3 of port 'peers', which has 3", "fails: asks for member"},
    {"attribute_beyond", "asks for attribute 0 of port 'ware', which has 0",
     "fails: asks for attribute 0 of port 'ware'"},
};

const std::string world = R"(name = "hostile"
plugins = ["hostile", "toy", "posted_offers"]
currency = "USD"
ticks = 3
schedule = ["make", "trade", "finance"]
regions.here = {}
units.piece = {}
goods.ware.unit = "piece"
instruments.money.issuer = "bank"
populations.bank.kind = "financier"
[markets.ware]
good = "ware"
mechanism = "posted_offers"
step = "trade"
[populations.culprits]
count = 3
ports = { peers = "culprits", all = "culprits" }
)";

class HostileRule : public testing::TestWithParam<Deed> {};

// A sanitizer has handlers of its own, and needs more of the system than a rule on trial may have.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

TEST_P(HostileRule, IsNamedByTheRunThatItBreaks) {
  if (sanitized) GTEST_SKIP();
  const Deed& deed = GetParam();
  if (deed.in_run == nullptr) GTEST_SKIP() << "it writes over what may be anybody's";
  const Folder folder(deed.kind);
  std::ofstream(folder.path() / "world.toml") << world << "kind = \"hostile/" << deed.kind << "\"\n";
  const std::string plugins = " world.toml --plugins '" + build + "/tests/plugins' ";
  const Outcome outcome = folder.ondol("run --threads 2 --patience 1 -o out.db" + plugins);
  const std::string said = deed.in_run;
  const std::string warning = "warning: ";
  if (said.empty() || said.starts_with(warning)) {
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    if (said.empty()) return;
    EXPECT_THAT(outcome.text, HasSubstr("plugin 'hostile' " + said.substr(warning.size())));
    EXPECT_EQ(folder.ondol("run --strict -o strict.db" + plugins).code, 3);
    return;
  }
  EXPECT_EQ(outcome.code, 5) << outcome.text;
  const std::string variable = "changes variable";
  const std::string who = said.starts_with(variable) ? "tick 0, as the tick ended: plugin 'hostile' "
                                                     : "kind '" + std::string(deed.kind) + "' (plugin 'hostile') ";
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("tick 0"), HasSubstr(who), HasSubstr(said)));
  EXPECT_EQ(ask_one(folder.path() / "out.db", "SELECT status FROM run"), "failed");
  EXPECT_THAT(ask_one(folder.path() / "out.db", "SELECT message FROM run"), HasSubstr(deed.in_run));
}

INSTANTIATE_TEST_SUITE_P(Deeds, HostileRule, testing::ValuesIn(deeds),
                         [](const auto& deed) { return std::string(deed.param.kind); });

TEST(HostileRules, AreNamedByCheckPlugin) {
  if (sanitized) GTEST_SKIP();
  const Outcome outcome = Folder("check").ondol("check --patience 2 --plugin '" + build + "/tests/plugins/hostile.so'");
  EXPECT_EQ(outcome.code, 4);
  for (const Deed& deed : deeds) {
    if (deed.in_check == nullptr) continue;
    const std::string finding = deed.in_check == std::string("reads the clock") ? finding_of_a_clock() : deed.in_check;
    EXPECT_THAT(outcome.text, HasSubstr("fault: kind '" + std::string(deed.kind) + "', step 'make' " + finding));
  }
  // What a rule does only once in a while, its library's imports tell.
  for (const char* import : {"reads the environment: it calls getenv", "changes the environment: it calls setenv",
                             "reads the clock: it calls std::chrono::_V2::system_clock::now()"})
    EXPECT_THAT(outcome.text, HasSubstr("fault: plugin 'hostile' " + std::string(import)));
}

TEST(HostileRules, CheckAndDescribeCallNone) {
  const Folder folder("describe");
  std::ofstream(folder.path() / "world.toml") << world << "kind = \"hostile/exits\"\n";
  EXPECT_EQ(folder.ondol("check world.toml --plugins '" + build + "/tests/plugins'").code, 0);
  EXPECT_EQ(folder.ondol("describe hostile --plugins '" + build + "/tests/plugins'").code, 0);
}

// ---- Mechanisms

TEST(HostileMechanism, IsNamed) {
  const Folder folder("market");
  const std::vector<std::pair<std::string, std::string>> kinds = {{"1", "crashes (Segmentation fault)"},
                                                                  {"2", "ends the process: it calls exit(0)"},
                                                                  {"3", "crashes (Segmentation fault)"}};
  for (const auto& [deed, what] : kinds) {
    std::ofstream(folder.path() / "world.toml") << R"(name = "market"
plugins = ["toy", "hostile_market"]
currency = "USD"
ticks = 3
schedule = ["make", "give", "trade", "eat", "finance"]
regions.here = {}
units.piece = {}
goods.ware.unit = "piece"
instruments.money.issuer = "bank"
populations.bank.kind = "financier"
[markets.ware]
good = "ware"
mechanism = "hostile_market"
step = "trade"
attributes = ["quality"]
params.deed = )" << deed << R"(
[populations.makers]
kind = "maker"
count = 3
ports.ware = "ware"
[populations.eaters]
kind = "eater"
count = 3
money = "100 USD"
ports.food = "ware"
)";
    const Outcome outcome =
        folder.ondol("run world.toml --threads 2 --no-results --plugins '" + build + "/tests/plugins'");
    EXPECT_EQ(outcome.code, 5) << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("in step 'trade': market 'ware', mechanism 'hostile_market' (plugin "
                                        "'hostile_market'): " +
                                        what));
  }
  const Outcome check = folder.ondol("check --plugin '" + build + "/tests/plugins/hostile_market.so'");
  EXPECT_EQ(check.code, 4);
  EXPECT_THAT(check.text, HasSubstr("fault: mechanism 'hostile_market' changes variable 'turns"));
}

// ---- Loading

struct Load {
  const char* name;
  const char* what;
};

void PrintTo(const Load& load, std::ostream* out) { *out << load.name; }

class HostileLibrary : public testing::TestWithParam<Load> {
 protected:
  // Makes the library NAME.so in the folder.
  static void make(const std::string& name, const fs::path& path) {
    fs::copy_file(build + "/tests/plugins/hostile_load.so", path);
    if (name == "cut_off") fs::resize_file(path, fs::file_size(path) / 2);
    if (name == "cut_off_early") fs::resize_file(path, 40);
    if (name == "empty") fs::resize_file(path, 0);
    if (name == "text") std::ofstream(path) << "no library";
    if (name == "other_processor") patch(path, 18, 40);  // e_machine
    if (name == "program") patch(path, 16, 2);           // e_type
  }
  static void patch(const fs::path& path, std::streamoff at, char value) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at).put(value);
  }
};

TEST_P(HostileLibrary, IsNamedWhereverItIsLoaded) {
  const std::string name = GetParam().name;
  const Folder folder("load_" + name);
  make(name, folder.path() / (name + ".so"));
  std::ofstream(folder.path() / "world.toml")
      << "plugins = [\"" << name << "\"]\nticks = 1\nschedule = [\"make\"]\nregions.here = {}\n"
      << "[populations.p]\nkind = \"sleeper\"\n";
  for (const std::string& arguments :
       {std::string("run world.toml --plugins . --patience 0.5"),
        std::string("check world.toml --plugins . --patience 0.5"), "describe " + name + " --plugins . --patience 0.5",
        "check --patience 0.5 --plugin " + name + ".so"}) {
    const Outcome outcome = folder.ondol(arguments);
    EXPECT_EQ(outcome.code, 4) << arguments << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(HasSubstr(name + ".so"), HasSubstr(GetParam().what))) << arguments;
    EXPECT_FALSE(fs::exists(folder.path() / "world.db"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Deeds, HostileLibrary,
    testing::ValuesIn(std::vector<Load>{
        {"constructor_exits", "ends the process: it calls exit(0) while it is loaded"},
        {"constructor_ends_at_once", "ends the process without a word (exit code 0) while it is loaded"},
        {"constructor_crashes", "crashes (Segmentation fault) while it is loaded"},
        {"constructor_aborts", "crashes (Aborted) while it is loaded"},
        {"constructor_loops", "does not return within 0.5 s while it is loaded"},
        {"constructor_changes_directory", "changes the working directory of the whole process as it is loaded"},
        {"constructor_rounds", "changes the floating-point environment"},
        {"constructor_handles_signals", "changes signal handlers of the whole process as it is loaded"},
        {"constructor_forks", "starts other processes and leaves them behind"},
        {"destructor_crashes", "crashes (Aborted) as it is unloaded"},
        {"entry_exits", "ends the process: it calls exit(3) while it describes itself"},
        {"entry_crashes", "crashes (Segmentation fault) while it describes itself"},
        {"entry_loops", "does not return within 0.5 s while it describes itself"},
        {"entry_refuses", "cannot describe itself: this machine is not to its taste"},
        {"member_not_described",
         "kind 'sleeper' has 8 bytes in its State, after field 'level', that no field describes"},
        {"member_described_twice",
         "kind 'sleeper' describes one member of its State twice: as field 'level' and as field 'hidden'"},
        {"cut_off", "it is cut off"},
        {"cut_off_early", "it is cut off within its header"},
        {"empty", "the file is empty or cannot be read"},
        {"text", "it is no ELF file"},
        {"other_processor", "it is built for another processor"},
        {"program", "it is an ELF file, but no shared library"},
    }),
    [](const auto& load) { return std::string(load.param.name); });

}  // namespace
}  // namespace ondol::test
