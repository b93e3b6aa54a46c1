// One market for a mechanism alone: what it matches is made up, what it proposes is not booked.
#pragma once

#include "base/draws.hpp"
#include "model/field_value.hpp"

#include <ondol/engine/plugins.hpp>
#include <ondol/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace ondol::test {

// Runs piece(i) for every i below count.
using Pieces = std::function<void(std::uint32_t count, const std::function<void(std::uint32_t)>& piece)>;

class Market {
 public:
  // Random prices below `prices`, random quantities of 1 to 100, one region; `plugins` is where the mechanism lies.
  Market(const std::string& mechanism, const std::string& plugins, std::size_t offers, std::size_t orders,
         std::int64_t prices)
      : library_(load_plugin(mechanism, {plugins})), description_(*library_.mechanisms.front()) {
    for (std::size_t i = 0; i < offers; ++i) add_offer(draw(prices), 1 + draw(100));
    for (std::size_t i = 0; i < orders; ++i) {
      buyer.push_back(static_cast<std::uint32_t>(1'000'000'000 + i));
      buyer_luck.push_back(mix(buyer.back()));
      limit.push_back(draw(prices));
      wanted.push_back(1 + draw(100));
    }
    named.assign(orders, ONDOL_NONE);
    open_.assign(orders, 1);
    placed.resize(orders);
    params_.resize(description_.params_size);
    state_.resize(description_.state_size);
    for (const FieldDescription& field : description_.fields) {
      for (std::uint32_t i = 0; field.role == ONDOL_PARAM && i < field.count; ++i)
        write_field_value(field, params_.data(), i, field.initial);
    }
    fills_.resize(offers + orders + 1);
  }
  Market(const Market&) = delete;
  Market& operator=(const Market&) = delete;

  void add_offer(std::int64_t asked, std::int64_t quantity) {
    seller_luck.push_back(mix(seller.size()));
    seller.push_back(static_cast<std::uint32_t>(seller.size()));
    price.push_back(asked);
    supply.push_back(quantity);
  }

  void set(const std::string& name, double value) {
    for (const FieldDescription& field : description_.fields) {
      if (field.role == ONDOL_PARAM && field.name == name) write_field_value(field, params_.data(), 0, value);
    }
  }

  // The fills are good until the next call.
  std::span<const ondol_fill> clear(const Pieces& pieces) {
    pieces_ = &pieces;
    blocks_used_ = 0;
    regions_.resize(std::max(seller.size(), buyer.size()));
    ondol_failure failure{};
    ondol_clearing call{};
    call.size = sizeof call;
    call.region_count = 1;
    call.offer_count = static_cast<std::uint32_t>(seller.size());
    call.order_count = static_cast<std::uint32_t>(buyer.size());
    call.offer_seller = seller.data();
    call.offer_region = regions_.data();
    call.offer_price = price.data();
    call.offer_quantity = supply.data();
    call.offer_luck = seller_luck.data();
    call.order_buyer = buyer.data();
    call.order_region = regions_.data();
    call.order_limit = limit.data();
    call.order_quantity = wanted.data();
    call.order_offer = named.data();
    call.order_open = open_.data();
    call.order_tick = placed.data();
    call.order_luck = buyer_luck.data();
    call.delivered_cost = &one_;
    call.params = params_.data();
    call.state = state_.data();
    call.now = now;
    call.price_units = call.quantity_units = 1;
    call.pairs = pairs ? 1 : 0;
    call.fills = fills_.data();
    call.fill_capacity = static_cast<std::uint32_t>(fills_.size());
    call.grow_fills = &grow_fills;
    const ondol_host host = {sizeof(ondol_host), 0, nullptr, nullptr, &scratch, &parallel_for, &draw_rows};
    call.host = &host;
    call.host_data = this;
    call.failure = &failure;
    if (description_.mechanism->clear(&call) != 0) throw std::runtime_error(failure.message);
    lots = {call.lots, call.lot_count};
    return {fills_.data(), call.fill_count};
  }

  std::int64_t draw(std::int64_t below) {
    return static_cast<std::int64_t>(mix(at_ += 0x9e3779b97f4a7c15ULL) % static_cast<std::uint64_t>(below));
  }

  std::vector<std::uint32_t> seller, buyer, named;
  std::vector<std::int64_t> price, supply, limit, wanted;
  std::vector<std::int64_t> placed;  // by order: its tick; the market clears in tick 0
  std::vector<std::uint64_t> seller_luck, buyer_luck;
  static constexpr ondol_moment now = {1, 0, 0, 0};
  bool pairs = false;               // it is asked who buys from whom
  std::span<const ondol_lot> lots;  // of the latest clearing; good until the next

 private:
  static Market& of(ondol_clearing* clearing) { return *static_cast<Market*>(clearing->host_data); }
  static void grow_fills(ondol_clearing* clearing) {
    auto& all = of(clearing).fills_;
    all.resize(all.size() * 2);
    clearing->fills = all.data();
    clearing->fill_capacity = static_cast<std::uint32_t>(all.size());
  }
  // Kept from call to call, zeroed and at 64-byte boundaries, as the engine does it.
  static void* scratch(ondol_clearing* clearing, std::size_t bytes) {
    Market& self = of(clearing);
    if (self.blocks_used_ == self.blocks_.size()) self.blocks_.emplace_back();
    std::vector<std::byte>& block = self.blocks_[self.blocks_used_++];
    block.assign(bytes + 64, std::byte{});
    return block.data() + (64 - reinterpret_cast<std::uintptr_t>(block.data()) % 64) % 64;
  }
  static void parallel_for(ondol_clearing* clearing, std::uint32_t count, void (*body)(void*, std::uint32_t),
                           void* context) {
    (*of(clearing).pieces_)(count, [=](std::uint32_t i) { body(context, i); });
  }

  PluginLibrary library_;
  const MechanismDescription& description_;
  std::vector<ondol_fill> fills_;
  std::vector<std::uint16_t> regions_;
  std::vector<std::uint8_t> open_;
  std::vector<std::byte> params_, state_;
  std::vector<std::vector<std::byte>> blocks_;
  std::size_t blocks_used_ = 0;
  const Pieces* pieces_ = nullptr;
  std::uint64_t at_ = 7;
  double one_ = 1;
};

inline bool same_fill(const ondol_fill& a, const ondol_fill& b) {
  return a.offer == b.offer && a.order == b.order && a.quantity == b.quantity && a.price == b.price;
}

}  // namespace ondol::test
