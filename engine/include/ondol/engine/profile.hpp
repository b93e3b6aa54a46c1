/// Where the time of a run goes: give one to RunOptions and ResultsOptions, and ask it afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ondol {

class Profile {
 public:
  /// Time of one part of the work, over all ticks.
  struct Row {
    std::string part;  ///< "step", "phase", "kind", "market" or "recorder"
    std::string name;  ///< of the step, phase, kind, market or piece of the recorder
    std::int64_t calls = 0;
    double seconds = 0;  ///< by the clock; of kinds and markets, added up over threads
  };

  Profile();
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  /// In the order in which parts first came up. Steps and phases divide the same time; kinds are within the phase
  /// `act`, markets within `clear`.
  std::vector<Row> rows() const;
  /// Steps, phases, markets and the recorder as events in the format of Chrome's tracing, which Perfetto and
  /// chrome://tracing open. Of long runs, the first 200,000 events. Replaces a trace of ours, and throws as
  /// check_trace.
  void write_trace(const std::filesystem::path& path) const;
  /// Before a run, which may be long. Throws Error(output) where the trace could not be written there: something is in
  /// the way that is no trace of ours, or is one and `overwrite` is false.
  static void check_trace(const std::filesystem::path& path, bool overwrite);

  // ---- For the parts that are measured; safe on any thread
  using Clock = std::chrono::steady_clock;
  void add(const std::string& part, const std::string& name, std::int64_t calls, double seconds);
  void add_event(const std::string& part, const std::string& name, Clock::time_point began, Clock::time_point ended);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Measures from here to the end of the block, where there is a profile.
class ProfileSpan {
 public:
  ProfileSpan(Profile* profile, const char* part, const std::string& name)
      : profile_(profile), part_(part), name_(&name) {
    if (profile_ != nullptr) began_ = Profile::Clock::now();
  }
  ~ProfileSpan() {
    if (profile_ != nullptr) profile_->add_event(part_, *name_, began_, Profile::Clock::now());
  }
  ProfileSpan(const ProfileSpan&) = delete;
  ProfileSpan& operator=(const ProfileSpan&) = delete;

 private:
  Profile* profile_;
  const char* part_;
  const std::string* name_;
  Profile::Clock::time_point began_{};
};

}  // namespace ondol
