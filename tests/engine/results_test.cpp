// Results files: what a person asks of them, and that recording changes nothing.
#include "results/sqlite_rows.hpp"
#include "support/shop.hpp"
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <limits>
#include <thread>

namespace ondol::test {
namespace {

using testing::HasSubstr;

// A folder of this process, which goes with it: files that a run writes are not to be shared.
class Folder {
 public:
  Folder() : path_(std::filesystem::path(testing::TempDir()) / ("ondol_results_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::filesystem::path file_named(const std::string& name) {
  static const Folder folder;
  return folder.path() / (name + ".db");
}

// Records a whole run and returns its fingerprint.
std::string record(const World& world, const std::filesystem::path& file, int threads = 1) {
  ondol::Run run(world, {threads, {}});
  Results results(file, run, {true});
  while (run.ticks() < world.ticks()) {
    run.tick();
    results.record();
  }
  results.finish(RunStatus::complete);
  return run.fingerprint();
}

TEST(Results, AnswerInPlainNamesAndDates) {
  const auto file = file_named("plain");
  record(world_of(shop), file);
  EXPECT_EQ(ask(file, "SELECT date, cash, revenue, income FROM books WHERE agent = 'Big Maker' LIMIT 2"),
            (std::vector<Row>{{"2023-11-01", "20.0", "20.0", "20.0"}, {"2023-12-01", "40.0", "20.0", "20.0"}}));
  EXPECT_EQ(ask(file, "SELECT sum(revenue) FROM earnings_by_year WHERE layer = 'makers' GROUP BY year"),
            (std::vector<Row>{{"40.0"}, {"80.0"}}));
  EXPECT_EQ(ask_one(file, "SELECT price FROM price WHERE market = 'wares' AND tick = 3"), "2.0");
  EXPECT_EQ(ask_one(file, "SELECT hhi FROM concentration WHERE year = 2024"), "1.0");
  EXPECT_EQ(
      ask(file,
          "SELECT from_kind, to_kind, purpose, market, amount, quantity FROM flow WHERE tick = 0 AND market != ''"),
      (std::vector<Row>{{"eater", "maker", "wares", "wares", "20.0", "10.0"}}));
  EXPECT_EQ(ask_one(file, "SELECT bought FROM eater WHERE agent = 'eaters#1' AND tick = 0"), "2.5");
}

TEST(Results, TellHowTheRunEndedAndHowToRepeatIt) {
  const auto file = file_named("repeat");
  const std::string fingerprint = record(world_of(shop), file);
  EXPECT_EQ(ask(file, "SELECT status, ticks, fingerprint FROM run"),
            (std::vector<Row>{{"complete", "6", fingerprint}}));
  EXPECT_EQ(record(world_of(ask_one(file, "SELECT world_text FROM run")), file_named("again")), fingerprint);
}

TEST(Results, EveryColumnOfEveryTableAndViewIsDocumented) {
  const auto file = file_named("documented");
  record(world_of(shop), file);
  const auto missing =
      ask(file,
          "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') "
          "AND m.name NOT LIKE 'sqlite_%' AND NOT EXISTS (SELECT 1 FROM column_doc d WHERE d.table_name = m.name "
          "AND d.column_name = c.name AND d.meaning != '' AND d.unit != '')");
  for (const Row& row : missing) ADD_FAILURE() << row[0] << "." << row[1];
  EXPECT_EQ(ask(file,
                "SELECT d.table_name, d.column_name FROM column_doc d WHERE NOT EXISTS (SELECT 1 FROM "
                "pragma_table_info(d.table_name) c WHERE c.name = d.column_name)"),
            std::vector<Row>{});
}

std::string everything(const std::filesystem::path& file) {
  std::string all;
  for (const Row& table :
       ask(file,
           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('run_data', 'plugin', "
           "'sqlite_stat1') ORDER BY name")) {
    for (const Row& row : ask(file, "SELECT * FROM " + table[0])) {
      for (const std::string& value : row) all += value + "|";
    }
  }
  return all;
}

TEST(Results, HoldTheSameRowsForAnyNumberOfThreads) {
  const World world = world_of(shop);
  record(world, file_named("one"), 1);
  const std::string expected = everything(file_named("one"));
  for (const int threads : {2, 3, 8}) {
    record(world, file_named("many"), threads);
    EXPECT_EQ(everything(file_named("many")) == expected, true) << threads;
  }
}

TEST(Results, RecordingMoreOrLessChangesNoFingerprint) {
  const std::string fingerprint = ticked(world_of(shop), 6).fingerprint();
  EXPECT_EQ(record(world_of(shop), file_named("all")), fingerprint);
  const auto file = file_named("little");
  const std::string little = shop +
                             "[record]\nevery = 2\nindex = false\n[record.kinds.giver]\nagents = 3\ncolumns = "
                             "[\"given\"]\n[record.kinds.eater]\nagents = 0\n[record.kinds.maker]\nevery = 3\n"
                             "tables = [\"sale\", \"books\"]\n";
  EXPECT_EQ(record(world_of(little), file), fingerprint);
  // In ticks 0, 2 and 4, and in the last one, 5.
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM giver"), "12");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM books WHERE kind = 'giver'"), "12");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM pragma_table_info('giver') WHERE name = 'noise'"), "0");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM eater"), "0");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM maker"), "0");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM holding"), "0");
  EXPECT_EQ(ask(file, "SELECT tick FROM sale"), (std::vector<Row>{{"0"}, {"3"}, {"5"}}));
  EXPECT_EQ(ask(file, "SELECT kind, count(*) FROM agent_list GROUP BY kind"),
            (std::vector<Row>{{"financier", "1"}, {"giver", "3"}, {"maker", "1"}}));
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM sqlite_schema WHERE type = 'index'"), "0");
}

// Two hands, tied to the boss at the start, of whom the second leaves.
std::string village(const std::string& record, const std::string& attributes = "{ wage = \"USD\" }") {
  return record + R"(
plugins = ["village"]
currency = "USD"
ticks = 4
schedule = ["seek", "pay"]
[regions.here]
[instruments.money]
issuer = "boss"
[relations.employment]
attributes = )" +
         attributes + R"(
[populations.boss]
kind = "boss"
money = "100 USD"
params.fire_tick = 1
params.raise = "1 USD"
ports = { staff = "employment" }
[populations.hands]
kind = "hand"
count = 2
params.seek_until = 0
ports = { job = "employment", bosses = "boss", income = "wage" }
[[ties]]
relation = "employment"
from = "hands"
to = "boss"
values.wage = { list = ["10 USD", "20 USD"] }
)";
}

TEST(Results, TellWhoWasTiedToWhomWhereTheyAreAsked) {
  const auto file = file_named("tied");
  record(world_of(village("record.relations = [\"employment\"]\n")), file);
  EXPECT_EQ(ask(file, "SELECT relation, from_agent, to_agent, since, wage FROM relation WHERE tick = 0"),
            (std::vector<Row>{{"employment", "hands#1", "boss", "0", "11.0"},
                              {"employment", "hands#2", "boss", "0", "21.0"}}));
  EXPECT_EQ(ask(file, "SELECT from_agent, wage FROM relation WHERE tick = 3"), (std::vector<Row>{{"hands#2", "24.0"}}));
  EXPECT_EQ(ask_one(file, "SELECT unit FROM column_doc WHERE table_name = 'relation' AND column_name = 'wage'"), "USD");
  record(world_of(village("record = { relations = [\"employment\"], every = 2 }\n")), file_named("tied_2"));
  EXPECT_EQ(ask(file_named("tied_2"), "SELECT DISTINCT tick FROM relation"), (std::vector<Row>{{"0"}, {"2"}, {"3"}}))
      << "and as the run ended";
  record(world_of(village("")), file_named("tied_0"));
  EXPECT_EQ(ask_one(file_named("tied_0"), "SELECT COUNT(*) FROM relation"), "0") << "not asked";
}

TEST(Results, RefuseToRecordRelationsThatTheyCannotHold) {
  const auto refused = [](const std::string& text) {
    try {
      world_of(text);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("loads");
  };
  EXPECT_THAT(refused(village("record.relations = [\"employmint\"]\n")), HasSubstr("did you mean 'employment'?"));
  const std::string names = "[\"wage\", \"Since\"]";
  std::string text = village("record.relations = [\"employment\"]\n", names);
  text.replace(text.find("[\"10 USD\", \"20 USD\"]"), 20, "[10, 20]");
  EXPECT_THAT(refused(text), HasSubstr("record.relations: ties cannot have column 'Since' in results"));
}

TEST(Results, OfVeryManyAgentsAreASampleAndTotalsUnlessAskedOtherwise) {
  std::string many = shop;
  many.replace(many.find("count = 1500"), 12, "count = 10001");
  const auto counts = [&](const std::string& more) {
    const auto file = file_named("very_many");
    record(world_of(more + many), file);
    Row row = ask(file,
                  "SELECT count(*) FILTER (WHERE kind = 'giver'), count(*) FILTER (WHERE kind = 'maker') "
                  "FROM books WHERE tick = 0")[0];
    row.push_back(ask_one(file, "SELECT group_concat(DISTINCT population) FROM total"));
    return row;
  };
  EXPECT_EQ(counts(""), (Row{"1000", "1", "givers"}));
  EXPECT_EQ(counts("record.kinds.giver.agents = \"all\"\n"), (Row{"10001", "1", "NULL"}));
  EXPECT_EQ(counts("record.agents = \"all\"\n"), (Row{"10001", "1", "NULL"}));
  EXPECT_EQ(counts("record.totals = false\n"), (Row{"1000", "1", "NULL"}));
}

TEST(Results, TotalsAreOverAllLivingAgentsAndExactInMoney) {
  const auto file = file_named("totals");
  std::string odd = "record.totals = true\n" + shop;
  odd.replace(odd.find("count = 1500"), 12, "count = 1503");
  record(world_of(odd), file);
  // Of every column of every table that agents have.
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM total_list"), std::to_string(4 * 12 + 6 + 4 + 4 + 2 + 2 * 3 + 2));
  EXPECT_EQ(ask(file,
                "SELECT t.tick FROM total t JOIN (SELECT tick, population, count(*) AS agents, sum(round(100 * cash)) "
                "AS cents, min(cash) AS low, max(cash) AS high FROM books GROUP BY tick, population) b ON b.tick = "
                "t.tick AND b.population = t.population WHERE table_name = 'books' AND column_name = 'cash' AND "
                "NOT (b.agents = t.agents AND b.cents / 100 = t.sum AND b.low = t.minimum AND b.high = t.maximum)"),
            std::vector<Row>{});
  EXPECT_EQ(ask(file,
                "SELECT agents, sum, minimum, maximum, mean, unit FROM total WHERE tick = 0 AND table_name = "
                "'eater' AND column_name = 'bought'"),
            (std::vector<Row>{{"4", "10.0", "2.5", "2.5", "2.5", "{food}"}}));
  EXPECT_EQ(ask(file, "SELECT item, column_name, sum, unit FROM total WHERE tick = 0 AND table_name = 'sale'"),
            (std::vector<Row>{{"wares", "quantity", "10.0", "piece"}, {"wares", "revenue", "20.0", "USD"}}));
  EXPECT_EQ(ask(file,
                "SELECT abs(sum(noise) - t.sum) < 1e-9, min(noise) = t.minimum, max(noise) = t.maximum FROM giver g "
                "JOIN total t ON t.tick = g.tick AND column_name = 'noise' GROUP BY g.tick"),
            std::vector<Row>(6, {"1", "1", "1"}));
  EXPECT_EQ(ask_one(file, "SELECT sum(given) FROM giver"),
            ask_one(file, "SELECT CAST(sum(sum) AS INTEGER) FROM total WHERE column_name = 'given'"));
}

TEST(Results, OfASampleStillSayWhatAllEarnAndHold) {
  const auto whole = file_named("whole");
  const auto sampled = file_named("sampled");
  std::string stocked = shop;
  stocked.replace(stocked.find("label = \"Big Maker\""), 19, "count = 3\nparams.output = \"12 piece\"");
  record(world_of(stocked), whole);
  record(world_of("record.agents = 1\n" + stocked), sampled);
  EXPECT_EQ(ask_one(sampled, "SELECT count(*) FROM books WHERE tick = 0 AND kind = 'giver'"), "1");
  for (const char* question :
       {"SELECT tick, layer, region, agents, round(revenue, 2), round(costs, 2), round(income, 2), round(cash, 2), "
        "round(debts, 2), round(equity, 2) FROM earnings",
        "SELECT year, layer, round(revenue, 2), round(income, 2) FROM earnings_by_year",
        "SELECT tick, region, layer, good, unit, round(quantity, 2), round(book_value, 2) FROM installed"}) {
    const auto answer = ask(whole, question);
    EXPECT_FALSE(answer.empty()) << question;
    EXPECT_EQ(ask(sampled, question), answer) << question;
  }
}

const std::string two_makers = [] {
  std::string world = shop;
  world.replace(world.find("label = \"Big Maker\""), 19, "count = 2\nparams.output = \"4 piece\"");
  return world + "[populations.eaters.params]\nby_name = false\n";
}();

TEST(Results, OfAFewTicksStillSayWhatAllEarnAndWhatMarketsDid) {
  const auto whole = file_named("every_tick");
  const auto few = file_named("few_ticks");
  record(world_of(two_makers), whole);
  record(world_of("record.every = 4\n" + two_makers), few);
  EXPECT_EQ(ask(few, "SELECT DISTINCT tick FROM books"), (std::vector<Row>{{"0"}, {"4"}, {"5"}}));
  EXPECT_EQ(ask_one(few, "SELECT ticks FROM run"), "6");
  for (const char* question : {"SELECT year, layer, round(revenue, 2), round(income, 2) FROM earnings_by_year",
                               "SELECT * FROM spending", "SELECT * FROM market", "SELECT * FROM signal",
                               "SELECT year, market, agent, round(share, 6) FROM market_share ORDER BY 1, 3"}) {
    const auto answer = ask(whole, question);
    EXPECT_FALSE(answer.empty()) << question;
    EXPECT_EQ(ask(few, question), answer) << question;
  }
  EXPECT_EQ(summarise(few), summarise(whole));
  EXPECT_EQ(ask(few, "SELECT hhi, sellers, recorded FROM concentration ORDER BY year"),
            (std::vector<Row>{{"NULL", "2", "0.5"}, {"NULL", "2", "0.5"}}));
  EXPECT_EQ(ask_one(whole, "SELECT round(hhi, 6) FROM concentration WHERE year = 2023"), "0.5");
}

TEST(Results, GiveSharesOfTheWholeMarketAndNoConcentrationOfASample) {
  const auto whole = file_named("all_sellers");
  const auto sampled = file_named("some_sellers");
  record(world_of(two_makers), whole);
  const std::string share = "SELECT year, round(share, 6) FROM market_share WHERE agent = 'maker#1' ORDER BY year";
  const auto shares = ask(whole, share);
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_LT(std::stod(shares[0][1]), 1);
  for (const char* totals : {"true", "false"}) {
    record(world_of(std::string("record.agents = 1\nrecord.totals = ") + totals + "\n" + two_makers), sampled);
    EXPECT_EQ(ask(sampled, share), shares) << totals;
    EXPECT_EQ(ask(sampled, "SELECT hhi, sellers, round(recorded, 6) FROM concentration WHERE year = 2023"),
              (std::vector<Row>{{"NULL", "1", shares[0][1]}}))
        << totals;
  }
}

TEST(Results, TellSellersOfOneNameApart) {
  const auto file = file_named("one_name");
  std::string namesakes = shop + R"([populations.other_maker]
kind = "maker"
label = "Big Maker"
params.output = "4 piece"
ports = { ware = "wares" }
[populations.maker.params]
output = "4 piece"
[populations.eaters.params]
by_name = false
)";
  record(world_of(namesakes), file);
  EXPECT_EQ(ask(file, "SELECT agent, round(share, 6) FROM market_share WHERE year = 2023"),
            (std::vector<Row>{{"Big Maker", "0.5"}, {"Big Maker", "0.5"}}));
  EXPECT_EQ(ask(file, "SELECT round(hhi, 6), sellers FROM concentration WHERE year = 2023"),
            (std::vector<Row>{{"0.5", "2"}}));
}

TEST(Results, AddUpSalesOfAllRoundsOfATick) {
  const auto file = file_named("rounds");
  std::string rounds = shop;
  rounds.replace(rounds.find("\"make\", \"trade\", \"eat\""), 22,
                 "{ repeat = 3, steps = [\"make\", \"trade\", \"eat\"] }");
  record(world_of(rounds), file);
  EXPECT_EQ(ask(file, "SELECT quantity, revenue FROM sale WHERE tick = 1"), (std::vector<Row>{{"30.0", "60.0"}}));
  EXPECT_EQ(ask(file, "SELECT volume, value FROM market WHERE tick = 1"), (std::vector<Row>{{"30.0", "60.0"}}));
}

TEST(Results, TellWhoBoughtFromWhomWhereTheWorldAsks) {
  const auto file = file_named("fills");
  std::string rounds = "record.fills = [\"wares\"]\n" + shop;
  rounds.replace(rounds.find("\"make\", \"trade\", \"eat\""), 22,
                 "{ repeat = 2, steps = [\"make\", \"trade\", \"eat\"] }");
  record(world_of(rounds), file);
  EXPECT_EQ(
      ask(file, "SELECT round, buyer, seller, price, quantity FROM fill WHERE tick = 3 AND buyer = 'eaters#2'"),
      (std::vector<Row>{{"0", "eaters#2", "Big Maker", "2.0", "2.5"}, {"1", "eaters#2", "Big Maker", "2.0", "2.5"}}));
  EXPECT_EQ(ask(file,
                "SELECT m.tick FROM market m JOIN (SELECT tick, count(*) AS fills, sum(quantity) AS quantity FROM "
                "fill GROUP BY tick) f ON f.tick = m.tick WHERE m.trades != f.fills OR m.volume != f.quantity"),
            (std::vector<Row>{}));
  record(world_of(shop), file);
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM fill"), "0");
}

TEST(Results, SayInTheSummaryWhatItLeavesOut) {
  const auto file = file_named("summary");
  const auto summary = [&](const std::string& more) {
    record(world_of(more + shop), file);
    return summarise(file);
  };
  EXPECT_THAT(summary(""), testing::AllOf(HasSubstr("makers"), testing::Not(HasSubstr("recorded"))));
  EXPECT_THAT(summary("record.tables = [\"state\"]\n"), HasSubstr("no books are recorded"));
  EXPECT_THAT(summary("record.kinds.giver.tables = [\"state\"]\n"), HasSubstr("not recorded: the books of givers\n"));
  EXPECT_THAT(summary("record.kinds.giver = { agents = 2, totals = false }\n"),
              HasSubstr("recorded in part and without totals: the books of givers\n"));
}

TEST(Results, SayInTheSummaryWhatDidNotHappen) {
  const auto file = file_named("silent");
  record(world_of(shop), file);
  EXPECT_THAT(summarise(file), testing::Not(HasSubstr("never traded")));
  record(world_of(shop + "[markets.idle]\ngood = \"ware\"\nmechanism = \"posted_offers\"\nstep = \"trade\"\n"), file);
  EXPECT_THAT(summarise(file), HasSubstr("never traded: idle\n"));
  std::string without_maker = shop;
  without_maker.replace(without_maker.find("label = \"Big Maker\""), 19, "count = 0");
  record(world_of(without_maker), file);
  EXPECT_THAT(summarise(file), HasSubstr("never traded, ordered and nothing on offer: wares\n"));
}

TEST(Results, SayInTheSummaryWhatSoldOutAndWhichStepsNobodyUsed) {
  const auto file = file_named("short");
  std::string plenty = shop;
  plenty.replace(plenty.find("label = \"Big Maker\""), 19, "params.output = \"1000 piece\"");
  record(world_of(plenty), file);
  EXPECT_THAT(summarise(file), testing::Not(testing::AnyOf(HasSubstr("sold out"), HasSubstr("nobody used"))));
  std::string with_a_rest = shop;
  with_a_rest.replace(with_a_rest.find("\"give\"]"), 6, "\"give\", \"rest\"");
  record(world_of(with_a_rest), file);
  EXPECT_THAT(summarise(file), HasSubstr("sold out with more ordered, of the last 12 ticks: wares (in 6)\n"));
  EXPECT_THAT(summarise(file), HasSubstr("steps that nobody used: rest\n"));
  EXPECT_EQ(ask(file, "SELECT name, repeat, what, whose FROM step WHERE name IN ('make', 'trade', 'rest')"),
            (std::vector<Row>{{"make", "1", "rule", "maker"},
                              {"trade", "1", "rule", "bank"},
                              {"trade", "1", "rule", "eaters"},
                              {"trade", "1", "market", "wares"},
                              {"rest", "1", "NULL", "NULL"}}));
}

TEST(Results, SayOfYearsTheSameWhileOneIsUnderWay) {
  const auto file = file_named("under_way");
  const World world = world_of(two_makers);
  ondol::Run run(world);
  Results results(file, run, {true});
  for (int tick = 0; tick < 4; ++tick) {
    run.tick();
    results.record();
  }
  while (ask_one(file, "SELECT ticks FROM run") != "4") std::this_thread::yield();
  const std::vector<std::string> questions = {"SELECT year, agent_id, revenue, share FROM market_share ORDER BY 1, 2",
                                              "SELECT * FROM concentration ORDER BY 1",
                                              "SELECT * FROM spending ORDER BY year, kind, purpose"};
  std::vector<std::vector<Row>> answers;
  for (const std::string& question : questions) answers.push_back(ask(file, question));
  EXPECT_EQ(answers[0].size(), 4U) << "two makers in two years";
  EXPECT_EQ(ask_one(file, "SELECT max(year) FROM sale_year"), "2023") << "that year is over";
  results.finish(RunStatus::interrupted);
  EXPECT_EQ(ask_one(file, "SELECT max(year) FROM sale_year"), "2024");
  for (std::size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(ask(file, questions[i]), answers[i]) << questions[i];
  EXPECT_EQ(ask(file, "SELECT year, sum(amount) FROM spending GROUP BY year"),
            ask(file, "SELECT year, sum(amount) FROM flow GROUP BY year"));
}

TEST(Results, KeepWhatTheWorldWasMadeOf) {
  const auto file = file_named("made");
  const std::string text = "# Where it comes from.\n" + shop + "traits = { mood = { uniform = [1, 2] } }\n";
  WorldOptions options = with_fixtures();
  options.set = {"populations.eaters.money=\"2e3 USD\""};
  const World world = world_of(text, options);
  record(world, file);
  EXPECT_EQ(ask_one(file, "SELECT text FROM world_file"), text);
  EXPECT_EQ(ask(file, "SELECT path, value_before, value, unit, line FROM setting"),
            (std::vector<Row>{{"populations.eaters.money", "1e3 USD", "2e3 USD", "USD", "NULL"}}));
  // Every giver's once, as it was drawn.
  EXPECT_EQ(ask(file,
                "SELECT kind, t.name, COUNT(*), COUNT(DISTINCT agent_id), MIN(value) >= 1, MAX(value) <= 2, "
                "MIN(value) < MAX(value) FROM trait t JOIN agent_list a ON a.id = agent_id GROUP BY 1, 2"),
            (std::vector<Row>{{"giver", "mood", "1500", "1500", "1", "1", "1"}}));
}

TEST(Results, RefuseToRecordWhatThereIsNot) {
  const auto refusal = [](const std::string& more) -> std::string {
    try {
      world_of(more + shop);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("record.kinds.givr.every = 2\n"), HasSubstr("did you mean 'giver'"));
  EXPECT_THAT(refusal("record.kinds.giver.columns = [\"giben\"]\n"),
              testing::AllOf(HasSubstr("record.kinds.giver.columns"), HasSubstr("did you mean 'given'")));
  EXPECT_THAT(refusal("record.tables = [\"boks\"]\n"),
              testing::AllOf(HasSubstr("record.tables"), HasSubstr("did you mean 'books'")));
  EXPECT_THAT(refusal("record.fills = [\"ware\"]\n"),
              testing::AllOf(HasSubstr("record.fills"), HasSubstr("no market 'ware'"), HasSubstr("mean 'wares'")));
  EXPECT_THAT(refusal("record.agents = \"some\"\n"), HasSubstr("record.agents: expected a number or \"all\""));
  EXPECT_THAT(refusal("record.agents = -1\n"), HasSubstr("record.agents: expected a whole number from 0"));
  EXPECT_THAT(refusal("record.agents = 1.5\n"), HasSubstr("expected a whole number from 0"));
  EXPECT_THAT(refusal("record.agents = 5000000000\n"),
              HasSubstr("expected a whole number from 0 to 2147483648, or \"all\"; found 5000000000"));
  EXPECT_THAT(refusal("record.every = 0\n"), HasSubstr("record.every: expected at least 1"));
  EXPECT_THAT(refusal("record.kinds.giver.every = 0\n"), HasSubstr("record.kinds.giver.every: expected at least 1"));
  EXPECT_THAT(refusal("record.kinds.giver.rows = false\n"), HasSubstr("unknown key"));
}

TEST(Results, RefuseChoicesThatContradictThemselves) {
  const auto refusal = [](const std::string& more) -> std::string {
    try {
      world_of(more + shop);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("record.tables = [\"books\", \"sale\", \"books\"]\n"),
              HasSubstr("record.tables[2]: table 'books' is in the list already"));
  EXPECT_THAT(refusal("record.kinds.giver.columns = [\"given\", \"given\"]\n"),
              HasSubstr("record.kinds.giver.columns[1]: state 'given' is in the list already"));
  EXPECT_THAT(refusal("record.kinds.giver.columns = []\n"),
              HasSubstr("record.kinds.giver.columns: expected at least one state"));
  EXPECT_THAT(refusal("record.kinds.giver = { columns = [\"given\"], tables = [\"books\"] }\n"),
              HasSubstr("record.kinds.giver.columns: columns are of table \"state\", which `tables` leaves out"));
  EXPECT_THAT(refusal("record = { tables = [\"books\"], kinds.giver.columns = [\"given\"] }\n"),
              HasSubstr("which `tables` leaves out"));
  EXPECT_THAT(refusal("record.kinds = { giver.every = 2, \"toy/giver\".agents = 3 }\n"),
              HasSubstr("kind 'giver' has two of these tables"));
  EXPECT_EQ(refusal("record = { agents = 0, totals = false, tables = [] }\n"), "");
}

TEST(Results, OfKindsOfOneNameAreApart) {
  const auto file = file_named("namesakes");
  std::string two = shop;
  two.replace(two.find("\"toy\", "), 7, "\"toy\", \"names\", ");
  two.replace(two.find("kind = \"giver\""), 14, "kind = \"toy/giver\"");
  two += "[populations.namesakes]\nkind = \"names/giver\"\ncount = 2\n[record.kinds.\"toy/giver\"]\nagents = 3\n";
  record(world_of(two), file);
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM \"toy/giver\" WHERE tick = 0"), "3");
  EXPECT_EQ(
      ask(file, "SELECT agent, kind, \"order\", height FROM \"names/giver\" WHERE tick = 0"),
      (std::vector<Row>{{"namesakes#1", "names/giver", "3.0", "0.0"}, {"namesakes#2", "names/giver", "3.0", "0.0"}}));
  EXPECT_EQ(ask(file, "SELECT DISTINCT kind, table_name FROM total WHERE column_name = 'given'"),
            (std::vector<Row>{{"toy/giver", "toy/giver"}}));
  EXPECT_EQ(ask_one(file, "SELECT DISTINCT from_kind FROM flow WHERE purpose = 'gift'"), "toy/giver");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM sqlite_schema WHERE name = 'names/giver_by_agent'"), "1");
  EXPECT_EQ(ask_one(file, "SELECT meaning FROM column_doc WHERE table_name = 'names/giver' AND column_name = 'order'"),
            "Stays where it is.");
}

TEST(Results, TellWhenAgentsWereBornAndDied) {
  const auto file = file_named("lives");
  record(world_of(R"(
plugins = ["toy"]
ticks = 3
schedule = ["trade", "finance"]
regions.here = { treasury = "founder" }
instruments.money.issuer = "founder"
[populations.founder]
kind = "financier"
money = "60 money"
params.found = "20 money"
ports = { cash = "money", partner = "startups" }
[populations.startups]
kind = "financier"
count = 1
room = 3
params.exit_tick = 1
)"),
         file);
  EXPECT_EQ(ask(file, "SELECT name, born, died, founder FROM agent_list ORDER BY id"),
            (std::vector<Row>{
                {"founder", "0", "NULL", "NULL"}, {"startups", "0", "1", "NULL"}, {"startups#2", "0", "1", "0"}}));
  EXPECT_EQ(ask(file, "SELECT tick, count(*) FROM books GROUP BY tick"),
            (std::vector<Row>{{"0", "3"}, {"1", "3"}, {"2", "1"}}))
      << "the last tick of those who leave as well";
}

TEST(Results, CanBeReadWhileTheRunGoesOn) {
  const auto file = file_named("meanwhile");
  ondol::Run run(world_of(shop));
  Results results(file, run, {true});
  run.tick();
  results.record();
  while (ask_one(file, "SELECT count(*) FROM tick_list") == "0") std::this_thread::yield();
  EXPECT_EQ(ask(file, "SELECT status, ticks, (SELECT count(*) FROM giver) FROM run"),
            (std::vector<Row>{{"running", "1", "1500"}}));
}

// Another program at the same file.
class Visitor {
 public:
  Visitor(const std::filesystem::path& file, const std::string& sql) {
    EXPECT_EQ(sqlite3_open(file.c_str(), &database_), SQLITE_OK);
    EXPECT_EQ(sqlite3_busy_timeout(database_, 10'000), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~Visitor() { sqlite3_close(database_); }
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

 private:
  sqlite3* database_ = nullptr;
};

TEST(Results, AreCompleteThoughSomebodyReadsThemAsTheRunEnds) {
  const auto file = file_named("read_at_the_end");
  const World world = world_of(shop);
  ondol::Run run(world);
  Results results(file, run, {true});
  run.tick();
  results.record();
  {
    const Visitor reader(file, "BEGIN; SELECT * FROM run");
    results.finish(RunStatus::complete);
    EXPECT_EQ(ask(file, "SELECT status, ticks FROM run"), (std::vector<Row>{{"complete", "1"}}));
  }
  EXPECT_EQ(ask_one(file, "SELECT cash FROM books WHERE agent = 'Big Maker'"), "20.0");
}

TEST(Results, WaitForWhoLocksThemForAMoment) {
  const auto file = file_named("locked");
  const World world = world_of(shop);
  ondol::Run run(world);
  Results results(file, run, {true});
  auto writer = std::make_unique<Visitor>(file, "BEGIN IMMEDIATE");
  run.tick();
  results.record();
  std::thread leaving([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    writer.reset();
  });
  results.finish(RunStatus::complete);
  leaving.join();
  EXPECT_EQ(ask(file, "SELECT status, ticks FROM run"), (std::vector<Row>{{"complete", "1"}}));
}

TEST(Results, KeepWholeNumbersWholeAndLeaveOutWhatIsMissing) {
  const auto file = file_named("numbers");
  std::filesystem::remove(file);
  {
    Database database(file);
    database.execute("CREATE TABLE t (a INTEGER, b REAL, c INTEGER)");
    RowInsert insert(database, "t", 3);
    NumberRows rows({true, false, false});
    insert.insert(rows);
    rows.add({1, 2, 3});
    rows.cells(0)[0] = (std::int64_t{1} << 53) + 1;
    rows.add({-5, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()});
    insert.insert(rows);
    rows.clear();
    rows.add({7, 0.5, 8});
    insert.insert(rows);
  }
  EXPECT_EQ(ask(file, "SELECT a, typeof(a), b, c, typeof(c) FROM t"),
            (std::vector<Row>{{"9007199254740993", "integer", "2.0", "3", "integer"},
                              {"-5", "integer", "NULL", "NULL", "null"},
                              {"7", "integer", "0.5", "8", "integer"}}));
}

TEST(Results, NeverOverwriteUnasked) {
  const auto file = file_named("precious");
  std::ofstream(file) << "precious";
  const World world = world_of(shop);
  const ondol::Run run(world);
  EXPECT_THROW(Results(file, run), Error);
  std::string kept;
  std::ifstream(file) >> kept;
  EXPECT_EQ(kept, "precious");
}

std::string refusal_of(const std::filesystem::path& file, bool overwrite) {
  const World world = world_of(shop);
  const ondol::Run run(world);
  try {
    Results(file, run, {overwrite});
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output);
    return error.what();
  }
}

TEST(Results, OverwriteNothingButResults) {
  const auto file = file_named("precious_too");
  std::ofstream(file) << "precious";
  EXPECT_THAT(refusal_of(file, true), HasSubstr("is not a results file"));
  EXPECT_EQ(std::filesystem::file_size(file), 8U);
  std::filesystem::remove(file);
  { const Visitor other(file, "CREATE TABLE accounts (a)"); }
  EXPECT_THAT(refusal_of(file, true), HasSubstr("is not a results file"));
  EXPECT_EQ(ask_one(file, "SELECT name FROM sqlite_schema"), "accounts");
  const auto part = file_named("in_the_way");
  std::ofstream(part.string() + ".part") << "precious";
  EXPECT_THAT(refusal_of(part, true), HasSubstr("in_the_way.db.part: is in the way"));
  EXPECT_FALSE(std::filesystem::exists(part));
}

TEST(Results, LeaveTheFileOfALiveRunAlone) {
  const auto file = file_named("live");
  ondol::Run run(world_of(shop));
  Results results(file, run);
  EXPECT_THAT(refusal_of(file, true), HasSubstr("a run is writing it, process " + std::to_string(getpid())));
  results.finish(RunStatus::complete);
  EXPECT_EQ(refusal_of(file, true), "");
}

TEST(Results, SayThatARunIsLostOfWhichNothingIsHeard) {
  const auto file = file_named("lost");
  ondol::Run run(world_of(shop));
  Results results(file, run);
  EXPECT_EQ(ask(file, "SELECT status, process FROM run"), (std::vector<Row>{{"running", std::to_string(getpid())}}));
  { const Visitor time(file, "UPDATE run_data SET heartbeat = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-2 minutes')"); }
  EXPECT_EQ(ask_one(file, "SELECT status FROM run"), "lost");
  run.tick();
  results.record();
  while (ask_one(file, "SELECT ticks FROM run") == "0") std::this_thread::yield();
  EXPECT_EQ(ask_one(file, "SELECT status FROM run"), "running");
}

TEST(Results, ReplaceTheFileOfARunWhoseProcessIsGone) {
  const auto file = file_named("dead");
  record(world_of(shop), file);
  // No process has this number.
  { const Visitor killer(file, "UPDATE run_data SET status = 'running', process = 2147483647"); }
  EXPECT_EQ(refusal_of(file, true), "");
}

TEST(Results, AreNamedOnceTheirTablesExistAndHaveThemInTheFileItself) {
  const auto file = file_named("named");
  ondol::Run run(world_of(shop));
  Results results(file, run);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
  const auto copy = file_named("copy");
  std::filesystem::copy_file(file, copy);
  EXPECT_EQ(ask(copy, "SELECT ticks, (SELECT count(*) FROM books) FROM run"), (std::vector<Row>{{"0", "0"}}));
  EXPECT_EQ(ask_one(copy, "PRAGMA application_id"), "1330529356");
}

TEST(Results, TakeNamesThatSQLiteHasForSomethingElseAsNamesOfFiles) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(file_named("x").parent_path());
  for (const char* name : {":memory:", "file:x.db?mode=memory"}) {
    record(world_of(shop), name);
    EXPECT_EQ(ask_one(std::filesystem::absolute(name), "SELECT ticks FROM run"), "6") << name;
  }
  std::filesystem::current_path(before);
}

TEST(Results, SayWhatHappenedAsItHappens) {
  const auto file = file_named("events");
  record(world_of(shop + R"([events.less]
tick = 2
population = "maker"
param = "output"
value = "6 piece"
source = "our guess"
)"),
         file);
  EXPECT_EQ(ask(file, "SELECT tick, what, population, field, value_before, value_after, unit, source FROM event"),
            (std::vector<Row>{{"2", "parameter", "maker", "output", "10.0", "6.0", "{ware}", "our guess"}}));
  EXPECT_EQ(ask(file, "SELECT tick, value FROM parameter WHERE population = 'maker' AND name = 'output'"),
            (std::vector<Row>{{"0", "10.0"}, {"2", "6.0"}}));
}

TEST(Results, SayWhereTheyCannotBeWritten) {
  const World world = world_of(shop);
  const ondol::Run run(world);
  try {
    Results results("/nowhere/at/all.db", run);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/at"));
  }
}

TEST(Results, OfARunThatNobodyFinishedAreMarkedFailedAndKept) {
  const auto file = file_named("unfinished");
  {
    ondol::Run run(world_of(shop));
    Results results(file, run, {true});
    run.tick();
    results.record();
  }
  EXPECT_EQ(ask(file, "SELECT status, ticks FROM run"), (std::vector<Row>{{"failed", "1"}}));
  EXPECT_EQ(ask_one(file, "SELECT cash FROM books WHERE agent = 'Big Maker'"), "20.0");
}

TEST(Results, EndAsOnePlainFile) {
  const auto file = file_named("one_file");
  record(world_of(shop), file);
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-shm"));
}

}  // namespace
}  // namespace ondol::test
