#include "payments.hpp"

#include <algorithm>

namespace ondol {

Payments::Payments(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler)
    : model_(model), state_(state), ledger_(ledger), scheduler_(scheduler) {
  while ((model.agents >> block_bits_) >= most_blocks) ++block_bits_;
  blocks_.resize((model.agents >> block_bits_) + 1);
  // What is written on all threads has to be there before.
  for (Index payer = 0; payer < model.populations.size(); ++payer) {
    for (const Index purpose : model.populations[payer].purposes) {
      ledger.paying(payer, purpose);
      if (is_capital(purpose)) state.populations[payer].contributed.values();
      for (Index payee = 0; payee < model.populations.size(); ++payee) {
        ledger.receiving(payee, purpose);
        if (is_capital(purpose)) state.populations[payee].contributed.values();
      }
    }
  }
}

bool Payments::Near::find(Index agent) {
  if (agent - first_ < count_) return false;  // wraps round below the first
  population_ = model_->population_of(agent);
  first_ = model_->populations[population_].first_agent;
  count_ = model_->populations[population_].room;
  return true;
}

void Payments::begin(std::uint32_t batches) {
  batch_count_ = batches;
  if (batches_.size() < batches) batches_.resize(batches);
}

void Payments::take(std::uint32_t index, const Chunk& chunk) {
  Batch& batch = batches_[index];
  if (batch.failure || chunk.outboxes->empty(ONDOL_OUT_PAY)) return;
  batch.deposits.resize(blocks_.size());
  const PopulationModel& population = model_.populations[chunk.population];
  PopulationState& payers = state_.populations[chunk.population];
  Near to(model_);
  std::uint32_t declared = ONDOL_NONE;  // purpose of the record before
  std::uint32_t source_now = 0;
  Index purpose = none;
  Index flow_of = none;  // whether this purpose of the latest payee's population has a flow is known
  MoneyColumns paying{};
  chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
    if (batch.failure) return;
    const Index payer = chunk.agent(record.row);
    if (record.row >= chunk.call.rows || record.amount < 0 || record.purpose >= population.purposes.size()) {
      batch.failure = Violation{payer, "pays a negative amount, or for a purpose it does not declare"};
      return;
    }
    if (record.purpose != declared) {
      declared = record.purpose;
      purpose = population.purposes[declared];
      source_now = source(batch, chunk.population, purpose);
      paying = ledger_.paying(chunk.population, purpose);
    }
    if (record.payee >= model_.agents) {
      batch.failure = ledger_.pays_the_dead(payer, purpose);
      return;
    }
    if (record.owed != 0) {
      batch.owed.push_back({payer, record.payee, purpose, record.amount});
      return;
    }
    const bool elsewhere = to.find(record.payee);
    const PopulationState& payees = state_.populations[to.population()];
    if (payees.living != payees.size && payees.alive[to.row(record.payee)] == 0) {
      batch.failure = ledger_.pays_the_dead(payer, purpose);
      return;
    }
    const Index row = chunk.first_row + record.row;
    if (!paying.withdraw(row, record.amount)) {
      batch.failure = ledger_.overdrawn(payer, record.amount, purpose);
      return;
    }
    if (is_capital(purpose)) payers.contributed.at(row) -= record.amount;
    if ((elsewhere || flow_of != purpose) && ledger_.flow_row(chunk.population, to.population(), purpose) < 0)
      batch.fresh.push_back({chunk.population, to.population(), purpose});
    flow_of = purpose;
    batch.deposits[record.payee >> block_bits_].push_back({record.payee, source_now, record.amount});
  });
}

std::uint32_t Payments::source(Batch& batch, Index population, Index purpose) const {
  for (std::size_t i = batch.sources.size(); i-- > 0;) {
    if (batch.sources[i].population == population && batch.sources[i].purpose == purpose)
      return static_cast<std::uint32_t>(i);
  }
  batch.sources.push_back({population, purpose});
  return static_cast<std::uint32_t>(batch.sources.size() - 1);
}

void Payments::book() {
  bool any = false;
  for (std::uint32_t b = 0; b < batch_count_; ++b) {
    Batch& batch = batches_[b];
    if (batch.failure) throw Violation(*batch.failure);
    any = any || !batch.sources.empty();
    for (const Flow& flow : batch.fresh) ledger_.count_flow(flow.from, flow.to, flow.purpose, 0, 0);
    batch.fresh.clear();
  }
  if (!any) return;
  scheduler_.for_each(static_cast<std::uint32_t>(blocks_.size()), [this](std::uint32_t i) { deposit(i); });
  for (Block& block : blocks_) block.flows.book(ledger_, state_);
  for (std::uint32_t b = 0; b < batch_count_; ++b) {
    Batch& batch = batches_[b];
    for (const Owed& owed : batch.owed) {
      ledger_.owe(owed.payer, owed.payee, owed.amount, owed.purpose);
      if (is_capital(owed.purpose)) ledger_.contribute(owed.payer, owed.payee, owed.amount);
    }
    batch.owed.clear();
    batch.sources.clear();
  }
}

void Payments::deposit(Index index) {
  FlowTally& flows = blocks_[index].flows;
  Near to(model_);
  for (std::uint32_t b = 0; b < batch_count_; ++b) {
    Batch& batch = batches_[b];
    if (batch.sources.empty()) continue;
    std::uint32_t source_now = ONDOL_NONE;
    Source source{};
    MoneyColumns receiving{};
    Units amount = 0;  // of the run of the same source and payees' population
    for (const Deposit& deposit : batch.deposits[index]) {
      const Index population_before = to.population();
      if (to.find(deposit.payee) || deposit.source != source_now) {
        if (amount != 0) flows.add(ledger_, source.population, population_before, source.purpose, amount, 0);
        amount = 0;
        source_now = deposit.source;
        source = batch.sources[source_now];
        receiving = ledger_.receiving(to.population(), source.purpose);
      }
      const Index row = to.row(deposit.payee);
      receiving.deposit(row, deposit.amount);
      if (is_capital(source.purpose)) state_.populations[to.population()].contributed.at(row) += deposit.amount;
      amount += deposit.amount;
    }
    if (amount != 0) flows.add(ledger_, source.population, to.population(), source.purpose, amount, 0);
    batch.deposits[index].clear();
  }
}

}  // namespace ondol
