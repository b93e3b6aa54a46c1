// The `ondol` command: what was asked for, and the one place where errors become messages and exit codes.
#include "commands.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/guests.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

namespace {

constexpr const char* footer = R"(
Exit codes: 0 done, 2 wrong use, 3 the world file is wrong, 4 a plugin cannot be used, 5 the run failed,
6 a file cannot be written, 70 a defect of ondol, 130 interrupted.)";

void add_world(CLI::App& command, ondol::cli::WorldChoice& choice) {
  command.add_option("world", choice.world, "World file (TOML)")->required();
  command.add_option("--ticks", choice.options.ticks, "Ticks to run, in place of the world's");
  command.add_option("--set", choice.options.set, "Override: path=value, as in populations.firms.params.markup=0.3")
      ->allow_extra_args(false);
  command.add_flag("--strict", choice.strict, "Take warnings for errors");
  command.add_option("--plugins", choice.options.plugin_directories, "Folder to look for plugins in first")
      ->allow_extra_args(false);
}

int dispatch(int argc, char** argv) {
  CLI::App app("Ondol: a plugin-based, agent-based market model");
  app.footer(footer);
  app.set_version_flag("--version", ondol::version());
  app.require_subcommand(1);

  ondol::cli::RunChoice run;
  CLI::App& run_command = *app.add_subcommand("run", "Run a world and write its results");
  add_world(run_command, run);
  run_command.add_option("-o,--output", run.output, "Results file (default: the world's name, .db, here)");
  run_command.add_flag("--overwrite", run.overwrite, "Replace an existing results file");
  run_command.add_option("--seed", run.seed, "Seed of all luck, in place of the world's");
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
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    if (asked_for_help) return app.exit(error);
    fmt::print(stderr, "ondol: error: {}; see ondol --help\n", error.what());
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
  ondol::guard_process();
  try {
    return dispatch(argc, argv);
  } catch (const ondol::Error& error) {
    fmt::print(stderr, "ondol: error: {}\n", error.what());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "ondol: error: memory ran out\n");
    return static_cast<int>(ondol::ErrorCode::run);
  } catch (const std::system_error& error) {
    fmt::print(stderr, "ondol: error: the system refuses what the run needs: {}\n", error.what());
    return static_cast<int>(ondol::ErrorCode::run);
  } catch (const std::exception& error) {
    fmt::print(stderr, "ondol: error: {} (this is a defect of ondol)\n", error.what());
    return static_cast<int>(ondol::ErrorCode::internal);
  }
}
