// Tables of data: CSV files (RFC 4180, UTF-8, a header line, comments behind # at the start of a line), by libcsv.
#pragma once

#include <toml++/toml.h>

#include <string>

namespace ondol {

// As a world file would say it: `columns`, the header's texts, and `rows`, a list of texts each. Every row keeps its
// line in the file that `path` names. Throws PlacedError.
toml::table parse_csv(const std::string& text, const std::string& path);

}  // namespace ondol
