// The state in a results file from which its run can go on: written with its tick, taken up with the file.
#pragma once

#include "results/results_schema.hpp"
#include "results/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ondol {

struct Checkpoint {
  std::int64_t tick = 0;   // ticks done
  std::int64_t every = 0;  // ticks from one to the next
  std::vector<std::byte> state;
};

// In place of the one there is, and how far every table goes; all that was recorded until then is in the file.
void write_checkpoint(Database& database, const Schema& schema, std::int64_t tick, std::int64_t every,
                      std::span<const std::byte> state);

// Throws Error(output) where the file has none.
Checkpoint checkpoint_in(Database& database, const std::filesystem::path& path);

// Makes the file as it was at its checkpoint, and the run's: one transaction, after which this process writes it.
// Throws Error(output) where a live run does, or the checkpoint is no longer that of `tick`.
void take_up(Database& database, const std::filesystem::path& path, std::int64_t tick, std::int64_t ticks_planned);

}  // namespace ondol
