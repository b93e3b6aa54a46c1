// ondol report as its readers meet it: a page in a browser, whose numbers are those of the results.
#include "support/browser.hpp"
#include "support/command.hpp"
#include "support/sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Report : public Command {
 protected:
  void SetUp() override {
    if (!has_browser()) GTEST_SKIP() << "chromium is not installed";
    Command::SetUp();
  }

  // Runs the shop and reports on it.
  fs::path report(const std::string& options = "") const {
    EXPECT_EQ(ondol("run shop.toml -q " + options).code, 0) << content_of(folder_ / "err.txt");
    const Outcome outcome = ondol("report shop.db");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return folder_ / "shop.html";
  }
  fs::path experiment() const {
    write("flip.toml", "question = \"When do referrals overtake advertising?\"\nworld = \"" ONDOL_SOURCE_DIR
                       R"(/worlds/bass.toml"
replicates = 6
reference = "advertising"
[arms.advertising]
set.populations.consumers.count = 500
set.populations.consumers.params.innovation = "0.045 1/year"
[arms.referrals]
set.populations.consumers.count = 500
set.populations.consumers.params.imitation = "0.57 1/year"
[factors.horizon]
path = "ticks"
values = [52, 104, 156, 208, 260]
[outcomes]
adopted = "SELECT value / 500 FROM signal WHERE signal = 'adopters' ORDER BY tick DESC LIMIT 1"
[series]
adopters = "SELECT tick, value FROM signal WHERE signal = 'adopters' AND tick % 26 = 0"
)");
    EXPECT_EQ(ondol("experiment flip.toml -q").code, 0) << content_of(folder_ / "err.txt");
    return folder_ / "flip.db";
  }
};

// What a page was given to draw.
json data_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin) + begin.size();
  return json::parse(page.substr(at, page.find("</script>", at) - at));
}

json chart_in(const json& data, const std::string& name) {
  for (const json& chart : data["charts"]) {
    if (chart["name"] == name) return chart;
  }
  return {};
}

// A value as the page was given it, and as SQLite says it.
bool same(const json& drawn, const std::string& answered) {
  if (drawn.is_null()) return answered == "NULL";
  if (drawn.is_string()) return drawn == answered;
  const double number = std::stod(answered);
  return std::abs(drawn.get<double>() - number) <= 1e-12 * std::abs(number);
}

// A number as people read it: "1.23 bn".
double read_number(const std::string& text) {
  std::size_t end = 0;
  const double number = std::stod(text, &end);
  const std::string unit = text.substr(end);
  return number * (unit == " tn" ? 1e12 : unit == " bn" ? 1e9 : unit == " m" ? 1e6 : 1);
}

void expect_all_drawn(const Shown& shown, const json& data) {
  EXPECT_THAT(shown.console, IsEmpty());
  EXPECT_THAT(shown.document, HasSubstr("data-drawn=\"yes\""));
  for (const json& chart : data["charts"]) {
    const std::string name = chart["name"];
    const std::string drawn = figure(shown.document, name);
    EXPECT_THAT(drawn, AllOf(HasSubstr("class=\"mark"), Not(HasSubstr("class=\"fault")))) << name;
    EXPECT_THAT(drawn, HasSubstr(">SQL<")) << name;
    EXPECT_THAT(drawn, HasSubstr(">copy data<")) << name;
  }
}

TEST_F(Report, DrawsEveryChartOfARun) {
  const fs::path page = report();
  const json data = data_of(content_of(page));
  EXPECT_GT(data["charts"].size(), 10U);
  expect_all_drawn(show(page), data);
}

TEST_F(Report, HoldsWhatItsQuestionsAnswer) {
  const json data = data_of(content_of(report()));
  for (const json& chart : data["charts"]) {
    const std::vector<Row> rows = ask(folder_ / "shop.db", chart["sql"]);
    ASSERT_EQ(chart["rows"].size(), rows.size()) << chart["name"];
    for (std::size_t r = 0; r < rows.size(); ++r) {
      ASSERT_EQ(chart["rows"][r].size(), rows[r].size()) << chart["name"];
      for (std::size_t c = 0; c < rows[r].size(); ++c)
        EXPECT_TRUE(same(chart["rows"][r][c], rows[r][c])) << chart["name"] << ": " << rows[r][c];
    }
  }
}

TEST_F(Report, ShowsTheNumbersOfTheResults) {
  const Shown shown = show(report());
  const std::string fingerprint = ask_one(folder_ / "shop.db", "SELECT fingerprint FROM run");
  EXPECT_THAT(figure(shown.document, "run"), HasSubstr(">" + fingerprint + "</dd>"));
  const std::string hash = ask_one(folder_ / "shop.db", "SELECT hash FROM plugin WHERE name = 'toy'");
  EXPECT_THAT(figure(shown.document, "plugins"), HasSubstr(">" + hash + "</td>"));
  // Eaters buy from makers, and nobody else trades: one flow, of the last year as the page opens.
  const std::vector<std::string> flows =
      all_of(figure(shown.document, "flows"), "<title>eaters → makers: ([^<]*)</title>");
  ASSERT_EQ(flows.size(), 1U);
  const double paid = std::stod(ask_one(folder_ / "shop.db", "SELECT sum(value) FROM market WHERE year = 2024"));
  EXPECT_GT(paid, 0);
  EXPECT_NEAR(read_number(flows[0]), paid, 0.005 * paid);
}

// Of the boxes of a flow: the least and the most pixels for a unit of money.
std::pair<double, double> pixels_per_money(const Shown& shown) {
  const std::string flows = figure(shown.document, "flows");
  const std::vector<std::string> heights = all_of(flows, R"re(<g class="node[^"]*"><rect[^>]* height="([^"]*)")re");
  const std::vector<std::string> amounts = all_of(flows, R"re(<tspan class="amount">([^<]*)</tspan>)re");
  EXPECT_GE(heights.size(), 3U);
  if (heights.empty() || heights.size() != amounts.size()) return {};
  std::vector<double> scales;
  for (std::size_t i = 0; i < heights.size(); ++i) scales.push_back(std::stod(heights[i]) / read_number(amounts[i]));
  const auto [least, most] = std::minmax_element(scales.begin(), scales.end());
  return {*least, *most};
}

TEST_F(Report, DrawsFlowsAsWideAsTheMoneyUnlessAskedForRoots) {
  ASSERT_EQ(ondol("run " ONDOL_SOURCE_DIR "/worlds/hello.toml --ticks 12 -q -o hello.db").code, 0);
  ASSERT_EQ(ondol("report hello.db").code, 0);
  const auto [least, most] = pixels_per_money(show(folder_ / "hello.html"));
  EXPECT_GT(least, 0);
  EXPECT_LT(most, 1.02 * least);
  const auto [least_of_roots, most_of_roots] = pixels_per_money(show(folder_ / "hello.html?widths=roots"));
  EXPECT_GT(most_of_roots, 1.2 * least_of_roots) << "small flows take more room than their money";
}

TEST_F(Report, LinesAreAsHighAsTheirNumbers) {
  const Shown shown = show(report());
  const std::string prices = figure(shown.document, "prices");
  // The scale, by the highest label and the line of nothing; then the end of the line.
  const std::vector<std::string> labels = all_of(prices, R"re(<text x="38" y="[\d.]+" text-anchor="end">([^<]+)<)re");
  const std::vector<std::string> heights = all_of(prices, R"re(<text x="38" y="([\d.]+)" text-anchor="end">)re");
  const std::vector<std::string> ends = all_of(prices, R"re(class="mark line" d="[^"]*,([\d.]+)")re");
  ASSERT_GT(labels.size(), 1U);
  ASSERT_EQ(ends.size(), 1U);
  const double zero = std::stod(heights.front()) - 4, top = std::stod(heights.back()) - 4;
  const double price = (zero - std::stod(ends[0])) / (zero - top) * read_number(labels.back());
  const double last = std::stod(ask_one(folder_ / "shop.db", "SELECT price FROM market ORDER BY tick DESC LIMIT 1"));
  EXPECT_EQ(read_number(labels.front()), 0);
  EXPECT_NEAR(price, last, 0.01 * last);
}

TEST_F(Report, TakesNothingFromElsewhere) {
  const fs::path page = report();
  std::string text = content_of(page);
  const std::size_t end = text.find("</body>");
  text.insert(end,
              "<script>addEventListener('load', () => setTimeout(() => { document.body.dataset.fetched = "
              "performance.getEntriesByType('resource').length; }, 500));</script>");
  write("counted.html", text);
  EXPECT_THAT(show(folder_ / "counted.html").document, HasSubstr("data-fetched=\"0\""));
  EXPECT_THAT(text, Not(HasSubstr("<link")));
  EXPECT_THAT(text, Not(HasSubstr("<script src")));
}

TEST_F(Report, FitsATelephoneAndADarkRoom) {
  std::string text = content_of(report());
  text.insert(text.find("</body>"), R"(<script>addEventListener('load', () => setTimeout(() => parent.postMessage({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, paper: getComputedStyle(document.body).backgroundColor,
  ink: getComputedStyle(document.body).color }, '*'), 300));</script>)");
  write("told.html", text);
  write("telephone.html", R"(<!DOCTYPE html><iframe src="told.html" width="390" height="800"></iframe><script>
addEventListener('message', event => { document.body.dataset.told = Object.values(event.data).join(' | '); });</script>)");
  EXPECT_THAT(show(folder_ / "telephone.html").document,
              HasSubstr("data-told=\"0 | rgb(252, 252, 250) | rgb(29, 33, 38)\""));
  EXPECT_THAT(show(folder_ / "telephone.html", 1200, "--blink-settings=preferredColorScheme=0").document,
              HasSubstr("data-told=\"0 | rgb(20, 23, 26) | rgb(231, 233, 234)\""));
}

TEST_F(Report, NamesAreNeverMarkup) {
  const fs::path page = report(R"(--set 'populations.maker.label="<img src=x onerror=alert(1)></script><b>"')");
  const Shown shown = show(page);
  expect_all_drawn(shown, data_of(content_of(page)));
  EXPECT_THAT(shown.document, Not(HasSubstr("<img")));
  EXPECT_THAT(figure(shown.document, "books"), HasSubstr("<option>makers: &lt;img src=x"));
}

TEST_F(Report, AWorldDeclaresChartsOfItsOwn) {
  write("shop.toml", shop + R"([charts.eaten]
chapter = "Eating"
title = "Wares sold"
draw = "bars name=market value=pieces"
sql = "SELECT market, sum(volume) AS pieces FROM market GROUP BY market"
[charts.hungry]
chapter = "Eating"
title = "No such table"
draw = "table"
sql = "SELECT * FROM hunger"
)");
  ASSERT_EQ(ondol("run shop.toml -q").code, 0) << content_of(folder_ / "err.txt");
  const Outcome outcome = ondol("report shop.db");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("chart 'hungry'"), HasSubstr("no such table: hunger")));
  const Shown shown = show(folder_ / "shop.html");
  expect_all_drawn(shown, data_of(content_of(folder_ / "shop.html")));
  const std::vector<std::string> bars = all_of(figure(shown.document, "eaten"), "<title>wares: ([^<]*)</title>");
  ASSERT_EQ(bars.size(), 1U);
  const double pieces = std::stod(ask_one(folder_ / "shop.db", "SELECT sum(volume) FROM market"));
  EXPECT_NEAR(read_number(bars[0]), pieces, 0.005 * pieces);
}

TEST_F(Report, AChartThatCannotBeIsRefusedWithItsPlace) {
  const std::string begin = shop + "[charts.eaten]\nchapter = \"Eating\"\ntitle = \"Eaten\"\nsql = \"SELECT 1\"\n";
  write("shop.toml", begin + "draw = \"line x=a y=b\"\n");
  EXPECT_THAT(ondol("check shop.toml").err, AllOf(HasSubstr("shop.toml:"), HasSubstr("did you mean 'lines'")));
  write("shop.toml", begin + "draw = \"lines x=a z=b\"\n");
  EXPECT_THAT(ondol("check shop.toml").err, HasSubstr("'z' is no part of lines"));
  write("shop.toml", begin + "draw = \"lines x=a\"\n");
  EXPECT_THAT(ondol("check shop.toml").err, HasSubstr("lines need 'y='"));
}

TEST_F(Report, AnExperimentIsDecidedAndExplained) {
  const fs::path results = experiment();
  const std::string before = content_of(results);
  const Outcome outcome = ondol("report flip.db");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(content_of(results), before) << "a report only reads";
  const json data = data_of(content_of(folder_ / "flip.html"));
  const Shown shown = show(folder_ / "flip.html");
  expect_all_drawn(shown, data);
  for (const char* chart : {"differences", "decision", "fans", "spread", "along", "flips"})
    EXPECT_FALSE(chart_in(data, chart).is_null()) << chart;
  // The same as `ondol decide` says of the same file.
  ASSERT_EQ(ondol("decide flip.db").code, 0);
  const Row decided = ask(results, "SELECT difference, low, high FROM decision WHERE arm = 'referrals'").at(0);
  const json drawn = chart_in(data, "differences")["rows"][0];
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(same(drawn[i + 3], decided[i])) << decided[i];
  const std::string told = all_of(figure(shown.document, "differences"), "<title>referrals: ([^,<]*),").at(0);
  EXPECT_NEAR(read_number(told), std::stod(decided[0]), 0.005 * std::abs(std::stod(decided[0])));
}

TEST_F(Report, AnExperimentOfOneArmHasNothingToExplain) {
  write("one.toml", "question = \"How many?\"\nworld = \"" ONDOL_SOURCE_DIR
                    "/worlds/bass.toml\"\nreplicates = 2\n[outcomes]\nadopters = \"SELECT value FROM signal ORDER BY "
                    "tick DESC LIMIT 1\"\n");
  ASSERT_EQ(ondol("experiment one.toml -q").code, 0) << read("err.txt");
  ASSERT_EQ(ondol("report one.db").code, 0) << read("err.txt");
  expect_all_drawn(show(folder_ / "one.html"), data_of(read("one.html")));
}

// What a reader does, done by a script in the page.
TEST_F(Report, TheSliderMovesTimeAndChoicesChoose) {
  std::string text = content_of(report());
  text.insert(text.find("</body>"), R"(<script>addEventListener('load', () => {
  const slide = document.getElementById('slide');
  slide.value = 0;
  slide.dispatchEvent(new Event('input'));
  const choice = document.querySelector('#books select');
  choice.value = Array.from(choice.options).find(option => option.text.startsWith('makers')).value;
  choice.dispatchEvent(new Event('change'));
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: text => { document.body.dataset.copied = text; } } });
  Array.from(document.querySelectorAll('#plugins button')).find(button => button.textContent === 'copy data').click();
});</script>)");
  write("moved.html", text);
  const Shown shown = show(folder_ / "moved.html");
  EXPECT_THAT(shown.console, IsEmpty());
  const std::string flows = figure(shown.document, "flows");
  EXPECT_THAT(flows, HasSubstr("– 2023</h3>"));
  const double paid = std::stod(ask_one(folder_ / "shop.db", "SELECT sum(value) FROM market WHERE year = 2023"));
  ASSERT_NE(paid, std::stod(ask_one(folder_ / "shop.db", "SELECT sum(value) FROM market WHERE year = 2024")));
  EXPECT_NEAR(read_number(all_of(flows, "<title>eaters → makers: ([^<]*)</title>").at(0)), paid, 0.005 * paid);
  EXPECT_THAT(figure(shown.document, "books"), HasSubstr("aria-label=\"Books, USD revenue\""));
  const Row plugin = ask(folder_ / "shop.db", "SELECT name, version, hash FROM plugin").at(0);
  EXPECT_THAT(shown.document,
              HasSubstr("data-copied=\"name\tversion\thash\n" + plugin[0] + "\t" + plugin[1] + "\t" + plugin[2]));
}

TEST_F(Report, RefusesWhatIsNoFinishedResultsFile) {
  EXPECT_THAT(ondol("report nowhere.db").err, HasSubstr("nowhere.db"));
  EXPECT_THAT(ondol("report shop.toml").err, HasSubstr("shop.toml: is not a results file of ondol"));
  ASSERT_EQ(std::system(("sqlite3 '" + (folder_ / "other.db").string() + "' 'CREATE TABLE t (a)'").c_str()), 0);
  const Outcome other = ondol("report other.db");
  EXPECT_EQ(other.code, 6);
  EXPECT_THAT(other.err, HasSubstr("other.db: is not a results file of ondol"));
  report();
  fs::remove(folder_ / "shop.html");
  const auto change = [&](const std::string& sql) {
    return std::system(("sqlite3 '" + (folder_ / "shop.db").string() + "' \"" + sql + "\"").c_str());
  };
  ASSERT_EQ(change("UPDATE run_data SET ticks = 0"), 0);
  EXPECT_THAT(ondol("report shop.db").err, HasSubstr("holds no tick"));
  ASSERT_EQ(change("UPDATE run_data SET ticks = 3, status = 'running', heartbeat = datetime('now')"), 0);
  const Outcome running = ondol("report shop.db");
  EXPECT_EQ(running.code, 6);
  EXPECT_THAT(running.err, HasSubstr("a run is still writing it: 3 of 6 ticks"));
  EXPECT_FALSE(fs::exists(folder_ / "shop.html"));
}

TEST_F(Report, OverwritesOnlyAReportAndOnlyWhenAsked) {
  report();
  EXPECT_EQ(ondol("report shop.db").code, 6);
  EXPECT_THAT(ondol("report shop.db").err, HasSubstr("shop.html: exists already"));
  EXPECT_EQ(ondol("report shop.db --overwrite").code, 0);
  write("notes.html", "<!DOCTYPE html>\nmine");
  const Outcome outcome = ondol("report shop.db -o notes.html --overwrite");
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("is not a report of ondol, and nothing else is overwritten"));
  EXPECT_EQ(content_of(folder_ / "notes.html"), "<!DOCTYPE html>\nmine");
  EXPECT_THAT(ondol("report shop.db -o nowhere/a.html").err, HasSubstr("there is no folder 'nowhere'"));
}

}  // namespace
}  // namespace ondol::test
