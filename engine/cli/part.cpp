// Parts, by option and environment.
#include "part.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace ondol::cli {

namespace {

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : whole(text);
}

Part checked(int index, int count, const std::string& said) {
  if (count < 1 || index < 1 || index > count)
    throw Error(ErrorCode::usage, fmt::format("{}: expected part i of n as i/n, i from 1 to n", said));
  return {index, count};
}

Part parse(const std::string& told) {
  const std::size_t slash = told.find('/');
  const auto index = whole(std::string_view(told).substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : whole(std::string_view(told).substr(slash + 1));
  return checked(index.value_or(0), count.value_or(0), fmt::format("--part {}", told));
}

// Ids of an array's tasks begin and step as its user likes.
std::optional<ChosenPart> of_array() {
  const auto id = variable("SLURM_ARRAY_TASK_ID");
  const auto count = variable("SLURM_ARRAY_TASK_COUNT");
  if (!id || !count) return std::nullopt;
  const int first = variable("SLURM_ARRAY_TASK_MIN").value_or(1);
  const int step = variable("SLURM_ARRAY_TASK_STEP").value_or(1);
  const int index = (*id - first) / (step > 0 ? step : 1) + 1;
  return ChosenPart{checked(index, *count, fmt::format("SLURM_ARRAY_TASK_ID={}", *id)), "a task of a Slurm array"};
}

// Ranks count from 0.
std::optional<ChosenPart> of_rank(const char* rank_variable, const char* size_variable, const char* who) {
  const auto rank = variable(rank_variable);
  const auto size = variable(size_variable);
  if (!rank || !size) return std::nullopt;
  return ChosenPart{checked(*rank + 1, *size, fmt::format("{}={}", rank_variable, *rank)), who};
}

}  // namespace

ChosenPart part_of(const std::string& told) {
  if (!told.empty()) return {parse(told), "--part"};
  if (const auto part = of_array()) return *part;
  if (const auto part = of_rank("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "a rank of Open MPI")) return *part;
  if (const auto part = of_rank("PMI_RANK", "PMI_SIZE", "a rank of PMI")) return *part;
  if (const auto part = of_rank("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "a task of a Slurm step")) return *part;
  return {};
}

std::filesystem::path file_of_part(const std::filesystem::path& results, const Part& part) {
  if (part.count == 1) return results;
  std::filesystem::path file = results;
  return file.replace_filename(
      fmt::format("{}.{}-of-{}{}", results.stem().string(), part.index, part.count, results.extension().string()));
}

}  // namespace ondol::cli
