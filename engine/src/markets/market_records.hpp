// What the chunks of a step wrote for markets: where each record goes, so that all threads can put them there.
#pragma once

#include "acting/acting.hpp"
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ondol {

class MarketRecords {
 public:
  MarketRecords(Scheduler& scheduler, std::size_t markets)
      : scheduler_(scheduler), markets_(markets), total_(markets) {}

  // `market_of(chunk, record)` says which market a record is for, or throws the Violation that it is.
  template <class Record, class MarketOf>
  void count(std::span<const Chunk> chunks, ondol_outbox_id id, const MarketOf& market_of) {
    writers_.clear();
    for (const Chunk& chunk : chunks) {
      if (!chunk.outboxes->empty(id)) writers_.push_back({&chunk, std::nullopt});
    }
    place_.assign(writers_.size() * markets_, 0);
    std::fill(total_.begin(), total_.end(), 0);
    scheduler_.for_each(static_cast<std::uint32_t>(writers_.size()), [&](std::uint32_t i) {
      Writer& writer = writers_[i];
      try {
        writer.chunk->outboxes->for_each<Record>(
            id, [&](const Record& record) { ++place_[i * markets_ + market_of(*writer.chunk, record)]; });
      } catch (const Violation& violation) {
        writer.violation = violation;
      }
    });
    for (std::size_t i = 0; i < writers_.size(); ++i) {
      if (writers_[i].violation) throw Violation(*writers_[i].violation);
      for (std::size_t m = 0; m < markets_; ++m) total_[m] += std::exchange(place_[i * markets_ + m], total_[m]);
    }
  }

  // How many were counted.
  std::size_t of_market(Index market) const { return total_[market]; }

  // Calls use(chunk, record, market, place) for every record counted, on any thread: its place is among its market's
  // records, which are in the order of chunks.
  template <class Record, class MarketOf, class Use>
  void put(ondol_outbox_id id, const MarketOf& market_of, const Use& use) {
    scheduler_.for_each(static_cast<std::uint32_t>(writers_.size()), [&](std::uint32_t i) {
      const Chunk& chunk = *writers_[i].chunk;
      chunk.outboxes->for_each<Record>(id, [&](const Record& record) {
        const Index market = market_of(chunk, record);
        use(chunk, record, market, place_[i * markets_ + market]++);
      });
    });
  }

 private:
  // A chunk that wrote any.
  struct Writer {
    const Chunk* chunk;
    std::optional<Violation> violation;
  };
  Scheduler& scheduler_;
  std::size_t markets_;
  std::vector<Writer> writers_;
  std::vector<std::uint32_t> place_;  // [writer * markets + market]
  std::vector<std::uint32_t> total_;  // by market
};

}  // namespace ondol
