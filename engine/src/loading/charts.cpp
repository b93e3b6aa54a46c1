// Reading what a chart shows, and how.
#include "loading/charts.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

namespace ondol {

namespace {

// A form, the parts it must have, and those it may have. Parts name columns of the answer.
struct Form {
  std::string name;
  std::vector<std::string> required, allowed;
};

const std::vector<Form> forms = {
    {"facts", {"name", "value"}, {}},
    {"table", {}, {"pick"}},
    {"flow", {"from", "to", "value", "time"}, {"pick"}},
    {"lines", {"x", "y"}, {"by", "split", "pick"}},
    {"area", {"x", "y", "by"}, {"split", "pick"}},
    {"columns", {"x", "y", "by"}, {"split", "pick"}},
    {"bars", {"name", "value"}, {"by", "time", "pick"}},
    {"fan", {"x", "low", "mid", "high", "by"}, {"split", "pick"}},
    {"intervals", {"name", "low", "mid", "high"}, {"split", "pick"}},
};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

const Form& form_in(const Toml& draw, const std::string& name) {
  std::vector<std::string> names;
  for (const Form& form : forms) {
    if (form.name == name) return form;
    names.push_back(form.name);
  }
  draw.fail(fmt::format("'{}' is no form of chart{}", name, suggestion(name, names)));
}

std::string checked_draw(const Toml& draw) {
  const std::vector<std::string> words = words_of(draw.as_text());
  if (words.empty()) draw.fail("is empty, expected a form and its parts, as in \"lines x=year y=income by=region\"");
  const Form& form = form_in(draw, words.front());
  std::vector<std::string> known = form.required, given;
  known.insert(known.end(), form.allowed.begin(), form.allowed.end());
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string part = words[i].substr(0, words[i].find('='));
    if (part.size() + 1 >= words[i].size())
      draw.fail(fmt::format("'{}' names no column, expected it as in 'x=year'", words[i]));
    if (std::find(known.begin(), known.end(), part) == known.end())
      draw.fail(fmt::format("'{}' is no part of {}{}", part, form.name, suggestion(part, known)));
    given.push_back(part);
  }
  for (const std::string& part : form.required) {
    if (std::find(given.begin(), given.end(), part) == given.end())
      draw.fail(fmt::format("{} need '{}=' and the name of a column", form.name, part));
  }
  return draw.as_text();
}

ChartModel chart_in(const std::string& name, const Toml& entry) {
  ChartModel chart{name, entry.at("chapter").as_text(), entry.at("title").as_text(), entry.text("doc", ""), "", ""};
  chart.draw = checked_draw(entry.at("draw"));
  chart.sql = entry.at("sql").as_text();
  entry.finish();
  return chart;
}

}  // namespace

std::vector<ChartModel> read_charts(const Toml& charts) {
  auto entries = charts.entries();
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.second.line() < b.second.line(); });
  std::vector<ChartModel> read;
  for (const auto& [name, entry] : entries) read.push_back(chart_in(name, entry));
  return read;
}

}  // namespace ondol
