// The Korea world as shipped: that its economy is closed and alive, and that its file answers what the documentation
// asks. A run of the command has left its results for these tests.
#include "support/browser.hpp"
#include "support/sql.hpp"

#include <ondol/engine/report.hpp>
#include <ondol/engine/scoring.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

namespace ondol::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

const std::filesystem::path results = ONDOL_KOREA_RESULTS;

std::vector<std::string> first_column(const std::string& sql) {
  std::vector<std::string> values;
  for (const Row& row : ask(results, sql)) values.push_back(row.at(0));
  return values;
}

TEST(Korea, RunsFrom2023To2030) {
  EXPECT_THAT(ask(results, "SELECT count(*), min(date), max(date) FROM tick_list"),
              ElementsAre(ElementsAre("96", "2023-01-01", "2030-12-01")));
}

TEST(Korea, HasTheFirmsAndProjectsOfTheStory) {
  EXPECT_THAT(first_column("SELECT name FROM agent_list"),
              IsSupersetOf({"Microsoft", "Google", "Amazon", "Meta", "xAI", "Stargate", "OpenAI", "DeepSeek",
                            "Anthropic", "Palantir", "42Maru", "Naver", "Upstage", "South Jeolla centre",
                            "National AI Computing Centre", "Nvidia", "Samsung memory", "SK hynix", "TSMC"}));
}

TEST(Korea, IsDrawnWholeWithWhatItDeclares) {
  if (!has_browser()) GTEST_SKIP() << "chromium is not installed";
  const std::filesystem::path page = std::filesystem::path(testing::TempDir()) / "ondol_korea_report.html";
  EXPECT_THAT(write_report(results, page, true).faults, IsEmpty());
  EXPECT_LT(std::filesystem::file_size(page), 5'000'000U);
  const Shown shown = show(page);
  EXPECT_THAT(shown.console, IsEmpty());
  for (const char* chart :
       {"run",      "plugins",       "events",  "flows", "prices",           "volumes", "revenue", "largest",
        "shares",   "concentration", "books",   "money", "government_money", "work",    "incomes", "consumption",
        "adoption", "fleet",         "quality", "unmet"})
    EXPECT_THAT(figure(shown.document, chart), HasSubstr("class=\"mark")) << chart;
  EXPECT_THAT(shown.document, Not(HasSubstr("class=\"fault\"")));
}

// Taxes and transfers are no use of anything: what is spent finally is bought in markets, line by line.
TEST(Korea, CountsAsNationalIncomeWhatIsUsedAndSaved) {
  EXPECT_THAT(
      ask(results,
          "WITH used AS (SELECT tick, region, -sum(value) AS amount FROM transaction_flow WHERE value < 0 AND account "
          "= "
          "'current' AND sector IN ('household', 'government') AND flow IN ('goods', 'imports', 'digital services', "
          "'tokens', 'applications', 'wages') GROUP BY 1, 2), "
          "saved AS (SELECT tick, region, sum(income) AS amount FROM books GROUP BY 1, 2), "
          "owners AS (SELECT tick, region, -sum(value) AS amount FROM transaction_flow WHERE value < 0 AND flow IN "
          "('dividend', 'payout') GROUP BY 1, 2) "
          "SELECT n.tick, n.region FROM nation n JOIN used u USING (tick, region) JOIN saved s USING (tick, region) "
          "LEFT JOIN owners o USING (tick, region) WHERE abs(national_income - u.amount - s.amount + "
          "coalesce(o.amount, 0)) > 1e-9 * abs(national_income)"),
      IsEmpty());
  EXPECT_THAT(first_column("SELECT count(*) FROM nation"), ElementsAre(std::to_string(96 * 6)));
}

// Not how near: only that each question can be asked of the world as it is.
TEST(Korea, AnswersTheFactsThatItHasAQueryFor) {
  const Score scored = score({results}, ONDOL_SOURCE_DIR "/worlds/korea/data/facts.csv");
  std::size_t measured = 0;
  for (const FactScore& fact : scored.facts) {
    measured += fact.runs;
    EXPECT_THAT(fact.unmeasured, testing::AnyOf("", testing::StartsWith("the model has no such quantity")))
        << fact.quantity << ", " << fact.period;
  }
  EXPECT_GT(measured, 40U);
}

TEST(Korea, EveryGoodIsMadeSoldAndUsedInEveryQuarterAfterItsSixthMonth) {
  EXPECT_THAT(
      first_column("SELECT good || ' in quarter ' || (tick / 3) || ': made ' || sum(made) || ', sold ' || sum(traded)"
                   " || ', used ' || sum(used + scrapped) FROM good WHERE tick >= 6 GROUP BY good, tick / 3"
                   " HAVING NOT (sum(made) > 0 AND sum(traded) > 0 AND sum(used + scrapped) > 0)"),
      IsEmpty());
}

TEST(Korea, EveryLayerReceivesAndPaysInEveryYear) {
  EXPECT_THAT(first_column("SELECT DISTINCT layer FROM agent_list ORDER BY layer"),
              ElementsAre("applications", "chips", "data", "finance", "government", "households", "industry",
                          "infrastructure", "models", "policy", "power", "suppliers"));
  EXPECT_THAT(first_column("SELECT layer || ' in ' || year FROM earnings_by_year"
                           " WHERE layer <> 'policy' GROUP BY layer, year"  // no programme has money
                           " HAVING NOT (sum(revenue) > 0 AND sum(costs) > 0)"),
              IsEmpty());
}

TEST(Korea, WhateverIsPaidIsReceived) {
  EXPECT_THAT(first_column("SELECT tick FROM books GROUP BY tick HAVING abs(sum(revenue + capital_received +"
                           " financial_received - costs - capital_paid - financial_paid)) > 1e-6 * sum(costs)"),
              IsEmpty());
  EXPECT_THAT(first_column("SELECT flow.tick FROM flow JOIN (SELECT tick, sum(costs + capital_paid + financial_paid) AS"
                           " paid FROM books GROUP BY tick) AS books ON books.tick = flow.tick GROUP BY flow.tick"
                           " HAVING abs(sum(amount) - paid) > 1e-6 * paid"),
              IsEmpty());
}

TEST(Korea, CommitmentsTakeTimeMoneyAndChips) {
  // Meta's commitment of January 2024 is for 350,000; none of it stands the month after.
  const auto installed = [](const std::string& agent, const std::string& date) {
    return std::stod(
        ask_one(results, "SELECT coalesce(sum(quantity), 0) FROM holding WHERE good = 'accelerator' AND agent = '" +
                             agent + "' AND date = '" + date + "'"));
  };
  EXPECT_LT(installed("Meta", "2024-01-01"), 350e3);
  EXPECT_GT(installed("Meta", "2026-12-01"), installed("Meta", "2024-01-01"));
  EXPECT_EQ(installed("South Jeolla centre", "2025-06-01"), 0);
  EXPECT_GT(installed("South Jeolla centre", "2030-12-01"), 0);
}

// What stands between ```sql and ``` in a document.
std::vector<std::string> queries_of(const std::filesystem::path& document) {
  std::ifstream file(document);
  std::vector<std::string> queries;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = line == "```sql";
      if (inside) queries.emplace_back();
    } else if (inside) {
      queries.back() += line + "\n";
    }
  }
  return queries;
}

TEST(Korea, AnswersEveryQueryOfTheDocumentation) {
  std::size_t asked = 0;
  for (const char* document : {"README.md", "docs/results.md", "docs/getting-started.md", "docs/model.md"}) {
    for (const std::string& query : queries_of(std::filesystem::path(ONDOL_SOURCE_DIR) / document)) {
      EXPECT_THAT(ask(results, query), Not(IsEmpty())) << document << ":\n" << query;
      ++asked;
    }
  }
  EXPECT_GE(asked, 26U);
}

}  // namespace
}  // namespace ondol::test
