/// What a rule by blocks holds of the world: some agents of one population, side by side.
///
/// A rule by blocks is `static void rule(const Params&, std::span<const Traits>, std::span<State>, ondol::Agents&)`,
/// declared by `kind.on_block<&K::rule>("step", "...")`. It does the work of a rule for all agents of a block at once:
/// in loops over arrays of at most `Agents::most` numbers, which compilers vectorise, with draws and logarithms made
/// for the whole block. All of them live. The results are those of the same rule written for one agent, to the last
/// bit.
#pragma once

#include <ondol/agent.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ondol {

class Agents {
 public:
  /// Agents of a block, at most: the size of arrays that hold a number for each.
  static constexpr std::uint32_t most = 256;

  Agents(ondol_chunk& chunk, std::uint32_t first, std::uint32_t size)
      : chunk_(&chunk), first_(first), size_(size), self_(chunk) {
    self_.move_to(first);
  }

  std::uint32_t size() const { return size_; }
  /// One of them, for all that is done one by one: paying, ordering, offering. Valid until the next is asked for.
  /// Throws Failure when there are fewer.
  Agent& operator[](std::uint32_t index) {
    if (index >= size_) [[unlikely]]
      throw Failure("asks for agent " + std::to_string(index) + " of a block of " + std::to_string(size_));
    self_.move_to(first_ + index);
    return self_;
  }
  std::uint16_t region() const { return chunk_->region; }
  std::int64_t tick() const { return chunk_->now.tick; }
  double ticks_per_year() const { return chunk_->ticks_per_year; }
  template <SignalPort P>
  double signal(P port) const {
    return self_.signal(port);
  }

  /// A draw for each, as Agent::uniform, normal and integer give them one by one. `values` has room for size() numbers.
  void uniforms(DrawPurpose purpose, std::span<double> values) const { draw(purpose, ONDOL_DRAW_UNIFORM, values); }
  void normals(DrawPurpose purpose, std::span<double> values) const { draw(purpose, ONDOL_DRAW_NORMAL, values); }
  void integers(DrawPurpose purpose, std::uint64_t count, std::span<std::uint64_t> values) const {
    draw(purpose, ONDOL_DRAW_BITS, values);
    for (std::uint32_t i = 0; i < size_; ++i) values[i] = transformed::integer(values[i], count);
  }

  /// Adds each agent's value to the signal, in their order.
  void contribute(Writes port, std::span<const double> values) {
    require_room(values.size());
    ondol_contribution& contribution = self_.contribution(port);
    ondol_contribution sum = contribution;
    for (std::uint32_t i = 0; i < size_; ++i) {
      if (!std::isfinite(values[i])) (*this)[i].contribute(port, values[i]);  // says so
      detail::add(sum, values[i]);
    }
    contribution = sum;
  }

  /// For the trampoline: whom it was about when a rule failed; the first, where it asked for nobody.
  std::uint32_t row() const { return self_.row(); }

 private:
  void require_room(std::size_t room) const {
    if (room < size_)
      throw Failure("has numbers of " + std::to_string(size_) + " agents in an array of " + std::to_string(room));
  }
  template <class T>
  void draw(DrawPurpose purpose, ondol_draw_type what, std::span<T> values) const {
    require_room(values.size());
    chunk_->host->draw(&chunk_->now, purpose.hash, what, 0, chunk_->luck + first_, size_, values.data());
  }

  ondol_chunk* chunk_;
  std::uint32_t first_;
  std::uint32_t size_;
  Agent self_;
};

}  // namespace ondol
