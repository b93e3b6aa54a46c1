// What a user's machine does to a run, and a stranger's file to a user's machine.
#include "support/command.hpp"
#include "support/sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Trouble : public Command {
 protected:
  // What it writes on a terminal of so many columns.
  std::string on_a_terminal(const std::string& arguments, const std::string& type, int columns) const {
    const std::string ondol_here = "ONDOL_PLUGIN_PATH='" ONDOL_BUILD_DIR "/tests/plugins' '" ONDOL_BUILD_DIR "/ondol' ";
    write("on_terminal.sh", "stty cols " + std::to_string(columns) + "\n" + ondol_here + arguments + "\n");
    const std::string command = "cd '" + folder_.string() + "' && TERM=" + type +
                                " script --quiet --return --command 'sh on_terminal.sh' shown.txt >/dev/null 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return read("shown.txt");
  }
};

// ---- The terminal

TEST_F(Trouble, TheBarFitsTheTerminal) {
  for (const int columns : {30, 80, 200}) {
    const std::string shown = on_a_terminal("run shop.toml --overwrite --ticks 40", "xterm", columns);
    const std::size_t first = shown.find('\r');
    ASSERT_NE(shown.find("\x1b[K"), std::string::npos);
    for (std::size_t at = first; at != std::string::npos;) {
      const std::size_t end = shown.find("\x1b[K", at);
      if (end == std::string::npos) break;
      const std::size_t begin = shown.rfind('\r', end) + 1;
      EXPECT_LT(end - begin, static_cast<std::size_t>(columns)) << shown.substr(begin, end - begin);
      at = shown.find('\r', end);
    }
  }
}

TEST_F(Trouble, ATerminalThatCannotMoveBackGetsLines) {
  const std::string shown = on_a_terminal("run shop.toml --ticks 40", "dumb", 80);
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_THAT(shown, HasSubstr("tick 40 of 40"));
}

TEST_F(Trouble, NamesDoNotCommandATerminalInErrors) {
  std::string named = shop;
  named.replace(named.find("mechanism = \"posted_offers\""), 27, "mechanism = \"\\u001b[2J\\u009b\\u0007\"");
  write("named.toml", named);
  const Outcome outcome = ondol("run named.toml");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_TRUE(std::none_of(outcome.err.begin(), outcome.err.end(), [](char c) { return c == '\x1b' || c == '\a'; }));
  EXPECT_EQ(outcome.err.find("\xc2\x9b"), std::string::npos);
  EXPECT_THAT(outcome.err, HasSubstr("\\u001b[2J\\u009b\\u0007"));
}

// ---- What ends a run

TEST_F(Trouble, AKillOfTheOrdinaryKindEndsTheTick) {
  const Outcome outcome = ondol(
      "run shop.toml -q --ticks 10000000 & "
      "for i in $(seq 1000); do [ -s shop.db ] && break; sleep 0.02; done; sleep 0.2; kill -TERM $!; wait $!");
  EXPECT_EQ(outcome.code, 130);
  EXPECT_EQ(
      ask(folder_ / "shop.db", "SELECT status, message, ticks > 0, ticks = (SELECT COUNT(*) FROM tick_list) FROM run"),
      (std::vector<Row>{{"interrupted", "ended by signal TERM", "1", "1"}}));
}

TEST_F(Trouble, ACrashAfterSomeTicksKeepsThem) {
  write("late.toml", shop +
                         "[populations.culprits]\nkind = \"hostile/null_pointer_later\"\ncount = 3\n"
                         "ports = { peers = \"culprits\", all = \"culprits\", ware = \"wares\" }\n");
  const Outcome outcome = ondol("run late.toml --set 'plugins=[\"hostile\",\"toy\",\"posted_offers\"]'");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("tick 4 (2024-03), in step 'make'"), HasSubstr("crashes (Segmentation fault)")));
  EXPECT_EQ(ask(folder_ / "late.db", "SELECT status, ticks, (SELECT COUNT(*) FROM tick_list) FROM run"),
            (std::vector<Row>{{"failed", "4", "4"}}));
}

TEST_F(Trouble, AnotherProgramThatLocksTheFileIsWaitedFor) {
  const Outcome outcome = ondol(
      "run shop.toml -q --ticks 3000 --set record.every=100 & "
      "for i in $(seq 1000); do [ -s shop.db ] && break; sleep 0.01; done; "
      "printf '.timeout 9000\\nBEGIN IMMEDIATE;\\n.shell sleep 2\\nCOMMIT;\\n' | sqlite3 shop.db >locker.txt 2>&1; "
      "wait $!");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(read("locker.txt"), "");
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT status, ticks FROM run"), (std::vector<Row>{{"complete", "3000"}}));
}

TEST_F(Trouble, WhoIsBornIsSeenBeforeTheRunEndsAndAfterAKill) {
  write("hive.toml", R"(plugins = ["hive"]
currency = "coin"
money_decimals = 0
ticks = 10000000
schedule = ["lay", "live"]
regions.here.treasury = "queens"
instruments.money.issuer = "queens"
record.every = 50
[populations.queens]
kind = "queen"
count = 1
money = "1000000 coin"
params = { brood = 5, dowry = "10 coin" }
ports.bees = "bees"
[populations.bees]
kind = "bee"
count = 3
params.life = 4
)");
  const std::string born = "SELECT COUNT(*) > 20 AND MIN(born) >= 0 FROM agent_list WHERE kind = 'bee' AND born > 0";
  const Outcome outcome = ondol(
      "run hive.toml -q & "
      "for i in $(seq 1000); do [ -s hive.db ] && break; sleep 0.02; done; sleep 0.7; "
      "sqlite3 hive.db \"" +
      born + "\" >alive.txt; kill -KILL $!; wait $!");
  EXPECT_EQ(outcome.code, 137);
  EXPECT_EQ(read("alive.txt"), "1\n");
  EXPECT_EQ(ask_one(folder_ / "hive.db", born), "1");
}

// ---- What may be overwritten

TEST_F(Trouble, OnlyFilesOfTheirOwnKindAreOverwritten) {
  write("shop.trace.json", "precious");
  write("merged.db", "precious");
  write("experiment.db.part", "precious");
  ASSERT_EQ(ondol("run shop.toml -q -o run.db").code, 0);
  const std::string run = ask_one(folder_ / "run.db", "SELECT fingerprint FROM run");
  write("two.toml",
        "question = \"Which?\"\nworld = \"shop.toml\"\nreplicates = 2\nprimary = "
        "\"sold\"\n[arms.as_it_is]\n"
        "[outcomes.sold]\nsql = \"SELECT sum(volume) FROM market\"\n");
  ASSERT_EQ(ondol("experiment two.toml -q -o part.db").code, 0) << read("err.txt");
  for (const char* arguments : {"run shop.toml -q --profile --overwrite", "merge part.db -o merged.db --overwrite",
                                "merge part.db -o run.db --overwrite", "merge part.db -o experiment.db --overwrite"}) {
    const Outcome outcome = ondol(arguments);
    EXPECT_EQ(outcome.code, 6) << arguments;
    EXPECT_THAT(outcome.err, HasSubstr("nothing else is overwritten")) << arguments;
  }
  EXPECT_EQ(read("shop.trace.json") + read("merged.db") + read("experiment.db.part"), "preciouspreciousprecious");
  EXPECT_EQ(ask_one(folder_ / "run.db", "SELECT fingerprint FROM run"), run);
  fs::remove(folder_ / "shop.trace.json");
  EXPECT_EQ(ondol("run shop.toml -q --profile").code, 0);
  EXPECT_EQ(ondol("run shop.toml -q --profile --overwrite").code, 0);
  EXPECT_EQ(ondol("merge part.db -o whole.db").code, 0);
  EXPECT_EQ(ondol("merge part.db -o whole.db --overwrite").code, 0);
}

// ---- What a world may open

TEST_F(Trouble, AWorldLargerThanAnyIsNotRead) {
  write("large.toml", shop);
  fs::resize_file(folder_ / "large.toml", (std::uintmax_t{64} << 20U) + 1);
  for (const char* arguments : {"run large.toml", "check large.toml"}) {
    const Outcome outcome = ondol(arguments);
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, HasSubstr("'large.toml' is larger than 64 MiB"));
  }
}

TEST_F(Trouble, TablesAndFilesOfAWorldAreRegularFilesBelowItsRoot) {
  ASSERT_EQ(mkfifo((folder_ / "pipe.csv").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder_ / "zero.csv");
  fs::create_symlink("/etc/passwd", folder_ / "passwords.csv");
  write("large.csv", "");
  fs::resize_file(folder_ / "large.csv", (std::uintmax_t{64} << 20U) + 1);
  const std::pair<const char*, const char*> files[] = {{"pipe.csv", "is no regular file"},
                                                       {"zero.csv", "lies outside the world's root"},

                                                       {"passwords.csv", "lies outside the world's root"},
                                                       {"large.csv", "is larger than 64 MiB"},
                                                       {"../other.csv", "lies outside the world's root"}};
  std::ofstream(folder_.parent_path() / "other.csv") << "a,b\n";
  for (const auto& [file, what] : files) {
    const std::string quoted = std::string("\"") + file + "\"";
    for (const std::string& text : {shop + "[data.x]\nfile = " + quoted + "\n", "include = [" + quoted + "]\n" + shop,
                                    "extends = " + quoted + "\n"}) {
      write("reads.toml", text);
      const Outcome outcome = ondol("check reads.toml", "timeout 20 env ");
      EXPECT_EQ(outcome.code, 3) << text.substr(0, 60) << outcome.err;
      EXPECT_THAT(outcome.err, AllOf(HasSubstr("reads.toml:"), HasSubstr(what))) << file;
    }
  }
}

TEST_F(Trouble, ALibraryBesideAWorldIsLoadedOnlyWhereItIsAllowed) {
  fs::copy(fs::path(ONDOL_BUILD_DIR) / "tests/plugins/toy.so", folder_ / "beside.so");
  std::string text = shop;
  write("beside.toml", text.replace(text.find("\"toy\""), 5, "\"beside\""));
  const Outcome refused = ondol("run beside.toml");
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("there is no plugin 'beside'"));
  EXPECT_EQ(ondol("run beside.toml --plugins .").code, 0);
}

TEST_F(Trouble, ExpressionsEnd) {
  const std::pair<std::string, std::string> cases[] = {
      {"1" + std::string(5000, ' ') + "+ 1", "an expression of more than 4096 bytes"},
      {std::string(2000, '(') + "1", "more than 64 levels"},
      {"9^9^9", "a number that is not finite"},
      {"sum(numbers.n * sum(numbers.n * sum(numbers.n)))", "more than 1000000 steps to evaluate all expressions"}};
  std::string numbers = "n\n";
  for (int i = 0; i < 300; ++i) numbers += "1\n";
  write("numbers.csv", numbers);
  for (const auto& [expression, what] : cases) {
    write("expression.toml",
          shop + "[data.numbers]\nfile = \"numbers.csv\"\n[constants]\nx = \"= " + expression + "\"\n");
    const Outcome outcome = ondol("check expression.toml", "timeout 20 env ");
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("expression.toml:"), HasSubstr(what)));
  }
}

}  // namespace
}  // namespace ondol::test
