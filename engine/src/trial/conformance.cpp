// Checks a plugin in child processes, so that whatever it does ends with them.
#include "results/results_schema.hpp"
#include "trial/rule_bench.hpp"

#include <ondol/engine/conformance.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstring>
#include <set>

namespace ondol {

namespace {

constexpr char separator = '\x1f';  // between the parts of a line that a child writes

bool well_named(const std::string& name) {
  return !name.empty() && std::islower(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; });
}

// Everything that a description can get wrong and still load.
class Lint {
 public:
  explicit Lint(std::vector<Finding>& findings) : findings_(findings) {}

  void plugin(const PluginLibrary& plugin) {
    const std::string file = plugin.path.stem().string();
    if (plugin.name != file)
      advise("plugin '" + plugin.name + "'", fmt::format("its file is called {}.so", file),
             "worlds name plugins by file: give both the same name");
    for (const auto& kind : plugin.kinds) check(*kind);
    recordable(plugin);
    for (const auto& mechanism : plugin.mechanisms) {
      where_ = "mechanism '" + mechanism->name + "'";
      name("mechanism", mechanism->name);
      for (const FieldDescription& field : mechanism->fields) check(field, nullptr);
    }
  }

 private:
  void check(const KindDescription& kind) {
    where_ = "kind '" + kind.name + "'";
    name("kind", kind.name);
    for (const PortDescription& port : kind.ports) {
      name("port", port.name);
      documented("port", port.name, port.doc);
      if (!port.unit.empty() && port.type != ONDOL_OBSERVES) unit("port", port.name, port.unit, &kind);
      for (const std::string& attribute : port.attributes) name("attribute", attribute);
    }
    for (const FieldDescription& field : kind.fields) check(field, &kind);
    for (const PurposeDescription& purpose : kind.purposes) documented("purpose", purpose.name, purpose.doc);
    for (const RuleDescription& rule : kind.rules) {
      name("step", rule.step);
      documented("rule of step", rule.step, rule.doc);
    }
    if (kind.rules.empty()) advise(where_, "it has no rules", "an agent without rules only holds and receives");
  }

  // In a world with all its kinds.
  void recordable(const PluginLibrary& plugin) {
    Model model;
    for (const auto& kind : plugin.kinds) model.kinds.push_back(kind.get());
    model.record.kinds.resize(model.kinds.size());
    for (const NameClash& clash : name_clashes(model)) {
      where_ = "kind '" + model.kinds[clash.kind]->name + "'";
      fault(clash.what, clash.advice);
    }
  }

  void check(const FieldDescription& field, const KindDescription* kind) {
    name("field", field.name);
    unit("field", field.name, field.unit, kind);
    if (field.type == ONDOL_AGENT || field.type == ONDOL_BOOL) return;
    if (field.role != ONDOL_STATE && (!std::isfinite(field.minimum) || !std::isfinite(field.maximum)))
      advise(where_, fmt::format("field '{}' has no range", field.name),
             "add .range(low, high): values outside are refused with a message");
  }

  void name(const char* what, const std::string& name) {
    if (!well_named(name))
      fault(fmt::format("{} '{}' is not a name like wage_rate", what, name),
            "use lower-case letters, digits and underscores: names become columns and keys");
  }
  void documented(const char* what, const std::string& name, const std::string& doc) {
    if (doc.empty()) fault(fmt::format("{} '{}' says nothing of itself", what, name), "add .doc(\"...\"): one line");
  }

  // Names that are no known unit are the world's to declare, so they only have to be well formed.
  void unit(const char* what, const std::string& name, const std::string& text, const KindDescription* kind) {
    UnitTable units;
    for (std::size_t i = 0; i < text.size();) {
      if (std::isalpha(static_cast<unsigned char>(text[i])) == 0) {
        i = text[i] == '{' ? std::min(text.find('}', i), text.size() - 1) + 1 : i + 1;
        continue;
      }
      std::size_t end = i;
      while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
      const std::string unknown = text.substr(i, end - i);
      if (!units.find(unknown)) units.define(unknown);
      i = end;
    }
    try {
      units.parse(text, [&](std::string_view port) -> std::string {
        if (kind != nullptr) {
          for (const PortDescription& known : kind->ports) {
            if (known.name == port) return "1";
          }
        }
        throw Error(ErrorCode::world, fmt::format("there is no port '{}'", port));
      });
    } catch (const Error& error) {
      fault(fmt::format("{} '{}' has the unit '{}', which cannot be read: {}", what, name, text, error.what()),
            "write units like \"money/{ware}\" or \"1/year\"");
    }
  }

  void fault(std::string what, std::string advice) {
    findings_.push_back({where_, std::move(what), std::move(advice)});
  }
  void advise(std::string where, std::string what, std::string advice) {
    findings_.push_back({std::move(where), std::move(what), std::move(advice), false});
  }

  std::vector<Finding>& findings_;
  std::string where_;
};

// Text on its way out of a child.
class Pipe {
 public:
  explicit Pipe(int file) : file_(file) {}
  void line(std::initializer_list<std::string> parts) const {
    std::string text;
    for (std::string part : parts) {
      std::replace(part.begin(), part.end(), '\n', ' ');
      text += (text.empty() ? "" : std::string(1, separator)) + part;
    }
    text += '\n';
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t written = write(file_, text.data() + at, text.size() - at);
      if (written <= 0) return;
      at += static_cast<std::size_t>(written);
    }
  }

 private:
  int file_;
};

struct Ending {
  std::vector<std::vector<std::string>> lines;
  std::string fault;  // how it went wrong, if it did
};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return fmt::format("crashes ({})", strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) return fmt::format("ends the process (exit code {})", WEXITSTATUS(status));
  return "";
}

// Runs body in a child and gathers the lines it writes, for as long as patience lasts.
template <class Body>
Ending in_child(double patience, Body&& body) {
  int ends[2];
  if (pipe(ends) != 0) throw Error(ErrorCode::internal, "cannot make a pipe");
  const pid_t child = fork();
  if (child < 0) throw Error(ErrorCode::internal, "cannot fork");
  if (child == 0) {
    close(ends[0]);
    body(Pipe(ends[1]));
    std::_Exit(0);
  }
  close(ends[1]);
  Ending ending;
  std::string text;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(patience);
  bool late = false;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ready{ends[0], POLLIN, 0};
    late = left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) == 0;
    if (late) break;
    char buffer[4096];
    const ssize_t count = read(ends[0], buffer, sizeof buffer);
    if (count <= 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  if (late) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  ending.fault = late ? fmt::format("does not return within {} s", patience) : how_it_ended(status);
  for (std::size_t at = 0, line = 0; (line = text.find('\n', at)) != std::string::npos; at = line + 1)
    ending.lines.push_back(split(text.substr(at, line - at)));
  return ending;
}

PluginLibrary load(const std::filesystem::path& file) {
  return load_plugin(file.stem().string(), {std::filesystem::absolute(file).parent_path()});
}

}  // namespace

std::vector<Finding> check_plugin(const std::filesystem::path& file, const ConformanceOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored) || file.extension() != ".so")
    throw Error(ErrorCode::plugin, fmt::format("'{}' is no plugin: expected a file NAME.so", file.string()));
  std::vector<Finding> findings;
  const auto gather = [&](const Ending& ending, const std::string& where) {
    for (const auto& line : ending.lines) {
      if (line[0] == "finding") findings.push_back({line[1], line[2], line[3], line[4] == "fault"});
    }
    if (!ending.fault.empty())
      findings.push_back(
          {where, ending.fault, "run it under a debugger or the address sanitizer: see docs/debugging.md"});
  };

  // First what it says of itself, and what there is to call.
  const Ending description = in_child(options.patience, [&](const Pipe& out) {
    try {
      const PluginLibrary plugin = load(file);
      std::vector<Finding> found;
      Lint(found).plugin(plugin);
      for (const Finding& finding : found)
        out.line({"finding", finding.where, finding.what, finding.advice, finding.fault ? "fault" : "advice"});
      for (std::size_t k = 0; k < plugin.kinds.size(); ++k) {
        for (std::size_t r = 0; r < plugin.kinds[k]->rules.size(); ++r) {
          out.line({"rule", std::to_string(k), std::to_string(r),
                    fmt::format("kind '{}', step '{}'", plugin.kinds[k]->name, plugin.kinds[k]->rules[r].step)});
        }
      }
      for (std::size_t m = 0; m < plugin.mechanisms.size(); ++m)
        out.line({"mechanism", std::to_string(m), "", "mechanism '" + plugin.mechanisms[m]->name + "'"});
    } catch (const Error& error) {
      out.line({"finding", file.string(), error.what(), "see docs/abi.md", "fault"});
    }
  });
  gather(description, file.string());

  for (const auto& line : description.lines) {
    if (line[0] == "finding") continue;
    const std::string& where = line[3];
    gather(in_child(options.patience,
                    [&](const Pipe& out) {
                      const PluginLibrary plugin = load(file);
                      std::set<std::string> told;  // each fault once
                      const Report report = [&](const std::string& fault, const std::string& detail,
                                                const std::string& advice) {
                        if (told.insert(fault).second) out.line({"finding", where, fault + detail, advice, "fault"});
                      };
                      if (line[0] == "mechanism") {
                        bench_mechanism(*plugin.mechanisms[std::stoul(line[1])], options.cases, report);
                      } else {
                        const KindDescription& kind = *plugin.kinds[std::stoul(line[1])];
                        bench_rule(kind, kind.rules[std::stoul(line[2])], options.cases, report);
                      }
                    }),
           where);
  }
  return findings;
}

}  // namespace ondol
