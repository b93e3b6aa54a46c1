// Making the run in the child, and telling the parent what it came to.
#include "experiment/run_apart.hpp"

#include "results/run_answers.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/guests.hpp>
#include <ondol/engine/run.hpp>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

namespace ondol {

namespace {

// First words of lines.
const std::string outcome_word = "outcome", series_word = "series", ticks_word = "ticks", complete_word = "complete",
                  failed_word = "failed", past_word = "past";

// Every bit of it.
std::string text_of(const std::optional<double>& number) { return number ? fmt::format("{:a}", *number) : ""; }

std::optional<double> number_in(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(std::strtod(text.c_str(), nullptr));
}

// Within the child.
class Making {
 public:
  Making(const RunToMake& to_make, const ExperimentFile& file, const std::vector<std::string>& questions,
         double patience, const ChildPipe& pipe)
      : to_make_(to_make), file_(file), questions_(questions), patience_(patience), pipe_(pipe) {}

  // A run that broke something is left as it is.
  [[noreturn]] void make() {
    guard_process();
    try {
      begin();
      tick_to_end();
      tell_answers();
      tell_end(complete_word, run_->fingerprint());
    } catch (const Error& error) {
      tell_end(failed_word, error.what());
    }
    pipe_.end();
  }

 private:
  void begin() {
    RunOptions options;
    options.threads = 1;
    options.seed = to_make_.seed;
    options.patience = patience_;
    options.stuck = [this](const std::string& message) {
      tell_end(failed_word, message);
      _exit(0);
    };
    if (to_make_.from == nullptr) {
      run_.emplace(to_make_.world, options);
      answers_.emplace(*run_, questions_);
      return;
    }
    Past::Left past = to_make_.from->left();
    run_.emplace(to_make_.world, Snapshot(to_make_.from->world(), std::move(past.state)), options);
    answers_.emplace(*run_, questions_, past.answers);
  }

  void tick_to_end() {
    auto next = to_make_.leaves.begin();
    for (;;) {
      for (; next != to_make_.leaves.end() && (*next)->ticks() == run_->ticks(); ++next) {
        (*next)->leave(run_->snapshot().bytes(), answers_->kept());
        pipe_.line({past_word, std::to_string(run_->ticks())});
      }
      if (run_->ticks() >= to_make_.world.ticks()) return;
      run_->tick();
      answers_->record();
    }
  }

  void tell_answers() {
    answers_->finish();
    for (const Outcome& outcome : file_.outcomes) {
      const RunAnswers::Rows rows = answers_->ask(outcome.sql);
      if (rows.size() > 1)
        throw Error(ErrorCode::run,
                    fmt::format("outcome '{}' has {} values in one run, expected one", outcome.name, rows.size()));
      pipe_.line({outcome_word, text_of(rows.empty() ? std::nullopt : rows[0][0])});
    }
    for (std::size_t i = 0; i < file_.series.size(); ++i) {
      for (const auto& row : answers_->ask(file_.series[i].sql))
        if (row[0]) pipe_.line({series_word, std::to_string(i), text_of(row[0]), text_of(row[1])});
    }
  }

  void tell_end(const std::string& how, const std::string& what) const {
    pipe_.line({ticks_word, std::to_string(run_ ? run_->ticks() : 0)});
    pipe_.line({how, what});
  }

  const RunToMake& to_make_;
  const ExperimentFile& file_;
  const std::vector<std::string>& questions_;
  const double patience_;
  const ChildPipe& pipe_;
  std::optional<Run> run_;
  std::optional<RunAnswers> answers_;
};

}  // namespace

Past::Past(World world, std::int64_t ticks)
    : world_(std::move(world)), ticks_(ticks), file_(memfd_create("ondol past", MFD_CLOEXEC)) {
  if (file_ < 0) throw Error(ErrorCode::internal, "cannot make memory that processes share");
}

Past::~Past() { close(file_); }

void Past::leave(std::span<const std::byte> state, std::span<const std::byte> answers) const {
  const std::uint64_t size = state.size();
  for (std::span<const std::byte> part : {std::as_bytes(std::span(&size, 1)), state, answers}) {
    while (!part.empty()) {
      const ssize_t written = write(file_, part.data(), part.size());
      if (written <= 0) throw Error(ErrorCode::run, "memory ran out for what runs of equal past share");
      part = part.subspan(static_cast<std::size_t>(written));
    }
  }
}

Past::Left Past::left() const {
  std::vector<std::byte> all(static_cast<std::size_t>(lseek(file_, 0, SEEK_END)));
  for (std::size_t at = 0; at < all.size();) {
    const ssize_t count = pread(file_, all.data() + at, all.size() - at, static_cast<off_t>(at));
    if (count <= 0) throw Error(ErrorCode::internal, "memory that processes share cannot be read");
    at += static_cast<std::size_t>(count);
  }
  std::uint64_t size = 0;
  std::memcpy(&size, all.data(), sizeof size);
  const auto state = all.begin() + sizeof size, answers = state + static_cast<std::ptrdiff_t>(size);
  return {{state, answers}, {answers, all.end()}};
}

RunApart::RunApart(const RunToMake& run, const ExperimentFile& file, const std::vector<std::string>& questions,
                   double patience)
    : id_(run.id),
      seed_(run.seed),
      ticks_of_another_(run.from != nullptr ? run.from->ticks() : 0),
      leaves_(run.leaves),
      series_(file.series.size()),
      child_([&](const ChildPipe& pipe) { Making(run, file, questions, patience, pipe).make(); }) {}

std::vector<std::shared_ptr<const Past>> RunApart::newly_left() {
  std::vector<std::shared_ptr<const Past>> left;
  while (!leaves_.empty() && child_.has_said({past_word, std::to_string(leaves_.front()->ticks())})) {
    left.push_back(std::move(leaves_.front()));
    leaves_.erase(leaves_.begin());
  }
  return left;
}

FinishedRun RunApart::finish() {
  const ChildReport report = child_.end();
  FinishedRun run;
  run.id = id_;
  run.seed = seed_;
  run.ticks_of_another = ticks_of_another_;
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  run.message = "the run " + report.fault;
  run.series.resize(series_);
  for (const std::vector<std::string>& line : report.lines) {
    if (line[0] == ticks_word) run.ticks = std::stoll(line[1]);
    if (line[0] == outcome_word) run.outcomes.push_back(number_in(line[1]));
    if (line[0] == series_word) run.series[std::stoul(line[1])].emplace_back(*number_in(line[2]), number_in(line[3]));
    if (line[0] == failed_word) run.message = line[1];
    run.complete |= line[0] == complete_word;
    if (run.complete) run.fingerprint = line[1];
  }
  if (!run.complete) {
    run.outcomes.clear();
    run.series.clear();
  }
  return run;
}

}  // namespace ondol
