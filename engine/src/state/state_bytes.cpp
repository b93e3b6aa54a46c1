// Checking a state that was read: what the engine never asks again, as it goes over rows, has to hold.
#include "state/state_bytes.hpp"

#include "state/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

void require(bool holds, const char* what) {
  if (!holds) throw Unreadable{fmt::format("its {} do not fit together", what)};
}

class Check {
 public:
  Check(const Model& model, State& state) : model_(model), state_(state) {}

  void all() {
    for (Index p = 0; p < model_.populations.size(); ++p) population(p);
    for (Index p = 0; p < model_.populations.size(); ++p) founders(state_.populations[p]);
    for (Index m = 0; m < model_.markets.size(); ++m) market(m);
    signals();
    claims();
    lines();
    dues();
    ties();
    flows();
  }

 private:
  void population(Index p) {
    PopulationState& s = state_.populations[p];
    const PopulationModel& population = model_.populations[p];
    const KindDescription& kind = *model_.kinds[population.kind];
    const Index ids_end = p + 1 < model_.populations.size() ? model_.populations[p + 1].first_agent : none;
    require(s.ever <= ids_end - s.first_agent && s.size <= s.ever && s.alive.size() == s.size, "agents");
    require(s.living == s.size - std::count(s.alive.begin(), s.alive.end(), 0), "agents");
    rows(s);
    for_each_column(population, s, [&s](auto& column) { require(column.size() == s.size, "columns"); });
    for (const PortState& port : s.ports) require(fits(port, s.size), "columns");
    require(s.params.size() == population.params.size(), "parameters");
    require(s.traits.size() == std::size_t{s.size} * kind.traits_size, "traits");
    require(s.state.size() == std::size_t{s.size} * kind.state_size, "states");
    for (const FieldDescription& field : kind.fields) {
      if (field.type != ONDOL_BOOL || field.role == ONDOL_PARAM) continue;
      const bool trait = field.role == ONDOL_TRAIT;
      require(all_are_bools(trait ? s.traits : s.state, trait ? kind.traits_size : kind.state_size, field), "states");
    }
    require(s.flows_tick.size() == (s.size + rows_per_chunk - 1) / rows_per_chunk, "flows");
  }

  static bool all_are_bools(const Bytes& rows, std::size_t stride, const FieldDescription& field) {
    for (std::size_t row = 0; row < rows.size(); row += stride) {
      for (std::size_t i = 0; i < field.count; ++i) {
        if (rows[row + field.offset + i] > std::byte{1}) return false;
      }
    }
    return true;
  }

  // Columns of a port that has no use for them are empty.
  static bool fits(const PortState& port, Index rows) {
    const auto fit = [rows](const auto& column) { return column.size() == 0 || column.size() == rows; };
    return fit(port.sold) && fit(port.revenue) && fit(port.demand) && fit(port.backlog) && fit(port.sold_before) &&
           fit(port.revenue_before) && fit(port.bought) && fit(port.spent) && fit(port.ordered) && fit(port.claims) &&
           fit(port.line) && fit(port.sums) && fit(port.received);
  }

  // Which agent is in which row.
  static void rows(PopulationState& s) {
    if (!s.moved) {
      require(s.ids.empty() && s.size == s.ever, "agents");
      return;
    }
    require(s.ids.size() == s.size, "agents");
    s.row_of.assign(s.ever, none);
    Index least = s.first_agent;
    for (Index row = 0; row < s.size; ++row) {
      require(s.ids[row] >= least && s.ids[row] - s.first_agent < s.ever, "agents");
      s.row_of[s.ids[row] - s.first_agent] = row;
      least = s.ids[row] + 1;
    }
  }

  void founders(const PopulationState& s) const {
    for (Index row = 0; row < s.size; ++row) require(existed_or_none(s.founder[row]), "agents");
    for (const Departed& gone : s.departed)
      require(gone.agent - s.first_agent < s.ever && existed_or_none(gone.founder), "agents");
  }

  bool existed_or_none(Index agent) const { return agent == none || state_.existed(agent); }
  bool has_row(Index agent) const { return state_.existed(agent) && state_.place(agent).row != none; }

  template <class Table>
  static void same_length(Table& table, const char* what) {
    table.for_each([&](const auto& column) { require(column.size() == table.size(), what); });
  }

  void market(Index m) {
    MarketState& s = state_.markets[m];
    const std::size_t regions = model_.regions.size();
    require(s.state.size() == model_.markets[m].state.size(), "mechanisms");
    require(s.cost.size() == regions * regions && s.share.size() == regions * regions, "markets");
    require(std::all_of(s.share.begin(), s.share.end(), [](double share) { return share > 0 && share <= 1; }),
            "markets");
    offers(m, s.offers);
    orders(m, s.orders);
  }

  bool trades(Index agent, Index port, Index market, ondol_port_type type) const {
    const std::vector<PortModel>& ports = model_.populations[state_.population_of(agent)].ports;
    return port < ports.size() && ports[port].bound && ports[port].type == type && ports[port].target == market;
  }

  void offers(Index m, OfferColumns& offers) const {
    same_length(offers, "offers");
    for (std::size_t i = 0; i < offers.size(); ++i) {
      require(has_row(offers.seller[i]) && offers.region[i] < model_.regions.size(), "offers");
      require(i == 0 || offers.quote(i - 1) <= offers.quote(i), "offers");
      const auto& ports = model_.populations[state_.population_of(offers.seller[i])].ports;
      bool sells = false;
      for (Index port = 0; port < ports.size() && !sells; ++port)
        sells = trades(offers.seller[i], port, m, ONDOL_SELLS);
      require(sells, "offers");
    }
  }

  void orders(Index m, OrderColumns& orders) const {
    same_length(orders, "orders");
    for (std::size_t i = 0; i < orders.size(); ++i) {
      require(has_row(orders.buyer[i]) && existed_or_none(orders.seller[i]), "orders");
      require(orders.region[i] < model_.regions.size(), "orders");
      require(trades(orders.buyer[i], orders.port[i], m, ONDOL_BUYS), "orders");
    }
  }

  void signals() const {
    require(state_.signals.size() == model_.signals.size(), "signals");
    for (std::size_t i = 0; i < model_.signals.size(); ++i)
      require(state_.signal_history[i].size() == model_.signals[i].lags, "signals");
  }

  void claims() const {
    Claims& claims = state_.claims;
    same_length(claims, "claims");
    for (std::size_t i = 0; i < claims.size(); ++i) {
      require(claims.instrument[i] < model_.instruments.size() && state_.existed(claims.issuer[i]) &&
                  state_.existed(claims.holder[i]),
              "claims");
      require(claims.amount[i] == 0 || (has_row(claims.issuer[i]) && has_row(claims.holder[i])), "claims");
    }
  }

  void lines() const {
    Lines& lines = state_.lines;
    same_length(lines, "lines of credit");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      require(lines.instrument[i] < model_.instruments.size() && state_.existed(lines.debtor[i]) &&
                  state_.existed(lines.lender[i]),
              "lines of credit");
      require(lines.limit[i] == 0 || (has_row(lines.debtor[i]) && has_row(lines.lender[i]) &&
                                      issues(lines.debtor[i], lines.instrument[i])),
              "lines of credit");
    }
  }

  bool issues(Index agent, Index instrument) const {
    const std::vector<PortModel>& ports = model_.populations[state_.population_of(agent)].ports;
    return std::any_of(ports.begin(), ports.end(), [&](const PortModel& port) {
      return port.bound && port.type == ONDOL_ISSUES && port.target == instrument;
    });
  }

  void dues() const {
    Dues& dues = state_.dues;
    same_length(dues, "dues");
    for (std::size_t i = 0; i < dues.size(); ++i) {
      require(
          dues.purpose[i] < model_.purposes.size() && state_.existed(dues.payer[i]) && state_.existed(dues.payee[i]),
          "dues");
      require(dues.amount[i] == 0 || (has_row(dues.payer[i]) && has_row(dues.payee[i])), "dues");
    }
    for (const Index debtor : state_.debtors) require(state_.existed(debtor), "dues");
  }

  void ties() const {
    Ties& ties = state_.ties;
    same_length(ties, "ties");
    for (std::size_t i = 0; i < ties.size(); ++i) {
      require(state_.existed(ties.from[i]) && state_.existed(ties.to[i]), "ties");
      if (ties.relation[i] == none) continue;
      require(ties.relation[i] < model_.relations.size() && has_row(ties.from[i]) && has_row(ties.to[i]), "ties");
    }
  }

  void flows() const {
    for (const FlowRow& flow : state_.flows) {
      require(
          flow.from < state_.groups.size() && flow.to < state_.groups.size() && flow.purpose < model_.purposes.size(),
          "flows");
    }
  }

  const Model& model_;
  State& state_;
};

}  // namespace

void complete_state(const Model& model, State& state) { Check(model, state).all(); }

}  // namespace ondol
