// Which of many tasks books which fills: all of one agent are one task's, in the order in which they were proposed.
#pragma once

#include "model/model.hpp"

#include <ondol/abi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ondol {

// Both sides of a market are sorted slab by slab of its fills, so that a slab is at hand for all that is done to it.
class FillBlocks {
 public:
  static constexpr std::size_t fills_per_slab = 1U << 13U;
  static std::uint32_t slabs(std::size_t fills) {
    return static_cast<std::uint32_t>((fills + fills_per_slab - 1) / fills_per_slab);
  }

  // Blocks of buyers, or of sellers: `of_fill` says which order or offer a fill is of, `agents` whose each of those is.
  void begin(std::span<const ondol_fill> fills, std::uint32_t ondol_fill::*of_fill, std::span<const Index> agents);
  void count_slab(std::uint32_t slab);  // on any thread; all of them, then
  void add_up();
  bool sorted() const { return sorted_already_; }  // as they came; otherwise
  void sort_slab(std::uint32_t slab);              // on any thread; all of them

  std::uint32_t count() const { return count_; }
  // Calls use(fill) for every fill of a block.
  template <class Use>
  void for_each(std::uint32_t block, Use&& use) const {
    const std::uint32_t* sorted = sorted_already_ ? nullptr : sorted_.data();
    const std::uint32_t last = start_[block + 1];
    for (std::uint32_t i = start_[block]; i < last; ++i) use(sorted == nullptr ? i : sorted[i]);
  }

 private:
  static constexpr std::size_t most_blocks = 64;
  static constexpr std::size_t samples_per_block = 16;

  void choose_bounds(std::span<const Index> agents);
  template <class Use>
  void for_each_of(std::uint32_t slab, Use&& use) const;

  std::span<const ondol_fill> fills_;
  std::uint32_t ondol_fill::*of_fill_ = nullptr;
  std::uint32_t count_ = 0;
  bool sorted_already_ = true;
  std::vector<std::uint32_t> start_;    // of each block, and the end
  std::vector<std::uint32_t> sorted_;   // fills, by block
  std::vector<std::uint8_t> block_of_;  // by order or offer
  std::vector<Index> samples_, bounds_;
  std::vector<std::uint32_t> slab_start_;  // [slab * blocks + block]
  std::vector<std::uint8_t> slab_sorted_;
};

}  // namespace ondol
