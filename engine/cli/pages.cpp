// Writes the manual pages and the completion for bash, from the same definition that the command parses by.
//
//     ondol_pages FOLDER      ondol.1, ondol-run.1 … and ondol.bash
#include "command_line.hpp"

#include <ondol/engine/world.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>

namespace ondol::cli {

namespace {

// All subcommands of an app, each with its full name: {"run", "new plugin", …}.
void each_command(const CLI::App& app, const std::string& name,
                  const std::function<void(const CLI::App&, const std::string&)>& use) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string full = name.empty() ? command->get_name() : name + " " + command->get_name();
    use(*command, full);
    each_command(*command, full, use);
  }
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  const auto all = app.get_options();
  return {all.begin(), all.end()};
}

// ---- The manual

std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) {
      escaped += std::string("\\&") + c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string option_heading(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames())
    names += fmt::format("{}\\fB\\-{}\\fR", names.empty() ? "" : ", ", name);
  for (const std::string& name : option.get_lnames())
    names += fmt::format("{}\\fB\\-\\-{}\\fR", names.empty() ? "" : ", ", roff(name));
  if (option.get_expected_max() > 0 && !option.get_option_text().empty())
    names += fmt::format(" \\fI{}\\fR", roff(option.get_option_text()));
  return names;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string manual(const CLI::App& app, const std::string& command) {
  const std::string name = command.empty() ? "ondol" : "ondol " + command;
  std::string page_name = name;
  std::replace(page_name.begin(), page_name.end(), ' ', '-');
  std::string text = fmt::format(
      ".\\\" Made by ondol_pages from what ondol \\-\\-help says.\n.TH {} 1 \"\" \"Ondol {}\" "
      "\"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n",
      upper(page_name), version(), roff(page_name), roff(app.get_description()), roff(name));
  std::string positionals, options;
  for (const CLI::Option* option : options_of(app)) {
    const bool positional = option->get_positional();
    if (positional) {
      const std::string shown = fmt::format("\\fI{}\\fR", roff(option->get_option_text()));
      text += option->get_required() ? shown + "\n" : "[" + shown + "]\n";
      positionals += fmt::format(".TP\n{}\n{}\n", shown, roff(option->get_description()));
    } else {
      options += fmt::format(".TP\n{}\n{}\n", option_heading(*option), roff(option->get_description()));
    }
  }
  std::string commands;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    commands +=
        fmt::format(".TP\n.BR {}\\-{} (1)\n{}\n", roff(page_name), roff(sub->get_name()), roff(sub->get_description()));
  if (!commands.empty()) text += "\\fICOMMAND\\fR\n";
  text += "[\\fIOPTION\\fR ...]\n";
  if (!positionals.empty()) text += ".SH ARGUMENTS\n" + positionals;
  if (!commands.empty()) text += ".SH COMMANDS\n" + commands;
  text += ".SH OPTIONS\n" + options;
  if (command.empty())
    text += ".SH EXIT STATUS\n" + roff(app.get_footer().substr(app.get_footer().find("0 done"))) + "\n";
  if (!command.empty()) text += ".SH SEE ALSO\n.BR ondol (1)\n";
  return text;
}

// ---- The completion

std::string words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(sub->get_name());
  for (const CLI::Option* option : options_of(app)) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    for (const std::string& name : option->get_snames()) words.push_back("-" + name);
  }
  return fmt::format("{}", fmt::join(words, " "));
}

// Options of any command that take what bash cannot list.
std::string options_with_text(const CLI::App& app, const std::string& text) {
  std::vector<std::string> names;
  const auto look = [&](const CLI::App& command) {
    for (const CLI::Option* option : options_of(command)) {
      if (option->get_positional() || option->get_option_text() != text) continue;
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
  };
  each_command(app, "", [&](const CLI::App& command, const std::string&) { look(command); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return fmt::format("{}", fmt::join(names, " | "));
}

std::string completion(const CLI::App& app) {
  std::string cases;
  each_command(app, "", [&](const CLI::App& command, const std::string& name) {
    cases += fmt::format("    \"{}\") words=\"{}\" ;;\n", name, words_of(command));
  });
  std::string text = R"bash(# Completion of ondol for bash; made by ondol_pages from what ondol --help says.
_ondol() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="" words="" word
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      @COMMANDS@) command="${command:+$command }$word" ;;
    esac
  done
  case "$previous" in
    @DIRECTORIES@) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    @FILES@) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    @NUMBERS@) return ;;
    --language) mapfile -t COMPREPLY < <(compgen -W "c c++" -- "$current"); return ;;
  esac
  case "$command" in
    "") words="@TOP@" ;;
@CASES@  esac
  if [[ "$current" == -* || -z "$command" || "$command" == new ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  elif [[ "$command" == describe ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(ondol describe 2>/dev/null | awk '/^  /{print $2} /^[^ ]/{print $1}')" -- "$current")
  elif [[ "$command" == run || "$command" == check ]]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current"; compgen -f -X '!*.toml' -- "$current")
  fi
}
complete -o filenames -F _ondol ondol
)bash";
  std::vector<std::string> commands;
  each_command(app, "", [&](const CLI::App&, const std::string& name) {
    commands.push_back(fmt::format("\"{}{}\"", name.find(' ') == std::string::npos ? " " : "", name));
  });
  const std::pair<const char*, std::string> parts[] = {
      {"@COMMANDS@", fmt::format("{}", fmt::join(commands, " | "))},
      {"@DIRECTORIES@", options_with_text(app, "DIR")},
      {"@FILES@", options_with_text(app, "FILE")},
      {"@NUMBERS@", options_with_text(app, "N") + " | " + options_with_text(app, "SECONDS") + " | --set"},
      {"@TOP@", words_of(app)},
      {"@CASES@", cases}};
  for (const auto& [placeholder, part] : parts)
    text.replace(text.find(placeholder), std::string(placeholder).size(), part);
  return text;
}

}  // namespace

}  // namespace ondol::cli

int main(int argc, char** argv) {
  using namespace ondol::cli;
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  const CommandLine line;
  std::ofstream(folder / "ondol.1") << manual(line.app(), "");
  each_command(line.app(), "", [&](const CLI::App& command, const std::string& name) {
    std::string file = "ondol-" + name + ".1";
    std::replace(file.begin(), file.end(), ' ', '-');
    std::ofstream(folder / file) << manual(command, name);
  });
  std::ofstream completion_file(folder / "ondol.bash");
  completion_file << completion(line.app());
  return completion_file.flush() ? 0 : 6;
}
