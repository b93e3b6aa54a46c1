// The one way through everything that changes: what fingerprints hash and snapshots write and read, in one order.
#pragma once

#include "state/state.hpp"

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace ondol {

template <class T, class Struct>
concept Either = std::same_as<std::remove_const_t<T>, Struct>;  // as hashed and written, or as read

// What a visitor is made of. `all` is what the state is; `kept` is how it is held and what follows from the rest: not
// for fingerprints. Self has `keeps`, number(n), numbers(column), late(column) and length(list), and goes on with
// visit(self, struct) for every struct.
template <class Self>
class Visitor {
 public:
  template <class... Ts>
  void all(Ts&... values) {
    (one(values), ...);
  }
  template <class... Ts>
  void kept(Ts&... values) {
    if constexpr (Self::keeps) (one(values), ...);
  }

 private:
  template <class T>
  static constexpr bool is_number = std::is_arithmetic_v<T> || std::is_same_v<T, std::byte>;
  Self& self() { return static_cast<Self&>(*this); }

  template <class T>
  void one(T& value) {
    if constexpr (is_number<std::remove_const_t<T>>) {
      self().number(value);
    } else {
      several(value);
    }
  }
  template <class T>
  void several(T& value) {
    visit(self(), value);
  }
  template <class T>
  void several(std::vector<T>& list) {
    elements<T>(list);
  }
  template <class T>
  void several(const std::vector<T>& list) {
    elements<T>(list);
  }
  template <class T>
  void several(Late<T>& column) {
    self().late(column);
  }
  template <class T>
  void several(const Late<T>& column) {
    self().late(column);
  }
  template <class T, class List>
  void elements(List& list) {
    if constexpr (is_number<T>) {
      self().numbers(list);
    } else {
      self().length(list);
      for (auto& element : list) one(element);
    }
  }
};

// Lists of these grow as a run goes on; of others, the model says how many there are.
template <class T>
inline constexpr bool grows_with_run =
    std::is_same_v<T, Departed> || std::is_same_v<T, ondol_sums> || std::is_same_v<T, FlowRow>;

template <class V, Either<ondol_sums> S>
void visit(V& v, S& told) {
  v.all(told.count, told.sum, told.minimum, told.maximum);
}

template <class V, Either<Departed> S>
void visit(V& v, S& departed) {
  v.all(departed.agent, departed.founder, departed.born, departed.died);
}

template <class V, Either<FlowRow> S>
void visit(V& v, S& flow) {
  v.all(flow.from, flow.to, flow.purpose, flow.amount, flow.quantity);
}

template <class V, Either<GoodFlows> S>
void visit(V& v, S& good) {
  v.all(good.made, good.used, good.scrapped, good.expired, good.lost, good.traded, good.stock);
}

template <class V, Either<AccountState> S>
void visit(V& v, S& account) {
  v.all(account.stock, account.available, account.book);
}

template <class V, Either<PortState> S>
void visit(V& v, S& port) {
  v.all(port.sold, port.revenue, port.demand, port.backlog, port.bought, port.spent, port.ordered, port.claims,
        port.received, port.sums);
  v.kept(port.sold_before, port.revenue_before, port.line);
}

template <class V, Either<PopulationState> S>
void visit(V& v, S& p) {
  v.all(p.size, p.living, p.ever, p.ids, p.params, p.traits, p.state, p.alive, p.luck, p.born, p.died, p.founder);
  v.all(p.money_held, p.money_reserved, p.money_issued, p.arrears_owed, p.arrears_receivable);
  v.all(p.income, p.debts, p.equity, p.contributed);
  for (std::size_t flow_class = 0; flow_class < p.received.size(); ++flow_class)
    v.all(p.received[flow_class], p.paid[flow_class]);
  v.all(p.accounts, p.ports, p.levy_base);
  v.kept(p.moved, p.departed, p.line, p.gross_assets, p.flows_tick, p.all_flows_tick);
}

// Tables: their columns, each with its length.
template <class V, class Table>
requires std::derived_from<std::remove_const_t<Table>, Columns<std::remove_const_t<Table>>>
void visit(V& v, Table& table) {
  const_cast<std::remove_const_t<Table>&>(table).for_each([&v](auto& column) { v.all(column); });
}

// Not the fills of the tick just done, which are recorded with it.
template <class V, Either<MarketState> S>
void visit(V& v, S& market) {
  v.all(market.state, market.cost, market.share, market.last_price, market.last_volume, market.clearings);
  v.all(market.offers, market.orders);
  v.all(market.tick_volume, market.tick_value, market.tick_ordered, market.tick_trades);
}

// Not what is constant, and not the effects of events, which are recorded with their tick.
template <class V, Either<State> S>
void visit(V& v, S& state) {
  v.all(state.tick, state.populations, state.markets, state.signals, state.signal_history);
  v.all(state.claims, state.lines, state.dues, state.debtors, state.ties, state.goods, state.flows);
}

}  // namespace ondol
