// World files: what loads, and how each mistake is answered: where it is, what was expected, the nearest name.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace ondol::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string sound = R"(name = "shop"
plugins = ["toy", "posted_offers"]
currency = "USD"
money_decimals = 2
ticks = 5
start = "2023-01"
schedule = ["make", "trade", "eat", "finance", "give"]
[regions.here]
[currencies]
KRW = "0.0007 USD"
[units]
piece = {}
dozen = "12 piece"
[goods.ware]
unit = "piece"
decimals = 1
[signals.total]
unit = "USD"
aggregate = "sum"
[markets.wares]
good = "ware"
mechanism = "posted_offers"
step = "trade"
attributes = ["quality"]
[instruments.money]
issuer = "bank"
[populations.bank]
kind = "financier"
[populations.makers]
kind = "maker"
count = 2
ports = { ware = "wares" }
params = { price = "7000 KRW/dozen", output = "2 dozen" }
[populations.eaters]
kind = "eater"
count = 4
money = "1e3 USD"
ports = { food = "wares" }
[populations.givers]
kind = "giver"
count = 3
ports = { others = "givers", total = "total" }
traits.mood = { uniform = [1, 2] }
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string refusal(const std::string& text, ErrorCode code = ErrorCode::world) {
  try {
    world_of(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "loads";
}

TEST(World, LoadsAndConvertsUnits) {
  const World world = world_of(sound);
  EXPECT_EQ(world.name(), "shop");
  const auto run = ticked(world, 2);
  // 7000 KRW a dozen is 4.9 USD for 12 pieces; two dozen are made a tick.
  EXPECT_EQ(state_of(run, "makers").accounts[0].stock[0] > 0, true);
  const Model& model = world.model();
  const Index makers = population_named(run, "makers");
  const KindDescription& kind = *model.kinds[model.populations[makers].kind];
  EXPECT_DOUBLE_EQ(read_field_value(kind.fields[0], model.populations[makers].params.data(), 0), 24.0);
  EXPECT_NEAR(read_field_value(kind.fields[1], model.populations[makers].params.data(), 0), 4.9 / 12, 1e-15);
}

double gift_of(const World& world, const std::string& population) {
  const Model& model = world.model();
  for (const PopulationModel& p : model.populations) {
    if (p.name == population) return read_field_value(model.kinds[p.kind]->fields[0], p.params.data(), 0);
  }
  ADD_FAILURE() << population;
  return 0;
}

TEST(World, SaysOfAKindWhatItsPopulationsDoNotSayThemselves) {
  const std::string other = "[populations.misers]\nkind = \"giver\"\nports = { others = \"givers\" }\n";
  const std::string own = "params.gift = \"2 USD\"\n";
  const std::string standard = "[kinds.giver]\nparams.gift = \"3 USD\"\ntraits.mood = 7\nstate.given = 5\n";
  EXPECT_EQ(gift_of(world_of(sound + other), "misers"), 1) << "the kind's own default";
  const World world = world_of(sound + other + standard);
  EXPECT_EQ(gift_of(world, "misers"), 3);
  EXPECT_EQ(gift_of(world, "givers"), 3);
  EXPECT_EQ(gift_of(world_of(sound + other + own + standard), "misers"), 2) << "a population has the last word";
  const auto run = ticked(world, 0);
  for (const char* population : {"misers", "givers"}) {
    EXPECT_EQ(field(run, population, 0, "given"), 5) << population;
    const PopulationState& there = state_of(run, population);
    double mood = 0;
    std::memcpy(&mood, there.traits.data(), sizeof mood);
    EXPECT_EQ(mood == 7, population == std::string("misers")) << population;
  }
  EXPECT_THAT(refusal(sound + "[kinds.givr]\n"),
              AllOf(HasSubstr("test.toml:"), HasSubstr("kinds.givr"), HasSubstr("did you mean 'giver'")));
  EXPECT_THAT(refusal(sound + "[kinds.giver]\nparams.gfit = \"3 USD\"\n"),
              AllOf(HasSubstr("test.toml:"), HasSubstr("kinds.giver.params.gfit"), HasSubstr("did you mean 'gift'")));
  EXPECT_THAT(refusal(sound + "[kinds.giver]\nparams.gift = \"3 piece\"\n"),
              AllOf(HasSubstr("test.toml:"), HasSubstr("kinds.giver.params.gift")));
  EXPECT_THAT(refusal(sound + "[kinds.giver]\nparam.gift = \"3 USD\"\n"),
              AllOf(HasSubstr("kinds.giver.param"), HasSubstr("did you mean 'params'")));
}

TEST(World, NamesDefaultsThatAreAssumedAmongItsInputs) {
  const auto assumed = [](const World& world) {
    std::vector<InputModel> found;
    for (const InputModel& input : world.model().inputs) {
      if (input.name == "kinds.giver.params.gift") found.push_back(input);
    }
    return found;
  };
  const auto left = assumed(world_of(sound));
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].value, 1);
  EXPECT_EQ(left[0].low, 0.5);
  EXPECT_EQ(left[0].high, 4);
  EXPECT_EQ(left[0].unit, "money");
  EXPECT_EQ(left[0].status, "assumed");
  EXPECT_EQ(left[0].file, "plugin toy");
  const auto said = assumed(world_of(sound + "[kinds.giver]\nparams.gift = \"3 USD\"\n"));
  ASSERT_EQ(said.size(), 1U) << "what the world says itself stands there as it says it";
  EXPECT_EQ(said[0].value, 3);
  EXPECT_EQ(said[0].low, std::nullopt);
  EXPECT_EQ(said[0].file, "test.toml");
}

TEST(World, PrintsItselfSoThatItLoadsAgain) {
  WorldOptions options = with_fixtures();
  options.set = {"seed=99", "populations.eaters.count=7", "populations.makers.params.price=\"3 USD/piece\""};
  const World world = world_of(sound, options);
  const World again = world_of(world.model().text);
  EXPECT_EQ(again.seed(), 99U);
  EXPECT_EQ(ticked(world, 3).fingerprint(), ticked(again, 3).fingerprint());
}

TEST(World, TheOrderOfTablesInTheFileMeansNothing) {
  const std::size_t cut = sound.find("[populations.eaters]");
  const std::size_t first = sound.find("[regions.here]");
  const std::string turned = sound.substr(0, first) + sound.substr(cut) + sound.substr(first, cut - first);
  EXPECT_EQ(ticked(world_of(sound), 3).fingerprint(), ticked(world_of(turned), 3).fingerprint());
}

TEST(World, ExtendsAnotherAndOverridesParts) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "extends";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "base.toml") << sound;
  std::ofstream(folder / "scenario.toml")
      << "extends = \"base.toml\"\nname = \"scenario\"\npopulations.eaters.count = 9\n"
      << "[events.change]\nat = \"2023-02\"\npopulation = \"givers\"\nparam = \"gift\"\nvalue = \"2 USD\"\n";
  const World world = World::load(folder / "scenario.toml", with_fixtures());
  EXPECT_EQ(world.name(), "scenario");
  EXPECT_EQ(state_of(ticked(world, 1), "eaters").size, 9U);
  EXPECT_EQ(world.model().events.size(), 1U);
  EXPECT_EQ(world.model().events[0].tick, 1);
}

TEST(World, AnExtensionMistakeIsShownInItsOwnFile) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "extends2";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "base.toml") << replaced(sound, "kind = \"maker\"", "kind = \"mker\"");
  std::ofstream(folder / "scenario.toml") << "extends = \"base.toml\"\n";
  try {
    World::load(folder / "scenario.toml", with_fixtures());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("base.toml:30:8"));
  }
}

const std::string templated =
    replaced(sound, "[populations.eaters]\nkind = \"eater\"\ncount = 4\n", R"([templates.guest]
kind = "eater"
count = 2
layer = "guests"
[templates.regular]
template = "guest"
count = 4
[populations.visitors]
template = "guest"
ports = { food = "wares" }
[populations.eaters]
template = "regular"
)");

TEST(World, APopulationTakesFromTemplatesWhatItDoesNotSay) {
  const World world = world_of(templated);
  const auto run = ticked(world, 2);
  EXPECT_EQ(state_of(run, "visitors").size, 2U);
  EXPECT_EQ(state_of(run, "eaters").size, 4U);
  EXPECT_EQ(world.model().populations[population_named(run, "eaters")].layer, "guests");
  EXPECT_EQ(ticked(world_of(world.model().text), 2).fingerprint(), run.fingerprint());
}

TEST(World, AMistakeInATemplateIsShownThere) {
  EXPECT_THAT(refusal(replaced(templated, "layer = \"guests\"", "layr = \"guests\"")),
              testing::AllOf(HasSubstr("templates.guest.layr"), HasSubstr("did you mean 'layer'")));
  EXPECT_THAT(refusal(replaced(templated, "template = \"regular\"", "template = \"reglar\"")),
              HasSubstr("did you mean 'regular'"));
  EXPECT_THAT(refusal(replaced(templated, "template = \"guest\"", "template = \"regular\"")),
              HasSubstr("templates lead to themselves"));
}

// Each mistake: what stands in the sound world, what is written instead, and what the message must say.
struct Mistake {
  const char* name;
  const char* from;
  const char* to;
  std::vector<const char*> says;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreAnsweredWithPlaceAndExpectation) {
  const std::string message = refusal(replaced(sound, GetParam().from, GetParam().to));
  for (const char* part : GetParam().says) EXPECT_THAT(message, HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(
    World, Mistakes,
    testing::Values(
        Mistake{"unparsable", "ticks = 5", "ticks = = 5", {"test.toml:5:9", "not TOML"}},
        Mistake{"key",
                "money_decimals = 2",
                "money_decimal = 2",
                {"test.toml:4:", "money_decimal", "did you mean 'money_decimals'"}},
        Mistake{"kind",
                "kind = \"maker\"",
                "kind = \"makr\"",
                {"test.toml:30:8", "populations.makers.kind", "did you mean 'maker'"}},
        Mistake{"good", "good = \"ware\"", "good = \"waer\"", {"markets.wares.good", "did you mean 'ware'"}},
        Mistake{"market",
                "food = \"wares\"",
                "food = \"weres\"",
                {"populations.eaters.ports.food", "no market 'weres'", "did you mean 'wares'"}},
        Mistake{"mechanism",
                "mechanism = \"posted_offers\"",
                "mechanism = \"posted_offer\"",
                {"no loaded plugin", "did you mean 'posted_offers'"}},
        Mistake{"step", "step = \"trade\"", "step = \"trde\"", {"markets.wares.step", "did you mean 'trade'"}},
        Mistake{"param",
                "output = \"2 dozen\"",
                "outptu = \"2 dozen\"",
                {"populations.makers.params.outptu", "unknown key", "did you mean 'output'"}},
        Mistake{"trait", "traits.mood", "traits.moods", {"unknown key", "did you mean 'mood'"}},
        Mistake{"port", "ports = { food", "ports = { fod = \"wares\", food", {"ports.fod", "unknown key"}},
        Mistake{"unit", "output = \"2 dozen\"", "output = \"2 USD\"", {"populations.makers.params.output", "piece"}},
        Mistake{"unknown unit", "output = \"2 dozen\"", "output = \"2 dozn\"", {"did you mean 'dozen'"}},
        Mistake{"bare number", "output = \"2 dozen\"", "output = 2", {"populations.makers.params.output", "piece"}},
        Mistake{"range", "output = \"2 dozen\"", "output = \"-1 piece\"", {"expected 0 to"}},
        Mistake{"not finite", "output = \"2 dozen\"", "output = nan", {"populations.makers.params.output"}},
        Mistake{"count", "count = 4", "count = -4", {"populations.eaters.count", "expected a whole number from 0"}},
        Mistake{"absurd count", "count = 4", "count = 99999999999", {"populations.eaters.count"}},
        Mistake{"memory", "count = 4", "count = 2000000000", {"populations.eaters.count", "and this machine has"}},
        Mistake{"little room of a region",
                "count = 4",
                "count = { here = 4 }\nroom = { here = 3 }",
                {"populations.eaters.room.here", "room for 3"}},
        Mistake{"absurd room", "count = 4", "count = 4\nroom = 99999999999", {"populations.eaters.room", "agents"}},
        Mistake{"too many", "count = 4", "count = 2147483648", {"populations.eaters.count", "more than"}},
        Mistake{"little room",
                "count = 4",
                "count = 4\nroom = 3",
                {"populations.eaters.room", "room for 3", "begins with 4"}},
        Mistake{"rounded",
                "count = 4",
                "count = 9223372036854775807",
                {"populations.eaters.count", "9.223372036854776e+18"}},
        Mistake{"fraction of an agent", "count = 4", "count = 1.5", {"whole number"}},
        Mistake{
            "rule not scheduled", "\"make\", ", "", {"step 'make'", "not in the schedule", "populations.makers.kind"}},
        Mistake{
            "two writers", "aggregate = \"sum\"", "aggregate = \"single\"", {"signal 'total' has 3 writers", "givers"}},
        Mistake{"aggregate", "aggregate = \"sum\"", "aggregate = \"some\"", {"signals.total.aggregate", "mean"}},
        Mistake{"issuer", "issuer = \"bank\"", "issuer = \"bnak\"", {"did you mean 'bank'"}},
        Mistake{"date", "start = \"2023-01\"", "start = \"2023-13\"", {"test.toml:6:9"}},
        Mistake{"type", "ticks = 5", "ticks = \"five\"", {"test.toml:5:9", "expected a whole number"}},
        Mistake{"no regions", "[regions.here]", "[regions]", {"at least one region"}},
        Mistake{"unbound port", "ports = { food = \"wares\" }", "", {"leaves port 'food' unbound"}},
        Mistake{"attribute",
                "attributes = [\"quality\"]",
                "attributes = [\"qualty\"]",
                {"quality", "did you mean 'qualty'"}},
        Mistake{"headroom", "money = \"1e3 USD\"", "money = \"1e15 USD\"", {"headroom"}},
        Mistake{"distribution", "{ uniform = [1, 2] }", "{ unifrm = [1, 2] }", {"traits.mood"}},
        Mistake{"empty interval", "{ uniform = [1, 2] }", "{ uniform = [2, 1] }", {"an empty interval"}}),
    [](const auto& info) {
      std::string name = info.param.name;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

TEST(World, AMissingPluginSaysWhereItLooked) {
  const std::string message = refusal(replaced(sound, "\"toy\"", "\"toi\""), ErrorCode::plugin);
  EXPECT_THAT(message, HasSubstr("no plugin 'toi'"));
  EXPECT_THAT(message, HasSubstr("tests/plugins"));
}

TEST(World, AMisspeltSectionIsNamedBeforeWhatMissesIt) {
  EXPECT_THAT(refusal(replaced(sound, "currency =", "curency =")),
              AllOf(HasSubstr("test.toml:3:11: curency: unknown key"), HasSubstr("did you mean 'currency'")));
  EXPECT_THAT(refusal("question = \"Which?\"\nworld = \"w.toml\"\noutcomes.a = \"SELECT 1\"\n"),
              HasSubstr("this is an experiment file; `ondol experiment` runs it"));
}

TEST(World, NumbersOfARowAreInputsOnceAndSayTheirOwnSource) {
  const std::string rows =
      "[data.people]\ncolumns = [\"name\", \"money [USD]\", \"money.source\", \"money.status\", "
      "\"gift [USD]\", \"status\"]\nrows = [[\"ann\", \"5\", \"a letter\", \"sourced\", \"2\", "
      "\"assumed\"]]\n[populations.named]\nkind = \"giver\"\nrows = \"people\"\n"
      "ports = { others = \"givers\" }\n";
  std::vector<std::string> said;
  const World world = world_of(sound + rows);
  for (const InputModel& input : world.model().inputs) {
    if (input.name.find("ann") != std::string::npos)
      said.push_back(input.name + " " + input.status + " " + input.source);
  }
  EXPECT_THAT(said,
              testing::UnorderedElementsAre("data.people.money.ann sourced a letter", "data.people.gift.ann assumed "));
}

TEST(World, AFolderOfPluginsIsLookedIntoOnce) {
  WorldOptions options;
  options.plugin_directories = {"none", "./none", "other/../none"};
  try {
    world_of(replaced(sound, "\"toy\"", "\"toi\""), options);
    FAIL() << "loads";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("looked for toi.so in none, "));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("/none,")));
  }
}

TEST(World, APluginIsNeverAPath) {
  EXPECT_THAT(refusal(replaced(sound, "\"toy\"", "\"/tmp/toy\"")), HasSubstr("is a path"));
}

TEST(World, APluginIsListedOnce) {
  EXPECT_THAT(refusal(replaced(sound, "\"toy\"", "\"toy\", \"toy\"")),
              AllOf(HasSubstr("test.toml:2:19: plugins[1]"), HasSubstr("plugin 'toy' is in the list already")));
}

// ---- Names that results need

// With agents of a kind that the plugin of clashing names has.
std::string with_kind(const std::string& kind) {
  const std::string world = replaced(sound, "\"posted_offers\"]", "\"posted_offers\", \"names\"]");
  return replaced(world, "kind = \"giver\"", "kind = \"toy/giver\"") + "[populations.named]\nkind = \"" + kind + "\"\n";
}

struct Clash {
  const char* kind;
  std::vector<const char*> says;
};

void PrintTo(const Clash& clash, std::ostream* out) { *out << clash.kind; }

class Clashes : public testing::TestWithParam<Clash> {};

TEST_P(Clashes, AreToldAsTheWorldLoads) {
  const std::string message = refusal(with_kind(GetParam().kind));
  EXPECT_THAT(message, HasSubstr("test.toml:45:8: populations.named.kind: kind '" + std::string(GetParam().kind) +
                                 "' of plugin 'names' cannot have "));
  for (const char* part : GetParam().says) EXPECT_THAT(message, HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(
    World, Clashes,
    testing::Values(Clash{"Total", {"view 'Total' in results: view 'total' is there", "give the kind another name"}},
                    Clash{"run", {"view 'run' in results: view 'run' is there"}},
                    Clash{"books_data", {"view 'books_data' in results: table 'books_data' is there"}},
                    Clash{"eater_data", {"view 'eater_data' in results: table 'eater_data' is there"}},
                    Clash{"agent_list_by_name", {"index 'agent_list_by_name' is there"}},
                    Clash{"sqlite_level", {"view 'sqlite_level' in results: SQLite keeps"}},
                    Clash{"regional",
                          {"column 'Region' in results: its column 'region'", "give the state another name"}},
                    Clash{"climber", {"column 'height' in results: its column 'HEIGHT'"}},
                    Clash{"stepper", {"column 'steps_2' in results: its column 'steps_2'"}}),
    [](const auto& info) { return info.param.kind; });

TEST(World, AStateThatIsNotRecordedMayHaveAnyName) {
  EXPECT_EQ(refusal("record.kinds.regional.columns = [\"steps\"]\n" + with_kind("regional")), "loads");
}

TEST(World, KindsOfOneNameGoByTheirPluginToo) {
  const std::string two = with_kind("names/giver");
  EXPECT_THAT(world_of(two).overview(), AllOf(HasSubstr("toy/giver "), HasSubstr("names/giver ")));
  EXPECT_THAT(refusal(replaced(two, "kind = \"toy/giver\"", "kind = \"giver\"")),
              AllOf(HasSubstr("test.toml:40:8"), HasSubstr("write 'toy/giver' or 'names/giver'")));
  EXPECT_THAT(refusal("record.kinds.giver.every = 2\n" + two), HasSubstr("there is no kind 'giver' in this world"));
}

// ---- A world as a whole

TEST(World, WhatItLacksAsAWholeIsShownWhereItBegins) {
  const std::string told = "# A shop.\n\n" + sound;
  EXPECT_THAT(refusal(replaced(told, "plugins = [\"toy\", \"posted_offers\"]\n", "")),
              HasSubstr("test.toml:3: `plugins` is missing"));
  EXPECT_THAT(refusal(""), HasSubstr("test.toml:1: "));
}

TEST(World, SaysHowLongItRuns) {
  EXPECT_THAT(refusal(replaced(sound, "ticks = 5\n", "")), HasSubstr("test.toml:1: does not say how long to run"));
  EXPECT_THAT(refusal(replaced(sound, "ticks = 5", "ticks = 0")),
              HasSubstr("test.toml:5:9: ticks: 0 ticks, expected 1 to"));
  EXPECT_THAT(refusal(replaced(sound, "ticks = 5", "until = \"2022-11\"")), HasSubstr("test.toml:5:9: until: "));
}

TEST(World, WhoeverLoadsItMaySayHowLongItRuns) {
  WorldOptions options = with_fixtures();
  options.ticks = 3;
  EXPECT_EQ(world_of(replaced(sound, "ticks = 5\n", ""), options).ticks(), 3);
  options.ticks = 0;
  try {
    world_of(sound, options);
    FAIL() << "loads";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("0 ticks to run"), testing::Not(HasSubstr("test.toml"))));
  }
}

// ---- As many values as there are places for

std::string differentiated(const std::string& weights) {
  return replaced(replaced(sound, "\"posted_offers\"]", "\"logit_choice\"]"), "mechanism = \"posted_offers\"",
                  "mechanism = \"logit_choice\"\nparams.attribute_weights = " + weights);
}

TEST(World, AWeightIsGivenForEachAttributeOfTheMarket) {
  EXPECT_EQ(refusal(differentiated("[2]")), "loads");
  EXPECT_EQ(refusal(differentiated("2")), "loads");
  EXPECT_THAT(refusal(differentiated("[2, 1]")),
              AllOf(HasSubstr("test.toml:23:28: markets.wares.params.attribute_weights: "),
                    HasSubstr("a list of 2 for 'attribute_weights', expected 1")));
  EXPECT_THAT(refusal(differentiated("[]")), HasSubstr("a list of 0 for 'attribute_weights', expected 1"));
}

TEST(World, AListHasAValueForEachComponent) {
  const auto with_steps = [](const std::string& steps) { return with_kind("names/giver") + "state.steps = " + steps; };
  const auto run = ticked(world_of(with_steps("[4, 5]")), 1);
  EXPECT_EQ(field(run, "named", 0, "steps"), 4);
  EXPECT_THAT(refusal(with_steps("[4]")), AllOf(HasSubstr("test.toml:46:15: populations.named.state.steps: "),
                                                HasSubstr("a list of 1 for 'steps', expected 2")));
  EXPECT_THAT(refusal(with_steps("[4, 5, 6]")), HasSubstr("a list of 3 for 'steps', expected 2"));
}

// ---- Overrides

std::string refusal_of_override(const std::string& setting, ErrorCode code = ErrorCode::world) {
  WorldOptions options = with_fixtures();
  options.set = {setting};
  try {
    world_of(sound, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "loads";
}

TEST(World, AnOverrideMakesTheTablesOnItsWay) {
  WorldOptions options = with_fixtures();
  options.set = {"record.every=3", "record.kinds.giver.columns=[\"given\"]",
                 "populations.eaters.params.appetite=\"2 piece\""};
  const World world = world_of(sound, options);
  EXPECT_EQ(world.model().record.kinds[0].every, 3);
  EXPECT_EQ(refusal_of_override("goods.wares={ unit = \"piece\" }"), "loads");
  EXPECT_EQ(world_of(world.model().text).model().record.kinds[0].every, 3);
}

TEST(World, AnOverrideOfItsLengthTakesThePlaceOfEitherKey) {
  WorldOptions options = with_fixtures();
  std::string until = sound;
  until.replace(until.find("ticks = 5"), 9, "until = \"2024-02\"");
  options.set = {"ticks=2"};
  EXPECT_EQ(world_of(until, options).ticks(), 2);
  EXPECT_THAT(refusal("ticks = 3\n" + until), HasSubstr("one of them is enough"));
}

TEST(World, AMistakeInAnOverrideIsShownThere) {
  EXPECT_THAT(refusal_of_override("population.eaters.count=3"),
              AllOf(HasSubstr("--set population.eaters.count: population: unknown key"),
                    HasSubstr("did you mean 'populations'")));
  EXPECT_THAT(refusal_of_override("recrd.every=3"),
              AllOf(HasSubstr("--set recrd.every: recrd: unknown key"), HasSubstr("did you mean 'record'")));
  EXPECT_THAT(refusal_of_override("record.evry=3"),
              AllOf(HasSubstr("--set record.evry: unknown key"), HasSubstr("did you mean 'every'")));
  EXPECT_THAT(refusal_of_override("record.kinds.givr.every=3"),
              AllOf(HasSubstr("--set record.kinds.givr.every: record.kinds.givr"), HasSubstr("did you mean 'giver'")));
  EXPECT_THAT(refusal_of_override("populations.eaters.parms.appetite=3"),
              AllOf(HasSubstr("populations.eaters.parms: unknown key"), HasSubstr("did you mean 'params'")));
  EXPECT_THAT(refusal_of_override("goods.waer.decimals=2"),
              HasSubstr("--set goods.waer.decimals: there is no 'waer'; did you mean 'ware'?"));
  EXPECT_THAT(refusal_of_override("populations.eaters.count=-3"),
              HasSubstr("--set populations.eaters.count: -3 agents, expected"));
  EXPECT_THAT(refusal_of_override("ticks.first=3"), HasSubstr("--set ticks.first: 'ticks' is a whole number"));
  for (const char* setting : {"ticks", "=3", "populations..count=3", "ticks.=3"})
    EXPECT_THAT(refusal_of_override(setting, ErrorCode::usage), HasSubstr("expected path=value")) << setting;
}

}  // namespace
}  // namespace ondol::test
