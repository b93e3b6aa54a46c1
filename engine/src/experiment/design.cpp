// Grids, Latin hypercubes, Sobol sequences and radial designs over factors.
#include "experiment/design.hpp"

#include <boost/random/sobol.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <utility>

namespace ondol {

namespace {

using Place = std::vector<double>;  // by factor, within [0, 1)

std::size_t levels_of(const Factor& factor) {
  return factor.values.empty() ? static_cast<std::size_t>(factor.levels) : factor.values.size();
}

Level number(const Factor& factor, double value) {
  if (factor.whole) value = std::round(value);
  const std::string text = fmt::format("{}", value);
  return {value, factor.unit.empty() ? text : fmt::format("\"{} {}\"", text, factor.unit)};
}

// `share` of the way from its lowest value to its highest.
Level level_at(const Factor& factor, double share) {
  if (!factor.values.empty()) {
    const auto position =
        std::min(static_cast<std::size_t>(share * static_cast<double>(factor.values.size())), factor.values.size() - 1);
    return {static_cast<double>(position), factor.values[position]};
  }
  if (factor.logarithmic) return number(factor, factor.low * std::pow(factor.high / factor.low, share));
  const auto between = [&](double from, double to, double part) { return number(factor, from + part * (to - from)); };
  if (!factor.middle) return between(factor.low, factor.high, share);
  return share < 0.5 ? between(factor.low, *factor.middle, 2 * share)
                     : between(*factor.middle, factor.high, 2 * share - 1);
}

// Ends included.
Level level_of_grid(const Factor& factor, std::size_t level) {
  if (!factor.values.empty()) return {static_cast<double>(level), factor.values[level]};
  return level_at(factor, static_cast<double>(level) / static_cast<double>(factor.levels - 1));
}

std::vector<std::vector<Level>> grid(const std::vector<Factor>& factors) {
  std::vector<std::vector<Level>> points = {{}};
  for (const Factor& factor : factors) {
    std::vector<std::vector<Level>> longer;
    for (const auto& point : points) {
      for (std::size_t level = 0; level < levels_of(factor); ++level) {
        longer.push_back(point);
        longer.back().push_back(level_of_grid(factor, level));
      }
    }
    points = std::move(longer);
  }
  return points;
}

// From [0, bound); of the generator's high bits, as the standard's own distributions differ from library to library.
std::size_t draw_below(std::mt19937_64& generator, std::size_t bound) {
  return static_cast<std::size_t>(static_cast<double>(generator() >> 11) * 0x1p-53 * static_cast<double>(bound));
}

// Every factor is in each of as many equal parts as there are points once (McKay, Beckman and Conover 1979).
std::vector<Place> latin_hypercube(std::size_t factors, std::size_t points, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<Place> places(points, Place(factors));
  std::vector<std::size_t> parts(points);
  for (std::size_t f = 0; f < factors; ++f) {
    for (std::size_t i = 0; i < points; ++i) parts[i] = i;
    for (std::size_t i = points; i-- > 1;) std::swap(parts[i], parts[draw_below(generator, i + 1)]);
    for (std::size_t i = 0; i < points; ++i) {
      const double within = static_cast<double>(generator() >> 11) * 0x1p-53;
      places[i][f] = (static_cast<double>(parts[i]) + within) / static_cast<double>(points);
    }
  }
  return places;
}

// The sequence from its first point on, which Boost leaves out, moved by half a cell: of 2^k points there is one in
// each 2^k-th part of every factor, in its middle.
std::vector<Place> sobol(std::size_t factors, std::size_t points) {
  boost::random::sobol sequence(factors);
  std::vector<Place> places(points, Place(factors));
  const double half = 0.5 / static_cast<double>(points);
  for (std::size_t i = 0; i < points; ++i) {
    for (double& share : places[i]) {
      const double start = i == 0 ? 0.0 : static_cast<double>(sequence() >> 11) * 0x1p-53;
      share = start + half < 1 ? start + half : start + half - 1;
    }
  }
  return places;
}

std::vector<Level> levels_at(const std::vector<Factor>& factors, const Place& place, std::size_t first = 0) {
  std::vector<Level> levels;
  for (std::size_t f = 0; f < factors.size(); ++f) levels.push_back(level_at(factors[f], place[first + f]));
  return levels;
}

// Positions of the factors that are moved together, group by group.
std::vector<std::vector<std::size_t>> groups_of(const std::vector<Factor>& factors) {
  std::vector<std::vector<std::size_t>> groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t f = 0; f < factors.size(); ++f) {
    const auto [at, is_new] = known.emplace(factors[f].group, groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(f);
  }
  return groups;
}

// Centres, each followed by as many points as there are groups of factors, in each of which one group alone is
// elsewhere, at a place of its own (Campolongo, Saltelli and Cariboni 2011). Those are moved on round the range, by
// another share for each factor, as coordinates of the first points of a Sobol sequence are the same.
std::vector<std::vector<Level>> radial(const std::vector<Factor>& factors, std::size_t centres) {
  constexpr double golden = 0.6180339887498949;
  std::vector<Place> places = sobol(2 * factors.size(), centres);
  for (Place& place : places) {
    for (std::size_t f = 0; f < factors.size(); ++f) {
      double& share = place[factors.size() + f];
      share = std::fmod(share + golden * static_cast<double>(f + 1), 1.0);
    }
  }
  const std::vector<std::vector<std::size_t>> groups = groups_of(factors);
  std::vector<std::vector<Level>> points;
  for (std::size_t c = 0; c < centres; ++c) {
    const std::vector<Level> centre = levels_at(factors, places[c]);
    const std::vector<Level> elsewhere = levels_at(factors, places[c], factors.size());
    const std::int64_t at = std::ssize(points);
    points.push_back(centre);
    for (const std::vector<std::size_t>& group : groups) {
      points.push_back(centre);
      for (const std::size_t f : group) {
        points.back()[f] = elsewhere[f];
        points.back()[f].centre = at;
      }
    }
  }
  return points;
}

}  // namespace

std::vector<std::vector<Level>> design_of(const ExperimentFile& file) {
  if (file.method == DesignMethod::grid) return grid(file.factors);
  const std::size_t count = static_cast<std::size_t>(file.points);
  if (file.method == DesignMethod::radial) return radial(file.factors, count);
  const std::vector<Place> places = file.method == DesignMethod::sobol
                                        ? sobol(file.factors.size(), count)
                                        : latin_hypercube(file.factors.size(), count, file.seed);
  std::vector<std::vector<Level>> points;
  for (const Place& place : places) points.push_back(levels_at(file.factors, place));
  return points;
}

}  // namespace ondol
