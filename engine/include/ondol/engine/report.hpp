/// A results file as a page of pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

/// What a page could not show.
struct Report {
  std::vector<std::string> faults;  ///< charts of the world whose questions fail, each with why
};

/// Writes one HTML file that holds all it needs: what was run, the charts of every run and those that its world
/// declares, or what an experiment came to; each chart with its question and its data. Charts without data are left
/// out. Reads the results only. The page appears under its name when it is whole; where there is such a file already,
/// it is replaced only if `overwrite` is set and the file is a report. Throws Error(output) where `results` is no
/// finished results file or has no tick, and where the page cannot be written.
Report write_report(const std::filesystem::path& results, const std::filesystem::path& page, bool overwrite = false);

}  // namespace ondol
