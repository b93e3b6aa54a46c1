// How far a run is: a bar that renews itself on a terminal, a line every tenth elsewhere, nothing when quiet.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ondol::cli {

class Progress {
 public:
  Progress(std::int64_t ticks, bool quiet);
  // After a tick; `date` may be empty.
  void show(std::int64_t done, const std::string& date);
  // Leaves the bar's line.
  void end();

 private:
  void draw_bar(std::int64_t done, const std::string& date, double rate);

  std::int64_t ticks_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  std::int64_t tenths_shown_ = 0;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_drawn_ = started_;
};

}  // namespace ondol::cli
