/// The agents that a PEERS or OBSERVES port leads to, and what they disclose.
///
/// Members are those that lived when the step began, by ascending id, and so in the same order for every agent and on
/// any number of threads. Disclosed fields are as they were then. Both classes are views on memory of the host: they
/// cost nothing to copy, and are valid until the rule that asked for them returns, not longer. An id may be kept, in
/// state of type AgentId, for as long as one likes; whether its agent still lives is what Members::find tells.
#pragma once

#include <ondol/abi.h>
#include <ondol/failure.hpp>
#include <ondol/fields.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace ondol {

namespace detail {

/// Ids ascend, so those that differ by as much as their places are all the ids between: no need to look them up, which
/// for a drawn one of many would wait for memory.
inline bool consecutive(const ondol_members& members) {
  return members.count > 0 && members.agent[members.count - 1] - members.agent[0] == members.count - 1;
}
inline std::uint32_t member_id(const ondol_members& members, std::uint32_t index) {
  return consecutive(members) ? members.agent[0] + index : members.agent[index];
}

}  // namespace detail

/// Another agent, as a port leads to it; given out by Members.
class Member {
 public:
  Member(const ondol_members& members, std::uint32_t index, const char* port)
      : members_(&members), port_(port), index_(index) {}
  AgentId id() const { return {detail::member_id(*members_, index_)}; }
  /// Position of its region among the world's.
  std::uint16_t region() const { return members_->region[index_]; }
  /// OBSERVES ports: the field-th, from 0, of the fields that the port declared, as disclosed when the step began and
  /// in the unit that the disclosing kind gave it. Fields of the record `books` are in money. Throws
  /// Failure beyond these; a PEERS port has none.
  double value(std::size_t field) const {
    if (field >= members_->value_count) [[unlikely]]
      detail::refuse_index("field", field, members_->value_count, port_);
    return members_->values[field][index_];
  }

 private:
  const ondol_members* members_;
  const char* port_;
  std::uint32_t index_;
};

/// The agents that a port leads to, ordered by id.
class Members {
 public:
  class iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    iterator(const ondol_members* members, const char* port, std::uint32_t index)
        : members_(members), port_(port), index_(index) {}
    /// Throws Failure at the end, where there is no member.
    Member operator*() const { return Members(*members_, port_)[index_]; }
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
    const ondol_members* members_ = nullptr;
    const char* port_ = nullptr;
    std::uint32_t index_ = 0;
  };

  /// `port` is its name, for messages.
  Members(const ondol_members& members, const char* port) : members_(&members), port_(port) {}
  std::uint32_t size() const { return members_->count; }
  bool empty() const { return size() == 0; }
  /// `index` from 0; the number of an agent changes as others are born and leave, so keep its id instead. Throws
  /// Failure from size() on.
  Member operator[](std::uint32_t index) const {
    if (index >= members_->count) [[unlikely]]
      detail::refuse_index("member", index, members_->count, port_);
    return {*members_, index, port_};
  }
  iterator begin() const { return {members_, port_, 0}; }
  iterator end() const { return {members_, port_, members_->count}; }
  /// Position of an agent among the members, or size() when it is not one of them (any more). Takes the logarithm of
  /// their number, or constant time where ids leave no gaps.
  std::uint32_t find(AgentId agent) const {
    if (detail::consecutive(*members_))
      return std::min(agent.value - members_->agent[0], members_->count);  // wraps round below the first
    const auto* first = members_->agent;
    const auto* last = first + members_->count;
    const auto* found = std::lower_bound(first, last, agent.value);
    return static_cast<std::uint32_t>((found != last && *found == agent.value ? found : last) - first);
  }

 private:
  const ondol_members* members_;
  const char* port_;
};

}  // namespace ondol
