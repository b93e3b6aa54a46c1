// What `ondol --version` prints.
#pragma once

#include <string>

namespace ondol::cli {

// "0.2.0 (commit 1a2b3c4d5e6f)", and "with changes" where the tree had some; without the commit where it was built
// outside a repository.
std::string version_with_commit();

}  // namespace ondol::cli
