// A world file under test, and any number of any agent in it.
#include "base/nearest.hpp"
#include "state/state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/look.hpp>
#include <ondol/testing.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ondol::testing {

struct WorldScene::Impl {
  explicit Impl(const World& world) : run(world, RunOptions{1}) {}

  Run run;
  const Look look{run};
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
  for (const StepModel& step : impl_->run.world().model().steps) names.push_back(step.name);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw Error(ErrorCode::usage, fmt::format("there is no step '{}'{}", name, suggestion(name, names)));
  while (impl_->run.step() != name) continue;
  return *this;
}

double WorldScene::value(const std::string& path, int agent) const { return impl_->look.value(path, agent); }
double WorldScene::total(const std::string& path) const {
  const std::vector<double> values = impl_->look.values(path);
  return std::accumulate(values.begin(), values.end(), 0.0);
}
int WorldScene::living(const std::string& population) const {
  return static_cast<int>(impl_->look.agents(population).size());
}
double WorldScene::signal(const std::string& name, const std::string& region) const {
  return impl_->look.signal(name, region);
}
double WorldScene::price(const std::string& market, const std::string& region) const {
  return impl_->look.price(market, region);
}
const Run& WorldScene::run() const { return impl_->run; }

}  // namespace ondol::testing
