// The short table that ends a run, asked of its results file.
#include "results/sqlite.hpp"

#include <ondol/engine/results.hpp>

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace ondol {

namespace {

constexpr const char* earnings_sql =
    "SELECT layer, SUM(revenue), SUM(income), SUM(CASE WHEN tick = last THEN cash END), SUM(CASE WHEN tick = last THEN "
    "agents END) "
    "FROM earnings, (SELECT MAX(tick) AS last FROM tick_list) WHERE tick > last - 12 GROUP BY layer ORDER BY 2 DESC";

constexpr const char* prices_sql =
    "SELECT market, AVG(CASE WHEN tick = first THEN price END), AVG(CASE WHEN tick = last THEN price END), unit "
    "FROM price, (SELECT MIN(tick) AS first, MAX(tick) AS last FROM tick_list) WHERE tick IN (first, last) "
    "GROUP BY market ORDER BY market";

// Whose earnings are not in view `earnings`, or not all of them, because the world file says so.
const std::string has_books = "', ' || tables || ',' LIKE '%, books,%'";
const std::string unrecorded_sql = "SELECT name, books FROM (SELECT name, " + has_books +
                                   " AS books, totals, "
                                   "every > 1 OR agents IS NOT NULL AS part FROM population_list) WHERE NOT books OR "
                                   "(part AND NOT totals) ORDER BY name";

const std::string silent_sql =
    "SELECT CASE region WHEN '' THEN name ELSE name || '.' || region END, SUM(ordered) > 0, SUM(d.offered) > 0 FROM "
    "market_list m JOIN market_data d ON d.market = m.id GROUP BY m.id HAVING SUM(volume) = 0 ORDER BY 1";

const std::string sold_out_sql =
    "SELECT CASE region WHEN '' THEN name ELSE name || '.' || region END, SUM(d.offered = 0 AND d.ordered > d.volume) "
    "AS dry FROM market_list m JOIN market_data d ON d.market = m.id, (SELECT MAX(tick) AS last FROM "
    "tick_list) WHERE d.tick > last - 12 GROUP BY m.id HAVING dry > 0 AND SUM(d.volume) > 0 ORDER BY 1";

const std::string idle_sql = "SELECT name FROM step WHERE what IS NULL ORDER BY position";

const std::string arrears_sql =
    "SELECT COUNT(*), SUM(arrears) FROM books_data WHERE tick = (SELECT MAX(tick) FROM tick_list) AND arrears > 0";

// Names, as far as a line has room for them.
struct Names {
  std::string text;
  int more = 0;
  void add(const std::string& name) {
    if (!text.empty() && text.size() + name.size() > 60) {
      ++more;
    } else {
      text += (text.empty() ? "" : ", ") + name;
    }
  }
  std::string line(const char* what) const {
    if (text.empty()) return "";
    return fmt::format("{} {}{}\n", what, text, more > 0 ? fmt::format(" and {} more", more) : "");
  }
};

// 1234567890 as "1.23 bn".
std::string short_number(double value) {
  const double size = std::abs(value);
  if (size >= 1e12) return fmt::format("{:.2f} tn", value / 1e12);
  if (size >= 1e9) return fmt::format("{:.2f} bn", value / 1e9);
  if (size >= 1e6) return fmt::format("{:.2f} m", value / 1e6);
  if (size >= 1 || size == 0) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3g}", value);
}

std::string earnings_table(Database& database) {
  std::string text =
      fmt::format("{:<16}{:>8}{:>14}{:>14}{:>14}\n", "last 12 ticks", "agents", "revenue", "income", "cash");
  Query earnings(database, earnings_sql);
  while (earnings.next()) {
    const std::string layer = earnings.text(0);
    text += fmt::format("{:<16}{:>8.0f}{:>14}{:>14}{:>14}\n", layer.empty() ? "(no layer)" : layer, earnings.number(4),
                        short_number(earnings.number(1)), short_number(earnings.number(2)),
                        short_number(earnings.number(3)));
  }
  return text;
}

std::string prices_table(Database& database) {
  std::string text;
  Query prices(database, prices_sql);
  while (prices.next()) {
    if (text.empty()) text = fmt::format("\n{:<16}{:>14}{:>14}  {}\n", "price", "first tick", "last tick", "per");
    text += fmt::format("{:<16}{:>14}{:>14}  {}\n", prices.text(0), short_number(prices.number(1)),
                        short_number(prices.number(2)), prices.text(3));
  }
  return text;
}

// What did not happen.
std::string silence(Database& database) {
  Names unoffered, unordered, untraded;
  Query markets(database, silent_sql);
  while (markets.next()) {
    const bool ordered = markets.number(1) != 0, offered = markets.number(2) != 0;
    (ordered && !offered ? unoffered : offered && !ordered ? unordered : untraded).add(markets.text(0));
  }
  std::string text = unoffered.line("never traded, ordered and nothing on offer:") +
                     unordered.line("never traded, on offer and not ordered:") + untraded.line("never traded:");
  Names sold_out, idle;
  Query dry(database, sold_out_sql);
  while (dry.next()) sold_out.add(fmt::format("{} (in {})", dry.text(0), dry.whole(1)));
  text += sold_out.line("sold out with more ordered, of the last 12 ticks:");
  Query steps(database, idle_sql);
  while (steps.next()) idle.add(steps.text(0));
  text += idle.line("steps that nobody used:");
  Query arrears(database, arrears_sql);
  if (arrears.next() && arrears.number(0) > 0)
    text += fmt::format("in arrears at the end: {:.0f} of the agents recorded, with {}\n", arrears.number(0),
                        short_number(arrears.number(1)));
  return text.empty() ? "" : "\n" + text;
}

}  // namespace

std::string summarise(const std::filesystem::path& results) {
  Database database(results);
  Query books(database, "SELECT COUNT(*) FROM population_list WHERE " + has_books);
  books.next();
  if (books.number(0) == 0)
    return "no books are recorded, so there are no earnings to show\n" + prices_table(database) + silence(database);
  std::string text = earnings_table(database);
  Names without, in_part;
  Query unrecorded(database, unrecorded_sql);
  while (unrecorded.next()) (unrecorded.number(1) == 0 ? without : in_part).add(unrecorded.text(0));
  text +=
      without.line("not recorded: the books of") + in_part.line("recorded in part and without totals: the books of");
  return text + prices_table(database) + silence(database);
}

}  // namespace ondol
