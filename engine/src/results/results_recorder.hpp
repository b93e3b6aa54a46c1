// Copies what the tick just done left, column by column, into the rows that are written behind the run.
#pragma once

#include "base/exact.hpp"
#include "results/results_agent_tables.hpp"
#include "results/results_schema.hpp"
#include "results/results_writer.hpp"
#include "state/state.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace ondol {

class Scheduler;

// What a column of numbers comes to. Whole numbers are added exactly.
struct Summary {
  Wide whole = 0;
  std::array<double, 4> parts{};
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();

  void add(const Summary& other);
  double sum() const { return static_cast<double>(whole) + ((parts[0] + parts[1]) + (parts[2] + parts[3])); }
};

// The first so many rows of a population are recorded.
Index recorded_rows(const Model& model, const State& state, Index population);

class ResultsRecorder {
 public:
  ResultsRecorder(const Model& model, const Schema& schema, const State& state, Scheduler& scheduler);

  // Only those from now on, in the order of Schema::tables; all where nothing is said.
  void choose(std::vector<bool> tables) { chosen_ = std::move(tables); }

  // The run has done ticks before: they are recorded already,
  void go_on();
  // or not: who lives, and who has lived, is listed, and nothing else.
  void record_past(Batch& batch);
  // Adds the tick's rows to every table. Takes memory only while tables still grow.
  void record(std::int64_t tick, Batch& batch);
  // Adds of the last tick what `every` left out of it.
  void record_end(Batch& batch);

 private:
  void be_in(std::int64_t tick);
  bool wants(std::size_t table) const { return chosen_.empty() || chosen_[table]; }
  const RecordModel::Kind& choice_of(Index p) const { return model_.record.kinds[model_.populations[p].kind]; }
  void record_lives(Index p, Batch& batch);
  void record_traits(Index p, Index row, Batch& batch) const;
  void record_agents(Index p, Batch& batch);
  // Of the rows before `last`.
  void record_books(Index p, Index last, NumberRows& rows) const;
  void record_holdings(Index p, Index last, NumberRows& rows) const;
  void record_sales(Index p, Index last, NumberRows& rows) const;
  void record_state(Index p, Index last, NumberRows& rows) const;
  void record_totals(Index p, NumberRows& rows);
  void summarise_rows(Index p, Index first, Index last, Summary* summaries) const;
  template <class Use>
  void for_each_total(Index p, Use&& use) const;
  void record_outcomes(Index p, Batch& batch) const;
  void record_earnings(Index p, Index last, NumberRows& rows) const;
  void record_installed(Index p, Index last, NumberRows& rows) const;
  void record_markets(NumberRows& rows) const;
  void record_fills(NumberRows& rows) const;
  void record_flows(NumberRows& rows) const;
  void record_signals(NumberRows& rows) const;
  void record_goods(NumberRows& rows) const;
  void record_ties(NumberRows& rows) const;
  // By group and instrument.
  struct Position {
    Wide held = 0, issued = 0;
  };
  void reckon(std::vector<Position>& positions) const;
  void record_instruments(NumberRows& rows);

  double money(Units units) const { return static_cast<double>(units) / model_.money_scale; }

  const Model& model_;
  const Schema& schema_;
  const State& state_;
  Scheduler& scheduler_;
  std::vector<bool> chosen_;                             // tables; empty: all
  std::vector<std::vector<StateColumn>> state_columns_;  // by kind
  std::vector<std::vector<std::size_t>> tie_columns_;    // by relation, of its attributes
  std::vector<Index> listed_;         // by population: of its agents, in the order of births, so many are listed
  std::int64_t recorded_ = 0;         // tick of the results
  std::int64_t tick_ = 0;             // the same as the state counts it, with those of the burn-in
  std::vector<Index> issuing_ports_;  // [population * instruments + instrument]: or none
  std::vector<Position> positions_;   // as the tick ends
  std::vector<Position> before_;      // as the tick before ended, or before the first
  std::vector<Summary> summaries_;    // of a population: by piece of its rows and total
  double now_ = 0;                    // the tick, as a number of a row
};

}  // namespace ondol
