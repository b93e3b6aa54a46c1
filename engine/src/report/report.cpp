// Putting a page together: what a results file answers, and the files of engine/report around it.
#include "base/own_file.hpp"
#include "experiment/experiment_results.hpp"
#include "loading/charts.hpp"
#include "report/answers.hpp"
#include "report/report_files.hpp"
#include "results/results_file.hpp"

#include <ondol/engine/decision.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/explanation.hpp>
#include <ondol/engine/report.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace ondol {

namespace {

// How every page begins.
constexpr const char* page_mark = "<!DOCTYPE html>\n<!-- A report made by ondol -->\n";

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& results, const std::string& why) {
  throw Error(ErrorCode::output, fmt::format("{}: {}", results.string(), why));
}

std::int64_t application_of(Database& results, const fs::path& path) {
  try {
    Query query(results, "PRAGMA application_id");
    return query.next() ? query.whole(0) : 0;
  } catch (const Error&) {
    refuse(path, "is not a results file of ondol");
  }
}

std::vector<ChartModel> charts_in(const char* declarations, const std::string& name) {
  const toml::table table = parse_toml(declarations, name);
  return read_charts(Toml(table, "", name).at("charts"));
}

// What the world of the run adds.
std::vector<ChartModel> charts_of_world(Database& results) {
  std::vector<ChartModel> charts;
  for (Query query(results, "SELECT name, chapter, title, doc, draw, sql FROM chart ORDER BY rowid"); query.next();)
    charts.push_back({query.text(0), query.text(1), query.text(2), query.text(3), query.text(4), query.text(5)});
  return charts;
}

// A chapter that is there already goes on; a new one comes before what is unusual, the last.
void add_to_chapters(std::vector<ChartModel>& charts, std::vector<ChartModel> more) {
  for (ChartModel& chart : more) {
    std::size_t place = charts.size();
    for (std::size_t i = 0; i < charts.size(); ++i) {
      if (charts[i].chapter == chart.chapter) place = i + 1;
    }
    if (place == charts.size() && !charts.empty() && charts.back().chapter != chart.chapter) {
      while (place > 0 && charts[place - 1].chapter == charts.back().chapter) --place;
    }
    charts.insert(charts.begin() + static_cast<std::ptrdiff_t>(place), std::move(chart));
  }
}

void check_run(Database& results, const fs::path& path) {
  Query run(results, "SELECT status, ticks, ticks_planned FROM run");
  if (!run.next()) refuse(path, "says nothing of a run");
  if (run.text(0) == "running")
    refuse(path, fmt::format("a run is still writing it: {} of {} ticks; make the report when it has ended",
                             run.whole(1), run.whole(2)));
  if (run.whole(1) == 0) refuse(path, "holds no tick, so there is nothing to draw");
}

// A copy of an experiment's results, in which its decision can be written; gone with the object.
class Copy {
 public:
  explicit Copy(Database& of) {
    std::string name = (fs::temp_directory_path() / "ondol-report-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw Error(ErrorCode::output, name + ": no folder can be made");
    folder_ = name;
    const std::vector<std::byte> bytes = of.bytes();
    std::ofstream file(path(), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw Error(ErrorCode::output, path().string() + ": cannot be written; is the disk full?");
  }
  ~Copy() {
    std::error_code failed;
    fs::remove_all(folder_, failed);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  fs::path path() const { return folder_ / "results.db"; }

 private:
  fs::path folder_;
};

// The reference against every other arm, in the outcome that decides.
void explain_all(const fs::path& results, const Decision& decision) {
  for (const ArmFigures& figures : decision.figures) {
    const bool counts = figures.outcome == decision.primary && figures.pairs > 0 && !figures.is_reference;
    if (counts && figures.scenario == decision.figures.front().scenario)
      explain(results, fmt::format("{} > {}", figures.arm, decision.reference));
  }
}

class Page {
 public:
  explicit Page(Database& results) : results_(results) {}

  // Of our own charts a question that fails is a defect; of a world's it is a fault to be told.
  void draw(const std::vector<ChartModel>& charts, const Words& words, const std::vector<ChartModel>& of_world = {}) {
    for (const ChartModel& chart : charts) {
      const bool ours = std::none_of(of_world.begin(), of_world.end(),
                                     [&](const ChartModel& other) { return other.name == chart.name; });
      try {
        std::string drawn = chart_as_json(results_, chart, words);
        if (!drawn.empty()) charts_.push_back(std::move(drawn));
      } catch (const Error& error) {
        if (ours) throw;
        report_.faults.push_back(fmt::format("chart '{}' of the world: {}", chart.name, error.what()));
      }
    }
  }

  std::string text(const std::string& title, const std::string& subject) const {
    std::string data = fmt::format("{{\"subject\": \"{}\", \"charts\": [{}]}}", subject, fmt::join(charts_, ",\n"));
    return filled_in(report_files::page, {{"copyright", report_files::d3_copyright},
                                          {"title", escaped(title)},
                                          {"style", report_files::style},
                                          {"data", script_safe(data)},
                                          {"d3", report_files::d3},
                                          {"d3_sankey", report_files::d3_sankey},
                                          {"script", report_files::script}});
  }
  Report report() && { return std::move(report_); }

 private:
  using Parts = std::vector<std::pair<std::string, std::string>>;

  static std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    return out;
  }
  // No text of a world ends the script it stands in.
  static std::string script_safe(const std::string& json) {
    std::string out;
    out.reserve(json.size());
    for (const char c : json) {
      if (c == '<')
        out += "\\u003c";
      else
        out += c;
    }
    return out;
  }
  // One pass: what is filled in is not looked into.
  static std::string filled_in(std::string_view text, const Parts& parts) {
    std::string out;
    for (const auto& [name, value] : parts) {
      const std::size_t at = text.find("{{" + name + "}}");
      out.append(text.substr(0, at)).append(value);
      text.remove_prefix(at + name.size() + 4);
    }
    return out.append(text);
  }

  Database& results_;
  std::vector<std::string> charts_;
  Report report_;
};

std::string one_text(Database& results, const std::string& question) {
  Query query(results, question);
  return query.next() ? query.text(0) : "";
}

Report report_on_run(Database& results, const fs::path& path, OwnFile& file) {
  check_run(results, path);
  std::vector<ChartModel> charts = charts_in(report_files::run_charts, "run.toml");
  const std::vector<ChartModel> of_world = charts_of_world(results);
  add_to_chapters(charts, of_world);
  Page page(results);
  page.draw(charts, words_of_run(results), of_world);
  file.write(page.text(one_text(results, "SELECT world FROM run"), "run"));
  return std::move(page).report();
}

Report report_on_experiment(Database& results, const fs::path& path, OwnFile& file) {
  if (!Query(results, "SELECT 1 FROM plan JOIN run ON run.id = plan.run").next())
    refuse(path, "holds no run, so there is nothing to draw");
  const Copy copy(results);
  Database(copy.path(), Database::Opening::existing).execute(create_explanation_tables());
  explain_all(copy.path(), decide(copy.path()));
  Database decided(copy.path(), Database::Opening::to_read);
  Page page(decided);
  page.draw(charts_in(report_files::experiment_charts, "experiment.toml"), {});
  file.write(
      page.text(one_text(decided, "SELECT question FROM experiment ORDER BY version DESC LIMIT 1"), "experiment"));
  return std::move(page).report();
}

}  // namespace

Report write_report(const fs::path& results, const fs::path& page, bool overwrite) {
  Database database(results, Database::Opening::to_read);
  const std::int64_t application = application_of(database, results);
  OwnFile file(page, {page_mark, "a report"}, overwrite);
  if (application == results_application) return report_on_run(database, results, file);
  if (application == experiment_application) return report_on_experiment(database, results, file);
  refuse(results, "is not a results file of ondol");
}

}  // namespace ondol
