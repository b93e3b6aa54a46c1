// A few threads that are kept from turn to turn, for the limits: they spin for the next piece of work.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace ondol::bench {

class Team {
 public:
  explicit Team(std::size_t threads) {
    for (std::size_t t = 1; t < threads; ++t) others_.emplace_back([this, t] { work(t); });
  }
  ~Team() {
    run([](std::size_t) {}, true);
    for (std::thread& other : others_) other.join();
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t size() const { return others_.size() + 1; }
  // body(thread) on all of them, the caller being thread 0; returns when all are done.
  void operator()(const std::function<void(std::size_t)>& body) { run(body, false); }

 private:
  void run(const std::function<void(std::size_t)>& body, bool last) {
    body_ = &body;
    last_ = last;
    done_.store(0, std::memory_order_relaxed);
    turn_.fetch_add(1, std::memory_order_release);
    turn_.notify_all();
    body(0);
    for (int spins = 0; done_.load(std::memory_order_acquire) != others_.size(); ++spins) {
      if (spins > 20'000) std::this_thread::yield();  // another program has a processor
    }
  }
  void work(std::size_t thread) {
    for (std::uint64_t seen = 0;;) {
      // Spins for a while, then lets others have the processor: a team outlives its turns.
      for (int spins = 0; turn_.load(std::memory_order_acquire) == seen; ++spins) {
        if (spins > 20'000) turn_.wait(seen, std::memory_order_acquire);
      }
      ++seen;
      const bool last = last_;
      (*body_)(thread);
      done_.fetch_add(1, std::memory_order_release);
      if (last) return;
    }
  }

  const std::function<void(std::size_t)>* body_ = nullptr;
  bool last_ = false;
  std::atomic<std::uint64_t> turn_{0};
  std::atomic<std::size_t> done_{0};
  std::vector<std::thread> others_;
};

}  // namespace ondol::bench
