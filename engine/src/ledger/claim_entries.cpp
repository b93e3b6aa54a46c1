#include "ledger/claim_entries.hpp"

#include "acting/records.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ondol {

void ClaimEntries::book(std::span<const Chunk> chunks, const Moment& now) {
  for (const Chunk& chunk : chunks) {
    chunk.outboxes->for_each<ondol_claim_record>(ONDOL_OUT_CLAIM,
                                                 [&](const ondol_claim_record& record) { book(chunk, record, now); });
  }
}

void ClaimEntries::book(const Chunk& chunk, const ondol_claim_record& record, const Moment& now) {
  const bool as_holder = record.action >= ONDOL_FORGIVE;
  const auto does = as_holder ? "forgives, resets, seizes or grants" : "issues, retires, repays or distributes";
  const PortModel& port =
      port_of_record(model_, chunk, record.row, record.port, {as_holder ? ONDOL_OWNS : ONDOL_ISSUES}, does);
  const Index agent = chunk.agent(record.row);
  const Index instrument = port.target;
  const InstrumentModel& described = model_.instruments[instrument];
  if (record.amount < 0)
    throw Violation{agent, fmt::format("{} a negative amount of instrument '{}'", does, described.name)};
  const auto needed = record.action <= ONDOL_RETIRE_MONEY ? InstrumentClass::money
                      : record.action == ONDOL_DISTRIBUTE ? InstrumentClass::residual
                                                          : InstrumentClass::credit;
  if (described.instrument_class != needed)
    throw Violation{agent, fmt::format("does with instrument '{}' what its class does not allow", described.name)};
  if (as_holder && !ledger_.alive(record.other))
    throw Violation{agent, fmt::format("{} instrument '{}' of an agent that does not live", does, described.name)};
  if (!(std::isfinite(record.rate) && record.rate >= 0))
    throw Violation{agent,
                    fmt::format("{} instrument '{}' at a rate that is negative or not finite", does, described.name)};
  switch (record.action) {
    case ONDOL_ISSUE_MONEY:
      return ledger_.issue_money(agent, record.amount);
    case ONDOL_RETIRE_MONEY:
      return ledger_.retire_money(agent, record.amount);
    case ONDOL_REPAY:
      return ledger_.repay(agent, instrument, record.amount);
    case ONDOL_DISTRIBUTE: {
      const Index purpose = purpose_of_record(model_, chunk, record.row, record.purpose, "distributes");
      return ledger_.distribute(agent, instrument, record.amount, purpose, now);
    }
    case ONDOL_FORGIVE:
      return ledger_.forgive(agent, record.other, instrument, record.amount);
    case ONDOL_RESET_RATE:
      return ledger_.reset_rate(agent, record.other, instrument, record.rate);
    case ONDOL_SEIZE:
      return ledger_.seize(agent, record.other, instrument);
    case ONDOL_GRANT:
      return ledger_.grant_line(agent, record.other, instrument, record.amount, record.rate);
    default:
      throw Violation{agent, "does an unknown thing with an instrument"};
  }
}

}  // namespace ondol
