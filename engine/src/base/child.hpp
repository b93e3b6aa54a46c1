// Runs something in a child process, so that whatever it does ends there and has a name.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

// Text on its way out of a child, in lines of several parts.
class ChildPipe {
 public:
  explicit ChildPipe(int file) : file_(file) {}
  void line(std::initializer_list<std::string> parts) const;
  // Says that all is well, and ends the child as it is: nothing more of it runs.
  [[noreturn]] void end() const;
  // As line writes it, with the end of the line or without: for those who may not take memory when they write.
  static std::string as_line(std::initializer_list<std::string> parts, bool ended);
  // What a child writes last that has come to its end.
  static std::string last_line();
  int file() const { return file_; }

 private:
  int file_;
};

struct ChildReport {
  std::vector<std::vector<std::string>> lines;
  int signal = 0;     // that ended the child
  std::string fault;  // how it went wrong; empty only when the body returned and said so
};

// A child process at work. Whatever is left of it and of what it started is killed with this. It has neither standard
// input nor output, and its exit runs nothing of ours.
class Child {
 public:
  // Runs the body in it. May be called while other threads run, as long as none of them is loading a library. Throws
  // Error(internal) when the system gives no child.
  explicit Child(const std::function<void(const ChildPipe&)>& body);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Until one of them has written or ended, or the time is over; takes in what they wrote.
  static void wait(const std::vector<Child*>& children, double seconds);
  // It has ended, or writes no more.
  bool over() const { return over_; }
  // Whether it has written such a line.
  bool has_said(std::initializer_list<std::string> line) const;
  // Kills what is left of it. `late`: because it took longer than so many seconds.
  ChildReport end(std::optional<double> late = std::nullopt);

 private:
  void listen(bool ended);

  int process_ = -1;
  int in_ = -1;     // what it writes
  int ended_ = -1;  // readable once it has ended
  bool over_ = false;
  std::string text_;  // that it wrote
};

// Runs body in a child for at most `patience` seconds and gathers the lines it writes.
ChildReport in_child(double patience, const std::function<void(const ChildPipe&)>& body);

}  // namespace ondol
