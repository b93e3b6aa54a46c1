// A thread that does one thing after another while its maker waits.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace ondol {

// What it takes from the system it takes when it is made.
class OtherThread {
 public:
  OtherThread() : thread_([this] { work(); }) {}
  ~OtherThread() {
    hand_over(nullptr, true);
    thread_.join();
  }
  OtherThread(const OtherThread&) = delete;
  OtherThread& operator=(const OtherThread&) = delete;

  // Does it on that thread, and returns when it is done.
  void run(const std::function<void()>& what) {
    hand_over(&what, false);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return what_ == nullptr; });
  }

 private:
  void hand_over(const std::function<void()>* what, bool over) {
    const std::lock_guard lock(mutex_);
    what_ = what;
    over_ = over;
    changed_.notify_all();
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return over_ || what_ != nullptr; });
      if (over_) return;
      (*what_)();
      what_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* what_ = nullptr;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace ondol
