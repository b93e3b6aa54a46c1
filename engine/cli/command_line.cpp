// The options and subcommands of `ondol`, with the sentences that --help, the manual and the completion are made of.
#include "command_line.hpp"

#include "output.hpp"
#include "version.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace ondol::cli {

namespace {

constexpr const char* footer = R"(
Exit codes: 0 done, 1 not the same, 2 wrong use, 3 the world file is wrong, 4 a plugin cannot be used, 5 the run failed,
6 a file cannot be written, 70 a defect of ondol, 130 interrupted.)";

// As it was typed, or refused: what is used is what is stored.
std::uint64_t seed_of(const std::string& typed) {
  std::int64_t seed = 0;
  const char* const end = typed.data() + typed.size();
  const auto [stop, failure] = std::from_chars(typed.data(), end, seed);
  if (typed.empty() || failure != std::errc() || stop != end || seed < 0)
    throw CLI::ValidationError("--seed", fmt::format("'{}' is not a whole number from 0 to 2^63 - 1", typed));
  return static_cast<std::uint64_t>(seed);
}

// Whether a word can be one more override after --set: a path, and a value for it. A world file is none.
bool is_override(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 && word[0] != '-' && word.find('/') > equals;
}

// What was typed, from the last word to the first as CLI11 takes it, with a --set before every override.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words;
  bool setting = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool follows = setting && words.back() != "--set" && is_override(word);
    if (follows) words.emplace_back("--set");
    setting = word == "--set" || word.starts_with("--set=") || (setting && (words.back() == "--set" || follows));
    words.push_back(word);
  }
  return {words.rbegin(), words.rend()};
}

void add_plugins(CLI::App& command, std::vector<std::filesystem::path>& directories) {
  command.add_option("--plugins", directories, "Folder to look for plugins in first; may be repeated")
      ->allow_extra_args(false)
      ->option_text("DIR");
}

void add_world(CLI::App& command, WorldChoice& choice) {
  command.add_option("world", choice.world, "World file (TOML)")->required()->option_text("FILE");
  command.add_option("--ticks", choice.options.ticks, "Ticks to run, in place of the world's")->option_text("N");
  command
      .add_option("--with", choice.options.over,
                  "A file laid over the world, such as a policy or a scenario; may be repeated, later ones win")
      ->allow_extra_args(false)
      ->option_text("FILE");
  command
      .add_option("--set", choice.options.set, "Override, as in populations.firms.params.markup=0.3; may be repeated")
      ->allow_extra_args(false)
      ->option_text("PATH=VALUE ...");
  command.add_flag("--strict", choice.strict, "Take warnings for errors");
  add_plugins(command, choice.options.plugin_directories);
}

void add_replay(CLI::App& command, ReplayChoice& choice) {
  command.add_option("--threads", choice.threads, "Threads to run on (default: one per processor)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  add_plugins(command, choice.plugin_directories);
  command.add_flag("-q,--quiet", choice.quiet, "Say nothing but errors, and what is not the same");
}

}  // namespace

CommandLine::CommandLine() : app_("Ondol: a plugin-based, agent-based market model", "ondol") {
  app_.footer(footer);
  app_.set_version_flag("--version", version_with_commit(), "Print the version and the commit it was built from");
  app_.require_subcommand(1);
  define_run();
  define_resume();
  define_check();
  define_describe();
  define_new();
  define_experiment();
  define_merge();
  define_decide();
  define_explain();
  define_score();
  define_report();
  define_trace();
  define_replays();
}

void CommandLine::define_run() {
  CLI::App& command = *app_.add_subcommand("run", "Run a world and write its results");
  add_world(command, run_);
  command.add_option("-o,--output", run_.output, "Results file (default: the world's name, .db, here)")
      ->check([](const std::string& file) { return file.empty() ? "the name of a file is empty" : ""; })
      ->option_text("FILE");
  command
      .add_option_function<std::string>(
          "--seed", [this](const std::string& typed) { run_.seed = seed_of(typed); },
          "Seed of all luck, in place of the world's: a whole number from 0 to 2^63 - 1")
      ->option_text("N");
  command.add_flag("--overwrite", run_.overwrite, "Replace an existing results file");
  CLI::Option* const no_results = command.add_flag("--no-results", run_.no_results, "Write no results file");
  command.add_option("--threads", run_.threads, "Threads to run on (default: one per processor)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  command.add_option("--patience", run_.patience, "Seconds that one call into a plugin may take (0: any; default: 60)")
      ->check(CLI::Range(0.0, 1e9))
      ->option_text("SECONDS");
  command.add_flag("--profile", run_.profile,
                   "Measure what takes how long: a table at the end, in the results, and a trace file");
  command
      .add_option("--checkpoint", run_.checkpoint,
                  "Keep the state in the results every so many ticks, or as in \"1 year\", for ondol resume and --from")
      ->excludes(no_results)
      ->option_text("EVERY");
  command.add_option("--from", run_.from, "Begin where the run in a results file is, by its last checkpoint")
      ->option_text("FILE");
  command.add_flag("-q,--quiet", run_.quiet, "Say nothing but errors");
}

void CommandLine::define_resume() {
  CLI::App& command = *app_.add_subcommand("resume", "Go on with a run that stopped, from its last checkpoint");
  command.add_option("results", resume_.results, "Results file of the run, or the NAME.part that was left of it")
      ->required()
      ->option_text("FILE");
  command.add_option("--until", resume_.until, "Ticks to run in all, or the date of the last one (default: as begun)")
      ->option_text("WHEN");
  command
      .add_option("--checkpoint", resume_.checkpoint,
                  "Ticks, or a time as in \"1 year\", from one checkpoint to the next (default: as begun)")
      ->option_text("EVERY");
  command.add_option("--threads", resume_.threads, "Threads to run on (default: one per processor)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  add_plugins(command, resume_.plugin_directories);
  command
      .add_option("--patience", resume_.patience, "Seconds that one call into a plugin may take (0: any; default: 60)")
      ->check(CLI::Range(0.0, 1e9))
      ->option_text("SECONDS");
  command.add_flag("--profile", resume_.profile,
                   "Measure what takes how long: a table at the end, in the results, and a trace file");
  command.add_flag("-q,--quiet", resume_.quiet, "Say nothing but errors");
}

void CommandLine::define_check() {
  CLI::App& command =
      *app_.add_subcommand("check", "Load a world, say what it holds, or what is wrong with it; or try out a plugin");
  add_world(command, check_);
  command.get_option("world")->required(false);
  command.add_flag("--resolved", check_.resolved, "Print the world as it will run, each value with its place");
  command.add_option("--plugin", conformance_.plugin, "Instead of a world: the file of a plugin to try out")
      ->excludes("world")
      ->option_text("FILE");
  command
      .add_option("--patience", conformance_.patience,
                  "Seconds that loading a plugin, or trying out one of its rules, may take (default: 10)")
      ->check(CLI::PositiveNumber)
      ->option_text("SECONDS");
}

void CommandLine::define_describe() {
  CLI::App& command = *app_.add_subcommand("describe", "Say what plugins, kinds and mechanisms are and need");
  command.add_option("what", describe_.what, "A plugin, kind or mechanism (default: list all plugins)")
      ->option_text("NAME");
  CLI::Option* const markdown =
      command.add_flag("--markdown", describe_.markdown, "The reference page of a plugin, or the list of all");
  command
      .add_option("--schema", describe_.schema,
                  "A JSON Schema for editors, of world files with all plugins that are found, or of experiment files")
      ->expected(0, 1)
      ->check(CLI::IsMember({"world", "experiment"}))
      ->default_str("world")
      ->option_text("[world|experiment]")
      ->excludes(markdown)
      ->excludes("what");
  add_plugins(command, describe_.directories);
  command.add_option("--patience", describe_.patience, "Seconds that loading a plugin may take (default: 10)")
      ->check(CLI::PositiveNumber)
      ->option_text("SECONDS");
}

void CommandLine::define_new() {
  CLI::App& command = *app_.add_subcommand("new", "Write the beginnings of something");
  command.require_subcommand(1);
  const auto add = [&](const char* what, const char* doc, const char* name) {
    CLI::App& made = *command.add_subcommand(what, doc);
    made.add_option("name", new_.name, name)->required()->option_text("NAME");
    return &made;
  };
  add("plugin", "A folder with a plugin that builds, tests and runs as it is",
      "Name of the plugin, its kind and its folder");
  CLI::App* const mechanism = add("mechanism", "A folder with a market mechanism that builds, tests and runs as it is",
                                  "Name of the mechanism, its plugin and its folder");
  mechanism->add_option("--language", new_.language, "c or c++ (default)")
      ->check(CLI::IsMember({"c", "c++"}))
      ->option_text("LANGUAGE");
  add("world", "A small world file that runs as it is, with a comment on every line of note", "Name of the world");
}

void CommandLine::define_experiment() {
  CLI::App& command =
      *app_.add_subcommand("experiment", "Do the runs that an experiment file asks for and its results lack");
  command.add_option("file", experiment_.file, "Experiment file (TOML)")->required()->option_text("FILE");
  command
      .add_option("-o,--output", experiment_.output,
                  "Results file, which is gone on with (default: the experiment's name, .db, here)")
      ->option_text("FILE");
  command
      .add_option("--part", experiment_.part,
                  "Part i of n, into a file of its own (default: as Slurm, Open MPI or PMI say)")
      ->option_text("I/N");
  command.add_flag("--retry", experiment_.retry, "Run again what failed");
  command.add_option("--threads", experiment_.threads, "Runs at once (default: one per processor)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  command
      .add_option("--patience", experiment_.patience,
                  "Seconds that one call into a plugin may take (0: any; default: 60)")
      ->check(CLI::Range(0.0, 1e9))
      ->option_text("SECONDS");
  add_plugins(command, experiment_.plugin_directories);
  command.add_flag("-q,--quiet", experiment_.quiet, "Say nothing but errors");
}

void CommandLine::define_merge() {
  CLI::App& command = *app_.add_subcommand("merge", "Join the results of an experiment's parts");
  command.add_option("parts", merge_.parts, "Results files of parts")->required()->option_text("FILE...");
  command.add_option("-o,--output", merge_.output, "File to join them in")->required()->option_text("FILE");
  command.add_flag("--overwrite", merge_.overwrite, "Replace an existing file");
}

void CommandLine::define_decide() {
  CLI::App& command = *app_.add_subcommand("decide", "Say which arm of an experiment is best, and how surely");
  command.add_option("results", decide_.results, "Results file of an experiment")->required()->option_text("FILE");
  command.add_option("--level", decide_.level, "Of the intervals (default: 0.95)")
      ->check(CLI::Range(0.5, 0.9999))
      ->option_text("SHARE");
  command.add_flag("--all", decide_.all, "Figures of all outcomes, not only of the primary one");
  command.add_flag("--markdown", decide_.markdown, "Tables in Markdown, for a document");
}

void CommandLine::define_explain() {
  CLI::App& command = *app_.add_subcommand("explain", "Say what flips a comparison of two arms");
  command.add_option("results", explain_.results, "Results file of an experiment")->required()->option_text("FILE");
  command.add_option("--when", explain_.when, "What to explain, as in \"tax < subsidy\"")
      ->required()
      ->option_text("COMPARISON");
  command.add_option("--outcome", explain_.outcome, "In which outcome (default: the primary one)")->option_text("NAME");
  command.add_option("--scenario", explain_.scenario, "Under which scenario (default: all)")->option_text("NAME");
}

void CommandLine::define_score() {
  CLI::App& command = *app_.add_subcommand("score", "Set facts beside what runs make of them");
  command.add_option("results", score_.results, "Results files of runs, a seed each, or of an experiment")
      ->required()
      ->option_text("FILE...");
  command.add_option("--facts", score_.facts, "Facts, each with its query (CSV)")->required()->option_text("FILE");
  command.add_flag("--markdown", score_.markdown, "Tables in Markdown, for a document");
}

void CommandLine::define_report() {
  CLI::App& command = *app_.add_subcommand("report", "Make one page of pictures of a results file, for any browser");
  command.add_option("results", report_.results, "Results file of a run or of an experiment")
      ->required()
      ->option_text("FILE");
  command.add_option("-o,--output", report_.output, "Page to write (default: the results' name, .html, here)")
      ->option_text("FILE");
  command.add_flag("--overwrite", report_.overwrite, "Replace an existing report");
}

void CommandLine::define_trace() {
  CLI::App& command = *app_.add_subcommand("trace", "Say what stands behind an agent's numbers in a tick");
  command.add_option("results", trace_.results, "Results file of a run")->required()->option_text("FILE");
  command.add_option("--agent", trace_.agent, "Its name or id")->required()->option_text("NAME");
  command.add_option("--tick", trace_.tick, "As the results number them")->required()->option_text("N");
  command.add_flag("--claims", trace_.claims,
                   "What it holds of others and owes them, too: runs the world again up to then");
  add_plugins(command, trace_.plugin_directories);
}

void CommandLine::define_replays() {
  CLI::App& verify = *app_.add_subcommand("verify", "Run a results file's world again and compare the fingerprints");
  verify.add_option("results", verify_.results, "Results file of a run")->required()->option_text("FILE");
  add_replay(verify, verify_);

  CLI::App& rerun =
      *app_.add_subcommand("rerun", "Make one run of an experiment again, with full results, and compare");
  rerun.add_option("results", rerun_.results, "Results file of an experiment")->required()->option_text("FILE");
  rerun.add_option("--arm", rerun_.place.arm, "Its arm (default: the only one)")->option_text("NAME");
  rerun.add_option("--scenario", rerun_.place.scenario, "Its scenario (default: the only one)")->option_text("NAME");
  rerun.add_option("--point", rerun_.place.point, "Its point of the design (default: 0)")->option_text("N");
  rerun.add_option("--replicate", rerun_.place.replicate, "Its replicate (default: 0)")->option_text("N");
  rerun.add_option("-o,--output", rerun_.output, "Results file to write")->required()->option_text("FILE");
  rerun.add_flag("--overwrite", rerun_.overwrite, "Replace an existing results file");
  add_replay(rerun, rerun_);

  CLI::App& diff = *app_.add_subcommand("diff", "Say where two runs part: tick, table, agent, column");
  diff.add_option("here", diff_.here, "Results file of a run")->required()->option_text("FILE");
  diff.add_option("there", diff_.there, "Results file of another")->required()->option_text("FILE");
}

int CommandLine::dispatch(int argc, char** argv) {
  try {
    app_.parse(words_of(argc, argv));
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app_.exit(error) : wrong_use(error);
  }
  return carry_out();
}

int CommandLine::wrong_use(const CLI::ParseError& error) const {
  complain("ondol: error: {}; see ondol --help\n", error.what());
  return static_cast<int>(ErrorCode::usage);
}

int CommandLine::carry_out() {
  if (const CLI::App& command = *app_.get_subcommand("run"); command.parsed()) {
    if (command.count("--patience") > 0) run_.options.patience = run_.patience;
    return run(run_);
  }
  if (app_.got_subcommand("resume")) return resume(resume_);
  if (app_.got_subcommand("describe")) return describe(describe_);
  if (app_.got_subcommand("check")) {
    if (!conformance_.plugin.empty()) return check_conformance(conformance_);
    check_.options.patience = conformance_.patience;
    return check(check_);
  }
  if (app_.got_subcommand("experiment")) return experiment(experiment_);
  if (app_.got_subcommand("merge")) return merge(merge_);
  if (app_.got_subcommand("decide")) return decide(decide_);
  if (app_.got_subcommand("explain")) return explain(explain_);
  if (app_.got_subcommand("score")) return score(score_);
  if (app_.got_subcommand("report")) return report(report_);
  if (app_.got_subcommand("trace")) return trace(trace_);
  if (app_.got_subcommand("verify")) return verify(verify_);
  if (app_.got_subcommand("rerun")) return rerun(rerun_);
  if (app_.got_subcommand("diff")) return diff(diff_);
  const CLI::App& made = *app_.get_subcommand("new");
  if (made.got_subcommand("plugin")) return new_plugin(new_);
  return made.got_subcommand("mechanism") ? new_mechanism(new_) : new_world(new_);
}

}  // namespace ondol::cli
