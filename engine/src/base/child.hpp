// Runs something in a child process, so that whatever it does ends there and has a name.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace ondol {

// Text on its way out of a child, in lines of several parts.
class ChildPipe {
 public:
  explicit ChildPipe(int file) : file_(file) {}
  void line(std::initializer_list<std::string> parts) const;
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

// Runs body in a child for at most `patience` seconds and gathers the lines it writes. Whatever is left of the child,
// and what it started, is killed. The child has neither standard input nor output, and its exit runs nothing of ours.
// May be called while other threads run, as long as none of them is loading a library. Throws Error(internal) when the
// system gives no child.
ChildReport in_child(double patience, const std::function<void(const ChildPipe&)>& body);

}  // namespace ondol
