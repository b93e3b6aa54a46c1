// The thread that looks after the calls under way.
#include "base/watchdog.hpp"

#include <algorithm>
#include <utility>

namespace ondol {

Watchdog::Watchdog(double seconds, std::function<void(const std::string&)> report)
    : patience_(static_cast<std::int64_t>(seconds * 1e9)), report_(std::move(report)) {
  if (awake()) thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
  if (!awake()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Watchdog::look(Find find) {
  if (!awake()) return;
  const std::lock_guard lock(mutex_);
  find_ = std::move(find);
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  const auto pause = std::min<std::chrono::nanoseconds>(patience_ / 4, std::chrono::seconds(1));
  while (!wake_.wait_for(lock, pause, [this] { return over_; })) {
    if (!find_) continue;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const std::string who = find_((now - patience_).count());
    if (who.empty()) continue;
    find_ = nullptr;
    report_(who);
  }
}

}  // namespace ondol
