// The commit is in a header that the build makes anew when it changes, so that only this file is compiled again.
#include "version.hpp"

#include "commit.hpp"

#include <ondol/engine/world.hpp>

namespace ondol::cli {

std::string version_with_commit() {
  const std::string commit = built_from_commit;
  return commit.empty() ? version() : version() + " (commit " + commit + ")";
}

}  // namespace ondol::cli
