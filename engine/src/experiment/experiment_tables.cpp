// The tables of an experiment's results file, and what documents them.
#include "experiment/experiment_results.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

namespace ondol {

namespace {

struct Column {
  const char *name, *unit, *doc;
};

struct Table {
  const char* name;
  const char* sql;  // columns of a table, or SELECT of a view
  std::vector<Column> columns;
};

// Rows lie in the order of their keys: two files with the same rows are the same, whatever came first.
const std::vector<Table>& tables() {
  static const std::vector<Table> all = {
      {"experiment",
       "version INTEGER PRIMARY KEY, hash TEXT, question TEXT, text TEXT, engine TEXT, design TEXT, runs_before "
       "INTEGER",
       {{"version", "1", "1: as it was before the first run; later ones: changed since"},
        {"hash", "text", "XXH3 hash of what the file says, whatever its layout and comments"},
        {"question", "text", "in words"},
        {"text", "text", "the experiment file"},
        {"engine", "text", "version of the engine"},
        {"design", "text", "how its points were chosen"},
        {"runs_before", "1", "runs there were already when it was changed"}}},
      {"arm",
       "position INTEGER PRIMARY KEY, name TEXT, is_reference INTEGER, doc TEXT",
       {{"position", "1", "among arms"},
        {"name", "text", "of the arm"},
        {"is_reference", "1", "1: others are compared with it"},
        {"doc", "text", "what it is"}}},
      {"scenario",
       "position INTEGER PRIMARY KEY, name TEXT, doc TEXT",
       {{"position", "1", "among scenarios"}, {"name", "text", "of the scenario"}, {"doc", "text", "what it is"}}},
      {"factor",
       "position INTEGER PRIMARY KEY, name TEXT, paths TEXT, unit TEXT, group_name TEXT, doc TEXT, low REAL, high REAL",
       {{"position", "1", "among factors"},
        {"name", "text", "of the factor"},
        {"paths", "text", "of the world, a line each, that it sets"},
        {"unit", "text", "of its values"},
        {"group_name", "text", "of those that a radial design moves with it; its own where it is alone"},
        {"doc", "text", "what it is"},
        {"low", "of the factor", "least that it may be; empty of a list"},
        {"high", "of the factor", "most that it may be; empty of a list"}}},
      {"outcome_list",
       "position INTEGER PRIMARY KEY, name TEXT, is_primary INTEGER, better INTEGER, unit TEXT, sql TEXT, doc TEXT",
       {{"position", "1", "among outcomes"},
        {"name", "text", "of the outcome"},
        {"is_primary", "1", "1: decides, and stops"},
        {"better", "1", "1: more of it is; -1: less; 0: neither"},
        {"unit", "text", "its unit"},
        {"sql", "text", "how a run's own results are asked for it"},
        {"doc", "text", "what it is"}}},
      {"series_list",
       "position INTEGER PRIMARY KEY, name TEXT, better INTEGER, unit TEXT, horizons TEXT, discount_rates TEXT, "
       "sql TEXT, doc TEXT",
       {{"position", "1", "among series"},
        {"name", "text", "of the series"},
        {"better", "1", "1: more of it is; -1: less; 0: neither"},
        {"unit", "text", "of its values"},
        {"horizons", "of the series", "until which arms are ranked by what it adds up to; empty: to its end"},
        {"discount_rates", "1", "for each unit of position, at which they are; empty: none"},
        {"sql", "text", "how a run's own results are asked for it"},
        {"doc", "text", "what it is"}}},
      {"design",
       "point INTEGER, factor INTEGER, value REAL, setting TEXT, centre INTEGER, PRIMARY KEY (point, factor)",
       {{"point", "1", "of the design, from 0"},
        {"factor", "1", "position of the factor"},
        {"value", "of the factor", "what it is there; of a list, the position in it"},
        {"setting", "text", "the same as a world file says it"},
        {"centre", "1",
         "point that differs from this one in the factors of its group alone; empty: none that is known"}}},
      {"world",
       "scenario INTEGER, arm INTEGER, text TEXT, plugins TEXT, PRIMARY KEY (scenario, arm)",
       {{"scenario", "1", "position of the scenario"},
        {"arm", "1", "position of the arm"},
        {"text", "text", "the whole world file before factors set anything: it runs by itself"},
        {"plugins", "text", "a line each: name, version and hash of its file"}}},
      {"plan",
       "point INTEGER, replicate INTEGER, scenario INTEGER, arm INTEGER, run TEXT, "
       "PRIMARY KEY (point, replicate, scenario, arm)",
       {{"point", "1", "of the design"},
        {"replicate", "1", "from 0: the same luck in all arms, scenarios and points"},
        {"scenario", "1", "position of the scenario"},
        {"arm", "1", "position of the arm"},
        {"run", "text", "run that answers for it; of equal worlds it is the same one"}}},
      {"run",
       "id TEXT PRIMARY KEY, seed INTEGER, ticks INTEGER, status TEXT, message TEXT, fingerprint TEXT",
       {{"id", "text", "hash of what determines it: world, plugins, questions, seed, engine"},
        {"seed", "1", "of all luck"},
        {"ticks", "tick", "that it ran"},
        {"status", "text", "complete or failed"},
        {"message", "text", "why it failed"},
        {"fingerprint", "text", "hash of its complete last state"}}},
      {"outcome_value",
       "run TEXT, outcome INTEGER, value REAL, PRIMARY KEY (run, outcome)",
       {{"run", "text", "id of the run"},
        {"outcome", "1", "position of the outcome"},
        {"value", "of the outcome", "what it came to; empty where the run has none"}}},
      {"series_value",
       "run TEXT, series INTEGER, row INTEGER, at REAL, value REAL, PRIMARY KEY (run, series, row)",
       {{"run", "text", "id of the run"},
        {"series", "1", "position of the series"},
        {"row", "1", "from 0"},
        {"at", "of the series", "where along the run"},
        {"value", "of the series", "what it is there"}}},
      {"run_time",
       "run TEXT PRIMARY KEY, seconds REAL",
       {{"run", "text", "id of the run"}, {"seconds", "s", "how long it took, on one thread"}}},
  };
  return all;
}

const std::vector<Table>& views() {
  static const std::vector<Table> all = {
      {"outcome",
       "SELECT s.name AS scenario, a.name AS arm, p.point, p.replicate, r.seed, o.name AS outcome, v.value, o.unit, "
       "p.run FROM plan p JOIN run r ON r.id = p.run JOIN outcome_value v ON v.run = p.run JOIN outcome_list o ON "
       "o.position = v.outcome JOIN scenario s ON s.position = p.scenario JOIN arm a ON a.position = p.arm",
       {{"scenario", "text", "scenario"},
        {"arm", "text", "arm"},
        {"point", "1", "of the design"},
        {"replicate", "1", "from 0"},
        {"seed", "1", "of all luck"},
        {"outcome", "text", "outcome"},
        {"value", "of the outcome", "what it came to"},
        {"unit", "text", "its unit"},
        {"run", "text", "id of the run"}}},
      {"series",
       "SELECT s.name AS scenario, a.name AS arm, p.point, p.replicate, l.name AS series, v.at, v.value, p.run FROM "
       "plan p JOIN series_value v ON v.run = p.run JOIN series_list l ON l.position = v.series JOIN scenario s ON "
       "s.position = p.scenario JOIN arm a ON a.position = p.arm",
       {{"scenario", "text", "scenario"},
        {"arm", "text", "arm"},
        {"point", "1", "of the design"},
        {"replicate", "1", "from 0"},
        {"series", "text", "series"},
        {"at", "of the series", "where along the run"},
        {"value", "of the series", "what it is there"},
        {"run", "text", "id of the run"}}},
      {"failure",
       "SELECT s.name AS scenario, a.name AS arm, p.point, p.replicate, r.seed, r.ticks, r.message, p.run FROM plan p "
       "JOIN run r ON r.id = p.run JOIN scenario s ON s.position = p.scenario JOIN arm a ON a.position = p.arm WHERE "
       "r.status = 'failed'",
       {{"scenario", "text", "scenario"},
        {"arm", "text", "arm"},
        {"point", "1", "of the design"},
        {"replicate", "1", "from 0"},
        {"seed", "1", "of all luck"},
        {"ticks", "tick", "that it ran"},
        {"message", "text", "why it failed"},
        {"run", "text", "id of the run"}}},
  };
  return all;
}

const std::vector<Table>& decision_tables() {
  static const std::vector<Table> all = {
      {"decision",
       "outcome TEXT, scenario TEXT, arm TEXT, is_reference INTEGER, runs INTEGER, missing INTEGER, mean REAL, "
       "deviation "
       "REAL, q05 REAL, q25 REAL, q50 REAL, q75 REAL, q95 REAL, pairs INTEGER, difference REAL, low REAL, high REAL, "
       "variance_ratio REAL, probability_best REAL, wins REAL, regret REAL, cvar05 REAL, dominance TEXT, "
       "PRIMARY KEY (outcome, scenario, arm)",
       {{"outcome", "text", "outcome"},
        {"scenario", "text", "scenario; empty: all, each counting alike"},
        {"arm", "text", "arm"},
        {"is_reference", "1", "1: others are compared with it"},
        {"runs", "1", "that came to a value"},
        {"missing", "1", "runs that failed or have none"},
        {"mean", "of the outcome", "over runs"},
        {"deviation", "of the outcome", "standard deviation over runs"},
        {"q05", "of the outcome", "quantile over runs, and so on"},
        {"q25", "of the outcome", ""},
        {"q50", "of the outcome", ""},
        {"q75", "of the outcome", ""},
        {"q95", "of the outcome", ""},
        {"pairs", "1", "worlds in which the reference has a value, too"},
        {"difference", "of the outcome", "to the reference in the same world, on average"},
        {"low", "of the outcome", "lower end of its interval"},
        {"high", "of the outcome", "upper end"},
        {"variance_ratio", "1", "variance of paired over unpaired differences: what common luck is worth"},
        {"probability_best", "1", "that its mean is the best; ties share"},
        {"wins", "1", "share of worlds in which it is the best; ties share"},
        {"regret", "of the outcome", "how far it is from the best of its world, on average"},
        {"cvar05", "of the outcome", "mean of its worst 5 %"},
        {"dominance", "text", "first-order, against the reference: dominates, is dominated, equal, or empty"}}},
      {"verdict",
       "outcome TEXT, scenario TEXT, best TEXT, ties TEXT, level REAL, units INTEGER, unit TEXT, more INTEGER, PRIMARY "
       "KEY (outcome, scenario)",
       {{"outcome", "text", "outcome"},
        {"scenario", "text", "scenario; empty: all, each counting alike"},
        {"best", "text", "arm with the best mean; empty where nothing is better"},
        {"ties", "text", "a line each: arms whose difference to it may be nothing"},
        {"level", "1", "of the intervals"},
        {"units", "1", "independent draws that intervals and probabilities rest on"},
        {"unit", "text", "what they are: replicates, or points"},
        {"more", "1", "such draws beyond them that would settle the ties; 0: nothing is open, -1: they are equal"}}},
      {"ranking",
       "series TEXT, scenario TEXT, horizon REAL, discount_rate REAL, rank INTEGER, arm TEXT, mean REAL, difference "
       "REAL, low REAL, high REAL, probability_best REAL, ties INTEGER",
       {{"series", "text", "that is added up"},
        {"scenario", "text", "scenario; empty: all, each counting alike"},
        {"horizon", "of the series", "until which, from its first position; empty: to its end"},
        {"discount_rate", "1", "for each unit of position"},
        {"rank", "1", "1: the best mean"},
        {"arm", "text", "arm"},
        {"mean", "of the series", "of what it adds up to, discounted, over runs"},
        {"difference", "of the series", "to the reference in the same world, on average"},
        {"low", "of the series", "lower end of its interval"},
        {"high", "of the series", "upper end"},
        {"probability_best", "1", "that its mean is the best; ties share"},
        {"ties", "1", "1: the interval of its difference to the best holds nothing"}}},
  };
  return all;
}

const std::vector<Table>& explanation_tables() {
  static const std::vector<Table> all = {
      {"explanation",
       "outcome TEXT, statement TEXT, factor TEXT, unit TEXT, thresholds TEXT, stable INTEGER, sobol REAL, sobol_half1 "
       "REAL, sobol_half2 REAL, sobol_total REAL, sobol_total_half1 REAL, sobol_total_half2 REAL, effect REAL, "
       "effect_size "
       "REAL, value_of_knowing REAL, value_half1 REAL, value_half2 REAL, PRIMARY KEY (outcome, statement, factor)",
       {{"outcome", "text", "outcome"},
        {"statement", "text", "comparison of two arms"},
        {"factor", "text", "factor"},
        {"unit", "text", "of its values"},
        {"thresholds", "of the factor", "where the mean difference changes sign; empty: nowhere"},
        {"stable", "1", "1: both halves of the luck, or of the points, say so"},
        {"sobol", "1", "first-order index: share of the difference's variance that goes when the factor is known"},
        {"sobol_half1", "1", "the same in one half of the luck, or of the points"},
        {"sobol_half2", "1", "and in the other"},
        {"sobol_total", "1",
         "total index: share of the difference's variance that stays when all but the factor is known; empty: the "
         "design does not say"},
        {"sobol_total_half1", "1", "the same in one half of the luck, or of the points"},
        {"sobol_total_half2", "1", "and in the other"},
        {"effect", "of the outcome", "of the factor's whole range on the difference, on average (Morris's mean)"},
        {"effect_size", "of the outcome", "the same whatever its sign (Morris's mean of absolute effects)"},
        {"value_of_knowing", "of the outcome", "of the factor, before an arm is chosen (EVPPI)"},
        {"value_half1", "of the outcome", "the same, chosen on the second half and reckoned on the first"},
        {"value_half2", "of the outcome", "and the other way round"}}},
      {"explanation_group",
       "outcome TEXT, statement TEXT, group_name TEXT, factors INTEGER, sobol_total REAL, sobol_total_half1 REAL, "
       "sobol_total_half2 REAL, PRIMARY KEY (outcome, statement, group_name)",
       {{"outcome", "text", "outcome"},
        {"statement", "text", "comparison of two arms"},
        {"group_name", "text", "factors that a radial design moves together"},
        {"factors", "1", "how many they are"},
        {"sobol_total", "1", "total index: share of the difference's variance that stays when all others are known"},
        {"sobol_total_half1", "1", "the same in one half of the luck, or of the points"},
        {"sobol_total_half2", "1", "and in the other"}}},
      {"explanation_box",
       "outcome TEXT, statement TEXT, factor TEXT, low REAL, high REAL, coverage REAL, density REAL, "
       "density_other_half "
       "REAL, PRIMARY KEY (outcome, statement, factor)",
       {{"outcome", "text", "outcome"},
        {"statement", "text", "comparison of two arms"},
        {"factor", "text", "factor that the box narrows down"},
        {"low", "of the factor", "lower end"},
        {"high", "of the factor", "upper end"},
        {"coverage", "1", "of the box: share of the worlds in which the statement holds that lie in it"},
        {"density", "1", "share of its worlds in which it holds"},
        {"density_other_half", "1", "the same, of a box found on one half, in the other"}}},
  };
  return all;
}

std::string document(const Table& table) {
  std::string sql;
  for (const Column& column : table.columns) {
    sql += fmt::format("INSERT OR IGNORE INTO column_doc VALUES ({}, {}, {}, {});\n", quoted(table.name),
                       quoted(column.name), quoted(column.unit), quoted(column.doc));
  }
  return sql;
}

}  // namespace

const std::vector<std::string>& defining_tables() {
  static const std::vector<std::string> names = {"arm",         "scenario", "factor", "outcome_list",
                                                 "series_list", "design",   "world"};
  return names;
}

const std::vector<std::string>& growing_tables() {
  static const std::vector<std::string> names = {"plan", "run", "outcome_value", "series_value", "run_time"};
  return names;
}

std::string create_decision_tables() {
  std::string sql;
  for (const Table& table : decision_tables())
    sql += fmt::format("DROP TABLE IF EXISTS {0}; CREATE TABLE {0} ({1});\n", table.name, table.sql) + document(table);
  return sql;
}

std::string create_explanation_tables() {
  std::string sql;
  for (const Table& table : explanation_tables())
    sql += fmt::format("CREATE TABLE IF NOT EXISTS {} ({}) WITHOUT ROWID;\n", table.name, table.sql) + document(table);
  return sql;
}

std::string create_experiment_tables() {
  std::string sql =
      "CREATE TABLE IF NOT EXISTS column_doc (table_name TEXT, column_name TEXT, unit TEXT, meaning TEXT, "
      "PRIMARY KEY (table_name, column_name)) WITHOUT ROWID;\n";
  for (const Table& table : tables())
    sql += fmt::format("CREATE TABLE IF NOT EXISTS {} ({}) WITHOUT ROWID;\n", table.name, table.sql) + document(table);
  for (const Table& view : views())
    sql += fmt::format("CREATE VIEW IF NOT EXISTS {} AS {};\n", view.name, view.sql) + document(view);
  return sql;
}

}  // namespace ondol
