// Copies what the tick just done left, column by column, into the rows that are written behind the run.
#pragma once

#include "results_schema.hpp"
#include "results_writer.hpp"
#include "state.hpp"

#include <cstdint>
#include <vector>

namespace ondol {

class ResultsRecorder {
 public:
  ResultsRecorder(const Model& model, const Schema& schema, const State& state);

  // Adds the tick's rows to every table. Takes memory only while tables still grow.
  void record(std::int64_t tick, Batch& batch);

 private:
  void record_population(Index p, Batch& batch) const;
  // Of at most so many agents, the first.
  void record_books(Index p, Index most, NumberRows& rows) const;
  void record_holdings(Index p, Index most, NumberRows& rows) const;
  void record_sales(Index p, Index most, NumberRows& rows) const;
  void record_state(Index p, Index most, NumberRows& rows) const;
  void record_totals(Index p, NumberRows& rows) const;
  void record_markets(NumberRows& rows) const;
  void record_flows(NumberRows& rows) const;
  void record_signals(NumberRows& rows) const;
  void record_goods(NumberRows& rows) const;

  double money(Units units) const { return static_cast<double>(units) / model_.money_scale; }
  double market_scale(Index market) const;  // smallest units per unit of what it trades

  const Model& model_;
  const Schema& schema_;
  const State& state_;
  std::vector<std::vector<StateColumn>> state_columns_;  // by kind
  std::int64_t tick_ = 0;
  double now_ = 0;  // the tick, as a number of a row
};

}  // namespace ondol
