// Every shipped world is closed to the last unit, as a reader can ask it in SQL: what one pays another is paid, what
// one holds another has issued, and goods neither appear nor go.
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

// Whether the file is a world by itself, and nothing that is included in one or laid over it.
bool is_world(const fs::path& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("plugins =") || line.starts_with("extends =")) return true;
  }
  return false;
}

std::vector<fs::path> shipped_worlds() {
  std::vector<fs::path> worlds;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(ONDOL_SOURCE_DIR) / "worlds")) {
    if (entry.path().extension() == ".toml" && is_world(entry.path())) worlds.push_back(entry.path());
  }
  std::sort(worlds.begin(), worlds.end());
  return worlds;
}

std::string name_of(const testing::TestParamInfo<fs::path>& world) {
  std::string name = world.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

// In smallest units: whole numbers, whose sums are exact.
std::string units(const std::string& quantity, double scale) {
  return fmt::format("CAST(round({} * {:.0f}) AS INTEGER)", quantity, scale);
}

class Closed : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    file_ = fs::path(testing::TempDir()) / ("closed_" + GetParam().stem().string() + ".db");
    ondol::Run run(world_);
    Results results(file_, run, {.overwrite = true});
    for (std::int64_t tick = 0; tick < std::min<std::int64_t>(world_.ticks(), 6); ++tick) {
      run.tick();
      results.record();
    }
    results.finish(RunStatus::complete);
  }
  void TearDown() override { fs::remove(file_); }

  const Model& model() const { return world_.model(); }
  std::vector<Row> rows(const std::string& sql) const { return ask(file_, sql); }
  void check_flows() const;
  void check_books() const;
  void check_instruments() const;
  void check_goods() const;
  void check_trade() const;

  World world_ = World::load(GetParam(), with_fixtures());
  fs::path file_;
};
INSTANTIATE_TEST_SUITE_P(Worlds, Closed, testing::ValuesIn(shipped_worlds()), name_of);

// Every flow sums to zero over sectors, and every sector over flows.
void Closed::check_flows() const {
  const std::string value = units("value", model().money_scale);
  for (const char* what : {"flow", "region, sector"}) {
    EXPECT_THAT(rows(fmt::format("SELECT tick, {}, sum({}) AS left FROM transaction_flow GROUP BY tick, {} HAVING left "
                                 "<> 0",
                                 what, value, what)),
                IsEmpty())
        << "over the rest of " << what;
  }
  EXPECT_EQ(rows("SELECT count(*) > 0 FROM transaction_flow"), rows("SELECT count(*) > 0 FROM flow WHERE amount > 0"));
}

// The books of agents, which the ledger keeps by itself, say the same by account.
void Closed::check_books() const {
  if (!ask(file_, "SELECT 1 FROM population_list WHERE agents IS NOT NULL").empty()) return;  // a sample of them
  const auto net = [&](const char* account, const char* received, const char* paid) {
    return fmt::format(
        "SELECT tick, region, kind AS sector, '{}' AS account, sum({}) - sum({}) AS value FROM books "
        "GROUP BY tick, region, kind",
        account, units(received, model().money_scale), units(paid, model().money_scale));
  };
  EXPECT_THAT(
      rows(fmt::format("SELECT b.tick, b.region, b.sector, b.account, b.value, f.value FROM ({} UNION ALL {} UNION ALL "
                       "{}) b LEFT JOIN (SELECT tick, region, sector, account, sum({}) AS value FROM transaction_flow "
                       "GROUP BY tick, region, sector, account) f USING (tick, region, sector, account) WHERE b.value "
                       "<> coalesce(f.value, 0)",
                       net("current", "revenue", "costs"), net("capital", "capital_received", "capital_paid"),
                       net("financial", "financial_received", "financial_paid"), units("value", model().money_scale))),
      IsEmpty());
}

// What is held of an instrument is issued.
void Closed::check_instruments() const {
  for (const InstrumentModel& instrument : model().instruments) {
    EXPECT_THAT(rows(fmt::format("SELECT tick, sum({0}) AS have, sum({1}) AS owe FROM instrument WHERE instrument = "
                                 "'{2}' GROUP BY tick HAVING have <> owe",
                                 units("held", instrument.scale), units("issued", instrument.scale), instrument.name)),
                IsEmpty())
        << instrument.name;
  }
  const bool paid = !rows("SELECT 1 FROM flow WHERE amount > 0 LIMIT 1").empty();
  EXPECT_TRUE(!paid || !rows("SELECT 1 FROM instrument WHERE instrument = 'money' LIMIT 1").empty());
}

// Goods are made, sold, used and stocked, and nothing else.
void Closed::check_goods() const {
  for (const GoodModel& good : model().goods) {
    const auto of = [&](const char* column) { return units(column, good.scale); };
    EXPECT_THAT(
        rows(fmt::format("SELECT * FROM (SELECT tick, {} AS stock, lag({}) OVER (ORDER BY tick) AS before, {} - "
                         "{} - {} - {} - {} AS change FROM good WHERE good = '{}') WHERE stock <> before + "
                         "change",
                         of("stock"), of("stock"), of("made"), of("used"), of("scrapped"), of("expired"), of("lost"),
                         good.name)),
        IsEmpty())
        << good.name;
    EXPECT_THAT(rows(fmt::format("SELECT g.tick, g.traded, m.volume FROM good g JOIN (SELECT tick, sum({}) AS volume "
                                 "FROM market WHERE good = '{}' GROUP BY tick) m ON m.tick = g.tick WHERE g.good = "
                                 "'{}' AND {} <> m.volume",
                                 of("volume"), good.name, good.name, of("g.traded"))),
                IsEmpty())
        << good.name << " is sold as " << good.name;
  }
}

// What is sold is bought, and what is there is held.
void Closed::check_trade() const {
  for (const MarketModel& market : model().markets) {
    if (market.good == none) continue;
    const double scale = model().goods[market.good].scale;
    EXPECT_THAT(rows(fmt::format("SELECT m.tick, sold, bought FROM (SELECT tick, sum({0}) AS sold FROM market WHERE "
                                 "market = '{1}' GROUP BY tick) m LEFT JOIN (SELECT tick, sum({2}) AS bought FROM flow "
                                 "WHERE market = '{1}' GROUP BY tick) f ON f.tick = m.tick WHERE sold <> "
                                 "coalesce(bought, 0)",
                                 units("volume", scale), market.name, units("quantity", scale))),
                IsEmpty())
        << market.name;
  }
  if (rows("SELECT 1 FROM installed LIMIT 1").empty()) return;  // the world does not have it recorded
  for (const GoodModel& good : model().goods) {
    EXPECT_THAT(
        rows(fmt::format("SELECT g.tick, g.stock, held FROM good g LEFT JOIN (SELECT tick, sum({0}) AS held FROM "
                         "installed WHERE good = '{1}' GROUP BY tick) i ON i.tick = g.tick WHERE g.good = '{1}' "
                         "AND {2} <> coalesce(held, 0)",
                         units("quantity", good.scale), good.name, units("g.stock", good.scale))),
        IsEmpty())
        << good.name;
  }
}

TEST_P(Closed, ToTheLastUnit) {
  check_flows();
  check_books();
  check_instruments();
  check_goods();
  check_trade();
}

}  // namespace
}  // namespace ondol::test
