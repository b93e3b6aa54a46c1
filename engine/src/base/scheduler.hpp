// Runs the pieces of a step on a fixed number of threads. The one home of oneTBB.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

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
  template <class Body>
  void for_each(std::uint32_t count, Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    const auto call = [](const void* context, std::uint32_t i) {
      (*static_cast<Plain*>(const_cast<void*>(context)))(i);
    };
    fork(count, &body, call);
  }

 private:
  // The body by reference: a std::function would take memory for what it captures.
  void fork(std::uint32_t count, const void* context, void (*call)(const void*, std::uint32_t));

  struct Impl;
  int threads_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ondol
