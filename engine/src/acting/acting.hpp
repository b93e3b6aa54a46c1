// The act phase: hands chunks of agents to the rules of a step and gathers what they want done.
#pragma once

#include "acting/inputs.hpp"
#include "acting/outbox.hpp"
#include "base/moment.hpp"
#include "base/scheduler.hpp"
#include "base/watchdog.hpp"
#include "state/links.hpp"
#include "state/members.hpp"
#include "state/state.hpp"
#include "state/state_ranges.hpp"

#include <ondol/engine/profile.hpp>

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace ondol {

// A rule failed.
struct RuleFailure {
  Index population;
  Index agent;  // or none
  std::string message;
};

// One call of a rule, and what it left.
struct Chunk {
  Index population = 0;
  const RuleDescription* rule = nullptr;
  Index first_row = 0;
  ondol_chunk call{};
  std::vector<ondol_port> ports;
  std::vector<ondol_contribution> contributions;  // one per port; used by WRITES
  ondol_failure failure{};
  std::int32_t status = 0;
  CallMark mark;
  double seconds = 0;            // of the latest call, where it is measured
  Outboxes* outboxes = nullptr;  // shared with the chunks at the same place in other steps

  Index agent(std::uint32_t row) const { return call.agent != nullptr ? call.agent[row] : call.first_agent + row; }
};

class Acting {
 public:
  Acting(const Model& model, State& state, const Members& members, const Links& links, Scheduler& scheduler,
         Watchdog& watchdog, Profile* profile);

  // The chunks of a step are run in so many batches, each of which is one task: enough for all threads to share evenly,
  // and no more, since what a batch pays is sorted by itself. Nothing that can be seen depends on how many they are.
  std::uint32_t batches(Index step) const;
  // Runs every rule of a step; `take(batch, chunk)` sees each chunk's payments and what money it left available, on the
  // same thread, and nobody does after it. Throws RuleFailure of the first chunk that failed.
  void act(Index step, const Moment& now, const std::function<void(std::uint32_t, const Chunk&)>& take);
  // The chunks of a step, in the order in which they are settled.
  std::span<Chunk> chunks(Index step) { return plan_[step]; }
  // After births: populations have more rows.
  void replan();
  // Of the step of birth: who begins are the rows of each population from its first newborn on. Says whether any do.
  bool plan_births(const std::vector<Index>& first_newborn);
  // Points chunks at the offers of a market as they now stand.
  void refresh_offers(Index market);

 private:
  void plan_step(Index step, const std::vector<Index>& first_rows);
  void plan_chunk(Chunk& chunk);
  std::uint32_t kind_lags(Index population, Index port) const;
  ondol_port plan_port(const Chunk& chunk, Index port);
  void refresh(Chunk& chunk, const Moment& now, std::uint32_t rounds, Units* available);
  void lay_out_money(Chunk& chunk, Units* available) const;
  void call(Chunk& chunk);
  void measure(const std::vector<Chunk>& chunks) const;
  std::string still_at_work(const std::vector<Chunk>& chunks, std::int64_t since) const;

  const Model& model_;
  State& state_;
  const Members& members_;
  const Links& links_;
  Scheduler& scheduler_;
  Watchdog& watchdog_;
  Profile* profile_;
  std::vector<std::vector<Chunk>> plan_;  // by step
  std::vector<std::unique_ptr<Outboxes>> outboxes_;
  // What one batch lends to its chunks, one after another: memory that is used again at once is still at hand.
  struct Loan {
    SegmentPool segments;
    std::array<Units, rows_per_chunk> available;
  };
  std::vector<Loan> loans_;          // by batch
  std::vector<StateRanges> ranges_;  // by kind
  std::vector<Padding> paddings_;    // by kind
  Inputs inputs_;
  struct OffersView {
    ondol_offers offers{};
    std::vector<const double*> attributes;
  };
  std::vector<OffersView> offers_;  // by market
};

}  // namespace ondol
