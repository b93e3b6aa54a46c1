#include "acting/inputs.hpp"

#include "acting/acting.hpp"
#include "model/field_value.hpp"

#include <algorithm>
#include <cstring>

namespace ondol {

void Inputs::keep(std::span<const Chunk> chunks) {
  count_ = 0;
  for (auto from = chunks.begin(); from != chunks.end();) {
    const auto to = std::find_if(from, chunks.end(), [&](const Chunk& c) { return c.population != from->population; });
    const Chunk& chunk = from[state_.tick % (to - from)];
    if (count_ == kept_.size()) kept_.emplace_back();
    Kept& kept = kept_[count_++];
    kept.chunk = &chunk;
    kept.params = state_.populations[chunk.population].params;
    const auto* traits = static_cast<const std::byte*>(chunk.call.traits);
    const std::size_t size = model_.kinds[model_.populations[chunk.population].kind]->traits_size;
    kept.traits.assign(traits, traits + chunk.call.rows * size);
    from = to;
  }
}

void Inputs::check() const {
  for (const Kept& kept : std::span(kept_).first(count_)) {
    const Chunk& chunk = *kept.chunk;
    const Bytes& params = state_.populations[chunk.population].params;
    if (kept.params != params)
      throw RuleFailure{chunk.population, none, "writes into the parameters of its population, which it may only read"};
    const auto changed =
        std::mismatch(kept.traits.begin(), kept.traits.end(), static_cast<const std::byte*>(chunk.call.traits)).first;
    if (changed == kept.traits.end()) continue;
    const std::size_t size = kept.traits.size() / chunk.call.rows;
    const auto row = static_cast<std::uint32_t>(static_cast<std::size_t>(changed - kept.traits.begin()) / size);
    throw RuleFailure{chunk.population, chunk.agent(row), "writes into traits, which it may only read"};
  }
}

Padding::Padding(const KindDescription& kind) : stride_(kind.state_size) {
  const std::vector<bool> undescribed = undescribed_state(kind);
  for (std::size_t at = 0; at < undescribed.size(); ++at) {
    if (!undescribed[at]) continue;
    if (gaps_.empty() || gaps_.back().offset + gaps_.back().size != at) gaps_.push_back({at, 0});
    ++gaps_.back().size;
  }
}

void Padding::clear(std::byte* rows, std::size_t count) const {
  for (const Gap& gap : gaps_) {
    for (std::size_t row = 0; row < count; ++row) std::memset(rows + row * stride_ + gap.offset, 0, gap.size);
  }
}

}  // namespace ondol
