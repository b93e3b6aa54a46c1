// Notices a call into a plugin that does not return, and has somebody told who it is.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace ondol {

// When a call into a plugin began, in nanoseconds of the steady clock; 0 while none is under way. Copies are idle.
class CallMark {
 public:
  CallMark() = default;
  CallMark(const CallMark&) {}
  CallMark& operator=(const CallMark&) { return *this; }

  void begin() { began_.store(std::chrono::steady_clock::now().time_since_epoch().count(), std::memory_order_release); }
  void end() { began_.store(0, std::memory_order_relaxed); }
  bool began_before(std::int64_t time) const {
    const std::int64_t began = began_.load(std::memory_order_acquire);
    return began != 0 && began < time;
  }

 private:
  std::atomic<std::int64_t> began_ = 0;
};

class Watchdog {
 public:
  // Who has been at work since before a time; empty: nobody.
  using Find = std::function<std::string(std::int64_t before)>;

  // Tells `report`, once, of a call that takes longer than `seconds`; 0: watches nothing.
  Watchdog(double seconds, std::function<void(const std::string& who)> report);
  ~Watchdog();

  bool awake() const { return patience_.count() > 0; }
  // Looks with `find` now and then until it is called again; an empty one ends that.
  void look(Find find);

 private:
  void watch();

  std::chrono::nanoseconds patience_;
  std::function<void(const std::string&)> report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Find find_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace ondol
