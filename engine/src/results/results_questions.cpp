// The views that answer common questions.
#include "results/results_schema.hpp"

namespace ondol {

namespace {

// A table's rows of agents, and of populations of which totals were recorded those totals instead: agents may then be
// few or none of them.
std::string whole_populations(const std::string& table, const std::string& rows, const std::string& totals,
                              const std::string& keys) {
  return "(SELECT " + rows + " FROM " + table +
         " WHERE population NOT IN (SELECT population FROM total_list WHERE table_name = '" + table +
         "') UNION ALL SELECT " + totals + " FROM total WHERE table_name = '" + table + "' GROUP BY " + keys + ")";
}

std::string total_of(const std::string& column) { return "SUM(sum) FILTER (WHERE column_name = '" + column + "')"; }

const std::string all_books = whole_populations(
    "books", "date, tick, layer, region, 1 AS agents, revenue, costs, income, cash, debts, equity",
    "date, tick, layer, region, MAX(agents), " + total_of("revenue") + ", " + total_of("costs") + ", " +
        total_of("income") + ", " + total_of("cash") + ", " + total_of("debts") + ", " + total_of("equity"),
    "tick, population");

const std::string all_holdings =
    whole_populations("holding", "date, tick, region, layer, good, unit, quantity, book_value",
                      "date, tick, region, layer, item, MAX(unit) FILTER (WHERE column_name = 'quantity'), " +
                          total_of("quantity") + ", " + total_of("book_value"),
                      "tick, population, item HAVING MAX(maximum) > 0");

// By ids: several agents may have one name, and markets of several regions have.
const std::string sales_by_year =
    "(SELECT substr(t.date, 1, 4) AS year, d.market, d.agent, SUM(d.revenue) AS revenue FROM sale_data d JOIN "
    "tick_list "
    "t ON t.tick = d.tick GROUP BY year, d.market, d.agent)";

// Of markets, in the ticks in which those are recorded whose `every` it is; 1: in all.
const std::string values_by_year =
    "(SELECT substr(t.date, 1, 4) AS year, d.market, every, SUM(d.value) AS value FROM market_data d JOIN tick_list t "
    "ON "
    "t.tick = d.tick, (SELECT every FROM population_list UNION SELECT 1) WHERE d.tick % every = 0 GROUP BY year, "
    "d.market, every)";

}  // namespace

const std::vector<Described>& question_views() {
  static const ResultColumn year = {"year", "date", "calendar year; empty without a calendar"};
  static const ResultColumn layer = {"layer", "text", "layer of the chain"};
  static const ResultColumn region = {"region", "text", "region"};
  static const std::vector<Described> views = {
      {"earnings",
       "SELECT date, tick, layer, region, SUM(agents) AS agents, SUM(revenue) AS revenue, SUM(costs) AS costs, "
       "SUM(income) AS income, SUM(cash) AS cash, SUM(debts) AS debts, SUM(equity) AS equity FROM " +
           all_books + " GROUP BY tick, layer, region",
       {{"date", "date", "first day of the tick"},
        {"tick", "1", "tick, from 0"},
        layer,
        region,
        {"agents", "1", "agents that live"},
        {"revenue", "currency", "received on current account"},
        {"costs", "currency", "paid on current account"},
        {"income", "currency", "profit: change of equity that owners neither paid in nor took out"},
        {"cash", "currency", "money held as the tick ended"},
        {"debts", "currency", "owed as the tick ended"},
        {"equity", "currency", "assets less debts as the tick ended"}}},
      {"earnings_by_year",
       "SELECT substr(date, 1, 4) AS year, layer, region, SUM(revenue) AS revenue, SUM(costs) AS costs, SUM(income) AS "
       "income FROM " +
           all_books + " GROUP BY year, layer, region",
       {year,
        layer,
        region,
        {"revenue", "currency", "received on current account in the year"},
        {"costs", "currency", "paid on current account in the year"},
        {"income", "currency", "profit of the year"}}},
      {"market_share",
       "SELECT s.year, l.name AS market, l.region AS market_region, a.name AS agent, a.region, s.revenue, s.revenue / "
       "m.value AS share FROM " +
           sales_by_year +
           " s JOIN agent_list a ON a.id = s.agent JOIN market_list l ON l.id = s.market JOIN population_list p ON "
           "p.name = a.population JOIN " +
           values_by_year + " m ON m.year IS s.year AND m.market = s.market AND m.every = p.every",
       {year,
        {"market", "text", "market"},
        {"market_region", "text", "its region; empty for a world market"},
        {"agent", "text", "seller"},
        {"region", "text", "region of the seller"},
        {"revenue", "currency", "of the seller in the year, as far as recorded"},
        {"share", "1", "of the market's value in the ticks in which the seller is recorded"}}},
      {"concentration",
       "SELECT year, market, market_region, CASE WHEN abs(recorded - 1) < 1e-6 THEN hhi END AS hhi, sellers, recorded "
       "FROM (SELECT s.year, l.name AS market, l.region AS market_region, SUM(s.revenue * s.revenue) / (m.value * "
       "m.value) AS hhi, COUNT(*) AS sellers, SUM(s.revenue) / m.value AS recorded FROM " +
           sales_by_year + " s JOIN market_list l ON l.id = s.market JOIN " + values_by_year +
           " m ON m.year IS s.year AND m.market = s.market AND m.every = 1 GROUP BY s.year, s.market)",
       {year,
        {"market", "text", "market"},
        {"market_region", "text", "its region; empty for a world market"},
        {"hhi", "1",
         "Herfindahl-Hirschman index: sum of squared shares, 1 for a monopoly; empty unless all are recorded"},
        {"sellers", "1", "recorded ones that sold anything"},
        {"recorded", "1", "their part of all that the market sold in the year"}}},
      {"spending",
       "SELECT substr(date, 1, 4) AS year, from_kind AS kind, from_region AS region, purpose, to_kind, to_region, "
       "SUM(amount) AS amount FROM flow GROUP BY year, from_kind, from_region, purpose, to_kind, to_region",
       {year,
        {"kind", "text", "kind of who paid"},
        region,
        {"purpose", "text", "what for"},
        {"to_kind", "text", "kind of who was paid"},
        {"to_region", "text", "region of who was paid"},
        {"amount", "currency", "paid in the year"}}},
      {"installed",
       "SELECT date, tick, region, layer, good, unit, SUM(quantity) AS quantity, SUM(book_value) AS book_value FROM " +
           all_holdings + " GROUP BY tick, region, layer, good",
       {{"date", "date", "first day of the tick"},
        {"tick", "1", "tick, from 0"},
        region,
        layer,
        {"good", "text", "good"},
        {"unit", "text", "its unit"},
        {"quantity", "of the good", "held by the layer's agents as the tick ended"},
        {"book_value", "currency", "at cost"}}},
      {"price",
       "SELECT date, tick, market, region, price, unit FROM market",
       {{"date", "date", "first day of the tick"},
        {"tick", "1", "tick, from 0"},
        {"market", "text", "market"},
        region,
        {"price", "currency per unit", "volume-weighted over the tick"},
        {"unit", "text", "unit of the market's quantities"}}},
  };
  return views;
}

}  // namespace ondol
