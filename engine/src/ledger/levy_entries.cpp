#include "ledger/levy_entries.hpp"

#include "acting/records.hpp"

namespace ondol {

void LevyEntries::book(std::span<const Chunk> chunks) {
  for (const Chunk& chunk : chunks) {
    chunk.outboxes->for_each<ondol_levy_record>(ONDOL_OUT_LEVY, [&](const ondol_levy_record& record) {
      const PortModel& port = port_of_record(model_, chunk, record.row, record.port, {ONDOL_LEVIES}, "levies");
      ledger_.levy(port.levy, chunk.agent(record.row), record.rate,
                   purpose_of_record(model_, chunk, record.row, record.purpose, "levies"));
    });
  }
}

}  // namespace ondol
