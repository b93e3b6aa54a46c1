// Reading outcomes by world.
#include "experiment/worlds.hpp"

#include <fmt/format.h>

#include <tuple>

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

std::vector<std::string> scenarios_of(Database& results) {
  return names(results, "SELECT name FROM scenario ORDER BY position");
}

std::vector<ArmsInWorld> worlds_of(Database& results, std::int64_t outcome) {
  const std::size_t arms = arms_of(results).size();
  std::vector<ArmsInWorld> worlds;
  Query query(
      results,
      fmt::format("SELECT p.scenario, p.point, p.replicate, a.rank, v.value FROM plan p JOIN (SELECT position, "
                  "ROW_NUMBER() OVER (ORDER BY is_reference DESC, position) - 1 AS rank FROM arm) a ON "
                  "a.position = p.arm JOIN run r ON r.id = p.run LEFT JOIN outcome_value v ON v.run = p.run AND "
                  "v.outcome = {} ORDER BY 1, 2, 3",
                  outcome));
  while (query.next()) {
    const std::tuple key(query.whole(0), query.whole(1), query.whole(2));
    if (worlds.empty() || std::tie(worlds.back().scenario, worlds.back().point, worlds.back().replicate) != key)
      worlds.push_back({query.whole(0), query.whole(1), query.whole(2), Sample(arms, unknown)});
    if (!query.is_null(4)) worlds.back().values[static_cast<std::size_t>(query.whole(3))] = query.number(4);
  }
  return worlds;
}

}  // namespace ondol
