// Which part of an experiment this process is to do: as it was told, or as what started it says.
#pragma once

#include <ondol/engine/experiment.hpp>

#include <filesystem>
#include <string>

namespace ondol::cli {

struct ChosenPart {
  ondol::Part part;
  std::string source;  // who says so: the option, or variables of the environment; empty: nobody, all is one part
};

// "i/n", or where that is empty what the environment says: a Slurm array, Open MPI, another launcher by PMI, a Slurm
// step. Throws Error(usage) where it makes no sense.
ChosenPart part_of(const std::string& told);

// The file of a part: results.db of part 2 of 5 is results.2-of-5.db.
std::filesystem::path file_of_part(const std::filesystem::path& results, const ondol::Part& part);

}  // namespace ondol::cli
