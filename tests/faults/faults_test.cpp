// What becomes of a run whose files fail: whichever operation it is, the message says so, and what is on disk is true.
#include "base/child.hpp"
#include "faults/faulty_files.hpp"
#include "support/shop.hpp"
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/checkpoint.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::int64_t ticks = 6;

World small_shop() {
  std::string text = shop;
  text.replace(text.find("count = 1500"), 12, "count = 3");
  return world_of(text);
}

// Every n, or some of them every day.
int stride() { return std::getenv("ONDOL_FAULTS") != nullptr ? 1 : 7; }

class Faults : public testing::TestWithParam<Operation> {
 protected:
  Faults() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  void tick_to_end(ondol::Run& run, ResultsOptions options) const {
    options.checkpoint = 2;
    Results results(file_, run, options);
    while (run.ticks() < ticks) {
      run.tick();
      results.record();
    }
    results.finish(RunStatus::complete);
  }

  struct Outcome {
    std::string message;  // of what failed; empty: nothing did
    bool fault = false;   // whether a file did
  };

  // In a process of its own, whose end is seen by whoever looks at the file later.
  static Outcome in_a_process(const std::function<void()>& body) {
    const ChildReport report = in_child(60, [&](const ChildPipe& pipe) {
      try {
        body();
      } catch (const Error& error) {
        pipe.line({error.code() == ErrorCode::output ? "output" : "other", error.what()});
      }
      if (end_faults()) pipe.line({"fault"});
    });
    EXPECT_EQ(report.fault, "");
    Outcome outcome;
    for (const auto& line : report.lines) {
      EXPECT_NE(line[0], "other") << line.back();
      if (line[0] == "fault") {
        outcome.fault = true;
      } else {
        outcome.message = line[1];
      }
    }
    return outcome;
  }

  // With another seed than the earlier run has.
  void run_anew(std::uint64_t seed) const {
    RunOptions options;
    options.threads = 1;
    options.seed = seed;
    ondol::Run run(world_, options);
    ResultsOptions recording;
    recording.overwrite = true;
    tick_to_end(run, recording);
  }

  void go_on() const {
    const StoppedRun stopped = stopped_run(file_, with_fixtures().plugin_directories);
    ondol::Run run(stopped.snapshot.world(), stopped.snapshot);
    ResultsOptions recording;
    recording.go_on = true;
    tick_to_end(run, recording);
  }

  std::string one(const std::string& sql) const { return ask_one(file_, sql); }

  fs::path folder_ = fs::path(testing::TempDir()) / "ondol_faults" / name_of(GetParam());
  fs::path file_ = folder_ / "shop.db";
  World world_ = small_shop();
};

TEST_P(Faults, LeaveAMessageAndWholeTicks) {
  in_a_process([&] { run_anew(7); });
  const std::string undisturbed = one("SELECT fingerprint FROM run");
  int failed = 0;
  for (const bool for_good : {false, true}) {
    for (int n = 1;; n += stride()) {
      SCOPED_TRACE(std::string(name_of(GetParam())) + " " + std::to_string(n) + (for_good ? " and all later" : ""));
      fs::remove_all(folder_);
      fs::create_directories(folder_);
      in_a_process([&] { run_anew(1); });  // the earlier data
      const Outcome outcome = in_a_process([&] {
        fail(GetParam(), n, for_good);
        run_anew(7);
      });
      const std::string& message = outcome.message;
      if (!outcome.fault) break;
      if (!message.empty()) {
        ++failed;
        EXPECT_THAT(message, HasSubstr("shop.db"));
      }

      ASSERT_TRUE(fs::exists(file_)) << message;
      ASSERT_EQ(one("PRAGMA integrity_check"), "ok") << message;
      EXPECT_EQ(one("SELECT ticks = (SELECT COUNT(*) FROM tick_list) AND ticks = (SELECT COUNT(DISTINCT tick) FROM "
                    "books_data) FROM run"),
                "1")
          << message;
      const bool earlier = one("SELECT seed FROM run") == "1";
      if (earlier) {
        EXPECT_FALSE(message.empty()) << "the run is not there, and nothing was said";
        EXPECT_EQ(one("SELECT status FROM run"), "complete");
      } else if (message.empty()) {
        EXPECT_EQ(one("SELECT status FROM run"), "complete");
        EXPECT_EQ(one("SELECT fingerprint FROM run"), undisturbed);
      } else {
        EXPECT_EQ(in_a_process([&] { go_on(); }).message, "");
        EXPECT_EQ(one("SELECT fingerprint FROM run"), undisturbed) << message;
      }
      EXPECT_EQ(in_a_process([&] { run_anew(7); }).message, "") << "nothing stands in the way of the next run";
    }
  }
  EXPECT_GT(failed, 0) << "no fault ended a run";
}

INSTANTIATE_TEST_SUITE_P(Every, Faults,
                         testing::Values(Operation::open, Operation::read, Operation::write, Operation::sync,
                                         Operation::truncate, Operation::remove, Operation::lock, Operation::map,
                                         Operation::rename),
                         [](const auto& each) { return std::string(name_of(each.param)); });

}  // namespace
}  // namespace ondol::test
