// What a library takes from others that a plugin has no business with.
#pragma once

#include <string>
#include <vector>

namespace ondol {

class LibraryFile;

struct Import {
  std::string name;      // in C++ as it was written
  std::string for_what;  // "reads the clock"
  bool shared = false;   // it can change what the whole process shares
};

// Of the names that a library imports, those by which results can come to depend on more than the world and its seed,
// or a process can change under its host; in the order of their names.
std::vector<Import> remarkable(const std::vector<std::string>& imports);

// The same as sentences about the library, and what else there is of the kind: "reads the clock: it calls time".
std::vector<std::string> remarks_on(const LibraryFile& library);

}  // namespace ondol
