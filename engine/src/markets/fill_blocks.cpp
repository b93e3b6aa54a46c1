// Sorting fills by blocks of agents, slab by slab.
#include "markets/fill_blocks.hpp"

#include <algorithm>
#include <utility>

namespace ondol {

void FillBlocks::begin(std::span<const ondol_fill> fills, std::uint32_t ondol_fill::*of_fill,
                       std::span<const Index> agents) {
  fills_ = fills;
  of_fill_ = of_fill;
  sorted_already_ = true;
  count_ = static_cast<std::uint32_t>(std::clamp<std::size_t>(fills.size() / (fills_per_slab / 2), 1, most_blocks));
  start_.assign(count_ + std::size_t{1}, 0);
  start_[count_] = static_cast<std::uint32_t>(fills.size());
  if (count_ == 1) return;
  choose_bounds(agents);
  slab_start_.assign(slabs(fills.size()) * std::size_t{count_}, 0);
  slab_sorted_.resize(slabs(fills.size()));
}

// Blocks of about as many fills each, judged by a sample.
void FillBlocks::choose_bounds(std::span<const Index> agents) {
  const std::size_t samples = count_ * samples_per_block;
  samples_.clear();
  for (std::size_t i = 0; i < samples; ++i) {
    const std::uint32_t of = fills_[i * fills_.size() / samples].*of_fill_;
    if (of < agents.size()) samples_.push_back(agents[of]);
  }
  std::sort(samples_.begin(), samples_.end());
  bounds_.clear();
  for (std::size_t b = 1; b < count_ && !samples_.empty(); ++b)
    bounds_.push_back(samples_[b * samples_.size() / count_]);
  block_of_.resize(agents.size());
  // Most follow one another in the same block.
  std::size_t block = 0;
  for (std::size_t i = 0; i < agents.size(); ++i) {
    const bool same =
        (block == 0 || agents[i] >= bounds_[block - 1]) && (block == bounds_.size() || agents[i] < bounds_[block]);
    if (!same)
      block = static_cast<std::size_t>(std::upper_bound(bounds_.begin(), bounds_.end(), agents[i]) - bounds_.begin());
    block_of_[i] = static_cast<std::uint8_t>(block);
  }
}

template <class Use>
void FillBlocks::for_each_of(std::uint32_t slab, Use&& use) const {
  const std::size_t last = std::min(fills_.size(), (std::size_t{slab} + 1) * fills_per_slab);
  for (std::size_t i = slab * fills_per_slab; i < last; ++i)
    use(static_cast<std::uint32_t>(i), block_of_[fills_[i].*of_fill_]);
}

void FillBlocks::count_slab(std::uint32_t slab) {
  if (count_ == 1) return;
  std::uint32_t* counts = slab_start_.data() + std::size_t{slab} * count_;
  std::uint32_t before = 0;
  bool sorted = true;
  for_each_of(slab, [&](std::uint32_t, std::uint32_t block) {
    ++counts[block];
    sorted &= block >= before;
    before = block;
  });
  slab_sorted_[slab] = sorted;
}

// From counts to places.
void FillBlocks::add_up() {
  if (count_ == 1) return;
  const std::size_t slabs = slab_sorted_.size();
  bool sorted = true;
  std::uint32_t reached = 0;  // the last block of the slabs before
  for (std::size_t slab = 0; slab < slabs; ++slab) {
    const std::uint32_t* counts = slab_start_.data() + slab * count_;
    const auto used = [](std::uint32_t fills) { return fills != 0; };
    const auto first = static_cast<std::uint32_t>(std::find_if(counts, counts + count_, used) - counts);
    sorted = sorted && slab_sorted_[slab] != 0 && first >= reached;
    for (std::uint32_t b = first; b < count_; ++b) {
      if (counts[b] != 0) reached = b;
    }
  }
  std::uint32_t place = 0;
  for (std::uint32_t b = 0; b < count_; ++b) {
    start_[b] = place;
    for (std::size_t slab = 0; slab < slabs; ++slab) place += std::exchange(slab_start_[slab * count_ + b], place);
  }
  sorted_already_ = sorted;
  if (!sorted) sorted_.resize(fills_.size());
}

void FillBlocks::sort_slab(std::uint32_t slab) {
  if (sorted_already_) return;
  std::uint32_t* places = slab_start_.data() + std::size_t{slab} * count_;
  for_each_of(slab, [&](std::uint32_t fill, std::uint32_t block) { sorted_[places[block]++] = fill; });
}

}  // namespace ondol
