// Reading outcomes by world.
#include "experiment/worlds.hpp"

#include "experiment/experiment_file.hpp"

#include <fmt/format.h>

#include <tuple>
#include <unordered_map>

namespace ondol {

namespace {

std::vector<std::string> names(Database& results, const std::string& sql) {
  std::vector<std::string> found;
  Query query(results, sql);
  while (query.next()) found.push_back(query.text(0));
  return found;
}

}  // namespace

std::vector<std::string> arms_of(Database& results) {
  return names(results, "SELECT name FROM arm ORDER BY is_reference DESC, position");
}

bool points_are_draws(Database& results) {
  Query design(results, "SELECT design FROM experiment ORDER BY version DESC LIMIT 1");
  if (!design.next()) return false;
  const std::string method = design.text(0);
  return method == name_of(DesignMethod::latin_hypercube) || method == name_of(DesignMethod::sobol);
}

std::vector<std::string> scenarios_of(Database& results) {
  return names(results, "SELECT name FROM scenario ORDER BY position");
}

std::vector<RunInWorld> runs_by_world(Database& results) {
  std::vector<RunInWorld> runs;
  Query query(results,
              "SELECT p.scenario, p.point, p.replicate, a.rank, p.run FROM plan p JOIN (SELECT position, ROW_NUMBER() "
              "OVER (ORDER BY is_reference DESC, position) - 1 AS rank FROM arm) a ON a.position = p.arm JOIN run r ON "
              "r.id = p.run ORDER BY 1, 2, 3");
  while (query.next())
    runs.push_back(
        {query.whole(0), query.whole(1), query.whole(2), static_cast<std::size_t>(query.whole(3)), query.text(4)});
  return runs;
}

std::vector<ArmsInWorld> worlds_with(const std::vector<RunInWorld>& runs, std::size_t arms,
                                     const std::function<double(const std::string& run)>& value) {
  std::vector<ArmsInWorld> worlds;
  for (const RunInWorld& run : runs) {
    const std::tuple key(run.scenario, run.point, run.replicate);
    if (worlds.empty() || std::tie(worlds.back().scenario, worlds.back().point, worlds.back().replicate) != key)
      worlds.push_back({run.scenario, run.point, run.replicate, Sample(arms, unknown)});
    worlds.back().values[run.arm] = value(run.run);
  }
  return worlds;
}

std::vector<ArmsInWorld> worlds_of(Database& results, std::int64_t outcome) {
  std::unordered_map<std::string, double> values;
  Query query(results, fmt::format("SELECT run, value FROM outcome_value WHERE outcome = {}", outcome));
  while (query.next()) values[query.text(0)] = query.is_null(1) ? unknown : query.number(1);
  return worlds_with(runs_by_world(results), arms_of(results).size(), [&](const std::string& run) {
    const auto found = values.find(run);
    return found == values.end() ? unknown : found->second;
  });
}

}  // namespace ondol
