// Peeling.
#include "experiment/box.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace ondol {

namespace {

constexpr double peeled_at_once = 0.05;
constexpr double smallest = 0.05;  // of all worlds

using Worlds = std::vector<std::size_t>;

double share_of(const Worlds& worlds, const std::vector<bool>& holds) {
  const auto count = std::count_if(worlds.begin(), worlds.end(), [&](std::size_t w) { return holds[w]; });
  return worlds.empty() ? 0 : static_cast<double>(count) / static_cast<double>(worlds.size());
}

struct Peel {
  std::size_t factor = 0;
  bool at_low_end = true;
  double limit = 0;  // what remains is at most or at least that
  Worlds remaining;
  double share = 0;
};

// Worlds of one level go together.
std::optional<Peel> peel(const Worlds& worlds, const std::vector<Sample>& places, const std::vector<bool>& holds,
                         std::size_t factor, bool at_low_end) {
  Worlds sorted = worlds;
  std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
    return at_low_end ? places[a][factor] < places[b][factor] : places[a][factor] > places[b][factor];
  });
  auto cut =
      sorted.begin() + static_cast<std::ptrdiff_t>(std::max(1.0, peeled_at_once * static_cast<double>(sorted.size())));
  const double level = places[*(cut - 1)][factor];
  while (cut != sorted.end() && places[*cut][factor] == level) ++cut;
  if (cut == sorted.end()) return std::nullopt;
  Peel found{factor, at_low_end, places[*cut][factor], Worlds(cut, sorted.end()), 0};
  found.share = share_of(found.remaining, holds);
  return found;
}

double balance(double coverage, double density) {
  return coverage + density > 0 ? 2 * coverage * density / (coverage + density) : 0;
}

}  // namespace

bool Box::holds(const Sample& place) const {
  for (std::size_t f = 0; f < low.size(); ++f) {
    if (place[f] < low[f] || place[f] > high[f]) return false;
  }
  return true;
}

Box find_box(const std::vector<Sample>& places, const std::vector<bool>& holds) {
  const std::size_t factors = places.empty() ? 0 : places.front().size();
  Box box;
  for (std::size_t f = 0; f < factors; ++f) {
    const auto [low, high] = std::minmax_element(places.begin(), places.end(),
                                                 [f](const Sample& a, const Sample& b) { return a[f] < b[f]; });
    box.low.push_back((*low)[f]);
    box.high.push_back((*high)[f]);
  }
  Worlds worlds(places.size());
  std::iota(worlds.begin(), worlds.end(), std::size_t{0});
  const double all = share_of(worlds, holds) * static_cast<double>(worlds.size());
  box.coverage = 1;
  box.density = share_of(worlds, holds);
  Box best = box;
  while (true) {
    std::optional<Peel> chosen;
    for (std::size_t f = 0; f < factors; ++f) {
      for (const bool at_low_end : {true, false}) {
        std::optional<Peel> tried = peel(worlds, places, holds, f, at_low_end);
        if (tried && (!chosen || tried->share > chosen->share)) chosen = std::move(tried);
      }
    }
    if (!chosen || static_cast<double>(chosen->remaining.size()) < smallest * static_cast<double>(places.size())) break;
    worlds = std::move(chosen->remaining);
    (chosen->at_low_end ? box.low : box.high)[chosen->factor] = chosen->limit;
    box.density = chosen->share;
    box.coverage = all > 0 ? chosen->share * static_cast<double>(worlds.size()) / all : 0;
    if (balance(box.coverage, box.density) > balance(best.coverage, best.density)) best = box;
  }
  return best;
}

double density_of(const Box& box, const std::vector<Sample>& places, const std::vector<bool>& holds) {
  double within = 0, held = 0;
  for (std::size_t w = 0; w < places.size(); ++w) {
    if (!box.holds(places[w])) continue;
    within += 1;
    held += holds[w];
  }
  return within > 0 ? held / within : unknown;
}

}  // namespace ondol
