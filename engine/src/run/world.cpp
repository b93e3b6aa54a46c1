// Loading worlds, and where plugins are looked for.
#include "loading/world_files.hpp"
#include "loading/world_loader.hpp"
#include "model/model.hpp"
#include "results/results_names.hpp"
#include "results/world_views.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

namespace ondol {

namespace {

constexpr std::int64_t most_ticks = 10'000'000;

std::vector<std::filesystem::path>& installed_plugin_directories() {
  static std::vector<std::filesystem::path> directories;
  return directories;
}

}  // namespace

bool use_plugins_in(const std::filesystem::path& directory) {
  installed_plugin_directories().push_back(directory);
  return true;
}

std::vector<std::filesystem::path> default_plugin_directories() {
  std::vector<std::filesystem::path> directories;
  if (const char* named = std::getenv("ONDOL_PLUGIN_PATH")) {
    std::istringstream parts(named);
    for (std::string part; std::getline(parts, part, ':');) {
      if (!part.empty()) directories.emplace_back(part);
    }
  }
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
  if (!failure) {
    directories.push_back(program / "plugins");
    directories.push_back(program.parent_path() / "lib" / "ondol" / "plugins");
  }
  const auto& installed = installed_plugin_directories();
  directories.insert(directories.end(), installed.begin(), installed.end());
  return directories;
}

namespace {

// What results cannot hold is refused before a world runs, whether it records them or not.
void check_recordable(const Model& model) {
  for (const NameClash& clash : name_clashes(model)) {
    if (clash.kind == none)
      throw Error(ErrorCode::world,
                  fmt::format("{}: record.relations: ties {}; {}", model.path, clash.what, clash.advice));
    const auto population = std::find_if(model.populations.begin(), model.populations.end(),
                                         [&](const PopulationModel& p) { return p.kind == clash.kind; });
    const KindDescription& kind = *model.kinds[clash.kind];
    throw Error(ErrorCode::world, fmt::format("{}: kind '{}' of plugin '{}' {}; {}", population->where, kind.name,
                                              kind.plugin, clash.what, clash.advice));
  }
}

}  // namespace

World World::load(const std::filesystem::path& path, const WorldOptions& options) {
  return parse(read_world_file(path), path, options);
}

World World::parse(const std::string& text, const std::filesystem::path& path, const WorldOptions& options) {
  auto model = std::make_shared<const Model>(load_model(text, path, options));
  check_recordable(*model);
  check_world_views(*model);
  return World(std::move(model));
}

std::string version() { return ONDOL_VERSION; }

std::string World::date(std::int64_t tick) const { return model_->calendar ? model_->calendar->date_of(tick) : ""; }

World World::lasting(std::int64_t ticks) const {
  if (ticks < 1 || ticks > most_ticks)
    throw Error(ErrorCode::usage, fmt::format("a run of {} ticks; expected 1 to {}", ticks, most_ticks));
  auto model = std::make_shared<Model>(*model_);
  model->ticks = ticks;
  return World(std::move(model));
}

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::int64_t World::ticks_until(const std::string& when) const {
  if (const auto ticks = whole_number(when)) return *ticks;
  if (!model_->calendar)
    throw Error(ErrorCode::usage, fmt::format("until '{}': the world has no dates; expected a number of ticks", when));
  try {
    return model_->calendar->tick_of(when) + 1;
  } catch (const Error& error) {
    throw Error(ErrorCode::usage, fmt::format("until '{}': {}", when, error.what()));
  }
}

std::int64_t World::ticks_in(const std::string& time) const {
  double ticks = 0;
  try {
    const auto number = whole_number(time);
    ticks = number ? static_cast<double>(*number) : model_->units.read(time, model_->units.parse("tick"));
  } catch (const Error& error) {
    throw Error(ErrorCode::usage,
                fmt::format("every '{}': expected ticks, or a length of time: {}", time, error.what()));
  }
  if (!(ticks >= 0.5 && ticks <= static_cast<double>(most_ticks)))
    throw Error(ErrorCode::usage,
                fmt::format("every '{}' is every {} ticks, expected 1 to {}", time, ticks, most_ticks));
  return std::llround(ticks);
}

std::string World::overview() const {
  std::map<std::string, std::pair<Index, Index>> kinds;  // populations, agents
  Index agents = 0;
  for (const PopulationModel& population : model_->populations) {
    auto& [populations, members] = kinds[model_->kinds[population.kind]->name];
    ++populations;
    members += population.count;
    agents += population.count;
  }
  std::string text =
      fmt::format("{}: {} ticks{}, {} agents of {} kinds in {} regions\n", model_->name, model_->ticks,
                  model_->calendar ? fmt::format(" from {} to {}", date(0), date(model_->ticks - 1)) : "", agents,
                  kinds.size(), model_->regions.size());
  for (const auto& [name, counts] : kinds) {
    text += fmt::format("  {:<24} {:>8} agents in {} populations\n", name, counts.second, counts.first);
  }
  text += fmt::format("{} goods, {} instruments, {} markets, {} signals, {} steps a tick, {} events\n",
                      model_->goods.size(), model_->instruments.size(), model_->markets.size(), model_->signals.size(),
                      model_->steps.size(), model_->events.size());
  return text;
}

const std::vector<std::string>& World::warnings() const { return model_->warnings; }
const std::string& World::resolved() const { return model_->resolved; }
const std::string& World::name() const { return model_->name; }
std::int64_t World::ticks() const { return model_->ticks; }
std::uint64_t World::seed() const { return model_->seed; }

}  // namespace ondol
