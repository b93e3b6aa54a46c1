#include "payments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ondol {

Payments::Payments(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler)
    : model_(model),
      state_(state),
      ledger_(ledger),
      scheduler_(scheduler),
      blocks_((model.agents + agents_per_block - 1) / agents_per_block) {}

void Payments::book(std::span<const Chunk> chunks) {
  const auto pays = [](const Chunk& chunk) { return !chunk.outboxes->empty(ONDOL_OUT_PAY); };
  if (std::none_of(chunks.begin(), chunks.end(), pays)) return;
  chunks_ = chunks;
  slab_count_ = static_cast<std::uint32_t>((chunks.size() + chunks_per_slab - 1) / chunks_per_slab);
  if (slabs_.size() < slab_count_) slabs_.resize(slab_count_);
  scheduler_.for_each(slab_count_, [this](std::uint32_t i) {
    const std::size_t first = std::size_t{i} * chunks_per_slab;
    withdraw(slabs_[i], chunks_.subspan(first, std::min<std::size_t>(chunks_per_slab, chunks_.size() - first)));
  });
  for (std::uint32_t i = 0; i < slab_count_; ++i) {
    if (slabs_[i].failure) throw Violation(*slabs_[i].failure);
  }
  scheduler_.for_each(static_cast<std::uint32_t>(blocks_.size()), [this](std::uint32_t i) { deposit(i); });
  if (std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.to_the_dead; }))
    blame_who_pays_the_dead(chunks);
  count_flows(chunks);
  owe(chunks);
}

// Twice over the records: what was withdrawn and how much goes to each block, then where it goes.
void Payments::withdraw(Slab& slab, std::span<const Chunk> chunks) {
  slab.owes = false;
  slab.failure.reset();
  slab.start.assign(blocks_.size() + 1, 0);
  std::size_t count = 0;
  for (const Chunk& chunk : chunks) {
    const PopulationModel& population = model_.populations[chunk.population];
    chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
      if (slab.failure) return;
      const Index payer = chunk.agent(record.row);
      if (record.row >= chunk.call.rows || record.amount < 0 || record.purpose >= population.purposes.size()) {
        slab.failure = Violation{payer, "pays a negative amount, or for a purpose it does not declare"};
        return;
      }
      if (record.payee >= model_.agents) {
        slab.failure = ledger_.pays_the_dead(payer, population.purposes[record.purpose]);
        return;
      }
      if (record.owed != 0) {
        slab.owes = true;
        return;
      }
      const Index purpose = population.purposes[record.purpose];
      if (!ledger_.paying(chunk.population, purpose).withdraw(chunk.first_row + record.row, record.amount)) {
        slab.failure = ledger_.overdrawn(payer, record.amount, purpose);
        return;
      }
      if (model_.purposes[purpose].flow_class != ONDOL_CURRENT)
        state_.populations[chunk.population].contributed[chunk.first_row + record.row] -= record.amount;
      ++slab.start[record.payee / agents_per_block + 1];
      ++count;
    });
  }
  if (slab.failure) return;
  for (std::size_t b = 1; b < slab.start.size(); ++b) slab.start[b] += slab.start[b - 1];
  if (slab.deposits.size() < count) slab.deposits.resize(count);
  for (const Chunk& chunk : chunks) {
    const PopulationModel& population = model_.populations[chunk.population];
    chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
      if (record.owed != 0) return;
      slab.deposits[slab.start[record.payee / agents_per_block]++] = {record.payee, chunk.population, record.amount,
                                                                      population.purposes[record.purpose]};
    });
  }
  // Each start has moved on to the next.
  std::copy_backward(slab.start.begin(), slab.start.end() - 1, slab.start.end());
  slab.start.front() = 0;
}

void Payments::deposit(Index index) {
  Block& block = blocks_[index];
  block.to_the_dead = false;
  for (std::uint32_t s = 0; s < slab_count_; ++s) {
    const Slab& slab = slabs_[s];
    for (std::uint32_t i = slab.start[index]; i < slab.start[index + 1]; ++i) {
      const Deposit& deposit = slab.deposits[i];
      const Place to = ledger_.place(deposit.payee);
      if (state_.populations[to.population].alive[to.row] == 0) {
        block.to_the_dead = true;
        return;
      }
      ledger_.receiving(to.population, deposit.purpose).deposit(to.row, deposit.amount);
      if (model_.purposes[deposit.purpose].flow_class != ONDOL_CURRENT)
        state_.populations[to.population].contributed[to.row] += deposit.amount;
      block.flows.add(ledger_, deposit.from, to.population, deposit.purpose, deposit.amount, 0);
    }
  }
}

void Payments::blame_who_pays_the_dead(std::span<const Chunk> chunks) const {
  for (const Chunk& chunk : chunks) {
    const PopulationModel& population = model_.populations[chunk.population];
    chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
      if (record.owed == 0 && !ledger_.alive(record.payee))
        throw ledger_.pays_the_dead(chunk.agent(record.row), population.purposes[record.purpose]);
    });
  }
  throw Violation{none, "a payment went to an agent that does not live"};
}

// Rows of flows are made in the order of the records, whoever came upon them first.
void Payments::count_flows(std::span<const Chunk> chunks) {
  if (std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.flows.fresh(); })) {
    for (const Chunk& chunk : chunks) {
      const PopulationModel& population = model_.populations[chunk.population];
      chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
        if (record.owed != 0) return;
        ledger_.count_flow(chunk.population, ledger_.place(record.payee).population,
                           population.purposes[record.purpose], 0, 0);
      });
    }
  }
  for (Block& block : blocks_) block.flows.book(ledger_, state_);
}

void Payments::owe(std::span<const Chunk> chunks) {
  for (std::uint32_t s = 0; s < slab_count_; ++s) {
    if (!slabs_[s].owes) continue;
    const std::size_t first = std::size_t{s} * chunks_per_slab;
    for (const Chunk& chunk : chunks.subspan(first, std::min<std::size_t>(chunks_per_slab, chunks.size() - first))) {
      const PopulationModel& population = model_.populations[chunk.population];
      chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
        if (record.owed == 0) return;
        const Index payer = chunk.agent(record.row);
        const Index purpose = population.purposes[record.purpose];
        ledger_.owe(payer, record.payee, record.amount, purpose);
        if (model_.purposes[purpose].flow_class != ONDOL_CURRENT)
          ledger_.contribute(payer, record.payee, record.amount);
      });
    }
  }
}

}  // namespace ondol
