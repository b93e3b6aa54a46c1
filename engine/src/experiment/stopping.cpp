// Student's intervals of paired differences.
#include "experiment/stopping.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ondol {

std::int64_t next_look(const StopRule& rule, std::int64_t done, std::int64_t replicates) {
  const std::int64_t next = done < rule.at_least ? rule.at_least : done + std::max<std::int64_t>(1, done / 4);
  return std::min(next, replicates);
}

bool content(Database& results, const StopRule& rule, std::int64_t replicates) {
  // A replicate counts with its mean over the points at which both runs came to something.
  Query query(
      results,
      fmt::format(
          "SELECT COUNT(*), SUM(d), SUM(d * d), AVG(reference) FROM (SELECT p.scenario, p.arm, AVG(v.value - "
          "rv.value) AS d, AVG(rv.value) AS reference FROM plan p JOIN outcome_list o ON o.is_primary JOIN "
          "outcome_value v ON v.run = p.run AND v.outcome = o.position JOIN arm ra ON ra.is_reference JOIN plan r "
          "ON r.point = p.point AND r.replicate = p.replicate AND r.scenario = p.scenario AND r.arm = ra.position "
          "JOIN outcome_value rv ON rv.run = r.run AND rv.outcome = o.position WHERE p.arm <> ra.position AND "
          "v.value IS NOT NULL AND rv.value IS NOT NULL AND p.replicate < {} GROUP BY p.scenario, p.arm, "
          "p.replicate) GROUP BY scenario, arm",
          replicates));
  bool any = false;
  while (query.next()) {
    any = true;
    const double n = query.number(0);
    if (n < 2) return false;
    const double mean = query.number(1) / n;
    const double variance = std::max(0.0, (query.number(2) / n - mean * mean) * n / (n - 1));
    const boost::math::students_t student(n - 1);
    const double width = 2 * boost::math::quantile(student, (1 + rule.level) / 2) * std::sqrt(variance / n);
    const double wanted = rule.relative ? rule.width * std::abs(query.number(3)) : rule.width;
    if (width > wanted) return false;
  }
  return any;
}

}  // namespace ondol
