// Forking, listening and cleaning up.
#include "base/child.hpp"

#include <ondol/engine/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace ondol {

namespace {

constexpr char separator = '\x1f';  // between the parts of a line
const std::string returned_word = "returned";
const std::string left = "exit";

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

int pipe_of_child = -1;

// Called by exit() before anything that was registered before the fork.
void say_exit(int status, void*) {
  ChildPipe(pipe_of_child).line({left, std::to_string(status)});
  _exit(0);
}

[[noreturn]] void be_child(int out, pid_t parent, const std::function<void(const ChildPipe&)>& body) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGPIPE})
    std::signal(signal, SIG_DFL);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDOUT_FILENO);
  pipe_of_child = out;
  on_exit(&say_exit, nullptr);
  const ChildPipe pipe(out);
  body(pipe);
  pipe.line({returned_word});
  _exit(0);
}

// Reads what the child writes until it has ended or the time is over; says whether it was too late.
bool listen(pid_t child, int in, double patience, std::string& text) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(patience);
  const int ended = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  bool late = false;
  for (bool over = false; !over;) {
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    std::array<pollfd, 2> ready{pollfd{in, POLLIN, 0}, pollfd{ended, POLLIN, 0}};
    const int count = time.count() <= 0 ? 0 : poll(ready.data(), ready.size(), static_cast<int>(time.count()));
    if (count < 0 && errno == EINTR) continue;
    late = count == 0;
    over = count <= 0;
    if ((ready[0].revents & (POLLIN | POLLHUP)) != 0) {
      std::array<char, 4096> buffer;
      const ssize_t size = read(in, buffer.data(), buffer.size());
      if (size > 0) text.append(buffer.data(), static_cast<std::size_t>(size));
      over |= size <= 0;
    } else if (ready[1].revents != 0) {
      over = true;
    }
  }
  if (ended >= 0) close(ended);
  return late;
}

std::string how_it_ended(int status, const std::vector<std::vector<std::string>>& lines) {
  if (WIFSIGNALED(status)) return fmt::format("crashes ({})", strsignal(WTERMSIG(status)));
  if (!lines.empty() && lines.back()[0] == left)
    return fmt::format("ends the process: it calls exit({})", lines.back().back());
  if (lines.empty() || lines.back()[0] != returned_word || WEXITSTATUS(status) != 0)
    return fmt::format("ends the process without a word (exit code {})", WEXITSTATUS(status));
  return "";
}

}  // namespace

std::string ChildPipe::as_line(std::initializer_list<std::string> parts, bool ended) {
  std::string text;
  bool first = true;
  for (std::string part : parts) {
    std::replace(part.begin(), part.end(), '\n', ' ');
    if (!std::exchange(first, false)) text += separator;
    text += part;
  }
  return ended ? text + '\n' : text;
}

std::string ChildPipe::last_line() { return as_line({returned_word}, true); }

void ChildPipe::line(std::initializer_list<std::string> parts) const {
  const std::string text = as_line(parts, true);
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(file_, text.data() + at, text.size() - at);
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

ChildReport in_child(double patience, const std::function<void(const ChildPipe&)>& body) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::internal, "cannot make a pipe");
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw Error(ErrorCode::internal, "cannot fork");
  if (child == 0) {
    close(ends[0]);
    be_child(ends[1], parent, body);
  }
  setpgid(child, child);  // whoever comes first
  close(ends[1]);
  std::string text;
  const bool late = listen(child, ends[0], patience, text);
  close(ends[0]);
  if (late) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  const bool left_others = kill(-child, SIGKILL) == 0;
  ChildReport report;
  for (std::size_t at = 0, line = 0; (line = text.find('\n', at)) != std::string::npos; at = line + 1)
    report.lines.push_back(split(text.substr(at, line - at)));
  report.signal = WIFSIGNALED(status) && !late ? WTERMSIG(status) : 0;
  report.fault = late ? fmt::format("does not return within {} s", patience) : how_it_ended(status, report.lines);
  if (report.fault.empty() && left_others) report.fault = "starts other processes and leaves them behind";
  if (!report.lines.empty() && (report.lines.back()[0] == returned_word || report.lines.back()[0] == left))
    report.lines.pop_back();
  return report;
}

}  // namespace ondol
