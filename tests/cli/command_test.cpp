// The ondol command as a user meets it: what it prints, what it leaves, and how it exits.
#include "support/command.hpp"

#include "support/sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace ondol::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(Command, RunsAWorldAndSaysWhereTheResultsAre) {
  const Outcome outcome = ondol("run shop.toml");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("shop.db"));
  EXPECT_THAT(outcome.out, HasSubstr("fingerprint "));
  EXPECT_THAT(outcome.out, HasSubstr("SELECT * FROM earnings_by_year"));
  EXPECT_THAT(outcome.out, HasSubstr("ondol report shop.db"));
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT status FROM run"), "complete");
}

TEST_F(Command, TheSuggestedQueriesRun) {
  const Outcome outcome = ondol("run shop.toml");
  std::size_t queries = 0;
  for (std::size_t at = outcome.out.find('"'); at != std::string::npos; at = outcome.out.find('"', at + 1)) {
    const std::size_t end = outcome.out.find('"', at + 1);
    EXPECT_FALSE(ask(folder_ / "shop.db", outcome.out.substr(at + 1, end - at - 1)).empty());
    at = end;
    ++queries;
  }
  EXPECT_EQ(queries, 3U);
}

TEST_F(Command, SeveralValuesMayFollowOneSet) {
  const std::string apart = ondol("run shop.toml --no-results --set seed=5 --set ticks=3").out;
  EXPECT_THAT(apart, HasSubstr("fingerprint"));
  EXPECT_EQ(ondol("run --no-results --set seed=5 ticks=3 shop.toml").out, apart);
  EXPECT_EQ(ondol("run --no-results --set=seed=5 ticks=3 shop.toml").out, apart);
  EXPECT_NE(ondol("run --no-results --set seed=6 ticks=3 shop.toml").out, apart);
}

TEST_F(Command, SaysItsVersionAndTheCommitItWasBuiltFrom) {
  EXPECT_THAT(ondol("--version").out,
              testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+( \\(commit [0-9a-f]+(, with changes)?\\))?\n"));
}

TEST_F(Command, PrintsTheSameFingerprintOnAnyNumberOfThreads) {
  const std::string expected = ondol("run shop.toml --no-results --threads 1").out;
  EXPECT_THAT(expected, HasSubstr("fingerprint"));
  for (const char* threads : {"2", "3", "8"})
    EXPECT_EQ(ondol(std::string("run shop.toml --no-results --threads ") + threads).out, expected);
  EXPECT_NE(ondol("run shop.toml --no-results --seed 2").out, expected);
}

TEST_F(Command, QuietMeansQuiet) {
  const Outcome outcome = ondol("run shop.toml -q");
  EXPECT_EQ(outcome.out + outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

TEST_F(Command, NeverOverwritesUnasked) {
  ondol("run shop.toml -q");
  const Outcome outcome = ondol("run shop.toml -q");
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("shop.db: exists already"));
  EXPECT_EQ(ondol("run shop.toml -q --overwrite").code, 0);
}

TEST_F(Command, ABadWorldLeavesNoFileAndExitsWith3) {
  write("bad.toml", shop + "colour = \"red\"\n");
  const Outcome outcome = ondol("run bad.toml");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("ondol: error: bad.toml:"));
  EXPECT_FALSE(exists("bad.db"));
  EXPECT_EQ(ondol("run missing.toml").code, 3);
}

TEST_F(Command, ABadOverrideNamesIt) {
  const Outcome outcome = ondol("run shop.toml --set populations.eaters.params.apetite=3");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'appetite'"));
}

TEST_F(Command, AMissingPluginExitsWith4) {
  write("bad.toml", "plugins = [\"nonesuch\"]\nticks = 1\n");
  const Outcome outcome = ondol("check bad.toml");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("nonesuch"));
}

TEST_F(Command, AForeignFileIsNoPlugin) {
  write("fake.so", "not a library");
  write("bad.toml", "plugins = [\"fake\"]\nticks = 1\n");
  const Outcome outcome = ondol("check bad.toml");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("fake.so"));
}

// In tick 2.
const std::string failing =
    shop +
    "[goods.thing]\nunit = \"piece\"\n[populations.culprits]\nkind = \"culprit\"\nports = { others = \"culprits\", "
    "thing = \"thing\" }\n"
    "[events.change]\ntick = 2\npopulation = \"culprits\"\nparam = \"fault\"\nvalue = 1\n";

TEST_F(Command, AFailingRuleStopsTheRunAndKeepsWhatWasRecorded) {
  write("bad.toml", failing);
  const Outcome outcome = ondol("run bad.toml -o out.db");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("agent 'culprits' of kind 'culprit' (plugin 'toy')"));
  EXPECT_THAT(outcome.err, HasSubstr("tick 2 (2024-01), in step 'give'"));
  EXPECT_EQ(ask(folder_ / "out.db", "SELECT status, ticks FROM run"), (std::vector<Row>{{"failed", "2"}}));
  EXPECT_THAT(ask_one(folder_ / "out.db", "SELECT message FROM run"), HasSubstr("no idea what to do"));
}

TEST_F(Command, WrongUseExitsWith2) {
  EXPECT_EQ(ondol("").code, 2);
  EXPECT_EQ(ondol("run").code, 2);
  EXPECT_EQ(ondol("run shop.toml --treads 2").code, 2);
  EXPECT_EQ(ondol("describe makr").code, 2);
  EXPECT_THAT(ondol("describe makr").err, HasSubstr("did you mean 'maker'"));
}

TEST_F(Command, AnUnwritableOutputExitsWith6) { EXPECT_EQ(ondol("run shop.toml -q -o /nowhere/out.db").code, 6); }

TEST_F(Command, AFullDiskExitsWith6) {
  // The shell's limit on file sizes stands in for a full disk.
  const Outcome outcome = ondol("run shop.toml -q --ticks 200", "trap '' XFSZ; ulimit -f 600; ");
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("shop.db"));
}

TEST_F(Command, AnInterruptKeepsWhatWasRecorded) {
  // The file of results appears once interrupts are waited for.
  const Outcome outcome = ondol(
      "run shop.toml -q --ticks 10000000 & "
      "for i in $(seq 1000); do [ -s shop.db ] && break; sleep 0.02; done; sleep 0.3; kill -INT $!; wait $!",
      "env --default-signal=INT ");  // what a shell starts in the background ignores interrupts
  EXPECT_EQ(outcome.code, 130) << outcome.err;
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT status FROM run"), "interrupted");
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT ticks = (SELECT count(*) FROM tick_list) FROM run"), "1");
}

TEST_F(Command, AKillLeavesWholeTicksOfARunThatIsRunning) {
  const Outcome outcome = ondol(
      "run shop.toml -q --ticks 10000000 & "
      "for i in $(seq 1000); do [ -s shop.db ] && break; sleep 0.02; done; sleep 0.5; kill -KILL $!; wait $!");
  EXPECT_EQ(outcome.code, 128 + SIGKILL) << outcome.err;
  EXPECT_EQ(ask_one(folder_ / "shop.db", "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT status FROM run"), "running");
  EXPECT_EQ(
      ask(folder_ / "shop.db",
          "SELECT count(*) > 10, max(tick) = count(*) - 1, (SELECT count(*) FROM giver) = 1500 * count(*), "
          "(SELECT count(*) FROM books) = 1506 * count(*), (SELECT count(*) FROM good) = count(*) FROM tick_list"),
      (std::vector<Row>{{"1", "1", "1", "1", "1"}}));
}

TEST_F(Command, AFullDiskLeavesWholeTicksAndSaysSoInTheFile) {
  const Outcome outcome = ondol("run shop.toml -q --ticks 200", "ulimit -f 12000; ");
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("a limit on the size of files"));
  EXPECT_EQ(ask(folder_ / "shop.db",
                "SELECT status, message LIKE '%limit on the size of files%', ticks > 0, ticks = (SELECT "
                "count(*) FROM tick_list) FROM run"),
            (std::vector<Row>{{"failed", "1", "1", "1"}}));
}

TEST_F(Command, NoReaderEndsARun) {
  for (const char* streams : {">&- 2>&-", ">/dev/full 2>/dev/full", "2>&1 | true", ">&- 2>&- <&-"}) {
    const Outcome outcome = ondol(std::string("run shop.toml --overwrite --ticks 30 ") + streams + "");
    EXPECT_EQ(ask(folder_ / "shop.db", "SELECT status, ticks FROM run"), (std::vector<Row>{{"complete", "30"}}))
        << streams;
  }
}

TEST_F(Command, AHangUpEndsTheTickUnlessItIsIgnored) {
  const std::string run = "run shop.toml -q --ticks ";
  const std::string wait = " & for i in $(seq 1000); do [ -s shop.db ] && break; sleep 0.02; done; sleep 0.2; ";
  EXPECT_EQ(ondol(run + "10000000" + wait + "kill -HUP $!; wait $!").code, 130);
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT status, message FROM run"),
            (std::vector<Row>{{"interrupted", "ended by signal HUP"}}));
  std::filesystem::remove(folder_ / "shop.db");
  EXPECT_EQ(ondol(run + "400" + wait + "kill -HUP $!; wait $!", "trap '' HUP; ").code, 0);
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT status FROM run"), "complete");
}

TEST_F(Command, SeedsAreWhatWasTyped) {
  for (const char* seed : {"-1", "18446744073709551616", "9223372036854775808", "''", "1.5", "0x10", "' 7'"})
    EXPECT_EQ(ondol(std::string("run shop.toml -q --no-results --seed ") + seed).code, 2) << seed;
  EXPECT_EQ(ondol("run shop.toml -q --seed 9223372036854775807").code, 0);
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT seed FROM run"), "9223372036854775807");
}

TEST_F(Command, OverwritesNoWorld) {
  EXPECT_EQ(ondol("run shop.toml -q --overwrite -o shop.toml").code, 6);
  EXPECT_EQ(read("shop.toml"), shop);
}

TEST_F(Command, WhatItPrintsCanBePastedWhateverThePath) {
  for (const char* word : {"\"it's \\$(touch here).db\"", "./-x.db", ":memory:", "file:x.db", "'file:y.db?mode=memory'",
                           "'a b.db'", "'new\nline.db'"}) {
    const Outcome outcome = ondol(std::string("run shop.toml -o ") + word);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const std::size_t at = outcome.out.find("  sqlite3");
    write("pasted.sh", outcome.out.substr(at, outcome.out.find('\n', at) - at));
    const std::string pasted = "cd '" + folder_.string() + "' && bash pasted.sh >pasted.txt 2>&1";
    EXPECT_EQ(std::system(pasted.c_str()), 0) << word << read("pasted.txt");
    EXPECT_THAT(read("pasted.txt"), HasSubstr("makers")) << word;
    EXPECT_FALSE(exists("here"));
  }
}

TEST_F(Command, TakesSeveralOverridesAfterOneSet) {
  EXPECT_EQ(ondol("run -q --set ticks=3 seed=9 shop.toml").code, 0);
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT ticks, seed FROM run"), (std::vector<Row>{{"3", "9"}}));
}

TEST_F(Command, SetsFactsBesideRuns) {
  ASSERT_EQ(ondol("run shop.toml -q --seed 1 -o a.db").code, 0);
  ASSERT_EQ(ondol("run shop.toml -q --seed 2 -o b.db").code, 0);
  const std::string header = "period,quantity,unit,value,use,source,query\n";
  write("facts.csv", header +
                         "2023,A half,1,4,given,made up,SELECT 3.0\n"
                         "2023,Seed,1,1,fitted,made up,SELECT seed FROM run\n"
                         "2023,Nobody asks,1,10,checked,made up,\n"
                         "2023,No such table,1,10,checked,made up,SELECT x FROM nowhere\n");
  const Outcome scored = ondol("score a.db b.db --facts facts.csv");
  EXPECT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.out,
              HasSubstr("given: of 1 facts 1 are measured; 1 within 25 %, 1 within 2x, 0 in the band of 2 runs"));
  EXPECT_THAT(scored.out, HasSubstr("fitted: of 1 facts 1 are measured; 0 within 25 %, 1 within 2x, 0 in the band"))
      << "the median of seeds 1 and 2 is half as much again, and the band 1.05 to 1.95";
  EXPECT_THAT(scored.out, HasSubstr("checked: of 2 facts 0 are measured"));
  EXPECT_THAT(scored.out, HasSubstr("no such table: nowhere"));
  EXPECT_THAT(ondol("score a.db b.db --facts facts.csv --markdown").out,
              HasSubstr("| Seed | 1 | 2023 | fitted | 1 | 1.05 | 1.5 | 1.95 | 1.50 |"));

  const auto refused = [&](const std::string& facts) {
    write("wrong.csv", facts);
    const Outcome outcome = ondol("score a.db --facts wrong.csv");
    EXPECT_EQ(outcome.code, 3);
    return outcome.err;
  };
  EXPECT_THAT(refused(header + "2023,A,1,4 USD,given,made up,\n"),
              HasSubstr("wrong.csv:2: value: '4 USD' is no number"));
  EXPECT_THAT(refused(header + "2023,A,1,4,given,b,\n2023,A,1,4,chekced,b,\n"),
              HasSubstr("wrong.csv:3: use: 'chekced', expected given, fitted or checked; did you mean 'checked'"));
  EXPECT_THAT(refused("quantity,value\n"), HasSubstr("wrong.csv:1: no column 'unit'"));
  EXPECT_EQ(ondol("score facts.csv --facts facts.csv").code, 6);
}

TEST_F(Command, TracesWhatStandsBehindAnAgentsNumbers) {
  ASSERT_EQ(ondol("run shop.toml -q").code, 0);
  const auto db = folder_ / "shop.db";
  const std::string id =
      ask_one(db, "SELECT agent_id FROM sale WHERE tick = 1 AND revenue > 0 ORDER BY agent_id LIMIT 1");
  const Outcome traced = ondol("trace shop.db --tick 1 --agent " + id);
  EXPECT_EQ(traced.code, 0) << traced.err;
  EXPECT_THAT(traced.out, HasSubstr("(agent " + id + ", kind "));
  const auto book = [&](int tick) {
    return ask_one(db, "SELECT cash FROM books WHERE tick = " + std::to_string(tick) + " AND agent_id = " + id);
  };
  ASSERT_NE(book(0), book(1));
  EXPECT_THAT(traced.out, HasSubstr(book(0) + " -> " + book(1) + " USD"));
  EXPECT_THAT(traced.out, HasSubstr(ask_one(db, "SELECT revenue FROM sale WHERE tick = 1 AND agent_id = " + id)));
  EXPECT_THAT(traced.out, HasSubstr("received by all of its kind in its region"));
  EXPECT_THAT(traced.out, HasSubstr("\nparameter\n"));

  EXPECT_THAT(ondol("trace shop.db --tick 999 --agent " + id).err,
              HasSubstr("tick 999 was not recorded; expected 0 to "));
  EXPECT_THAT(ondol("trace shop.db --tick 1 --agent Nobody").err, HasSubstr("no agent 'Nobody'"));
  EXPECT_EQ(ondol("trace shop.db --tick 1 --agent Nobody").code, 2);
  EXPECT_EQ(ondol("trace shop.toml --tick 1 --agent " + id).code, 6);
}

TEST_F(Command, NamesDoNotCommandATerminal) {
  std::string named = shop;
  named.replace(named.find("layer = \"makers\""), 16, "layer = \"\\u001b[2J\\u009bmakers\"");
  write("named.toml", named);
  const Outcome outcome = ondol("run named.toml");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(outcome.out.find("\xc2\x9b"), std::string::npos);
  EXPECT_THAT(outcome.out, HasSubstr("\\u001b[2J\\u009bmakers"));
}

TEST_F(Command, ProfilesWhereTheTimeGoes) {
  const Outcome plain = ondol("run shop.toml -o plain.db");
  const Outcome outcome = ondol("run shop.toml --profile");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("trace in shop.trace.json"));
  EXPECT_EQ(ask_one(folder_ / "plain.db", "SELECT fingerprint FROM run"),
            ask_one(folder_ / "shop.db", "SELECT fingerprint FROM run"));
  EXPECT_EQ(ask_one(folder_ / "plain.db", "SELECT count(*) FROM profile"), "0");
  const auto count = [&](const std::string& part, const std::string& list) {
    return ask_one(folder_ / "shop.db", "SELECT count(*) = (SELECT count(*) FROM " + list + ") AND min(seconds) > 0 " +
                                            "FROM profile WHERE part = '" + part + "'");
  };
  EXPECT_EQ(count("market", "market_list"), "1");
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT count(*) FROM profile WHERE part = 'phase'"), "5");
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT min(name) || ' ' || max(name) FROM profile WHERE part = 'recorder'"),
            "copy write");
  // Steps take what their phases but the books take, and little more.
  EXPECT_EQ(ask_one(folder_ / "shop.db",
                    "SELECT sum(seconds) FILTER (WHERE part = 'step') >= "
                    "sum(seconds) FILTER (WHERE part = 'phase' AND name <> 'books') FROM profile"),
            "1");
  EXPECT_EQ(ask_one(folder_ / "shop.db",
                    "SELECT json_array_length(json_extract('" + read("shop.trace.json") + "', '$.traceEvents')) > 10"),
            "1");
  EXPECT_EQ(ondol("run shop.toml --profile -o shop.db").code, 6);
}

TEST_F(Command, AFailedRunLeavesATraceOfWhatHappened) {
  write("shop.trace.json", "precious");
  write("bad.toml", shop + "colour = \"red\"\n");
  EXPECT_EQ(ondol("run bad.toml --profile --overwrite -o shop.db").code, 3);
  EXPECT_EQ(ondol("run shop.toml --profile --overwrite -o shop.db --set populations.eaters.money=1").code, 3);
  EXPECT_EQ(ondol("run shop.toml --profile -o shop.db").code, 6);
  EXPECT_EQ(ondol("run shop.toml --profile -o nowhere/shop.db --no-results").code, 6);
  write("taken.db", "");
  EXPECT_EQ(ondol("run shop.toml --profile -o taken.db").code, 6);
  EXPECT_FALSE(exists("taken.trace.json"));
  EXPECT_EQ(read("shop.trace.json"), "precious");
  write("failing.toml", failing);
  EXPECT_EQ(ondol("run failing.toml --profile --overwrite -o shop.db").code, 6) << "it is no trace";
  std::filesystem::remove(folder_ / "shop.trace.json");
  EXPECT_EQ(ondol("run failing.toml --profile --overwrite -o shop.db").code, 5);
  EXPECT_THAT(read("shop.trace.json"), HasSubstr("\"name\": \"finance\""));
  EXPECT_THAT(read("shop.trace.json"), testing::EndsWith("]}\n"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they take more than any limit
TEST_F(Command, MoreAgentsThanMemoryAreRefusedWithTheirNumber) {
  const Outcome check = ondol("check shop.toml --set populations.givers.count=20000000", "ulimit -v 1000000; ");
  EXPECT_EQ(check.code, 3);
  EXPECT_THAT(check.err, HasSubstr("--set populations.givers.count: what is declared up to here takes"));
  EXPECT_THAT(check.err, HasSubstr("this process may take 1.02 GB"));
  // What they take at least would fit, and what they take does not.
  const Outcome run =
      ondol("run shop.toml --threads 1 --no-results --set populations.givers.count=10000000", "ulimit -v 1000000; ");
  EXPECT_EQ(run.code, 5) << run.err;
  EXPECT_THAT(run.err, HasSubstr("memory ran out; the world begins with 10000006 agents, which take at least 0.6"));
}
#endif

TEST_F(Command, ChecksAndDescribes) {
  const Outcome check = ondol("check shop.toml");
  EXPECT_EQ(check.code, 0);
  EXPECT_THAT(check.out, HasSubstr("1506 agents of 4 kinds"));
  const Outcome kind = ondol("describe eater");
  EXPECT_EQ(ondol("describe toy/eater").out, kind.out);
  EXPECT_EQ(kind.code, 0);
  EXPECT_THAT(kind.out, HasSubstr("appetite"));
  EXPECT_THAT(kind.out, Not(HasSubstr("financier")));
  EXPECT_THAT(ondol("describe").out, HasSubstr("posted_offers"));
}

}  // namespace
}  // namespace ondol::test
