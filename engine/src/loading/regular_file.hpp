// Opening files that a world names: regular ones, of a bounded size, within certain folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

inline constexpr std::size_t largest_file = std::size_t{64} << 20U;

// The text of a regular file. Where folders are given, the file that is really opened, symbolic links followed, has to
// lie in one of them. Throws Error(world) without a place, naming the path.
std::string read_regular_file(const std::filesystem::path& path, const std::vector<std::filesystem::path>& within = {});

}  // namespace ondol
