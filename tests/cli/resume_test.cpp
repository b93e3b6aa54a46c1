// Runs that stop and go on, by the command: ondol run --checkpoint and --from, and ondol resume.
#include "support/command.hpp"
#include "support/sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace ondol::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Resume : public Command {
 protected:
  // Ends the run by a signal once it has done some ticks.
  Outcome stopped_by(const std::string& signal, const std::string& arguments) const {
    return ondol("run shop.toml -q " + arguments +
                     " & for i in $(seq 1000); do [ -s shop.db ] && break; sleep 0.02; done; sleep 0.3; kill -" +
                     signal + " $!; wait $!",
                 "env --default-signal=INT ");
  }
  std::string fingerprint(const std::string& file) const {
    return ask_one(folder_ / file, "SELECT fingerprint FROM run");
  }
};

TEST_F(Resume, AKilledRunEndsAsOneThatWasNot) {
  const std::string length = "--ticks 4000 --set record.every=100";
  EXPECT_EQ(stopped_by("KILL", length + " --checkpoint 7").code, 128 + SIGKILL);
  const std::string reached = ask_one(folder_ / "shop.db", "SELECT tick FROM checkpoint");
  EXPECT_EQ(std::stoi(reached) % 7, 0);
  const Outcome resumed = ondol("resume shop.db");
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("going on after " + reached + " ticks"));
  EXPECT_EQ(ondol("run shop.toml -q -o whole.db " + length).code, 0);
  const Outcome difference = ondol("diff shop.db whole.db");
  EXPECT_EQ(difference.code, 0) << difference.out;
  EXPECT_EQ(fingerprint("shop.db"), fingerprint("whole.db"));
}

TEST_F(Resume, AnInterruptedRunSaysHowItGoesOnAndDoesWithoutLosingATick) {
  const Outcome stopped = stopped_by("INT", "--ticks 10000000 --set record.every=50 --checkpoint '1 year'");
  EXPECT_EQ(stopped.code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("ondol resume shop.db goes on"));
  const std::string done = ask_one(folder_ / "shop.db", "SELECT ticks FROM run");
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT tick, every FROM checkpoint"), (std::vector<Row>{{done, "12"}}));
  const std::string until = std::to_string(std::stoi(done) + 5);
  EXPECT_EQ(ondol("resume shop.db -q --checkpoint 3 --until " + until).code, 0);
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT status, ticks FROM run"), (std::vector<Row>{{"complete", until}}));
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT tick, every FROM checkpoint"), (std::vector<Row>{{until, "3"}}));
}

TEST_F(Resume, ACompleteRunGoesFurtherToADate) {
  ASSERT_EQ(ondol("run shop.toml -q --checkpoint 5").code, 0);
  const Outcome complete = ondol("resume shop.db");
  EXPECT_EQ(complete.code, 2);
  EXPECT_THAT(complete.err, HasSubstr("complete after 6 ticks; --until"));
  EXPECT_EQ(ondol("resume shop.db -q --until 2024-08").code, 0);
  EXPECT_EQ(ondol("run shop.toml -q --ticks 10 -o whole.db").code, 0);
  EXPECT_EQ(fingerprint("shop.db"), fingerprint("whole.db"));
}

// ---- Another future

TEST_F(Resume, ARunBeginsWhereAnotherIsUnderAnotherScenario) {
  write("richer.toml",
        "extends = \"shop.toml\"\nticks = 9\n[events.dearer]\ntick = 4\npopulation = \"maker\"\n"
        "param = \"price\"\nvalue = \"3 USD/piece\"\n");
  ASSERT_EQ(ondol("run shop.toml -q --ticks 4 --checkpoint 1 -o past.db").code, 0);
  const Outcome branch = ondol("run richer.toml -q --from past.db -o branch.db");
  ASSERT_EQ(branch.code, 0) << branch.err;
  ASSERT_EQ(ondol("run richer.toml -q -o whole.db").code, 0);
  EXPECT_EQ(fingerprint("branch.db"), fingerprint("whole.db"));
  ASSERT_EQ(ondol("run shop.toml -q --ticks 9 -o same.db").code, 0);
  EXPECT_NE(fingerprint("branch.db"), fingerprint("same.db")) << "the event changes something";
  EXPECT_EQ(ask(folder_ / "branch.db", "SELECT first_tick, ticks FROM run"), (std::vector<Row>{{"4", "9"}}));
}

TEST_F(Resume, AFutureThatPartedEarlierIsRefused) {
  ASSERT_EQ(ondol("run shop.toml -q --ticks 4 --checkpoint 1 -o past.db").code, 0);
  const Outcome other = ondol("run shop.toml -q --from past.db --ticks 9 --set populations.eaters.count=5");
  EXPECT_EQ(other.code, 3);
  EXPECT_THAT(other.err, HasSubstr("populations.eaters"));
  EXPECT_FALSE(exists("shop.db"));
  const Outcome done = ondol("run shop.toml -q --from past.db --ticks 4");
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("the world lasts 4 ticks, and past.db has done 4"));
  EXPECT_EQ(ondol("run shop.toml -q --from past.db --seed 8").code, 2) << "a past has its luck";
}

// ---- Refusals

TEST_F(Resume, SaysWhatItCannotGoOnWith) {
  ASSERT_EQ(ondol("run shop.toml -q -o plain.db").code, 0);
  ASSERT_EQ(ondol("run shop.toml -q -o kept.db --checkpoint 2").code, 0);
  write("begun.db.part", "");
  const struct {
    const char *arguments, *says;
    int code;
  } cases[] = {
      {"resume none.db", "none.db: there is no such file, and no 'none.db.part' either", 6},
      {"resume shop.toml", "shop.toml", 6},
      {"resume begun.db", "run it again", 6},
      {"resume plain.db", "plain.db: has no state to go on from: its run was begun without --checkpoint", 6},
      {"resume kept.db --until 3", "has done 6 ticks, and is to end after 3", 2},
      {"resume kept.db --until soon", "until 'soon'", 2},
      {"resume kept.db --until 9 --checkpoint '2 USD'", "every '2 USD'", 2},
      {"resume kept.db --until 9 --checkpoint 0", "every '0'", 2},
      {"run shop.toml --checkpoint -3", "every '-3'", 2},
      {"run shop.toml --checkpoint 3 --no-results", "--no-results excludes --checkpoint", 2},
      {"run shop.toml --from none.db", "none.db", 6},
      {"run shop.toml --from plain.db", "without --checkpoint", 6},
  };
  for (const auto& each : cases) {
    const Outcome refused = ondol(each.arguments);
    EXPECT_EQ(refused.code, each.code) << each.arguments << "\n" << refused.err;
    EXPECT_THAT(refused.err, AllOf(HasSubstr("ondol: error: "), HasSubstr(each.says))) << each.arguments;
  }
  EXPECT_EQ(ask(folder_ / "kept.db", "SELECT status, ticks FROM run"), (std::vector<Row>{{"complete", "6"}}));
  EXPECT_FALSE(exists("shop.db"));
}

TEST_F(Resume, RefusesAnotherPluginByName) {
  const std::filesystem::path plugins = folder_ / "plugins";
  std::filesystem::create_directories(plugins);
  std::filesystem::copy(std::filesystem::path(ONDOL_BUILD_DIR) / "tests/plugins/toy.so", plugins);
  ASSERT_EQ(ondol("run shop.toml -q --plugins plugins --checkpoint 2").code, 0);
  std::filesystem::create_directories(folder_ / "elsewhere");
  EXPECT_EQ(ondol("resume ../shop.db -q --until 8", "cd elsewhere; ").code, 0) << "plugins are found where they were";
  std::ofstream(plugins / "toy.so", std::ios::app) << '\n';
  const Outcome refused = ondol("resume shop.db --plugins plugins --until 9");
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("shop.db: cannot go on from its checkpoint"), HasSubstr("plugin 'toy'")));
}

}  // namespace
}  // namespace ondol::test
