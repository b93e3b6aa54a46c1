// Where the rules of one chunk leave what they want done: records in segments that are kept from step to step.
#pragma once

#include <ondol/abi.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ondol {

inline constexpr std::array<std::size_t, ONDOL_OUT_COUNT> record_size = {
    sizeof(ondol_pay_record),   sizeof(ondol_stock_record), sizeof(ondol_offer_record), sizeof(ondol_order_record),
    sizeof(ondol_claim_record), sizeof(ondol_levy_record),  sizeof(ondol_life_record),  sizeof(ondol_tie_record),
    sizeof(ondol_sum_record),   sizeof(ondol_bid_record),   sizeof(ondol_cancel_record)};

// A line that a rule wrote to the log.
struct LogLine {
  std::uint32_t row;
  std::string message;
};

// Memory that records are written to.
struct Segment {
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;
};

// Segments of one kind of record, lent to one chunk after another: memory that is used again at once is still at hand.
using SegmentPool = std::vector<Segment>;

class Outboxes {
 public:
  // Empties all outboxes; their memory stays.
  void reset() {
    for (std::size_t id = 0; id < ONDOL_OUT_COUNT; ++id) {
      used_[id] = 0;
      heads_[id] = {nullptr, nullptr};
    }
    log.clear();
  }

  ondol_outbox* heads() { return heads_.data(); }

  // Gives an outbox room for more records, in the next segment.
  void grow(std::uint32_t id) {
    auto& segments = segments_[id];
    if (used_[id] == segments.size()) segments.push_back(next_segment(id, segments.size()));
    Segment& segment = segments[used_[id]++];
    heads_[id] = {segment.bytes.get(), segment.bytes.get() + segment.size};
  }

  bool empty(std::uint32_t id) const { return used_[id] == 0; }

  // From now on payments are written to memory of a pool, until they are given back.
  void borrow(SegmentPool& pool) { pool_ = &pool; }
  void give_back() {
    auto& segments = segments_[ONDOL_OUT_PAY];
    // The last first, so that the next chunk finds them in the order of their sizes.
    for (; !segments.empty(); segments.pop_back()) pool_->push_back(std::move(segments.back()));
    used_[ONDOL_OUT_PAY] = 0;
    heads_[ONDOL_OUT_PAY] = {nullptr, nullptr};
  }

  // Calls use(records) for one segment after the other, in the order in which records were written.
  template <class Record, class Use>
  void for_each_segment(ondol_outbox_id id, Use&& use) const {
    for (std::size_t i = 0; i < used_[id]; ++i) {
      const Segment& segment = segments_[id][i];
      const char* end = i + 1 == used_[id] ? heads_[id].next : segment.bytes.get() + segment.size;
      use(std::span(reinterpret_cast<const Record*>(segment.bytes.get()), reinterpret_cast<const Record*>(end)));
    }
  }
  // Calls use(record) for every record.
  template <class Record, class Use>
  void for_each(ondol_outbox_id id, Use&& use) const {
    for_each_segment<Record>(id, [&](std::span<const Record> records) {
      for (const Record& record : records) use(record);
    });
  }

  std::vector<LogLine> log;

 private:
  Segment next_segment(std::uint32_t id, std::size_t position) {
    if (id != ONDOL_OUT_PAY || pool_ == nullptr || pool_->empty()) return make_segment(id, position);
    Segment segment = std::move(pool_->back());
    pool_->pop_back();
    return segment;
  }
  // Segments double, so that a chunk that writes little keeps little and one that writes much asks seldom.
  static Segment make_segment(std::uint32_t id, std::size_t position) {
    const std::size_t records = std::size_t{64} << std::min<std::size_t>(position, 8);
    const std::size_t size = records * record_size[id];
    return {std::make_unique<char[]>(size), size};
  }

  std::array<std::vector<Segment>, ONDOL_OUT_COUNT> segments_;
  std::array<std::size_t, ONDOL_OUT_COUNT> used_{};
  std::array<ondol_outbox, ONDOL_OUT_COUNT> heads_{};
  SegmentPool* pool_ = nullptr;
};

}  // namespace ondol
