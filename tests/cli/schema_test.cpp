// `ondol describe --schema`, as an editor uses it: every shipped world is right by it, and slips are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace ondol::test {
namespace {

using testing::HasSubstr;

struct Outcome {
  int code;
  std::string text;
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

class Schema : public testing::Test {
 protected:
  void SetUp() override {
    if (sh("python3 -c 'import jsonschema, tomllib'").code != 0)
      GTEST_SKIP() << "python3-jsonschema is not installed, or Python is older than 3.11";
    std::filesystem::create_directories(folder_);
    ASSERT_EQ(sh("'" ONDOL_BUILD_DIR "/ondol' describe --schema experiment > '" +
                 (folder_ / "experiment.schema.json").string() + "'")
                  .code,
              0);
    ASSERT_EQ(
        sh("'" ONDOL_BUILD_DIR "/ondol' describe --schema > '" + (folder_ / "world.schema.json").string() + "'").code,
        0);
  }
  Outcome validate(const std::string& files, const std::string& schema = "world") const {
    return sh("cd '" + folder_.string() + "' && python3 '" ONDOL_SOURCE_DIR "/tests/support/validate.py' " + schema +
              ".schema.json " + files);
  }
  // The mistakes in a shipped world with a line added, or one text in place of another.
  std::string mistakes(const std::string& world, const std::string& from, const std::string& to,
                       const std::string& schema = "world") const {
    std::ifstream file(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / world);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    std::ofstream(folder_ / "wrong.toml") << text.replace(at, from.size(), to);
    return validate("wrong.toml", schema).text;
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "ondol_schema" /
                                  testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Schema, EveryShippedWorldIsRight) {
  const Outcome outcome = validate(ONDOL_SOURCE_DIR "/worlds/*.toml");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
}

TEST_F(Schema, EveryShippedExperimentIsRight) {
  for (const std::string folder : {"/worlds/experiments", "/worlds/korea/experiments"}) {
    const Outcome outcome = validate(ONDOL_SOURCE_DIR + folder + "/*.toml", "experiment");
    EXPECT_EQ(outcome.code, 0) << outcome.text;
  }
}

TEST_F(Schema, SlipsInExperimentsAreNamed) {
  const auto slip = [this](const std::string& from, const std::string& to) {
    return mistakes("experiments/diffusion.toml", from, to, "experiment");
  };
  EXPECT_THAT(slip("question =", "qestion ="), HasSubstr("'qestion' was unexpected"));
  EXPECT_THAT(slip("question =", "qestion ="), HasSubstr("'question' is a required property"));
  EXPECT_THAT(slip("replicates = 40", "replicates = 0"), HasSubstr("replicates: 0 is less than the minimum of 1"));
  const std::string outcome = "[outcomes.after_2_years]";
  EXPECT_THAT(slip(outcome, "[design]\nmethod = \"soboll\"\n" + outcome),
              HasSubstr("design.method: 'soboll' is not one of"));
  EXPECT_THAT(slip(outcome, "[factors.luck]\npat = \"seed\"\n" + outcome), HasSubstr("factors.luck: "));
  EXPECT_THAT(slip(outcome, "[stop]\nlevel = 2\nwidth = \"wide\"\n" + outcome),
              testing::AllOf(HasSubstr("stop.level: 2 is "), HasSubstr("stop.width: ")));
  EXPECT_THAT(slip(outcome, "[stop]\nwidth = \"0.2 %\"\n" + outcome), testing::IsEmpty());
  EXPECT_EQ(sh("'" ONDOL_BUILD_DIR "/ondol' describe --schema worlds").code, 2);
}

TEST_F(Schema, SlipsAreNamed) {
  EXPECT_THAT(mistakes("bertrand.toml", "currency =", "curency ="), HasSubstr("'curency' was unexpected"));
  EXPECT_THAT(mistakes("bertrand.toml", "step = \"shop\"", "stepp = \"shop\""), HasSubstr("markets.ware: "));
  EXPECT_THAT(mistakes("bertrand.toml", "price_weight = 4", "price_wait = 4"),
              HasSubstr("'price_wait' was unexpected"));
  EXPECT_THAT(mistakes("bertrand.toml", "traits.cost", "traits.costs"), HasSubstr("populations.rivals.traits: "));
  EXPECT_THAT(mistakes("bertrand.toml", "ticks = 100", "ticks = \"100\""), HasSubstr("ticks: "));
  EXPECT_THAT(mistakes("bertrand.toml", "decimals = 3", "decimals = 3\nlasts = \"week\""),
              HasSubstr("goods.ware.lasts: "));
  // A number without its unit, and one outside its range.
  const std::string load = "kind = \"load\"\n";
  EXPECT_THAT(mistakes("merit_order.toml", load, load + "params.most = 5\n"),
              HasSubstr("populations.loads.params.most: "));
  EXPECT_THAT(mistakes("hello.toml", "kind = \"household\"\n", "kind = \"household\"\nports.goods = 3\n"),
              HasSubstr("populations.households.ports.goods: "));
}

TEST_F(Schema, SaysWhatAFieldIsAndInWhichUnit) {
  std::ifstream file(folder_ / "world.schema.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text,
              HasSubstr("It wants a uniform quantity from 0 to this. In MWh. Range: 0 to 1000000000. Default: 100."));
}

}  // namespace
}  // namespace ondol::test
