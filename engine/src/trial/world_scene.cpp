// A world file under test, and any number of any agent in it.
#include "base/nearest.hpp"
#include "model/field_value.hpp"
#include "state/state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/testing.hpp>

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace ondol::testing {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::world, "world scene: " + what); }

// "growers.KR.price[2]" in its parts.
struct Path {
  std::string population, field;
  std::optional<std::uint32_t> element;
};

Path parts_of(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) refuse(fmt::format("'{}' is no path: expected POPULATION.FIELD", path));
  Path parts{path.substr(0, dot), path.substr(dot + 1), {}};
  const std::size_t bracket = parts.field.find('[');
  if (bracket == std::string::npos) return parts;
  std::uint32_t element = 0;
  const char* digits = parts.field.c_str() + bracket + 1;
  const auto read = std::from_chars(digits, parts.field.c_str() + parts.field.size(), element);
  if (read.ec != std::errc{} || std::string(read.ptr) != "]")
    refuse(fmt::format("'{}' does not name an element: expected as in prices[2]", path));
  parts.element = element;
  parts.field.resize(bracket);
  return parts;
}

}  // namespace

struct WorldScene::Impl {
  explicit Impl(const World& world) : run(world, RunOptions{1}) {}

  Run run;

  const Model& model() const { return run.world().model(); }

  Index population(const std::string& name) const {
    std::vector<std::string> names;
    for (Index p = 0; p < model().populations.size(); ++p) {
      if (model().populations[p].name == name) return p;
      names.push_back(model().populations[p].name);
    }
    refuse(fmt::format("there is no population '{}'{}", name, suggestion(name, names)));
  }

  // Money that the engine knows of every agent; empty when the name is not one of these.
  std::optional<double> book(Index p, const std::string& name, Index row) const {
    const PopulationState& rows = run.state().populations[p];
    const std::pair<const char*, const Column*> books[] = {
        {"money", &rows.money_held}, {"income", &rows.income},        {"equity", &rows.equity},
        {"assets", &rows.assets()},  {"debts", rows.debts.written()}, {"arrears", rows.arrears_owed.written()}};
    for (const auto& [known, column] : books) {
      if (name != known) continue;
      return column == nullptr ? 0.0 : static_cast<double>((*column)[row]) / model().money_scale;
    }
    return std::nullopt;
  }

  double value(const Path& path, Index p, Index row) const {
    const KindDescription& kind = *model().kinds[model().populations[p].kind];
    const PopulationState& rows = run.state().populations[p];
    std::vector<std::string> names = {"money", "income", "equity", "assets", "debts", "arrears"};
    for (const FieldDescription& field : kind.fields) {
      names.push_back(field.name);
      if (field.name != path.field) continue;
      const std::byte* at = field.role == ONDOL_PARAM   ? rows.params.data()
                            : field.role == ONDOL_TRAIT ? rows.traits.data() + std::size_t{row} * kind.traits_size
                                                        : rows.state.data() + std::size_t{row} * kind.state_size;
      if (path.element.value_or(0) >= field.count) refuse(fmt::format("'{}' has {} elements", field.name, field.count));
      if (path.element || !field.pipeline) return read_field_value(field, at, path.element.value_or(0));
      double total = 0;
      for (std::uint32_t i = 0; i < field.count; ++i) total += read_field_value(field, at, i);
      return total;
    }
    if (const auto money = book(p, path.field, row)) return *money;
    refuse(fmt::format("kind '{}' has no '{}'{}", kind.name, path.field, suggestion(path.field, names)));
  }

  // The thing of that name, of the region where there is one for each.
  template <class Thing>
  Index find(const std::vector<Thing>& things, const char* what, const std::string& name,
             const std::string& region) const {
    std::vector<std::string> names;
    for (Index i = 0; i < things.size(); ++i) {
      names.push_back(things[i].name);
      const bool here = things[i].region == none || region.empty() || model().regions[things[i].region].name == region;
      if (things[i].name == name && here) return i;
    }
    refuse(fmt::format("there is no {} '{}'{}", what, name, suggestion(name, names)));
  }
};

WorldScene::WorldScene(const World& world) : impl_(std::make_shared<Impl>(world)) {}
WorldScene::WorldScene(const std::filesystem::path& file, const WorldOptions& options)
    : WorldScene(World::load(file, options)) {}
WorldScene WorldScene::of(const std::string& text, const WorldOptions& options) {
  return WorldScene(World::parse(text, "scene.toml", options));
}

WorldScene& WorldScene::tick(int ticks) {
  for (int i = 0; i < ticks; ++i) impl_->run.tick();
  return *this;
}
WorldScene& WorldScene::step(const std::string& name) {
  std::vector<std::string> names;
  for (const StepModel& step : impl_->model().steps) names.push_back(step.name);
  if (std::find(names.begin(), names.end(), name) == names.end())
    refuse(fmt::format("there is no step '{}'{}", name, suggestion(name, names)));
  while (impl_->run.step() != name) continue;
  return *this;
}

double WorldScene::value(const std::string& path, int agent) const {
  const Path parts = parts_of(path);
  const Index p = impl_->population(parts.population);
  const Index size = impl_->run.state().populations[p].size;
  if (agent < 0 || static_cast<Index>(agent) >= size)
    refuse(fmt::format("population '{}' has no agent {}: it has had {}", parts.population, agent, size));
  return impl_->value(parts, p, static_cast<Index>(agent));
}
double WorldScene::total(const std::string& path) const {
  const Path parts = parts_of(path);
  const Index p = impl_->population(parts.population);
  const PopulationState& rows = impl_->run.state().populations[p];
  double sum = 0;
  for (Index row = 0; row < rows.size; ++row) sum += rows.alive[row] != 0 ? impl_->value(parts, p, row) : 0;
  return sum;
}
int WorldScene::living(const std::string& population) const {
  return static_cast<int>(impl_->run.state().populations[impl_->population(population)].living);
}
double WorldScene::signal(const std::string& name, const std::string& region) const {
  return impl_->run.state().signals[impl_->find(impl_->model().signals, "signal", name, region)];
}
double WorldScene::price(const std::string& market, const std::string& region) const {
  return impl_->run.state().markets[impl_->find(impl_->model().markets, "market", market, region)].last_price;
}
const Run& WorldScene::run() const { return impl_->run; }

}  // namespace ondol::testing
