// Drawing progress on standard error, so that standard output stays clean.
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace ondol::cli {

Progress::Progress(std::int64_t ticks, bool quiet)
    : ticks_(ticks), quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::show(std::int64_t done, const std::string& date) {
  if (quiet_) return;
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  if (terminal_) {
    if (done < ticks_ && now - last_drawn_ < std::chrono::milliseconds(50)) return;
    last_drawn_ = now;
    draw_bar(done, date, rate);
    return;
  }
  const std::int64_t tenths = done * 10 / ticks_;
  if (done < ticks_ && (tenths == tenths_shown_ || now - last_drawn_ < std::chrono::seconds(1))) return;
  tenths_shown_ = tenths;
  last_drawn_ = now;
  fmt::print(stderr, "tick {} of {}{}{}, {:.1f} ticks/s\n", done, ticks_, date.empty() ? "" : ", ", date, rate);
}

void Progress::draw_bar(std::int64_t done, const std::string& date, double rate) {
  constexpr int width = 30;
  const auto full = static_cast<int>(done * width / ticks_);
  const double left = rate > 0 ? static_cast<double>(ticks_ - done) / rate : 0;
  fmt::print(stderr, "\r[{:#<{}}{:.<{}}] {}/{} {} {:.1f} ticks/s, {:.0f} s left \x1b[K", "", full, "", width - full,
             done, ticks_, date, rate, left);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::end() {
  if (drawn_) fmt::print(stderr, "\n");
}

}  // namespace ondol::cli
