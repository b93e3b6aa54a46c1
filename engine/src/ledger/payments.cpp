#include "ledger/payments.hpp"

#include "base/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ondol {

namespace {

constexpr std::array<Units, rows_per_chunk> no_money{};

}  // namespace

Payments::Payments(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler)
    : model_(model), state_(state), ledger_(ledger), scheduler_(scheduler) {
  fit_rows();
  // What is written on all threads has to be there before.
  for (Index payer = 0; payer < model.populations.size(); ++payer) {
    for (const Index purpose : model.populations[payer].purposes) {
      state.populations[payer].paid[model.purposes[purpose].flow_class].values();
      if (is_capital(purpose)) state.populations[payer].contributed.values();
      for (Index payee = 0; payee < model.populations.size(); ++payee) {
        ledger.receiving_columns(payee, purpose);
        if (is_capital(purpose)) state.populations[payee].contributed.values();
      }
    }
  }
}

void Payments::fit_rows() {
  static_assert(rows_per_chunk == 1U << least_block_bits, "blocks are made of whole chunks");
  population_of_.clear();
  first_slot_.assign(1, 0);
  for (Index p = 0; p < state_.populations.size(); ++p) {
    const Index chunks = (state_.populations[p].size + rows_per_chunk - 1) / rows_per_chunk;
    population_of_.insert(population_of_.end(), chunks, p);
    first_slot_.push_back(first_slot_.back() + chunks * rows_per_chunk);
  }
  block_bits_ = least_block_bits;
  while (block_bits_ < most_block_bits && (first_slot_.back() >> block_bits_) >= most_blocks) ++block_bits_;
  blocks_.resize((first_slot_.back() >> block_bits_) + 1);
}

void Payments::begin(std::uint32_t batches) {
  batch_count_ = batches;
  if (batches_.size() < batches) batches_.resize(batches);
  for (std::uint32_t b = 0; b < batches; ++b) {
    batches_[b].small.restart(blocks_.size());
    batches_[b].large.restart(blocks_.size());
  }
}

// What one payment has in common with the next is looked up when it changes.
class Payments::Taking {
 public:
  Taking(Payments& payments, Batch& batch, const Chunk& chunk)
      : payments_(payments), batch_(batch), chunk_(chunk), payer_(payments.model_.populations[chunk.population]) {}

  void take(std::span<const ondol_pay_record> records) {
    while (!records.empty() && !batch_.failure) {
      records = records.subspan(take_alike(records));
      if (records.empty()) return;
      take_any(records.front());
      records = records.subspan(1);
    }
  }
  // Flow classes of what was taken, as bits.
  std::uint32_t classes() const { return classes_; }

 private:
  // Takes payments like the one before, as far as they go. Says how many. Two short loops, so that either keeps all it
  // needs in registers.
  std::size_t take_alike(std::span<const ondol_pay_record> records) {
    if (!alike_) return 0;
    records = records.first(count_alike(records));
    const std::uint32_t block_bits = payments_.block_bits_;
    const Index within = (Index{1} << block_bits) - 1;
    const Index slot_of_first = first_slot_ - first_;
    const std::uint32_t source = source_;
    Units* const paid = paid_;
    for (const ondol_pay_record& record : records) {
      paid[record.row] += record.amount;
      const Index slot = slot_of_first + record.payee;
      batch_.small.push(slot >> block_bits, {record.amount, slot & within, source});
    }
    return records.size();
  }
  std::size_t count_alike(std::span<const ondol_pay_record> records) const {
    const std::uint32_t rows = chunk_.call.rows, first = first_, count = count_, declared = declared_;
    const auto like = [=](const ondol_pay_record& record) {
      return ((record.purpose ^ declared) | record.owed) == 0 && record.payee - first < count && record.row < rows &&
             static_cast<std::uint64_t>(record.amount) <= UINT32_MAX;
    };
    return static_cast<std::size_t>(std::find_if_not(records.begin(), records.end(), like) - records.begin());
  }

  void take_any(const ondol_pay_record& record) {
    const Index payer = chunk_.agent(record.row);
    if (record.row >= chunk_.call.rows || record.amount < 0 || record.purpose >= payer_.purposes.size()) {
      batch_.failure = Violation{payer, "pays a negative amount, or for a purpose it does not declare"};
      return;
    }
    const Index purpose = payer_.purposes[record.purpose];
    if (!payments_.state_.existed(record.payee)) {
      batch_.failure = payments_.ledger_.pays_the_dead(payer, purpose);
      return;
    }
    if (record.owed != ONDOL_PAY) {
      take_due(payer, record, purpose);
      return;
    }
    if (!payments_.ledger_.alive(record.payee)) {
      batch_.failure = payments_.ledger_.pays_the_dead(payer, purpose);
      return;
    }
    look_up(record, purpose);
    paid_[record.row] += record.amount;
    const Index slot = first_slot_ + payments_.state_.populations[payee_].row(record.payee);
    const Index block = slot >> payments_.block_bits_;
    const Index place = slot & ((Index{1} << payments_.block_bits_) - 1);
    if (static_cast<std::uint64_t>(record.amount) <= UINT32_MAX && source_ <= UINT16_MAX) {
      batch_.small.push(block, {record.amount, place, source_});
    } else {
      batch_.large.push(block, {record.amount, place, source_});
    }
    if (payments_.is_capital(purpose))
      payments_.state_.populations[chunk_.population].contributed.at(chunk_.first_row + record.row) -= record.amount;
  }

  void take_due(Index agent, const ondol_pay_record& record, Index purpose) {
    const bool billed = record.owed == ONDOL_BILL;
    if (record.owed > ONDOL_BILL || !payments_.ledger_.alive(record.payee)) {
      batch_.failure = Violation{agent, fmt::format("{} '{}' {} an agent that does not live", billed ? "bills" : "owes",
                                                    payments_.model_.purposes[purpose].name, billed ? "of" : "to")};
      return;
    }
    const Index payer = billed ? record.payee : agent;
    const Index payee = billed ? agent : record.payee;
    batch_.owed.push_back({payer, payee, purpose, record.amount});
  }

  void look_up(const ondol_pay_record& record, Index purpose) {
    const bool elsewhere = record.payee - first_ >= count_;  // wraps round below the first
    if (!elsewhere && record.purpose == declared_) return;
    if (elsewhere) look_up_payee(record.payee);
    if (record.purpose != declared_) look_up_purpose(record.purpose, purpose);
    const PopulationState& payees = payments_.state_.populations[payee_];
    const bool all_live = payees.living == payees.size;
    alike_ = all_live && !payees.moved && !payments_.is_capital(purpose) && source_ <= UINT16_MAX;
    if (payments_.ledger_.flow_row(chunk_.population, payee_, purpose) < 0)
      batch_.fresh.push_back({chunk_.population, payee_, purpose});
  }
  void look_up_payee(Index payee) {
    payee_ = payments_.state_.population_of(payee);
    first_ = payments_.state_.populations[payee_].first_agent;
    count_ = payments_.state_.populations[payee_].ever;
    first_slot_ = payments_.first_slot_[payee_];
  }
  void look_up_purpose(std::uint32_t declared, Index purpose) {
    declared_ = declared;
    source_ = payments_.source(batch_, chunk_.population, purpose);
    const ondol_flow_class flow_class = payments_.model_.purposes[purpose].flow_class;
    paid_ = batch_.paid[flow_class].data();
    classes_ |= 1U << flow_class;
  }

  Payments& payments_;
  Batch& batch_;
  const Chunk& chunk_;
  const PopulationModel& payer_;
  // Of the payment before.
  std::uint32_t declared_ = ONDOL_NONE;
  std::uint32_t source_ = 0;
  bool alike_ = false;  // all that can differ between it and one like it is in the record
  Units* paid_ = nullptr;
  Index payee_ = none, first_ = 0, count_ = 0, first_slot_ = 0;
  std::uint32_t classes_ = 0;
};

void Payments::take(std::uint32_t index, const Chunk& chunk) {
  Batch& batch = batches_[index];
  if (batch.failure) return;
  std::uint32_t classes = 0;
  if (!chunk.outboxes->empty(ONDOL_OUT_PAY)) {
    Taking taking(*this, batch, chunk);
    chunk.outboxes->for_each_segment<ondol_pay_record>(
        ONDOL_OUT_PAY, [&](std::span<const ondol_pay_record> records) { taking.take(records); });
    classes = taking.classes();
  }
  if (!batch.failure) settle_rows(batch, chunk, classes);
}

std::uint32_t Payments::source(Batch& batch, Index population, Index purpose) const {
  for (std::size_t i = batch.sources.size(); i-- > 0;) {
    if (batch.sources[i].population == population && batch.sources[i].purpose == purpose)
      return static_cast<std::uint32_t>(i);
  }
  batch.sources.push_back({population, purpose});
  return static_cast<std::uint32_t>(batch.sources.size() - 1);
}

// Row by row: who spent more than its own money draws the rest of its lines, which is booked when all have acted.
void Payments::draw_rows(Batch& batch, const Chunk& chunk) {
  PopulationState& population = state_.populations[chunk.population];
  for (Index i = 0; i < chunk.call.rows; ++i) {
    const Index row = chunk.first_row + i;
    Units& left = chunk.call.money_available[i];
    const Units line = population.line[row];
    if (line == 0 || left < 0) continue;
    const Units drawn = std::max<Units>(0, line - left);
    left = std::max<Units>(0, left - line);
    if (drawn == 0) continue;
    population.money_held[row] += drawn;
    batch.drawn.push_back({{chunk.population, row}, drawn});
  }
}

// Row by row: money leaves the payers, and what they took besides is set aside.
void Payments::settle_rows(Batch& batch, const Chunk& chunk, std::uint32_t classes) {
  PopulationState& population = state_.populations[chunk.population];
  const Index rows = chunk.call.rows;
  Units* held = population.money_held.data() + chunk.first_row;
  if (population.line.written() != nullptr) draw_rows(batch, chunk);
  if (classes != 0) population.restart_flows(chunk.first_row / rows_per_chunk, state_.tick);
  for (std::size_t c = 0; c < batch.paid.size(); ++c) {
    if ((classes & 1U << c) == 0) continue;
    columns::pay(held, population.paid[c].values().data() + chunk.first_row, batch.paid[c].data(), rows);
  }
  const Units* left = chunk.call.money_available;
  const Column* column = population.money_reserved.written();
  const Units* reserved = column == nullptr ? no_money.data() : column->data() + chunk.first_row;
  const columns::Taken taken = columns::taken(held, reserved, left, rows);
  if (taken.wrong) batch.failure = overdraft(chunk);
  if (!taken.any || batch.failure) return;
  for (Index row = 0; row < rows; ++row) {
    const Units aside = held[row] - reserved[row] - left[row];
    const Place place{chunk.population, chunk.first_row + row};
    if (aside == 0) continue;
    if (column != nullptr) {
      ledger_.reserve(place, aside);
    } else {
      batch.set_aside.push_back({place, aside});
    }
  }
}

// Of the first row that paid more than it took, or took more than it had.
Violation Payments::overdraft(const Chunk& chunk) const {
  const PopulationState& population = state_.populations[chunk.population];
  const PopulationModel& model = model_.populations[chunk.population];
  Index row = 0;
  Units aside = 0;
  for (;; ++row) {
    aside = population.money_to_spend(chunk.first_row + row) - chunk.call.money_available[row];
    if (aside < 0 || chunk.call.money_available[row] < 0) break;
  }
  const Index payer = chunk.agent(row);
  Violation violation{payer, "has an account of money that does not add up"};
  // What it took must last for its payments, one after the other.
  Units lasts = aside;
  const auto pays = [&](const ondol_pay_record& record) { return record.row == row && record.owed == 0; };
  chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
    if (pays(record)) lasts += record.amount;
  });
  bool found = false;
  chunk.outboxes->for_each<ondol_pay_record>(ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
    if (!pays(record) || found) return;
    lasts -= record.amount;
    found = lasts < 0 || chunk.call.money_available[row] < 0;
    if (found) violation = ledger_.overdrawn(payer, record.amount, model.purposes[record.purpose]);
  });
  return violation;
}

void Payments::book() {
  bool any = false;
  for (std::uint32_t b = 0; b < batch_count_; ++b) {
    Batch& batch = batches_[b];
    if (batch.failure) throw Violation(*batch.failure);
    any = any || !batch.sources.empty() || !batch.owed.empty();
    for (const Flow& flow : batch.fresh) ledger_.count_flow(flow.from, flow.to, flow.purpose, 0, 0);
    batch.fresh.clear();
    for (const SetAside& aside : batch.set_aside) ledger_.reserve(aside.place, aside.amount);
    batch.set_aside.clear();
  }
  draw();
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

void Payments::draw() {
  for (std::uint32_t b = 0; b < batch_count_; ++b) {
    for (const Drawn& drawn : batches_[b].drawn) {
      PopulationState& population = state_.populations[drawn.place.population];
      population.money_held[drawn.place.row] -= drawn.amount;
      ledger_.draw(population.agent(drawn.place.row), drawn.amount);
    }
    batches_[b].drawn.clear();
  }
}

void Payments::deposit(Index block) {
  bool at_hand = false;
  for (std::uint32_t b = 0; b < batch_count_; ++b) {
    Batch& batch = batches_[b];
    if (batch.sources.empty()) continue;
    if (batch.small.empty(block) && batch.large.empty(block)) continue;
    if (!std::exchange(at_hand, true)) ready(block);
    const auto book = [&](const auto& deposits) { deposit(block, batch, deposits); };
    batch.small.for_each_page(block, book);
    batch.large.for_each_page(block, book);
  }
}

// Flows of payees start anew, if they have not yet in this tick. Either way their rows are now at hand, or soon.
void Payments::ready(Index block) {
  const std::size_t chunks = std::size_t{1} << (block_bits_ - least_block_bits);
  const std::size_t last = std::min(population_of_.size(), (block + 1) * chunks);
  for (std::size_t chunk = block * chunks; chunk < last; ++chunk) {
    const Index p = population_of_[chunk];
    const Index row = static_cast<Index>(chunk) * rows_per_chunk - first_slot_[p];
    PopulationState& population = state_.populations[p];
    population.restart_flows(row / rows_per_chunk, state_.tick);
    columns::prefetch(population.money_held.data() + row, std::min(rows_per_chunk, population.size - row));
  }
}

template <class Deposit>
void Payments::deposit(Index block, const Batch& batch, std::span<const Deposit> deposits) {
  const Index first_slot = block << block_bits_;
  // A run of deposits has the same source and population of payees.
  for (std::size_t first = 0, next = 0; first < deposits.size(); first = next) {
    const std::uint32_t source = deposits[first].source();
    const Source& payer = batch.sources[source];
    const Index payees = population_of_[(first_slot + deposits[first].slot()) / rows_per_chunk];
    const Index begin = first_slot_[payees] - first_slot;  // wraps round where the block begins amid the population
    const Index count = first_slot_[payees + 1] - first_slot_[payees];
    const MoneyColumns receiving = ledger_.receiving_columns(payees, payer.purpose);
    Units amount = 0;
    for (; next < deposits.size(); ++next) {
      const Deposit deposit = deposits[next];
      const Index row = deposit.slot() - begin;
      if (deposit.source() != source || row >= count) break;
      receiving.held[row] += deposit.amount();
      receiving.flow[row] += deposit.amount();
      amount += deposit.amount();
    }
    blocks_[block].flows.add(ledger_, payer.population, payees, payer.purpose, amount, 0);
    for (const Index levy : receiving.levies) {
      for (std::size_t i = first; i < next; ++i)
        receiving.levy_base[levy][deposits[i].slot() - begin] += deposits[i].amount();
    }
    if (!is_capital(payer.purpose)) continue;
    Column& contributed = state_.populations[payees].contributed.values();
    for (std::size_t i = first; i < next; ++i) contributed[deposits[i].slot() - begin] += deposits[i].amount();
  }
}

}  // namespace ondol
