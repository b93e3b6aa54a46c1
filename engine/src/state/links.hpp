// Who is linked with whom, by agent: claims and ties as rules go over them, refreshed between steps, frozen within one.
#pragma once

#include "state/state.hpp"

#include <ondol/abi.h>

#include <memory>
#include <vector>

namespace ondol {

class Links {
 public:
  Links(const Model& model, const State& state);

  // What an OWNS, RELATES or listed ISSUES port sees, and where the links of a row begin there: the one stays where it
  // is, the other until rows are added or move. Nothing of other ports.
  const ondol_links* view(const PortModel& port) const;
  const Index* first_of(const PortModel& port, Index population, Index row) const;
  // After claims, or ties, have changed, or rows of agents. In time proportional to agents and links.
  void refresh_claims();
  void refresh_ties();

 private:
  // Of one instrument or relation, with the attributes of one port.
  struct List {
    ondol_port_type type;
    Index target;
    std::vector<std::uint16_t> attributes;
    std::vector<Index> first;  // by row, population after population, and one past the last
    std::vector<Index> next;   // by row, while links are laid out
    std::vector<Index> other;
    std::vector<std::vector<double>> values;
    std::vector<const double*> columns;
    ondol_links view{};
  };

  Index slot(Index agent) const;
  const List* list_of(const PortModel& port) const;
  void list_claims(List& list);
  void list_ties(List& list);
  template <class Each>
  void lay_out(List& list, Each&& each);

  const Model& model_;
  const State& state_;
  std::vector<Index> first_slot_;  // by population, of its rows, and one past the last
  std::vector<std::unique_ptr<List>> lists_;
};

}  // namespace ondol
