// What the files of the benchmarks share: cases that stand side by side in the table, and the worlds that engines run.
#pragma once

#include <ondol/engine/run.hpp>
#include <ondol/engine/world.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ondol::bench {

// One row of the table: the same work done by the engine and, where there is one, by its limit.
struct Case {
  std::string name;
  std::int64_t items = 0;
  int threads = 1;
  double bytes = 0;    // that the limit has to move to and from memory per item; 0: not reckoned
  bool alone = false;  // too large to take turns: measured once, in its place
};

// Measured in turns with all others. `once` does all items once.
void add_limit(const Case& which, const std::function<void()>& once);
void add_engine(const Case& which, const std::function<void()>& once);

// A row of the second table: what a run takes, ids, outboxes and what is under way included, once it has ticked; beside
// it what its limit takes for each item, where there is one.
void add_memory(const std::string& name, std::int64_t items, double limit_bytes,
                const std::function<std::unique_ptr<Run>()>& make);

// A row of what others measure: the engine on two cores, doing what one core could do as two works apart: the limit of
// `whole`, and the engine's `part` alone. Its limit is the slower of them.
void add_slower(const std::string& name, const Case& whole, const Case& part);

// Throws: what engine and limit come to is not the same.
[[noreturn]] void differ(const std::string& what);

World world_of(const std::string& text);
std::unique_ptr<Run> run_of(const std::string& text, int threads);

// Ticks a thing that is made when first run, and kept until the end: turns come back to it.
template <class Thing>
std::function<void()> kept(std::function<std::unique_ptr<Thing>()> make) {
  auto thing = std::make_shared<std::unique_ptr<Thing>>();
  return [thing, make] {
    if (*thing == nullptr) *thing = make();
    (*thing)->tick();
  };
}

// ---- One per file: first checks that engine and limit come to the same, then adds its cases.
void add_populations(bool large);
void add_markets(bool large);
void add_recording(bool large);
void add_labour();
void add_start();
void add_korea(bool large);

// After all have run: where the time of each run of Korea went, and the memory of an agent.
void print_korea();

}  // namespace ondol::bench
