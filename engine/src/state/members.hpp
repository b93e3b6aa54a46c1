// Whom ports lead to, and what those disclose: columns refreshed between steps, frozen within one.
#pragma once

#include "state/state.hpp"

#include <ondol/abi.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace ondol {

class Members {
 public:
  Members(const Model& model, const State& state);

  // What a PEERS or OBSERVES port sees; stays where it is.
  const ondol_members* view(const PortModel& port) const;
  // After births and exits.
  void refresh_lists();
  // After a step: what agents of these populations disclose of themselves; nobody else's state has changed.
  void refresh_fields(const std::vector<std::uint8_t>& acted);
  // As the tick ended.
  void refresh_values();

 private:
  struct List {
    std::vector<Index> populations;
    std::vector<Index> agent;
    std::vector<std::uint16_t> region;
    Index record = none;  // index in Model::observed_records
    std::vector<std::vector<double>> values;
    std::vector<const double*> columns;
    ondol_members view{};
  };

  void list_members(List& list);
  void read_values(List& list, bool books);
  void read_books(List& list, std::size_t column, int book);
  void read_field(List& list, std::size_t column, const std::vector<Index>& fields);

  const Model& model_;
  const State& state_;
  std::vector<std::unique_ptr<List>> lists_;
};

}  // namespace ondol
