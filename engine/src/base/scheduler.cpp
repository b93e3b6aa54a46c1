// Fork and join over oneTBB.
#include "base/scheduler.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

// Debian's oneTBB is not built for ThreadSanitizer, so the order that fork and join impose is told to it by hand.
#if defined(__SANITIZE_THREAD__)
#define ONDOL_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ONDOL_THREAD_SANITIZER 1
#endif
#endif

#ifdef ONDOL_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace ondol {

namespace {

void release([[maybe_unused]] void* address) {
#ifdef ONDOL_THREAD_SANITIZER
  __tsan_release(address);
#endif
}

void acquire([[maybe_unused]] void* address) {
#ifdef ONDOL_THREAD_SANITIZER
  __tsan_acquire(address);
#endif
}

}  // namespace

struct Scheduler::Impl {
  // An arena alone starts no more workers than there are processors; the control makes them really start.
  explicit Impl(int threads)
      : control(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)), arena(threads) {}
  tbb::global_control control;
  tbb::task_arena arena;
  char fork = 0;
  char join = 0;
};

Scheduler::Scheduler(int threads) : threads_(threads > 0 ? threads : tbb::info::default_concurrency()) {
  if (threads_ > 1) impl_ = std::make_unique<Impl>(threads_);
}

Scheduler::~Scheduler() = default;

void Scheduler::fork(std::uint32_t count, const void* context, void (*call)(const void*, std::uint32_t)) {
  if (impl_ == nullptr || count <= 1) {
    for (std::uint32_t i = 0; i < count; ++i) call(context, i);
    return;
  }
  release(&impl_->fork);
  impl_->arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::uint32_t>(0, count), [&](const tbb::blocked_range<std::uint32_t>& range) {
      acquire(&impl_->fork);
      for (std::uint32_t i = range.begin(); i != range.end(); ++i) call(context, i);
      release(&impl_->join);
    });
  });
  acquire(&impl_->join);
}

}  // namespace ondol
