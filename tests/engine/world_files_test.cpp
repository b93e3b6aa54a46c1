// Worlds of several files, with expressions and data; what check warns of.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::string world_text = R"(name = "shop"
plugins = ["toy", "posted_offers"]
currency = "USD"
ticks = 5
start = "2023-01"
schedule = ["make", "trade", "eat", "finance", "give"]
[regions.north]
[regions.south]
[units]
piece = {}
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
region = "north"
[populations.makers]
kind = "maker"
count = { north = 2, south = 1 }
ports = { ware = "wares" }
params = { price = "0.5 USD/piece", output = "24 piece" }
layer = "making"
[populations.eaters]
kind = "eater"
count = { north = 4, south = 3 }
money = { north = "1000 USD", south = "500 USD" }
ports = { food = "wares" }
[populations.givers]
kind = "giver"
region = "north"
count = 3
ports = { others = "givers", total = "total" }
)";

class WorldFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::path(testing::TempDir()) / "world_files" / test->name();
    fs::remove_all(folder);
    fs::create_directories(folder);
    write("shop.toml", world_text);
  }
  void write(const fs::path& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  World load(const fs::path& name, std::vector<std::string> set = {}) const {
    WorldOptions options = with_fixtures();
    options.set = std::move(set);
    return World::load(folder / name, options);
  }
  std::string refusal(const fs::path& name, std::vector<std::string> set = {}) const {
    try {
      load(name, std::move(set));
    } catch (const Error& error) {
      return error.what();
    }
    return "loads";
  }
  fs::path folder;
};

double parameter(const World& world, const std::string& population, const std::string& name) {
  const Model& model = world.model();
  for (const PopulationModel& known : model.populations) {
    if (known.name != population) continue;
    for (const FieldDescription& field : model.kinds[known.kind]->fields) {
      if (field.name == name && field.role == ONDOL_PARAM) return read_field_value(field, known.params.data(), 0);
    }
  }
  throw std::runtime_error("no parameter " + population + "." + name);
}

const InputModel& input(const World& world, const std::string& name) {
  for (const InputModel& known : world.model().inputs) {
    if (known.name == name) return known;
  }
  throw std::runtime_error("no input " + name);
}

TEST_F(WorldFiles, IncludedFilesSayWhatTheWorldDoesNot) {
  write("layers/more.toml",
        "[populations.late_makers]\nkind = \"maker\"\nregion = \"south\"\nports = { ware = \"wares\" }\n"
        "params = { price = \"1 USD/piece\", output = \"1 piece\" }\n");
  write("whole.toml", "include = [\"shop.toml\", \"layers/more.toml\"]\n");
  EXPECT_EQ(parameter(load("whole.toml"), "late_makers", "price"), 1.0);
  write("layers/more.toml", "[populations.makers]\nlayer = \"other\"\n");
  EXPECT_THAT(refusal("whole.toml"),
              AllOf(HasSubstr("more.toml:2:9"), HasSubstr("is said already in"), HasSubstr("shop.toml:")));
}

TEST_F(WorldFiles, NothingOutsideTheRootIsOpened) {
  write("worlds/policies/policy.toml", "extends = \"../../shop.toml\"\n");
  EXPECT_THAT(refusal("worlds/policies/policy.toml"),
              AllOf(HasSubstr("policy.toml:1:11"), HasSubstr("lies outside the world's root")));
  write("ondol.root", "");
  EXPECT_EQ(refusal("worlds/policies/policy.toml"), "loads");
  write("secret.toml", "extends = \"/etc/passwd\"\n");
  EXPECT_THAT(refusal("secret.toml"), HasSubstr("lies outside the world's root"));
  fs::create_symlink("/etc/passwd", folder / "link.toml");
  write("secret.toml", "include = \"link.toml\"\n");
  EXPECT_THAT(refusal("secret.toml"), HasSubstr("lies outside the world's root"));
}

TEST_F(WorldFiles, OnlyRegularFilesAreOpened) {
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  write("waits.toml", "extends = \"pipe\"\n");
  EXPECT_THAT(refusal("waits.toml"), HasSubstr("is no regular file"));
  write("folder.toml", "extends = \".\"\n");
  EXPECT_THAT(refusal("folder.toml"), HasSubstr("is a directory"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("is no regular file"));
}

TEST_F(WorldFiles, AScenarioAddsRemovesAndLeavesOut) {
  write("lists.toml",
        "extends = \"shop.toml\"\nplugins = { remove = [\"toy\"], add = [\"toy\"] }\n"
        "populations.givers = false\nsignals.total = false\n");
  EXPECT_EQ(load("lists.toml").model().populations.size(), 5U);
  write("lists.toml", "extends = \"shop.toml\"\nplugins = { remove = [\"toi\"] }\n");
  EXPECT_THAT(refusal("lists.toml"), AllOf(HasSubstr("lists.toml:2:"), HasSubstr("is not in the list")));
  write("lists.toml", "extends = \"shop.toml\"\npopulations.giver = false\n");
  EXPECT_THAT(refusal("lists.toml"), HasSubstr("did you mean 'givers'"));
}

const char* const dearer =
    "[events.dearer]\nat = \"2023-02\"\npopulation = \"makers\"\nparam = \"price\"\nvalue = \"2 USD/piece\"\n";

TEST_F(WorldFiles, EventsAreMovedDroppedAndNeverTied) {
  write("shop.toml", world_text + dearer);
  EXPECT_EQ(load("shop.toml").model().events.at(0).tick, 1);
  EXPECT_EQ(load("shop.toml", {"events.dearer.at=2023-03"}).model().events.at(0).tick, 2);
  EXPECT_TRUE(load("shop.toml", {"events.dearer=false"}).model().events.empty());
  EXPECT_THAT(refusal("shop.toml", {"events.dearer.at=2022-12"}), HasSubstr("events.dearer.at"));
  write("shop.toml",
        world_text + dearer +
            "[events.cheaper]\ntick = 1\npopulation = \"makers.south\"\nparam = \"price\"\nvalue = \"1 USD/piece\"\n");
  EXPECT_THAT(refusal("shop.toml"), HasSubstr("at the same time"));
  EXPECT_EQ(load("shop.toml", {"events.cheaper.order=1"}).model().events.back().value, 1.0);
}

TEST_F(WorldFiles, ExpressionsTakeConstantsByRegionAndSumsOverPopulations) {
  write("shop.toml",
        world_text + "[constants]\ncost = { north = \"40 USD\", south = \"10 USD\" }\nmargin = \"= 1 + 25 [%]\"\n");
  write("priced.toml",
        "extends = \"shop.toml\"\npopulations.makers.params.price = \"= cost * margin / 100 [piece]\"\n"
        "populations.givers.params.gift = \"= everywhere(sum(populations.money)) / 5500\"\n");
  const World world = load("priced.toml");
  EXPECT_DOUBLE_EQ(parameter(world, "makers.north", "price"), 0.5);
  EXPECT_DOUBLE_EQ(parameter(world, "makers.south", "price"), 0.125);
  EXPECT_DOUBLE_EQ(parameter(world, "givers", "gift"), 1.0);
  EXPECT_EQ(input(world, "populations.makers.params.price.south").status, "derived");
  EXPECT_EQ(World::parse(world.resolved(), folder / "again.toml", with_fixtures()).model().populations.size(), 6U);
  EXPECT_THAT(world.resolved(), HasSubstr("cost * margin / 100 [piece]'  # "));
}

TEST_F(WorldFiles, ASumOverNothingIsZeroInTheUnitOfWhatIsElsewhere) {
  write("shop.toml", world_text);
  const World world =
      load("shop.toml", {"populations.makers.params.price== 0.5 [USD/piece] + sum(eaters.money, 1 == 0) / 1 [piece]"});
  EXPECT_DOUBLE_EQ(parameter(world, "makers.north", "price"), 0.5);
}

TEST_F(WorldFiles, ExpressionsThatMakeNoSenseAreRefusedWithTheirPlace) {
  const auto priced = [&](const std::string& constants, const std::string& price) {
    write("priced.toml", world_text + "[constants]\n" + constants);
    return refusal("priced.toml", {"populations.makers.params.price=" + price});
  };
  EXPECT_THAT(priced("a = \"= b\"\nb = \"= c * 2\"\nc = \"= a\"\n", "= a"), HasSubstr("needs itself: "));
  EXPECT_THAT(priced("gdp = \"1 USD\"\n", "= gpd"), HasSubstr("did you mean 'gdp'"));
  EXPECT_THAT(priced("gdp = \"1 USD\"\n", "= gdp + 1"), HasSubstr("a number without a unit"));
  EXPECT_THAT(priced("gdp = \"1 USD\"\n", "= gdp"), HasSubstr("populations.makers.params.price"));
  EXPECT_THAT(priced("gdp = \"1 USD\"\n", "= (gdp"), HasSubstr("expected ')'"));
  EXPECT_THAT(priced("gdp = \"= 1 / 0\"\n", "1 USD/piece"), AllOf(HasSubstr("constants.gdp"), HasSubstr("not finite")));
  EXPECT_THAT(priced("g = 1\n", "= " + std::string(200, '(')), HasSubstr("levels"));
  EXPECT_THAT(priced("g = 1\n", "= " + std::string(5000, '1')), HasSubstr("4096 bytes"));
}

TEST_F(WorldFiles, NumbersInRowsHaveRangesInColumnsOfTheirOwn) {
  write("firms.csv",
        "name,region,price [USD/piece],price.low [USD/piece],price.high [USD/piece],status\n"
        "mill,north,0.5,0.25,0.75,assumed\nforge,south,0.75,,,assumed\n");
  write("rows.toml",
        "extends = \"shop.toml\"\n[data.firms]\nfile = \"firms.csv\"\n[populations.firms]\nkind = \"maker\"\n"
        "ports = { ware = \"wares\" }\nrows = \"firms\"\n");
  const World world = load("rows.toml");
  EXPECT_EQ(input(world, "data.firms.price.mill").low, 0.25);
  EXPECT_EQ(input(world, "data.firms.price.mill").high, 0.75);
  EXPECT_EQ(input(world, "data.firms.price.forge").low, std::nullopt);
  write("firms.csv", "name,region,price [USD/piece],price.low [USD/piece]\nmill,north,0.5,0.6\n");
  EXPECT_THAT(refusal("rows.toml"), AllOf(HasSubstr("firms.csv:2"), HasSubstr("outside its own range")));
}

const char* const firms_csv =
    "# firms of a town\nname,label,region,price [USD/piece],output [piece],source,status\n"
    "mill,The Mill,north,0.5,10,ledger,sourced\nforge,The Forge,south,0.75,,,assumed\n";

TEST_F(WorldFiles, RowsOfATableAreMembers) {
  write("firms.csv", firms_csv);
  write("rows.toml",
        "extends = \"shop.toml\"\n[data.firms]\nfile = \"firms.csv\"\n[templates.firm]\nkind = \"maker\"\n"
        "ports = { ware = \"wares\" }\nparams.output = \"7 piece\"\n[populations.firms]\ntemplate = \"firm\"\nrows = "
        "\"firms\"\n");
  const World world = load("rows.toml");
  EXPECT_DOUBLE_EQ(parameter(world, "firms.mill", "price"), 0.5);
  EXPECT_DOUBLE_EQ(parameter(world, "firms.mill", "output"), 10);
  EXPECT_DOUBLE_EQ(parameter(world, "firms.forge", "output"), 7);
  const InputModel& price = input(world, "data.firms.price.mill");
  EXPECT_EQ(price.source, "ledger");
  EXPECT_EQ(price.line, 3);
  EXPECT_THAT(price.file, HasSubstr("firms.csv"));
  // The world that results keep has the table inside.
  EXPECT_EQ(ticked(world, 2).fingerprint(),
            ticked(World::parse(world.model().text, "elsewhere.toml", with_fixtures()), 2).fingerprint());
  write("firms.csv", "name,region,price [USD/piece]\nmill,north,0.5\nforge,suoth,1\n");
  EXPECT_THAT(refusal("rows.toml"), AllOf(HasSubstr("firms.csv:3"), HasSubstr("did you mean 'south'")));
  write("firms.csv", "name,region,price [USD/piece]\nmill,north\n");
  EXPECT_THAT(refusal("rows.toml"), AllOf(HasSubstr("firms.csv:2"), HasSubstr("2 cells, expected 3")));
  write("firms.csv", "name,region,price [USD/piece]\nmill,north,cheap\n");
  EXPECT_THAT(refusal("rows.toml"), HasSubstr("firms.csv:2"));
}

TEST_F(WorldFiles, ATableOfQuantitiesHoldsConstantsByRegion) {
  write("macro.csv",
        "region,quantity,value,unit,year,source,status,low,high\nnorth,price,0.5,USD/piece,2022,office,sourced,,\n"
        "south,price,0.75,USD/piece,2022,,estimated,0.5,1\nsouth,price,9,USD/piece,2021,,assumed,,\n");
  write("macro.toml",
        "extends = \"shop.toml\"\n[data.macro]\nfile = \"macro.csv\"\n[populations.makers]\nparams.price = \"= "
        "macro.price\"\n");
  const World world = load("macro.toml");
  EXPECT_DOUBLE_EQ(parameter(world, "makers.north", "price"), 0.5);
  EXPECT_DOUBLE_EQ(parameter(world, "makers.south", "price"), 0.75);
  EXPECT_EQ(input(world, "data.macro.price.south").high, 1.0);
  // Figures up to a year, and where there are none by then, the first after.
  const World before = load("macro.toml", {"data.macro.year=2021"});
  EXPECT_DOUBLE_EQ(parameter(before, "makers.north", "price"), 0.5);
  EXPECT_DOUBLE_EQ(parameter(before, "makers.south", "price"), 9);
  EXPECT_THAT(refusal("macro.toml", {"populations.makers.params.price== macro.prise"}),
              HasSubstr("did you mean 'price'"));
}

TEST_F(WorldFiles, NumbersMayHaveASourceBesideThem) {
  const std::string set =
      "populations.makers.params.price={ value = \"0.5 USD/piece\", source = \"census\", status = \"";
  const World world = load("shop.toml", {set + "estimated\", low = \"0.25 USD/piece\" }"});
  EXPECT_DOUBLE_EQ(parameter(world, "makers.north", "price"), 0.5);
  EXPECT_EQ(input(world, "populations.makers.params.price").source, "census");
  EXPECT_THAT(refusal("shop.toml", {set + "gussed\" }"}), HasSubstr("gussed"));
  EXPECT_THAT(refusal("shop.toml", {set + "assumed\", low = \"0.75 USD/piece\" }"}),
              HasSubstr("outside its own range"));
}

TEST_F(WorldFiles, PopulationsAreChosenByWhatTheyAre) {
  const World world =
      load("shop.toml", {"populations.givers.ports.others=[{ sells = \"wares\", region = \"*\" }, \"givers\"]"});
  const PopulationModel& givers =
      world.model().populations.back().group == "givers"
          ? world.model().populations.back()
          : *std::find_if(world.model().populations.begin(), world.model().populations.end(),
                          [](const auto& p) { return p.group == "givers"; });
  std::vector<std::string> seen;
  for (const PortModel& port : givers.ports) {
    for (const Index p : port.populations) seen.push_back(world.model().populations[p].name);
  }
  EXPECT_THAT(seen, AllOf(Contains("makers.north"), Contains("makers.south"), Contains("givers"),
                          Not(Contains("eaters.north"))));
  EXPECT_THAT(refusal("shop.toml", {"populations.givers.ports.others={ sells = \"waers\" }"}),
              HasSubstr("did you mean 'wares'"));
  EXPECT_THAT(refusal("shop.toml", {"populations.givers.ports.others={ layer = \"makng\" }"}),
              HasSubstr("did you mean 'making'"));
  EXPECT_THAT(refusal("shop.toml", {"populations.givers.ports.others={ sels = \"wares\" }"}),
              HasSubstr("did you mean 'sells'"));
}

TEST_F(WorldFiles, WhatIsLaidOverAWorldIsKnownValueByValue) {
  write("dearer.toml",
        "# The price doubles.\nextends = \"shop.toml\"\n[populations.makers.params]\nprice = \"1 USD/piece\"\n"
        "[markets.wares]\norder_life = 2\n");
  std::vector<std::string> settings;
  const World world = load("dearer.toml", {"populations.makers.params.price=\"2 USD/piece\"", "seed=7",
                                           "populations.makers.count={north=1}"});
  for (const SettingModel& s : world.model().settings)
    settings.push_back(s.path + ": " + s.before + " -> " + s.value + " by " + fs::path(s.file).filename().string() +
                       ":" + std::to_string(s.line));
  EXPECT_EQ(settings,
            (std::vector<std::string>{"markets.wares.order_life:  -> 2 by dearer.toml:6",
                                      "populations.makers.params.price: 0.5 USD/piece -> 1 USD/piece by dearer.toml:4",
                                      "populations.makers.params.price: 1 USD/piece -> 2 USD/piece by --set "
                                      "populations.makers.params.price:0",
                                      "seed:  -> 7 by --set seed:0",
                                      "populations.makers.count.north: 2 -> 1 by --set populations.makers.count:0"}));
  ASSERT_EQ(world.model().files.size(), 2U);
  EXPECT_THAT(world.model().files[0].text, HasSubstr("# The price doubles."));
  EXPECT_EQ(world.model().files[1].text, world_text);
}

TEST_F(WorldFiles, LooseEndsAreWarnedOf) {
  write("loose.toml",
        "extends = \"shop.toml\"\nunits.spare = {}\nschedule = { add = [\"idle\"] }\n[templates.spare]\nkind = "
        "\"maker\"\n"
        "[constants]\nspare = 1\n[markets.empty]\ngood = \"ware\"\nmechanism = \"posted_offers\"\nstep = \"trade\"\n");
  const std::vector<std::string> warnings = load("loose.toml").warnings();
  for (const char* part :
       {"nothing is measured in unit 'spare'", "nothing happens in step 'idle'", "nothing uses template 'spare'",
        "nothing uses constant 'spare'", "nobody buys or sells in market 'empty'"})
    EXPECT_THAT(warnings, Contains(AllOf(HasSubstr(part), HasSubstr(".toml:")))) << part;
}

TEST_F(WorldFiles, UnitsMayBeChainedHundredsDeep) {
  std::string units = "[units]\n";
  for (int i = 0; i < 2000; ++i) units += "u" + std::to_string(i) + " = \"1 u" + std::to_string(i + 1) + "\"\n";
  write("deep.toml", "extends = \"shop.toml\"\n" + units + "u2000 = {}\n");
  EXPECT_EQ(refusal("deep.toml"), "loads");
  write("deep.toml", "extends = \"shop.toml\"\n[units]\na = \"1 b\"\nb = \"2 a\"\n");
  EXPECT_THAT(refusal("deep.toml"), HasSubstr("lead to one another"));
}

TEST_F(WorldFiles, SeedsAreFromZeroOn) {
  EXPECT_THAT(refusal("shop.toml", {"seed=-1"}), AllOf(HasSubstr("seed"), HasSubstr("-1"), HasSubstr("from 0 to")));
  EXPECT_EQ(load("shop.toml", {"seed=0"}).model().seed, 0U);
}

TEST_F(WorldFiles, ADrawThatCouldLeaveItsRangeSaysWhereItIsClipped) {
  EXPECT_THAT(refusal("shop.toml", {"populations.eaters.money={ normal = [\"10 USD\", \"5 USD\"] }"}),
              HasSubstr("say the `minimum`"));
  EXPECT_EQ(
      refusal("shop.toml", {"populations.eaters.money={ normal = [\"10 USD\", \"5 USD\"], minimum = \"0 USD\" }"}),
      "loads");
}

}  // namespace
}  // namespace ondol::test
