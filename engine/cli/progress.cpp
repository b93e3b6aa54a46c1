// Drawing progress on standard error, so that standard output stays clean.
#include "progress.hpp"

#include "output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <utility>

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

Progress::Progress(std::int64_t total, bool quiet, std::string unit)
    : total_(total), unit_(std::move(unit)), quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1 && can_move_back()) {}

void Progress::show(std::int64_t done, const std::string& note, std::optional<double> seconds_left) {
  if (quiet_) return;
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  const double left = seconds_left.value_or(rate > 0 ? static_cast<double>(total_ - done) / rate : 0);
  if (terminal_) {
    if (done < total_ && now - last_drawn_ < std::chrono::milliseconds(50)) return;
    last_drawn_ = now;
    draw_bar(done, note, rate, left);
    return;
  }
  const std::int64_t tenths = done * 10 / total_;
  if (done < total_ && (tenths == tenths_shown_ || now - last_drawn_ < std::chrono::seconds(1))) return;
  tenths_shown_ = tenths;
  last_drawn_ = now;
  complain("{} {} of {}{}{}, {:.1f} {}s/s, {:.0f} s left\n", unit_, done, total_, note.empty() ? "" : ", ", note, rate,
           unit_, left);
}

// As much of it as fits into a line: one that wraps could not be drawn over.
void Progress::draw_bar(std::int64_t done, const std::string& note, double rate, double left) {
  constexpr int bar = 30;
  const auto full = static_cast<int>(done * bar / total_);
  std::string line = fmt::format("{}/{} {} {:.1f} {}s/s, {:.0f} s left", done, total_, note, rate, unit_, left);
  const std::size_t width = columns() - 1;
  if (line.size() + bar + 3 <= width) line = fmt::format("[{:#<{}}{:.<{}}] {}", "", full, "", bar - full, line);
  write(Stream::error, fmt::format("\r{}\x1b[K", line.substr(0, width)));
  drawn_ = true;
}

void Progress::end() {
  if (drawn_) complain("\n");
}

}  // namespace ondol::cli
