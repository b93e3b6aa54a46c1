/// What links an agent with others: claims, which are who owes whom, and ties of relations that rules make and end.
///
/// Read only, as the step began; all of it is valid until the rule returns, and from any thread.
#pragma once

#include <ondol/abi.h>
#include <ondol/fields.hpp>

#include <cstddef>
#include <cstdint>

namespace ondol {

/// What links the agent with another, as it stood when the step began. Lasts as long as the call of the rule.
class Link {
 public:
  Link(const ondol_links& links, std::uint32_t index) : links_(&links), index_(index) {}
  /// The agent at the other end; it lived as the step began.
  AgentId other() const { return {links_->other[index_]}; }

 protected:
  double number(std::size_t value) const { return links_->values[value][index_]; }
  const ondol_links* links_;
  std::uint32_t index_;
};

/// What one owes another. Of credit the amount is money; of a residual instrument it is units, without rate and term.
class Claim : public Link {
 public:
  using Link::Link;
  double amount() const { return number(0); }
  /// Interest per tick.
  double rate() const { return number(1); }
  /// Instalments left; 0: it is not repaid by itself.
  double term() const { return number(2); }
};

/// A tie of a relation.
class Tie : public Link {
 public:
  using Link::Link;
  /// The attribute-th of the attributes that the port declared.
  double value(std::size_t attribute) const { return number(attribute); }
  /// The tick in which it was made.
  double since() const { return number(links_->value_count - 2); }
  /// Whether this agent made it, and not the other.
  bool mine() const { return number(links_->value_count - 1) != 0; }
};

/// All links of the agent through one port, oldest first.
template <class L>
class Links {
 public:
  class iterator {
   public:
    using value_type = L;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    iterator(const ondol_links* links, std::uint32_t index) : links_(links), index_(index) {}
    L operator*() const { return {*links_, index_}; }
    iterator& operator++() {
      ++index_;
      return *this;
    }
    iterator operator++(int) {
      iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.index_ == b.index_; }

   private:
    const ondol_links* links_ = nullptr;
    std::uint32_t index_ = 0;
  };

  Links(const ondol_links& links, std::uint32_t first, std::uint32_t last)
      : links_(&links), first_(first), last_(last) {}
  std::uint32_t size() const { return last_ - first_; }
  bool empty() const { return size() == 0; }
  L operator[](std::uint32_t index) const { return {*links_, first_ + index}; }
  iterator begin() const { return {links_, first_}; }
  iterator end() const { return {links_, last_}; }

 private:
  const ondol_links* links_;
  std::uint32_t first_, last_;
};

}  // namespace ondol
