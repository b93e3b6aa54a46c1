#include "description_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace ondol::cli {

const char* port_type_name(ondol_port_type type) {
  switch (type) {
    case ONDOL_BUYS:
      return "buys";
    case ONDOL_SELLS:
      return "sells";
    case ONDOL_HOLDS:
      return "holds";
    case ONDOL_READS:
      return "reads";
    case ONDOL_WRITES:
      return "writes";
    case ONDOL_ISSUES:
      return "issues";
    case ONDOL_PEERS:
      return "peers";
    case ONDOL_OBSERVES:
      return "observes";
    case ONDOL_LEVIES:
      return "levies";
    case ONDOL_OWNS:
      return "owns";
    case ONDOL_RELATES:
      return "relates";
    case ONDOL_RECEIPTS:
      return "receipts";
  }
  return "?";
}

std::string range_of(const FieldDescription& field) {
  const bool low = std::isfinite(field.minimum);
  const bool high = std::isfinite(field.maximum);
  if (low && high) return fmt::format("{} to {}", field.minimum, field.maximum);
  if (low) return fmt::format("from {}", field.minimum);
  if (high) return fmt::format("up to {}", field.maximum);
  return "any";
}

std::string initial_of(const FieldDescription& field) {
  return field.required ? "(required)" : fmt::format("{}", field.initial);
}

std::string assumed_of(const FieldDescription& field) {
  if (!field.assumed) return "";
  return field.has_prior() ? fmt::format("assumed, {} to {}", field.low, field.high) : "assumed";
}

namespace {

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

class Page {
 public:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void row(const std::vector<std::string>& cells) { line("| {} |", fmt::join(cells, " | ")); }
  void header(const std::vector<std::string>& cells) {
    line("");
    row(cells);
    row(std::vector<std::string>(cells.size(), "---"));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_fields(Page& page, const std::vector<FieldDescription>& fields, ondol_field_role role, const char* title) {
  bool first = true;
  for (const FieldDescription& field : fields) {
    if (field.role != role) continue;
    if (std::exchange(first, false)) page.header({title, "unit", "default", "basis", "range", "meaning"});
    const std::string name =
        field.count > 1 ? fmt::format("`{}[{}]`", field.name, field.count) : "`" + field.name + "`";
    const std::string disclosed = field.record.empty() ? "" : fmt::format(" Disclosed as `{}`.", field.record);
    page.row(
        {name, cell(field.unit), initial_of(field), assumed_of(field), range_of(field), cell(field.doc) + disclosed});
  }
}

std::string meaning_of(const PortDescription& port) {
  if (port.market_params.empty()) return cell(port.doc);
  return fmt::format("{} Reads the market's `{}`.", cell(port.doc), fmt::join(port.market_params, "`, `"));
}

void write_kind(Page& page, const KindDescription& kind) {
  page.line("\n## {}\n\n{}", kind.name, kind.doc);
  if (!kind.rules.empty()) page.header({"step", "rule"});
  for (const RuleDescription& rule : kind.rules) page.row({"`" + rule.step + "`", cell(rule.doc)});
  write_fields(page, kind.fields, ONDOL_PARAM, "parameter");
  write_fields(page, kind.fields, ONDOL_TRAIT, "trait");
  write_fields(page, kind.fields, ONDOL_STATE, "state");
  if (!kind.ports.empty()) page.header({"port", "", "unit", "attributes", "meaning"});
  for (const PortDescription& port : kind.ports) {
    page.row({"`" + port.name + "`", fmt::format("{}{}", port_type_name(port.type), port.optional ? ", optional" : ""),
              cell(port.unit), fmt::format("{}", fmt::join(port.attributes, ", ")), meaning_of(port)});
  }
  if (!kind.purposes.empty()) page.header({"payment", "meaning"});
  for (const PurposeDescription& purpose : kind.purposes) page.row({"`" + purpose.name + "`", cell(purpose.doc)});
}

void write_mechanism(Page& page, const MechanismDescription& mechanism) {
  page.line("\n## {}\n\n{}{}", mechanism.name, mechanism.doc,
            mechanism.orders_stand ? " Orders that are not filled stand as the seller's backlog."
            : mechanism.book       ? " Bids stand as offers do, at several levels."
                                   : "");
  write_fields(page, mechanism.fields, ONDOL_PARAM, "parameter");
  write_fields(page, mechanism.fields, ONDOL_STATE, "state of the market");
}

}  // namespace

std::string reference_page(const PluginLibrary& plugin) {
  Page page;
  page.line("<!-- Made by `ondol describe {} --markdown` from what the plugin says of itself: change it there. -->",
            plugin.name);
  page.line("# {} {}", plugin.name, plugin.version);
  for (const auto& kind : plugin.kinds) write_kind(page, *kind);
  for (const auto& mechanism : plugin.mechanisms) write_mechanism(page, *mechanism);
  return page.take();
}

std::string reference_index(const std::vector<PluginLibrary>& plugins) {
  Page page;
  page.line("<!-- Made by `ondol describe --markdown` from what the plugins say of themselves: change it there. -->");
  page.line("# Plugins");
  page.header({"plugin", "kind or mechanism", "what it is"});
  for (const PluginLibrary& plugin : plugins) {
    const std::string link = fmt::format("[{0}]({0}.md)", plugin.name);
    for (const auto& kind : plugin.kinds) page.row({link, "`" + kind->name + "`", cell(kind->doc)});
    for (const auto& mechanism : plugin.mechanisms)
      page.row({link, "`" + mechanism->name + "` (mechanism)", cell(mechanism->doc)});
  }
  return page.take();
}

}  // namespace ondol::cli
