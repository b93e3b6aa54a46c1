// What a world takes of the machine, and of 64-bit integers, said before it runs.
#include "loading/memory.hpp"

#include "loading/sections.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace ondol {

void check_memory(Reading& world, const Toml& at, double bytes) {
  world.model.least_memory += bytes;
  const auto check = [&](double there_is, const char* who) {
    if (world.model.least_memory > there_is)
      at.fail(fmt::format("what is declared up to here takes at least {:.3g} GB, and this {} {:.3g} GB",
                          world.model.least_memory / 1e9, who, there_is / 1e9));
  };
  check(static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE)), "machine has");
  rlimit process{};
  if (getrlimit(RLIMIT_AS, &process) == 0 && process.rlim_cur != RLIM_INFINITY)
    check(static_cast<double>(process.rlim_cur), "process may take");
}

void check_memory_of_agents(Reading& world, const Toml& at, const KindDescription& kind, Index agents) {
  constexpr double books = 40;  // of an agent, at least: money, equity, income, luck, where it is
  check_memory(world, at, agents * (books + kind.state_size + kind.traits_size));
}

void check_headroom(const Reading& world) {
  constexpr double ceiling = 9.2e18 / 1000;
  double money = 0;
  std::vector<double> goods(world.model.goods.size());
  for (const PopulationModel& population : world.model.populations) {
    const auto typical = [](const Distribution& d) {
      return d.shape == Distribution::Shape::list ? *std::max_element(d.list.begin(), d.list.end())
                                                  : std::max(d.a, d.shape == Distribution::Shape::uniform ? d.b : d.a);
    };
    money += population.count * typical(population.money) * world.model.money_scale;
    for (const AccountModel& account : population.accounts)
      goods[account.good] += population.count * typical(account.quantity) * world.model.goods[account.good].scale;
  }
  if (money > ceiling)
    world.root.at("populations")
        .fail(fmt::format(
            "all money at the start is {:.3g} smallest units, which leaves less than a thousandfold headroom "
            "in 64 bits; use fewer `money_decimals`",
            money));
  for (Index g = 0; g < goods.size(); ++g) {
    if (goods[g] > ceiling)
      world.root.at("goods")
          .at(world.model.goods[g].name)
          .fail(fmt::format("all of good '{}' at the start is {:.3g} smallest units, which leaves less than a "
                            "thousandfold headroom in 64 bits; use fewer `decimals`",
                            world.model.goods[g].name, goods[g]));
  }
}

}  // namespace ondol
