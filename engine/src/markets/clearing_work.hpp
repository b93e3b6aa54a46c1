// The memory of one market's clearing, kept from one to the next so that a steady tick allocates nothing.
#pragma once

#include "markets/clearing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace ondol {

// Zeroed memory at a 64-byte boundary, kept for the next clearing.
class AlignedBlock {
 public:
  void* take(std::size_t bytes) {
    memory_.assign(bytes + 64, std::byte{});
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    return memory_.data() + ((64 - address % 64) % 64);
  }

 private:
  std::vector<std::byte> memory_;
};

// What a mechanism proposes. Memory that it does not write to is never touched: markets differ, and fills can be many.
class Fills {
 public:
  // Keeps what is there.
  void grow() {
    const std::size_t more = std::max<std::size_t>(1024, capacity_ * 2);
    auto fills = std::make_unique_for_overwrite<ondol_fill[]>(more);
    std::copy_n(fills_.get(), capacity_, fills.get());
    fills_ = std::move(fills);
    capacity_ = more;
  }
  ondol_fill* data() const { return fills_.get(); }
  std::uint32_t capacity() const { return static_cast<std::uint32_t>(capacity_); }

 private:
  std::unique_ptr<ondol_fill[]> fills_;
  std::size_t capacity_ = 0;
};

struct Clearing::Work {
  ondol_clearing call{};
  std::vector<const double*> attributes;
  std::vector<Index> order_offer;
  std::vector<std::uint8_t> order_open;
  Fills fills;
  std::vector<std::unique_ptr<AlignedBlock>> scratch;
  std::size_t scratch_used = 0;
  CallMark mark;
  ondol_failure failure{};
  std::int32_t status = 0;
  std::size_t standing_orders = 0;  // the first orders; those of this step follow
  Column order_left;                // of each order, as fills are booked
  std::vector<Bid> bids;            // this step's
  std::vector<Cancel> cancels;
  OrderColumns merged_orders;
  OfferColumns posted;  // this step's new offers, by seller
  OfferColumns merged;
};

}  // namespace ondol
