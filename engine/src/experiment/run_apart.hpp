// One run of an experiment in a process of its own: what a plugin breaks there, it breaks for that run alone.
#pragma once

#include "base/child.hpp"
#include "experiment/experiment_file.hpp"
#include "experiment/experiment_results.hpp"

#include <ondol/engine/world.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ondol {

// What a run left behind after so many ticks, for others whose worlds are the same until then: its state, and what was
// recorded of it. Lies in memory that processes share.
class Past {
 public:
  Past(World world, std::int64_t ticks);
  ~Past();
  Past(const Past&) = delete;
  Past& operator=(const Past&) = delete;

  const World& world() const { return world_; }
  std::int64_t ticks() const { return ticks_; }
  // Once.
  void leave(std::span<const std::byte> state, std::span<const std::byte> answers) const;
  struct Left {
    std::vector<std::byte> state, answers;
  };
  Left left() const;

 private:
  World world_;
  std::int64_t ticks_;
  int file_;
};

struct RunToMake {
  std::string id;
  World world;
  std::uint64_t seed = 0;
  std::shared_ptr<const Past> from = nullptr;            // which has been left; null: from the start
  std::vector<std::shared_ptr<const Past>> leaves = {};  // on the way, by ticks
};

// Under way from its making on; ended, with all that it started, with this.
class RunApart {
 public:
  // `questions` are those of the file's outcomes and series, in that order. Both outlive this. `patience`: seconds that
  // one call into a plugin may take; 0: any time.
  RunApart(const RunToMake& run, const ExperimentFile& file, const std::vector<std::string>& questions,
           double patience);

  Child& child() { return child_; }
  // What it was to leave: what it has left since the last time that this was asked, and what it has not left yet.
  std::vector<std::shared_ptr<const Past>> newly_left();
  const std::vector<std::shared_ptr<const Past>>& not_left() const { return leaves_; }
  // Once the child is over.
  FinishedRun finish();

 private:
  std::string id_;
  std::uint64_t seed_;
  std::int64_t ticks_of_another_;
  std::vector<std::shared_ptr<const Past>> leaves_;
  std::size_t series_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  Child child_;
};

}  // namespace ondol
