// Runs the pieces of a step on a fixed number of threads. The one home of oneTBB.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace ondol {

class Scheduler {
 public:
  // Starts `threads` workers in all, the caller among them, even on fewer processors; 0: one per processor.
  explicit Scheduler(int threads);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  int threads() const { return threads_; }

  // body(i) for every i in [0, count), in any order, on any of the threads; returns when all are done. Exceptions of
  // the body are lost to chance when several throw, so bodies keep their failures to themselves. May be nested.
  void for_each(std::uint32_t count, const std::function<void(std::uint32_t)>& body);

 private:
  struct Impl;
  int threads_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ondol
