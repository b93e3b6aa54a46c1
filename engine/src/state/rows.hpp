// The rows of a population: added as agents are born, and let go once many of their agents have left.
//
// Rows are in the order of ids for ever: who is born comes last, and what is let go closes up. So lists by row are
// lists by id, what a population costs is what its living members cost, and where an agent's row is depends on nothing
// but who was born and who left before.
#pragma once

#include "model/model.hpp"
#include "state/state.hpp"

namespace ondol {

// Calls use(column) for each column of a population that has a value for every row.
template <class Use>
void for_each_column(const PopulationModel& model, PopulationState& state, Use&& use) {
  use(state.alive), use(state.luck), use(state.born), use(state.died), use(state.founder);
  use(state.money_held), use(state.income), use(state.equity);
  for (LateColumn* column : {&state.money_reserved, &state.money_issued, &state.arrears_owed, &state.arrears_receivable,
                             &state.debts, &state.gross_assets, &state.contributed, &state.line}) {
    use(*column);
  }
  for (auto* flows : {&state.received, &state.paid}) {
    for (LateColumn& column : *flows) use(column);
  }
  for (AccountState& account : state.accounts) use(account.stock), use(account.available), use(account.book);
  for (std::size_t i = 0; i < state.ports.size(); ++i) {
    PortState& port = state.ports[i];
    if (!model.ports[i].bound) continue;
    if (model.ports[i].type == ONDOL_SELLS) {
      use(port.sold), use(port.revenue), use(port.demand), use(port.backlog);
      use(port.sold_before), use(port.revenue_before);
    }
    if (model.ports[i].type == ONDOL_BUYS) use(port.bought), use(port.spent), use(port.ordered);
    if (model.ports[i].type == ONDOL_ISSUES) use(port.claims), use(port.line);
    if (model.ports[i].told) use(port.sums);
    if (model.ports[i].type == ONDOL_RECEIPTS) use(port.received);
  }
  for (Column& base : state.levy_base) use(base);
}

// Without rows: which columns there are, and which ids they are for.
void lay_out(const Model& model, Index population, State& state);
// Rows for `count` more agents behind the others, alive; says which is the first.
Index add_rows(const Model& model, Index population, State& state, Index count);
// Between two ticks: lets the rows of those who left go where they are more than one in four. Says whether rows moved.
bool drop_dead_rows(const Model& model, State& state);

}  // namespace ondol
