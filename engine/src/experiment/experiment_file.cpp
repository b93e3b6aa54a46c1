// Reading experiment files.
#include "experiment/experiment_file.hpp"

#include "base/nearest.hpp"
#include "experiment/facts.hpp"
#include "experiment/hash.hpp"
#include "loading/toml_document.hpp"
#include "loading/world_files.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace ondol {

namespace {

constexpr std::int64_t most_replicates = 10'000'000;
constexpr std::int64_t most_points = 1'000'000;

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& things) {
  std::vector<std::string> names;
  for (const Named& thing : things) names.push_back(thing.name);
  return names;
}

template <class Named>
std::size_t position_of(const std::vector<Named>& things, const Toml& name, const char* what) {
  const std::string wanted = name.as_text();
  const auto found =
      std::find_if(things.begin(), things.end(), [&](const Named& thing) { return thing.name == wanted; });
  if (found == things.end())
    name.fail(fmt::format("there is no {} '{}'{}", what, wanted, suggestion(wanted, names_of(things))));
  return static_cast<std::size_t>(found - things.begin());
}

template <class Value>
Value choice(const Toml& table, const char* key, const std::string& standard,
             const std::map<std::string, Value>& choices) {
  const std::string chosen = table.text(key, standard);
  if (const auto found = choices.find(chosen); found != choices.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  table.at(key).fail(fmt::format("'{}'{}", chosen, suggestion(chosen, names)));
}

std::int64_t whole_within(const Toml& table, const char* key, std::int64_t standard, std::int64_t least,
                          std::int64_t most) {
  const std::int64_t value = table.integer(key, standard);
  if (value >= least && value <= most) return value;
  (table.has(key) ? table.at(key) : table).fail(fmt::format("`{}` is {}, expected {} to {}", key, value, least, most));
}

const std::map<std::string, DesignMethod>& methods() {
  static const std::map<std::string, DesignMethod> all = {{"grid", DesignMethod::grid},
                                                          {"latin hypercube", DesignMethod::latin_hypercube},
                                                          {"sobol", DesignMethod::sobol},
                                                          {"radial", DesignMethod::radial}};
  return all;
}

class ExperimentReader {
 public:
  explicit ExperimentReader(const std::filesystem::path& path)
      : text_(read_world_file(path)),
        document_(read_document(text_, path, {}, {}).document),
        root_(document_, "", path.string()) {
    file_.path = path;
    file_.text = text_;
    file_.hash = hash_of(print_document(document_));
  }

  ExperimentFile read() {
    file_.question = root_.at("question").as_text();
    file_.world = beside(root_.at("world"));
    read_variants("arms", file_.arms);
    read_variants("scenarios", file_.scenarios);
    read_reference();
    read_factors();
    read_design();
    read_outcomes();
    read_facts();
    read_series();
    read_counts();
    read_stop();
    root_.finish();
    return std::move(file_);
  }

 private:
  // Seen from the file that names it, which may be one that is included.
  static std::filesystem::path beside(const Toml& name) {
    return std::filesystem::path(name.file()).parent_path() / name.as_text();
  }

  // Where none is said, there is one, which is the base.
  void read_variants(const char* key, std::vector<Variant>& variants) {
    for (const auto& [name, table] : root_.optional_table(key).entries()) {
      Variant variant{name, table.text("doc", ""), table.where(), {}, {}, {}};
      if (table.has("world")) variant.world = beside(table.at("world"));
      if (table.has("over")) {
        for (const Toml& name : table.at("over").elements()) variant.over.push_back(beside(name));
      }
      if (table.has("set")) variant.set = table.at("set").overrides();
      table.finish();
      variants.push_back(std::move(variant));
    }
    if (variants.empty()) variants.push_back({"base", "The world as it is.", root_.where(), {}, {}, {}});
  }

  void read_reference() {
    if (root_.has("reference")) {
      file_.reference = position_of(file_.arms, root_.at("reference"), "arm");
    } else if (file_.arms.size() > 1) {
      root_.fail(fmt::format("`reference` is missing: the arm that others are compared with{}",
                             suggestion("", names_of(file_.arms))));
    }
    for (const Variant& scenario : file_.scenarios) {
      for (const Variant& arm : file_.arms) {
        if (!scenario.world.empty() && !arm.world.empty())
          throw Error(ErrorCode::world,
                      fmt::format("{}: both this arm and scenario '{}' ({}) are worlds of their own, "
                                  "which cannot be crossed; let one of them be a file laid `over` the other",
                                  arm.where, scenario.name, scenario.where));
      }
    }
  }

  void read_factors() {
    for (const auto& [name, table] : root_.optional_table("factors").entries()) {
      Factor factor;
      factor.name = name;
      factor.doc = table.text("doc", "");
      factor.unit = table.text("unit", "");
      factor.group = table.text("group", name);
      factor.where = table.where();
      for (const Toml& path : table.at("path").elements()) factor.paths.push_back(path.as_text());
      table.has("values") ? read_values(factor, table) : read_range(factor, table);
      table.finish();
      file_.factors.push_back(std::move(factor));
    }
  }

  static void read_values(Factor& factor, const Toml& table) {
    if (table.has("low") || table.has("high"))
      table.at("values").fail("a factor has either `values`, or `low` and `high`");
    for (const Toml& value : table.at("values").elements()) factor.values.push_back(value.as_toml());
    if (factor.values.empty()) table.at("values").fail("is empty, expected the values that the factor takes");
  }

  static void read_range(Factor& factor, const Toml& table) {
    factor.low = table.at("low").as_number();
    factor.high = table.at("high").as_number();
    factor.logarithmic = choice<bool>(table, "scale", "linear", {{"linear", false}, {"log", true}});
    factor.whole = table.boolean("whole", false);
    factor.levels = whole_within(table, "levels", 0, 0, most_points);
    if (!(factor.low < factor.high))
      table.at("high").fail(fmt::format("{} is not above `low`, {}", factor.high, factor.low));
    if (factor.logarithmic && factor.low <= 0)
      table.at("low").fail(fmt::format("{}, expected more than 0 on a scale that is `log`", factor.low));
  }

  void read_design() {
    const Toml design = root_.optional_table("design");
    file_.method = choice<DesignMethod>(design, "method", "grid", methods());
    if (design.boolean("assumptions", false)) read_assumptions(design);
    if (file_.factors.empty() && !file_.assumptions && root_.has("design"))
      design.fail("there are no `factors` to vary, and it does not say `assumptions = true`");
    if (file_.method != DesignMethod::grid) {
      design.at("points");
      file_.points = whole_within(design, "points", 0, 1, most_points);
    } else {
      double points = 1;
      for (const Factor& factor : file_.factors) {
        if (factor.values.empty() && factor.levels < 2)
          throw Error(ErrorCode::world, fmt::format("{}: in a grid, a range needs `levels`, at least 2", factor.where));
        points *=
            static_cast<double>(factor.values.empty() ? static_cast<std::size_t>(factor.levels) : factor.values.size());
      }
      if (points > static_cast<double>(most_points))
        root_.fail(
            fmt::format("the grid has {:.3g} points, expected at most {}; a `sobol` design has as many as you "
                        "say",
                        points, most_points));
    }
    design.finish();
  }

  void read_assumptions(const Toml& design) {
    if (file_.method == DesignMethod::grid)
      design.at("assumptions").fail("a grid over all that is assumed has no end; expected another `method`");
    Assumptions assumptions{design.at("assumptions").where(), {}};
    if (design.has("except")) {
      for (const Toml& part : design.at("except").elements())
        assumptions.except.emplace_back(part.as_text(), part.where());
    }
    file_.assumptions = std::move(assumptions);
  }

  // Either a text of SQL, or a table with one.
  void read_outcomes() {
    for (const auto& [name, entry] : root_.at("outcomes").entries()) {
      Outcome outcome;
      outcome.name = name;
      outcome.where = entry.where();
      if (entry.is_table()) {
        outcome.sql = entry.at("sql").as_text();
        outcome.doc = entry.text("doc", "");
        outcome.unit = entry.text("unit", "");
        outcome.better = better(entry);
        entry.finish();
      } else {
        outcome.sql = entry.as_text();
      }
      file_.outcomes.push_back(std::move(outcome));
    }
    if (file_.outcomes.empty()) root_.at("outcomes").fail("is empty, expected what is asked of every run");
    if (root_.has("primary")) {
      file_.primary = position_of(file_.outcomes, root_.at("primary"), "outcome");
    } else if (file_.outcomes.size() > 1) {
      root_.fail(
          fmt::format("`primary` is missing: the outcome that decides{}", suggestion("", names_of(file_.outcomes))));
    }
  }

  // Their queries are asked of every run, for `ondol score`.
  void read_facts() {
    if (!root_.has("facts")) return;
    for (const Fact& fact : facts_in(beside(root_.at("facts")))) {
      if (fact.query.empty()) continue;
      Outcome outcome;
      outcome.name = fmt::format("{}, {}", fact.score.quantity, fact.score.period);
      outcome.doc = fmt::format("Fact: {} ({})", fact.score.fact, fact.score.source);
      outcome.sql = fact.query;
      outcome.unit = fact.score.unit;
      outcome.where = fact.where;
      outcome.better = 0;
      file_.outcomes.push_back(std::move(outcome));
    }
  }

  void read_series() {
    for (const auto& [name, entry] : root_.optional_table("series").entries()) {
      Series series;
      series.name = name;
      series.where = entry.where();
      if (entry.is_table()) {
        series.sql = entry.at("sql").as_text();
        series.doc = entry.text("doc", "");
        series.unit = entry.text("unit", "");
        series.better = better(entry);
        read_rankings(entry, series);
        entry.finish();
      } else {
        series.sql = entry.as_text();
      }
      file_.series.push_back(std::move(series));
    }
  }

  static int better(const Toml& table) {
    return choice<int>(table, "better", "higher", {{"higher", 1}, {"lower", -1}, {"neither", 0}});
  }

  static void read_rankings(const Toml& entry, Series& series) {
    if (entry.has("horizons")) {
      for (const Toml& horizon : entry.at("horizons").elements()) {
        series.horizons.push_back(horizon.as_number());
        if (!(series.horizons.back() > 0)) horizon.fail("expected more than 0, from the series' first position");
      }
    }
    if (entry.has("discount_rates")) {
      for (const Toml& rate : entry.at("discount_rates").elements()) {
        series.discount_rates.push_back(
            rate.is_text() ? share_of(rate, "a rate for each unit of the series' position, as \"3 %\" or 0.03")
                           : rate.as_number());
        if (!(series.discount_rates.back() > -1)) rate.fail("expected more than -100 %");
      }
    }
    if (series.better == 0 && (entry.has("horizons") || entry.has("discount_rates")))
      entry.at("better").fail("\"neither\": arms cannot be ranked by what is better neither way");
  }

  void read_counts() {
    root_.at("replicates");
    file_.replicates = whole_within(root_, "replicates", 0, 1, most_replicates);
    file_.seed = static_cast<std::uint64_t>(
        whole_within(root_, "seed", 1, 0, std::numeric_limits<std::int64_t>::max() - most_replicates));
    if (root_.has("ticks")) file_.ticks = whole_within(root_, "ticks", 0, 1, 10'000'000);
  }

  void read_stop() {
    if (!root_.has("stop")) return;
    const Toml table = root_.at("stop");
    StopRule rule;
    const Toml width = table.at("width");
    rule.relative = width.is_text();
    rule.width = rule.relative ? share_of(width,
                                          "a share of the reference's mean, as \"0.2 %\", or a number in the primary "
                                          "outcome's unit")
                               : width.as_number();
    if (!(rule.width > 0)) width.fail("expected more than 0");
    if (table.has("level")) rule.level = table.at("level").as_number();
    if (!(rule.level > 0 && rule.level < 1))
      table.at("level").fail(fmt::format("is {}, expected a number between 0 and 1, as 0.95", rule.level));
    rule.at_least = whole_within(table, "at_least", std::min<std::int64_t>(10, file_.replicates), 2, file_.replicates);
    table.finish();
    if (file_.arms.size() < 2) table.fail("a stop rule compares arms, of which there is only one");
    file_.stop = rule;
  }

  // "0.2 %".
  static double share_of(const Toml& share, const std::string& expected) {
    const std::string text = share.as_text();
    double percent = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), percent);
    std::string rest(end, text.data() + text.size());
    rest.erase(std::remove(rest.begin(), rest.end(), ' '), rest.end());
    if (failure != std::errc() || rest != "%") share.fail(fmt::format("'{}', expected {}", text, expected));
    return percent / 100;
  }

  std::string text_;
  toml::table document_;
  Toml root_;
  ExperimentFile file_;
};

}  // namespace

std::string name_of(DesignMethod method) {
  for (const auto& [name, called] : methods()) {
    if (called == method) return name;
  }
  return "";
}

ExperimentFile read_experiment(const std::filesystem::path& path) { return ExperimentReader(path).read(); }

}  // namespace ondol
