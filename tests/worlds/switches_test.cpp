// What each mechanism of the Korea world does, by switching it off: the signs of docs/model.md, on the small world,
// with the settings of the experiment that measures them.
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/results.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;

const std::string accelerators_made = "SELECT sum(made) FROM good WHERE good = 'accelerator' AND year = 2024";
const std::string losses_of_labs = "SELECT -sum(income) FROM earnings WHERE layer = 'models' AND year = 2024";
const std::string rent = "SELECT avg(price) FROM market WHERE market = 'compute' AND tick >= 21";
const std::string price_of_tokens = "SELECT avg(price) FROM market WHERE market = 'tokens' AND tick >= 21";
const std::string price_of_storage = "SELECT avg(price) FROM market WHERE market = 'storage' AND tick >= 21";
const std::string best_korean_model = "SELECT max(quality) FROM developer WHERE region = 'KR' AND tick = 23";
const std::string adopters = "SELECT avg(adopted) FROM producer WHERE tick = 23";

// Two years of the small world.
fs::path recorded(const std::string& name, const std::vector<std::string>& settings) {
  WorldOptions options = with_fixtures();
  options.set = settings;
  const fs::path file = fs::path(testing::TempDir()) / (name + ".db");
  ondol::Run run(World::load(fs::path(ONDOL_SOURCE_DIR) / "worlds" / "korea" / "korea-small.toml", options));
  Results results(file, run, {.overwrite = true});
  for (int tick = 0; tick < 24; ++tick) {
    run.tick();
    results.record();
  }
  results.finish(RunStatus::complete);
  return file;
}

TEST(Switches, DoWhatTheDescriptionOfTheModelSays) {
  struct Switch {
    const char* off;
    std::vector<std::string> settings;
    std::string sql;
    double sign;  // of what it changes
  };
  const std::vector<Switch> switches = {
      {"slots that grow", {"templates.fab.params.growth_limit=0 1/month"}, accelerators_made, -1},
      {"rounds of shares", {"templates.developer.params.round_hazard=0 1/month"}, losses_of_labs, -1},
      {"rounds of shares", {"templates.developer.params.round_hazard=0 1/month"}, rent, -1},
      {"research of labs", {"templates.developer.params.algorithm_growth=0 1/year"}, price_of_tokens, 1},
      {"diffusion",
       {"templates.developer.params.diffusion=0 1/month", "templates.developer.params.open_diffusion=0 1/month"},
       best_korean_model,
       -1},
      {"imitation", {"templates.producer.params.imitation=0 1/year"}, adopters, -1},
      {"learning by doing", {"populations.storage_makers.params.learning_rate=0"}, price_of_storage, 1},
  };
  const fs::path as_it_is = recorded("as_it_is", {});
  for (const Switch& one : switches) {
    const double before = std::stod(ask_one(as_it_is, one.sql));
    const double without = std::stod(ask_one(recorded("without", one.settings), one.sql));
    EXPECT_GT(one.sign * (without - before), 0.02 * before) << one.off;
  }
}

}  // namespace
}  // namespace ondol::test
