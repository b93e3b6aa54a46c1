// Which rows of a table are of which agent: found, and passed on to another, without going through the table.
#pragma once

#include "state/state.hpp"

#include <utility>
#include <vector>

namespace ondol {

class RowsByAgent {
 public:
  explicit RowsByAgent(const State& state) : state_(state) {}
  // Lists every row under the agent it is of, in order; nothing is listed before.
  void index(const std::vector<Index>& agent_of);
  bool indexed() const { return indexed_; }
  // The next row.
  void add(Index agent);
  // Lists nothing, in time proportional to the rows. The agents are those of the rows that are listed, and maybe
  // others.
  void clear(const std::vector<Index>& agent_of);
  // The rows that are listed, agent by agent, each agent's in their order; and a list made of such rows, of which each
  // stands once.
  std::vector<Index> listed() const;
  void relist(const std::vector<Index>& agent_of, const std::vector<Index>& rows);
  // The rows of an agent that pass(row) says still matter, behind those of another; the rest is listed no more.
  template <class Pass>
  void pass_on(Index from, Index to, Pass&& pass) {
    if (!indexed_) return;
    Index row = std::exchange(ends(from), Ends{}).first;
    while (row != none) {
      const Index next = next_[row];
      next_[row] = none;
      if (pass(row)) append(to, row);
      row = next;
    }
  }

  class Rows {
   public:
    class Iterator {
     public:
      Iterator(const std::vector<Index>& next, Index row) : next_(&next), row_(row) {}
      Index operator*() const { return row_; }
      Iterator& operator++() {
        row_ = (*next_)[row_];
        return *this;
      }
      bool operator!=(const Iterator& other) const { return row_ != other.row_; }

     private:
      const std::vector<Index>* next_;
      Index row_;
    };
    Rows(const std::vector<Index>& next, Index first) : next_(&next), first_(first) {}
    Iterator begin() const { return {*next_, first_}; }
    Iterator end() const { return {*next_, none}; }

   private:
    const std::vector<Index>* next_;
    Index first_;
  };
  // In the order in which they came.
  Rows of(Index agent) const { return {next_, indexed_ ? first(agent) : none}; }

 private:
  struct Ends {
    Index first = none, last = none;
  };
  Ends& ends(Index agent);
  Index first(Index agent) const;
  void append(Index agent, Index row);

  const State& state_;
  bool indexed_ = false;
  std::vector<std::vector<Ends>> ends_;  // [population][agent less its first]
  std::vector<Index> next_;              // by row
};

}  // namespace ondol
