// What a rule may only read, and what it may not keep: looked at around its calls.
#pragma once

#include "model/model.hpp"
#include "state/state.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ondol {

struct Chunk;

// The parameters of every population that acts in a step, and the traits in one of its chunks, another in every tick.
class Inputs {
 public:
  Inputs(const Model& model, const State& state) : model_(model), state_(state) {}

  // As they are before the step.
  void keep(std::span<const Chunk> chunks);
  // Throws RuleFailure where a rule of the step has changed any.
  void check() const;

 private:
  struct Kept {
    const Chunk* chunk;
    Bytes params, traits;
  };

  const Model& model_;
  const State& state_;
  std::vector<Kept> kept_;  // some of them from earlier steps, for their memory
  std::size_t count_ = 0;
};

// The bytes of a kind's state that no field describes: alignment's, which nothing records or keeps.
class Padding {
 public:
  explicit Padding(const KindDescription& kind);
  // So that nothing is remembered in them.
  void clear(std::byte* rows, std::size_t count) const;

 private:
  struct Gap {
    std::size_t offset, size;
  };
  std::size_t stride_;
  std::vector<Gap> gaps_;
};

}  // namespace ondol
