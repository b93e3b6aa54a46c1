// Adding up where time goes, and writing it as a trace.
#include "base/own_file.hpp"

#include <ondol/engine/profile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>

namespace ondol {

namespace {

// How every trace begins.
constexpr const char* trace_mark =
    "{\"displayTimeUnit\": \"ms\", \"otherData\": {\"made by\": \"ondol\"}, \"traceEvents\": [\n";

constexpr std::size_t most_events = 200'000;

double microseconds(Profile::Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

// Names come from world files: quotes and backslashes must not end the text.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace

struct Profile::Impl {
  struct Event {
    std::size_t row;
    std::size_t thread;
    Clock::time_point began, ended;
  };

  std::size_t row(const std::string& part, const std::string& name) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name && row.part == part; });
    if (found != rows.end()) return static_cast<std::size_t>(found - rows.begin());
    rows.push_back({part, name, 0, 0});
    return rows.size() - 1;
  }
  std::size_t thread() {
    const auto self = std::this_thread::get_id();
    const auto found = std::find(threads.begin(), threads.end(), self);
    if (found != threads.end()) return static_cast<std::size_t>(found - threads.begin());
    threads.push_back(self);
    return threads.size() - 1;
  }

  mutable std::mutex mutex;
  Clock::time_point started = Clock::now();
  std::vector<Row> rows;
  std::vector<Event> events;
  std::vector<std::thread::id> threads;
};

Profile::Profile() : impl_(std::make_unique<Impl>()) {}
Profile::~Profile() = default;

std::vector<Profile::Row> Profile::rows() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->rows;
}

void Profile::add(const std::string& part, const std::string& name, std::int64_t calls, double seconds) {
  const std::scoped_lock lock(impl_->mutex);
  Row& row = impl_->rows[impl_->row(part, name)];
  row.calls += calls;
  row.seconds += seconds;
}

void Profile::add_event(const std::string& part, const std::string& name, Clock::time_point began,
                        Clock::time_point ended) {
  const std::scoped_lock lock(impl_->mutex);
  const std::size_t row = impl_->row(part, name);
  ++impl_->rows[row].calls;
  impl_->rows[row].seconds += std::chrono::duration<double>(ended - began).count();
  if (impl_->events.size() < most_events) impl_->events.push_back({row, impl_->thread(), began, ended});
}

void Profile::check_trace(const std::filesystem::path& path, bool overwrite) {
  OwnFile(path, {trace_mark, "a trace"}, overwrite);
}

void Profile::write_trace(const std::filesystem::path& path) const {
  const std::scoped_lock lock(impl_->mutex);
  std::string text = trace_mark;
  for (std::size_t i = 0; i < impl_->events.size(); ++i) {
    const Impl::Event& event = impl_->events[i];
    const Row& row = impl_->rows[event.row];
    text +=
        fmt::format(R"({}{{"name": "{}", "cat": "{}", "ph": "X", "pid": 1, "tid": {}, "ts": {:.3f}, "dur": {:.3f}}})",
                    i == 0 ? "" : ",\n", escaped(row.name), row.part, event.thread + 1,
                    microseconds(event.began - impl_->started), microseconds(event.ended - event.began));
  }
  text += "\n]}\n";
  OwnFile(path, {trace_mark, "a trace"}, true).write(text);
}

}  // namespace ondol
