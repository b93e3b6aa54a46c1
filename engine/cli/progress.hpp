// How far a run is, or an experiment: a bar that renews itself on a terminal, a line every tenth elsewhere, nothing
// when quiet.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ondol::cli {

class Progress {
 public:
  // Of so many ticks, or of what else `unit` says.
  Progress(std::int64_t total, bool quiet, std::string unit = "tick");
  // After one; `note` may be empty. The time left is reckoned from the rate where it is not known better.
  void show(std::int64_t done, const std::string& note, std::optional<double> seconds_left = {});
  // Leaves the bar's line.
  void end();

 private:
  void draw_bar(std::int64_t done, const std::string& note, double rate, double left);

  std::int64_t total_;
  std::string unit_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  std::int64_t tenths_shown_ = 0;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_drawn_ = started_;
};

}  // namespace ondol::cli
