// Checks a plugin in child processes, so that whatever it does ends with them.
#include "base/child.hpp"
#include "loading/library_file.hpp"
#include "loading/library_imports.hpp"
#include "loading/library_variables.hpp"
#include "loading/values.hpp"
#include "results/results_names.hpp"
#include "trial/cage.hpp"
#include "trial/rule_bench.hpp"

#include <ondol/engine/conformance.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <csignal>
#include <set>

namespace ondol {

namespace {

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
      for (const std::string& param : port.market_params) name("market parameter", param);
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
    if (doc.empty())
      advise(where_, fmt::format("{} '{}' says nothing of itself", what, name), "add .doc(\"...\"): one line");
  }

  // Names that are no known unit are the world's to declare, so they only have to be well formed.
  void unit(const char* what, const std::string& name, const std::string& text, const KindDescription* kind) {
    UnitTable units;
    define_unknown(units, text);
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

constexpr const char* no_business = "a rule has its arguments, memory, and nothing else of the system";

PluginLibrary load(const std::filesystem::path& file) {
  return load_plugin(file.stem().string(), {std::filesystem::absolute(file).parent_path()}, 0);
}

// What the library takes from others, whether it is called or not: what a rule does once in ten thousand ticks, no
// trial would see.
void look_at_imports(const std::filesystem::path& file, std::vector<Finding>& findings) {
  const std::string where = "plugin '" + file.stem().string() + "'";
  for (const std::string& remark : remarks_on(LibraryFile(file)))
    findings.push_back({where, remark, "what a rule does may depend on its input only; see docs/debugging.md"});
}

}  // namespace

std::vector<Finding> check_plugin(const std::filesystem::path& file, const ConformanceOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored) || file.extension() != ".so")
    throw Error(ErrorCode::plugin, fmt::format("'{}' is no plugin: expected a file NAME.so", file.string()));
  std::vector<Finding> findings;
  const auto gather = [&](const ChildReport& report, const std::string& where) {
    for (const auto& line : report.lines) {
      if (line[0] == "finding") findings.push_back({line[1], line[2], line[3], line[4] == "fault"});
    }
    if (report.signal == SIGSYS)
      findings.push_back({where, "starts a thread or process", no_business});
    else if (!report.fault.empty())
      findings.push_back(
          {where, report.fault, "run it under a debugger or the address sanitizer: see docs/debugging.md"});
  };

  // Loading it is a trial of its own; then what it says of itself, and what there is to call.
  try {
    load_plugin(file.stem().string(), {std::filesystem::absolute(file).parent_path()}, options.patience);
    look_at_imports(file, findings);
  } catch (const Error& error) {
    findings.push_back({file.string(), error.what(), "see docs/abi.md"});
    return findings;
  }
  const ChildReport description = in_child(options.patience, [&](const ChildPipe& out) {
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
  });
  gather(description, file.string());

  for (const auto& line : description.lines) {
    if (line[0] == "finding") continue;
    const std::string& where = line[3];
    const bool mechanism = line[0] == "mechanism";
    gather(in_child(options.patience,
                    [&](const ChildPipe& out) {
                      const PluginLibrary plugin = load(file);
                      std::set<std::string> told;  // each fault once
                      const Report report = [&](const std::string& fault, const std::string& detail,
                                                const std::string& advice) {
                        if (told.insert(fault).second) out.line({"finding", where, fault + detail, advice, "fault"});
                      };
                      const LibraryFile library(file);
                      const std::vector<char> variables = plugin.variables->now();
                      // Threads then share what memory there is, and the system need not be asked about processors.
                      mallopt(M_ARENA_MAX, 1);
                      OtherThread other;
                      const auto before = ChildPipe::as_line({"finding", where, ""}, false);
                      const auto after = ChildPipe::as_line({"", no_business, "fault"}, true) + out.last_line();
                      const auto close = [&] { close_cage(out.file(), before, after); };
                      other.run(close);
                      close();
                      if (mechanism) {
                        bench_mechanism(*plugin.mechanisms[std::stoul(line[1])], options.cases, other, report);
                      } else {
                        const KindDescription& kind = *plugin.kinds[std::stoul(line[1])];
                        bench_rule(kind, kind.rules[std::stoul(line[2])], options.cases, other, report);
                      }
                      const std::string changed = plugin.variables->changed_since(variables, library);
                      if (!changed.empty())
                        report("changes " + changed, " of its library",
                               "a plugin keeps no variables: what outlives a call belongs in State, or in the state of "
                               "the mechanism");
                    }),
           where);
  }
  return findings;
}

std::string kind_name_fault(const std::string& name) {
  KindDescription kind;
  kind.name = name;
  Model model;
  model.kinds.push_back(&kind);
  model.record.kinds.resize(1);
  const std::vector<NameClash> clashes = name_clashes(model);
  return clashes.empty() ? "" : "it " + clashes.front().what;
}

}  // namespace ondol
