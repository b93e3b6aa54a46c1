// What the chunks of a step wrote for markets: where each record goes, so that all threads can put them there.
#pragma once

#include "acting.hpp"
#include "ledger.hpp"
#include "scheduler.hpp"

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
    place_.assign(chunks.size() * markets_, 0);
    violation_.assign(chunks.size(), std::nullopt);
    scheduler_.for_each(static_cast<std::uint32_t>(chunks.size()), [&](std::uint32_t i) {
      try {
        chunks[i].outboxes->for_each<Record>(
            id, [&](const Record& record) { ++place_[i * markets_ + market_of(chunks[i], record)]; });
      } catch (const Violation& violation) {
        violation_[i] = violation;
      }
    });
    for (const auto& violation : violation_) {
      if (violation) throw Violation(*violation);
    }
    std::fill(total_.begin(), total_.end(), 0);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      for (std::size_t m = 0; m < markets_; ++m) total_[m] += std::exchange(place_[i * markets_ + m], total_[m]);
    }
  }

  // How many were counted.
  std::size_t of_market(Index market) const { return total_[market]; }

  // Calls put(chunk, record, place): its place among its market's records, which are in the order of chunks.
  template <class Record, class MarketOf, class Put>
  void put(std::span<const Chunk> chunks, ondol_outbox_id id, const MarketOf& market_of, const Put& put) {
    scheduler_.for_each(static_cast<std::uint32_t>(chunks.size()), [&](std::uint32_t i) {
      chunks[i].outboxes->for_each<Record>(id, [&](const Record& record) {
        const Index market = market_of(chunks[i], record);
        put(chunks[i], record, market, place_[i * markets_ + market]++);
      });
    });
  }

 private:
  Scheduler& scheduler_;
  std::size_t markets_;
  std::vector<std::uint32_t> place_;                 // [chunk * markets + market]
  std::vector<std::uint32_t> total_;                 // by market
  std::vector<std::optional<Violation>> violation_;  // by chunk
};

}  // namespace ondol
