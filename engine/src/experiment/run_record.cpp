// Reading a results file's tables `run` and `plugin`.
#include "experiment/run_record.hpp"

#include "results/results_file.hpp"

namespace ondol {

RunRecord run_record_of(const std::filesystem::path& results) {
  Database database(results, Database::Opening::to_read);
  check_results(database, results);
  RunRecord record;
  Query run(database, "SELECT world_text, status, message, fingerprint, ondol_version, seed, ticks FROM run");
  if (run.next()) {
    record.world_text = run.text(0);
    record.status = run.text(1);
    record.message = run.text(2);
    record.fingerprint = run.text(3);
    record.engine = run.text(4);
    record.seed = static_cast<std::uint64_t>(run.whole(5));
    record.ticks = run.whole(6);
  }
  Query plugin(database, "SELECT name, version, hash, path FROM plugin ORDER BY rowid");
  while (plugin.next())
    record.plugins.push_back(
        {plugin.text(0), plugin.text(1), plugin.text(2), std::filesystem::path(plugin.text(3)).parent_path()});
  return record;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) c == '\n' ? static_cast<void>(lines.emplace_back()) : lines.back().push_back(c);
  return lines;
}

}  // namespace ondol
