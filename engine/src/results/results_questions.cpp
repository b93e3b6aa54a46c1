#include "results/results_questions.hpp"

#include "results/results_closure.hpp"
#include "results/results_file.hpp"
#include "results/results_lists.hpp"
#include "results/results_years.hpp"

#include <fmt/format.h>

namespace ondol {

namespace {

// By ids: several agents may have one name, and markets of several regions have.
std::string shares(const std::string& sales, const std::string& values) {
  return "SELECT s.year, m.name AS market, m.region AS market_region, s.agent AS agent_id, a.name AS agent, a.kind, "
         "a.region, s.revenue, s.revenue / v.value AS share FROM " +
         sales +
         " s JOIN market_list m ON m.id = s.market JOIN agent_list a ON a.id = s.agent JOIN population_list p ON "
         "p.name = a.population JOIN " +
         values + " v ON v.year IS s.year AND v.market = s.market AND v.every = p.every";
}

// Of what is recorded of sellers; 1: all.
std::string concentrations(const std::string& sales, const std::string& values) {
  return "SELECT year, market, market_region, CASE WHEN abs(recorded - 1) < 1e-6 THEN hhi END AS hhi, sellers, "
         "recorded FROM (SELECT s.year, m.name AS market, m.region AS market_region, SUM(s.revenue * s.revenue) / "
         "(v.value * v.value) AS hhi, COUNT(*) AS sellers, SUM(s.revenue) / v.value AS recorded FROM " +
         sales + " s JOIN market_list m ON m.id = s.market JOIN " + values +
         " v ON v.year IS s.year AND v.market = s.market AND v.every = 1 GROUP BY s.year, s.market, m.name, m.region)";
}

std::string spending(const std::string& flows) {
  return "SELECT d.year, fk.name AS kind, fr.name AS region, p.name AS purpose, tk.name AS to_kind, tr.name AS "
         "to_region, d.amount FROM " +
         flows +
         " d LEFT JOIN kind_list fk ON fk.id = d.from_kind LEFT JOIN region_list fr ON fr.id = d.from_region LEFT "
         "JOIN kind_list tk ON tk.id = d.to_kind LEFT JOIN region_list tr ON tr.id = d.to_region LEFT JOIN "
         "purpose_list p ON p.id = d.purpose";
}

}  // namespace

const std::vector<Described>& question_views() {
  static const ResultColumn year = {"year", "1", "calendar year; empty without a calendar"};
  static const ResultColumn layer = {"layer", "text", "layer of the chain"};
  static const ResultColumn region = {"region", "text", "region"};
  static const std::vector<Described> views = {
      {"run",
       fmt::format("SELECT world, world_text, seed, ticks_planned, first_tick, ticks, CASE WHEN status = 'running' AND "
                   "unixepoch('now') - unixepoch(heartbeat) > {} THEN 'lost' ELSE status END AS status, message, "
                   "fingerprint, ondol_version, started, seconds, process, host, heartbeat FROM run_data",
                   seconds_until_lost),
       run_columns("running, complete, interrupted, failed, or lost: it says it is running, and has not been heard of "
                   "for a minute")},
      {"earnings_by_year",
       "SELECT t.year, p.layer, p.region, SUM(d.revenue) AS revenue, SUM(d.costs) AS costs, SUM(d.income) AS income "
       "FROM earnings_data d LEFT JOIN tick_list t ON t.tick = d.tick LEFT JOIN population_list p ON p.id = "
       "d.population GROUP BY t.year, p.layer, p.region",
       {year,
        layer,
        region,
        {"revenue", "currency", "received on current account in the year"},
        {"costs", "currency", "paid on current account in the year"},
        {"income", "currency", "profit of the year"}}},
      {"market_share",
       shares("sale_year", "market_year") + " UNION ALL " +
           shares(year_under_way("sale_year"), year_under_way("market_year")),
       {year,
        {"market", "text", "market"},
        {"market_region", "text", "its region; empty for a world market"},
        {"agent_id", "1", "id of the seller"},
        {"agent", "text", "seller"},
        {"kind", "text", "kind of the seller"},
        {"region", "text", "region of the seller"},
        {"revenue", "currency", "of the seller in the year, as far as recorded"},
        {"share", "1", "of the market's value in the ticks in which the seller is recorded"}}},
      {"concentration",
       concentrations("sale_year", "market_year") + " UNION ALL " +
           concentrations(year_under_way("sale_year"), year_under_way("market_year")),
       {year,
        {"market", "text", "market"},
        {"market_region", "text", "its region; empty for a world market"},
        {"hhi", "1",
         "Herfindahl-Hirschman index: sum of squared shares, 1 for a monopoly; empty unless all are recorded"},
        {"sellers", "1", "recorded ones that sold anything"},
        {"recorded", "1", "their part of all that the market sold in the year"}}},
      {"spending",
       spending("flow_year") + " UNION ALL " + spending(year_under_way("flow_year")),
       {year,
        {"kind", "text", "kind of who paid"},
        region,
        {"purpose", "text", "what for"},
        {"to_kind", "text", "kind of who was paid"},
        {"to_region", "text", "region of who was paid"},
        {"amount", "currency", "paid in the year"}}},
      {"price",
       "SELECT date, year, month, tick, market, region, price, unit FROM market",
       {{"date", "date", "first day of the tick"},
        {"year", "1", "its year"},
        {"month", "1", "its month"},
        {"tick", "1", "tick, from 0"},
        {"market", "text", "market"},
        region,
        {"price", "currency per unit", "volume-weighted over the tick"},
        {"unit", "text", "unit of the market's quantities"}}},
      transaction_flow_view(),
  };
  return views;
}

}  // namespace ondol
