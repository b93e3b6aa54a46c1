/// What a buyer sees of a market: the standing offers that its region may buy from.
///
/// Offers are as they stood when the step began, whoever looks and in whatever order agents act. What is taken in this
/// step, and what is posted in it, shows in the next. Both classes are views on memory of the host: they cost nothing
/// to copy, and are valid until the rule that asked for them returns, not longer. Nothing here
/// allocates, and only what says so fails.
#pragma once

#include <ondol/abi.h>
#include <ondol/failure.hpp>
#include <ondol/fields.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace ondol {

/// One standing offer, as a buyer sees it; given out by Offers.
class Offer {
 public:
  Offer(const ondol_port& port, std::uint32_t index) : port_(&port), index_(index) {}

  /// Whose it is: to be ordered from, paid, or found again in a later step.
  AgentId seller() const { return {port_->offers->seller[index_]}; }
  /// Region of the seller, by its position in the world.
  std::uint16_t region() const { return port_->offers->region[index_]; }
  /// Money per unit of the port as the buyer pays it, tariff included.
  double price() const { return static_cast<double>(price_raw()) / port_->price_units; }
  /// Left when the step began, in units of the port.
  double quantity() const { return static_cast<double>(port_->offers->quantity[index_]) / port_->units; }
  /// Share of what is bought that arrives at the agent's region, from 0 to 1; the rest is lost on the way.
  double arrives() const { return port_->delivered_share[region()]; }
  /// The attribute-th, from 0, of the attributes that the BUYS port declared. Throws Failure beyond these.
  double attribute(std::size_t attribute) const {
    if (attribute >= port_->attribute_count) [[unlikely]]
      detail::refuse_index("attribute", attribute, port_->attribute_count, port_->name);
    return port_->offers->attributes[port_->attribute_index[attribute]][index_];
  }
  /// Price in smallest price units, tariff included.
  std::int64_t price_raw() const {
    const double cost = port_->delivered_cost[region()];
    const std::int64_t price = port_->offers->price[index_];
    return cost == 1.0 ? price : std::llrint(static_cast<double>(price) * cost);
  }

 private:
  const ondol_port* port_;
  std::uint32_t index_;
};

/// The offers of a market that the agent's region may buy from, ordered by seller.
class Offers {
 public:
  class iterator {
   public:
    using value_type = Offer;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    iterator(const ondol_port* port, std::uint32_t index) : port_(port), index_(index) { skip_barred(); }
    /// Throws Failure at the end, where there is no offer.
    Offer operator*() const {
      if (index_ >= port_->offers->count) [[unlikely]]
        detail::refuse_index("offer", index_, port_->offers->count, port_->name);
      return {*port_, index_};
    }
    iterator& operator++() {
      ++index_;
      skip_barred();
      return *this;
    }
    iterator operator++(int) {
      iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.index_ == b.index_; }

   private:
    void skip_barred() {
      while (index_ < port_->offers->count && port_->delivered_cost[port_->offers->region[index_]] == 0.0) ++index_;
    }
    const ondol_port* port_ = nullptr;
    std::uint32_t index_ = 0;
  };

  explicit Offers(const ondol_port& port) : port_(&port) {}
  /// Skips offers that the agent's region may not buy from; so there is no size() and no number of an offer.
  iterator begin() const { return {port_, 0}; }
  iterator end() const { return {port_, port_->offers->count}; }
  bool empty() const { return begin() == end(); }
  /// The offer of a seller; end() where it has none that the agent may buy from. Takes the logarithm of their number.
  iterator find(AgentId seller) const {
    const std::uint32_t* sellers = port_->offers->seller;
    const std::uint32_t* found = std::lower_bound(sellers, sellers + port_->offers->count, seller.value);
    const iterator at(port_, static_cast<std::uint32_t>(found - sellers));
    return at != end() && (*at).seller() == seller ? at : end();
  }

 private:
  const ondol_port* port_;
};

}  // namespace ondol
