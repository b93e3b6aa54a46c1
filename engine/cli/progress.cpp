// Drawing progress on standard error, so that standard output stays clean.
#include "progress.hpp"

#include "output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace ondol::cli {

namespace {

bool can_move_back() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
}

std::size_t columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(std::int64_t ticks, bool quiet)
    : ticks_(ticks), quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1 && can_move_back()) {}

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
  complain("tick {} of {}{}{}, {:.1f} ticks/s\n", done, ticks_, date.empty() ? "" : ", ", date, rate);
}

// As much of it as fits into a line: one that wraps could not be drawn over.
void Progress::draw_bar(std::int64_t done, const std::string& date, double rate) {
  constexpr int bar = 30;
  const auto full = static_cast<int>(done * bar / ticks_);
  const double left = rate > 0 ? static_cast<double>(ticks_ - done) / rate : 0;
  std::string line = fmt::format("{}/{} {} {:.1f} ticks/s, {:.0f} s left", done, ticks_, date, rate, left);
  const std::size_t width = columns() - 1;
  if (line.size() + bar + 3 <= width) line = fmt::format("[{:#<{}}{:.<{}}] {}", "", full, "", bar - full, line);
  write(Stream::error, fmt::format("\r{}\x1b[K", line.substr(0, width)));
  drawn_ = true;
}

void Progress::end() {
  if (drawn_) complain("\n");
}

}  // namespace ondol::cli
