// The `ondol` command: what was asked for, and the one place where errors become messages and exit codes.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/guests.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <vector>

namespace {

constexpr const char* footer = R"(
Exit codes: 0 done, 2 wrong use, 3 the world file is wrong, 4 a plugin cannot be used, 5 the run failed,
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

void add_world(CLI::App& command, ondol::cli::WorldChoice& choice) {
  command.add_option("world", choice.world, "World file (TOML)")->required();
  command.add_option("--ticks", choice.options.ticks, "Ticks to run, in place of the world's");
  command
      .add_option("--set", choice.options.set,
                  "Overrides: path=value, as in populations.firms.params.markup=0.3; several may follow")
      ->type_name("PATH=VALUE ...")
      ->allow_extra_args(false);
  command.add_flag("--strict", choice.strict, "Take warnings for errors");
  command.add_option("--plugins", choice.options.plugin_directories, "Folder to look for plugins in first")
      ->allow_extra_args(false);
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
    setting = word == "--set" || (setting && (words.back() == "--set" || follows));
    words.push_back(word);
  }
  return {words.rbegin(), words.rend()};
}

int dispatch(int argc, char** argv) {
  CLI::App app("Ondol: a plugin-based, agent-based market model", "ondol");
  app.footer(footer);
  app.set_version_flag("--version", ondol::version());
  app.require_subcommand(1);

  ondol::cli::RunChoice run;
  CLI::App& run_command = *app.add_subcommand("run", "Run a world and write its results");
  add_world(run_command, run);
  run_command.add_option("-o,--output", run.output, "Results file (default: the world's name, .db, here)")
      ->check([](const std::string& file) { return file.empty() ? "the name of a file is empty" : ""; });
  run_command.add_flag("--overwrite", run.overwrite, "Replace an existing results file");
  run_command
      .add_option_function<std::string>(
          "--seed", [&run](const std::string& typed) { run.seed = seed_of(typed); },
          "Seed of all luck, in place of the world's: a whole number from 0 to 2^63 - 1")
      ->type_name("NUMBER");
  run_command.add_flag("--no-results", run.no_results, "Write no results file");
  run_command.add_option("--threads", run.threads, "Threads to run on (default: one per processor)")
      ->check(CLI::Range(1, 1024));
  run_command
      .add_option("--patience", run.patience, "Seconds that one call into a plugin may take (0: any; default: 60)")
      ->check(CLI::Range(0.0, 1e9));
  run_command.add_flag("--profile", run.profile,
                       "Measure what takes how long: a table at the end, in the results, and a trace file");
  run_command.add_flag("-q,--quiet", run.quiet, "Say nothing but errors");

  ondol::cli::CheckChoice check;
  CLI::App& check_command =
      *app.add_subcommand("check", "Load a world, say what it holds, or what is wrong with it; or try out a plugin");
  add_world(check_command, check);
  check_command.get_option("world")->required(false);
  check_command.add_flag("--resolved", check.resolved, "Print the world as it will run, each value with its place");
  ondol::cli::ConformanceChoice conformance;
  check_command.add_option("--plugin", conformance.plugin, "Instead of a world: the file of a plugin to try out")
      ->excludes("world");
  check_command
      .add_option("--patience", conformance.patience,
                  "Seconds that loading a plugin, or trying out one of its rules, may take (default: 10)")
      ->check(CLI::PositiveNumber);

  ondol::cli::DescribeChoice describe;
  CLI::App& describe_command = *app.add_subcommand("describe", "Say what plugins, kinds and mechanisms are and need");
  describe_command.add_option("what", describe.what, "A plugin, kind or mechanism (default: list all plugins)");
  describe_command.add_flag("--markdown", describe.markdown, "The reference page of a plugin, or the list of all");
  describe_command.add_option("--plugins", describe.directories, "Folder to look for plugins in first")
      ->allow_extra_args(false);

  describe_command.add_option("--patience", describe.patience, "Seconds that loading a plugin may take (default: 10)")
      ->check(CLI::PositiveNumber);

  CLI::App& new_command = *app.add_subcommand("new", "Write the beginnings of something");
  new_command.require_subcommand(1);
  ondol::cli::NewPluginChoice new_plugin;
  CLI::App& new_plugin_command =
      *new_command.add_subcommand("plugin", "A folder with a plugin that builds, tests and runs as it is");
  new_plugin_command.add_option("name", new_plugin.name, "Name of the plugin, its kind and its folder")->required();

  try {
    app.parse(words_of(argc, argv));
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    if (asked_for_help) return app.exit(error);
    ondol::cli::complain("ondol: error: {}; see ondol --help\n", error.what());
    return static_cast<int>(ondol::ErrorCode::usage);
  }
  if (run_command.parsed()) {
    if (run_command.count("--patience") > 0) run.options.patience = run.patience;
    return ondol::cli::run(run);
  }
  if (check_command.parsed() && !conformance.plugin.empty()) return ondol::cli::check_conformance(conformance);
  if (check_command.parsed()) {
    check.options.patience = conformance.patience;
    return ondol::cli::check(check);
  }
  if (new_plugin_command.parsed()) return ondol::cli::new_plugin(new_plugin);
  return ondol::cli::describe(describe);
}

}  // namespace

int main(int argc, char** argv) {
  ondol::cli::outlive_readers();
  ondol::guard_process();
  try {
    return dispatch(argc, argv);
  } catch (const ondol::Error& error) {
    ondol::cli::complain("ondol: error: {}\n", error.what());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    ondol::cli::complain("ondol: error: memory ran out\n");
    return static_cast<int>(ondol::ErrorCode::run);
  } catch (const std::system_error& error) {
    ondol::cli::complain("ondol: error: the system refuses what the run needs: {}\n", error.what());
    return static_cast<int>(ondol::ErrorCode::run);
  } catch (const std::exception& error) {
    ondol::cli::complain("ondol: error: {} (this is a defect of ondol)\n", error.what());
    return static_cast<int>(ondol::ErrorCode::internal);
  }
}
