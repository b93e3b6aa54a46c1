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
#include <cmath>
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
  pipe.end();
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

void ChildPipe::end() const {
  line({returned_word});
  _exit(0);
}

void ChildPipe::line(std::initializer_list<std::string> parts) const {
  const std::string text = as_line(parts, true);
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(file_, text.data() + at, text.size() - at);
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

Child::Child(const std::function<void(const ChildPipe&)>& body) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::internal, "cannot make a pipe");
  const pid_t parent = getpid();
  process_ = fork();
  if (process_ < 0) throw Error(ErrorCode::internal, "cannot fork");
  if (process_ == 0) {
    close(ends[0]);
    be_child(ends[1], parent, body);
  }
  setpgid(process_, process_);  // whoever comes first
  close(ends[1]);
  in_ = ends[0];
  ended_ = static_cast<int>(syscall(SYS_pidfd_open, process_, 0));
}

Child::~Child() {
  if (process_ > 0) end();
}

void Child::listen(bool ended) {
  std::array<char, 4096> buffer;
  const ssize_t size = read(in_, buffer.data(), buffer.size());
  if (size > 0) text_.append(buffer.data(), static_cast<std::size_t>(size));
  over_ = size <= 0 || (ended && size < static_cast<ssize_t>(buffer.size()));
}

void Child::wait(const std::vector<Child*>& children, double seconds) {
  std::vector<pollfd> files;
  for (const Child* child : children) {
    files.push_back({child->in_, POLLIN, 0});
    files.push_back({child->ended_, POLLIN, 0});
  }
  if (poll(files.data(), files.size(), static_cast<int>(std::ceil(std::max(0.0, seconds) * 1000))) <= 0) return;
  for (std::size_t i = 0; i < children.size(); ++i) {
    const bool ended = files[2 * i + 1].revents != 0;
    if (files[2 * i].revents != 0) {
      children[i]->listen(ended);
    } else if (ended) {
      children[i]->over_ = true;
    }
  }
}

bool Child::has_said(std::initializer_list<std::string> line) const {
  const std::string wanted = ChildPipe::as_line(line, true);
  return text_.starts_with(wanted) || text_.find('\n' + wanted) != std::string::npos;
}

ChildReport Child::end(std::optional<double> late) {
  if (!over_) kill(process_, SIGKILL);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
  const bool left_others = kill(-process_, SIGKILL) == 0;
  process_ = -1;
  close(in_);
  if (ended_ >= 0) close(ended_);
  ChildReport report;
  for (std::size_t at = 0, line = 0; (line = text_.find('\n', at)) != std::string::npos; at = line + 1)
    report.lines.push_back(split(text_.substr(at, line - at)));
  report.signal = WIFSIGNALED(status) && !late ? WTERMSIG(status) : 0;
  report.fault = late ? fmt::format("does not return within {} s", *late) : how_it_ended(status, report.lines);
  if (report.fault.empty() && left_others) report.fault = "starts other processes and leaves them behind";
  if (!report.lines.empty() && (report.lines.back()[0] == returned_word || report.lines.back()[0] == left))
    report.lines.pop_back();
  return report;
}

ChildReport in_child(double patience, const std::function<void(const ChildPipe&)>& body) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(patience);
  Child child(body);
  for (;;) {
    const double left = std::chrono::duration<double>(end - Clock::now()).count();
    if (left <= 0) return child.end(patience);
    Child::wait({&child}, left);
    if (child.over()) return child.end();
  }
}

}  // namespace ondol
