// The format's own keys stand here with the sentences that docs/world-files.md says of them; those of kinds and
// mechanisms come from their descriptions. JSON Schema, draft 7, which editors of TOML understand.
#include "schema.hpp"

#include "description_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>

namespace ondol::cli {

namespace {

using Json = nlohmann::ordered_json;

// ---- Shapes

Json shape(const char* type, const std::string& doc) { return {{"type", type}, {"description", doc}}; }
Json text(const std::string& doc) { return shape("string", doc); }
Json flag(const std::string& doc) { return shape("boolean", doc); }
Json whole(const std::string& doc, std::int64_t minimum = 0) {
  Json json = shape("integer", doc);
  json["minimum"] = minimum;
  return json;
}
Json any_of(const std::string& doc, Json shapes) { return {{"description", doc}, {"anyOf", std::move(shapes)}}; }
Json one_of(const std::string& doc, const std::vector<std::string>& values) {
  Json json = text(doc);
  json["enum"] = values;
  return json;
}
// A list, or what is added to and taken from that of another file.
Json list_of(Json item, const std::string& doc) {
  const Json changes = {{"type", "object"},
                        {"properties", {{"add", {{"type", "array"}}}, {"remove", {{"type", "array"}}}}},
                        {"additionalProperties", false}};
  return {{"description", doc},
          {"if", {{"type", "object"}}},
          {"then", changes},
          {"else", {{"type", "array"}, {"items", std::move(item)}}}};
}
Json texts(const std::string& doc) { return list_of({{"type", "string"}}, doc); }
// Who is meant: a name, a selector, or a list of them.
Json names(const std::string& doc) {
  return any_of(doc, {{{"type", "string"}}, {{"type", "object"}}, {{"type", "array"}}});
}
// Only these keys.
Json table(Json properties, const std::string& doc) {
  return {
      {"type", "object"}, {"description", doc}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}
// Any key, each with a value of that shape; or false, which leaves out what another file says.
Json named(Json value, const std::string& doc) {
  const Json left_out = {{"const", false}};
  return {{"type", "object"},
          {"description", doc},
          {"additionalProperties", {{"if", {{"type", "boolean"}}}, {"then", left_out}, {"else", std::move(value)}}}};
}

// A text such as "0.09 USD/kWh", "= an expression"; or a table, by region or drawn. A bare number where there is no
// unit.
Json quantity(const std::string& doc, bool bare = false) {
  Json shapes = Json::array({Json{{"type", "string"}, {"pattern", "^\\s*(=|[-+]?[0-9.])"}}, Json{{"type", "object"}}});
  if (bare) shapes.push_back({{"type", "number"}});
  return any_of(doc, std::move(shapes));
}

// ---- What plugins say of themselves

std::string sentence(const FieldDescription& field) {
  std::string text = field.doc;
  if (field.unit != "1") text += fmt::format(" In {}.", field.unit);
  const std::string assumed = assumed_of(field);
  return text + fmt::format(" Range: {}. Default: {}{}.", range_of(field), initial_of(field),
                            assumed.empty() ? "" : " (" + assumed + ")");
}

Json value_of(const FieldDescription& field) {
  if (field.type == ONDOL_BOOL) return flag(sentence(field));
  Json one = quantity(sentence(field));
  if (field.unit == "1") {
    Json number = {{"type", "number"}};
    if (std::isfinite(field.minimum)) number["minimum"] = field.minimum;
    if (std::isfinite(field.maximum)) number["maximum"] = field.maximum;
    one["anyOf"].push_back(std::move(number));
    if (!field.required && std::isfinite(field.initial)) one["default"] = field.initial;
  }
  if (field.count > 1) one["anyOf"].push_back({{"type", "array"}, {"maxItems", field.count}});
  return one;
}

Json fields_of(const std::vector<FieldDescription>& fields, ondol_field_role role, const char* doc) {
  Json properties = Json::object();
  for (const FieldDescription& field : fields) {
    if (field.role == role) properties[field.name] = value_of(field);
  }
  return table(std::move(properties), doc);
}

Json ports_of(const KindDescription& kind) {
  Json properties = Json::object();
  for (const PortDescription& port : kind.ports)
    properties[port.name] =
        any_of(fmt::format("{} ({}{})", port.doc, port.optional ? "optional, " : "", port_type_name(port.type)),
               {{{"type", "string"}}, {{"type", "array"}}, {{"type", "object"}}});
  return table(std::move(properties), "What each port leads to; where it is left out, the thing of the same name.");
}

// "If `key` is one of these names, then also that."
Json where(const char* key, const std::vector<std::string>& is, Json then) {
  return {{"if", {{"properties", {{key, {{"enum", is}}}}}, {"required", {key}}}}, {"then", std::move(then)}};
}

Json fields_of(const KindDescription& kind) {
  return {{"params", fields_of(kind.fields, ONDOL_PARAM, "Parameters, shared by the population.")},
          {"traits", fields_of(kind.fields, ONDOL_TRAIT, "Traits, drawn for each agent.")},
          {"state", fields_of(kind.fields, ONDOL_STATE, "State at the start.")}};
}

// Every kind with its names as worlds write them: its own alone where no other has it, and with its plugin.
template <class Use>
void each_kind(const std::vector<PluginLibrary>& plugins, Use&& use) {
  std::map<std::string, int> called;
  for (const PluginLibrary& plugin : plugins) {
    for (const auto& kind : plugin.kinds) ++called[kind->name];
  }
  for (const PluginLibrary& plugin : plugins) {
    for (const auto& kind : plugin.kinds) {
      std::vector<std::string> names = {plugin.name + "/" + kind->name};
      if (called[kind->name] == 1) names.push_back(kind->name);
      use(*kind, names);
    }
  }
}

// Kinds of one name take either's keys.
Json by_kind(const std::vector<PluginLibrary>& plugins) {
  Json cases = Json::array();
  each_kind(plugins, [&](const KindDescription& kind, const std::vector<std::string>& names) {
    Json properties = fields_of(kind);
    properties["ports"] = ports_of(kind);
    cases.push_back(where("kind", names, {{"properties", std::move(properties)}}));
  });
  return cases;
}

// What all populations of a kind have that do not say otherwise.
Json standards(const std::vector<PluginLibrary>& plugins) {
  Json kinds = Json::object();
  each_kind(plugins, [&](const KindDescription& kind, const std::vector<std::string>& names) {
    Json properties = fields_of(kind);
    properties["doc"] = text("For people.");
    for (const std::string& name : names) kinds[name] = table(properties, kind.doc);
  });
  Json all = shape("object", "By kind: what its populations have that do not say otherwise.");
  all["properties"] = std::move(kinds);
  return all;
}

Json by_mechanism(const std::vector<PluginLibrary>& plugins) {
  Json cases = Json::array();
  for (const PluginLibrary& plugin : plugins) {
    for (const auto& mechanism : plugin.mechanisms)
      cases.push_back(
          where("mechanism", {mechanism->name},
                {{"properties", {{"params", fields_of(mechanism->fields, ONDOL_PARAM, "Its parameters.")}}}}));
  }
  return cases;
}

// The names that plugins have, with their sentences: editors offer them, and others are allowed, since plugins may lie
// beside a world.
Json known(const std::string& doc, const std::vector<std::pair<std::string, std::string>>& things) {
  Json shapes = Json::array();
  for (const auto& [name, meaning] : things) shapes.push_back({{"const", name}, {"description", meaning}});
  shapes.push_back({{"type", "string"}});
  return any_of(doc, std::move(shapes));
}

// ---- The format

Json region_tables() {
  return named(table({{"label", text("For people.")},
                      {"treasury", text("Population whose first member in the region receives its tariffs and inherits "
                                        "where nobody else does.")},
                      {"luck", text("What the region is to chance; its name by default.")}},
                     "A region."),
               "Where agents are.");
}

Json goods() {
  return named(table({{"unit", text("Of its quantities; 1 by default.")},
                      {"decimals", whole("Of its smallest quantity; 0 by default.")},
                      {"lasts", one_of("\"tick\": what is left expires as the tick ends.", {"tick", "forever"})},
                      {"doc", text("For people.")}},
                     "A good."),
               "What is counted and is not money.");
}

Json instruments() {
  return named(table({{"issuer", text("Of money: the population that has issued what agents hold at the start.")},
                      {"class", one_of("Credit, or shares of ownership.", {"credit", "residual"})},
                      {"collect", text("Credit: the step in which interest and instalments fall due.")},
                      {"rate", text("Credit: the offer attribute that sets its rate; \"rate\" by default.")},
                      {"term", text("Credit: the offer attribute that sets its term; \"term\" by default.")},
                      {"interest_purpose", text("Credit: what interest is booked as.")},
                      {"principal_purpose", text("Credit: what instalments are booked as.")},
                      {"collateral", text("Credit: the good that secures it.")},
                      {"decimals", whole("Residual: of its units.")},
                      {"doc", text("For people.")}},
                     "An instrument: a class of claims."),
               "Money, credit and shares.");
}

Json signal_tables() {
  return named(
      table({{"unit", text("1 by default.")},
             {"scope", one_of("One for the world, one for each region, or sums at each agent they are for.",
                              {"world", "region", "agent"})},
             {"aggregate", one_of("How what agents contribute comes together.", {"single", "sum", "mean", "maximum"})},
             {"statistic", shape("object", "Reckoned over populations: of, weight, aggregate, quantile.")},
             {"initial", quantity("Until somebody contributes; may be by region.", true)},
             {"doc", text("For people.")}},
            "A signal: a number that all may read."),
      "Numbers that all may read.");
}

Json relation_tables() {
  return named(table({{"attributes", any_of("Numbers on each tie: names, or names with units.",
                                            {texts("Names."), named({{"type", "string"}}, "Units by name.")})},
                      {"doc", text("For people.")}},
                     "A relation: ties between agents that rules make and end."),
               "Lasting relations between agents.");
}

Json ties() {
  return list_of(table({{"relation", text("Which.")},
                        {"from", names("Those who make the ties.")},
                        {"to", names("Those whom they are tied to.")},
                        {"count", whole("Ties that each makes; 1 by default.", 1)},
                        {"assign", one_of("In turn, or by chance.", {"ring", "drawn"})},
                        {"values", shape("object", "Of the relation's attributes.")}},
                       "Ties of the members of one population."),
                 "Ties at the start.");
}

Json reach_keys() {
  return {{"buyer", names("Region of the buyer; \"*\" by default.")},
          {"seller", names("Region of the seller; \"*\" by default.")},
          {"allowed", flag("Whether it may buy there.")},
          {"tariff", quantity("What the buyer pays on top, as a share of the price.", true)},
          {"loss", quantity("Share of what is bought that does not arrive.", true)},
          {"abroad", flag("Leaves out a region with itself.")}};
}

Json markets(const std::vector<PluginLibrary>& plugins) {
  std::vector<std::pair<std::string, std::string>> mechanisms;
  for (const PluginLibrary& plugin : plugins) {
    for (const auto& mechanism : plugin.mechanisms) mechanisms.emplace_back(mechanism->name, mechanism->doc);
  }
  Json market = table(
      {{"good", text("What is traded; or an instrument.")},
       {"instrument", text("What is traded, issued by its seller; or a good.")},
       {"mechanism", known("Which matches offers with orders.", mechanisms)},
       {"params", shape("object", "Parameters of the mechanism.")},
       {"step", text("That clears it.")},
       {"scope", one_of("One for the world, or one for each region, closed to others.", {"world", "region"})},
       {"attributes", texts("What offers carry beside price and quantity, at most 6.")},
       {"price_decimals", whole("Of its smallest price, 0 to 12; 4 by default.")},
       {"reference_price", quantity("The last price until there is one; may be by region.", true)},
       {"deposit", quantity("Share of an order's worth that is held until delivery; 1 by default.", true)},
       {"order_life",
        any_of("Ticks after which a standing order lapses; 0: never.", {{{"type", "integer"}}, {{"type", "string"}}})},
       {"forfeit", quantity("Share of the deposit that who cancels leaves to the other, 0 to 1.")},
       {"pairs", flag("Whether who bought from whom is always known.")},
       {"purpose", text("What its trades are for; its name by default.")},
       {"class", one_of("The account that its buyers pay from.", {"current", "capital", "financial"})},
       {"layer", text("Of the chain, for results.")},
       {"doc", text("For people.")},
       {"reach", list_of(table(reach_keys(), "Who may buy from whom."), "Who may buy from whom; later ones win.")}},
      "A market.");
  market["properties"]["attributes"]["else"]["maxItems"] = ONDOL_MAX_ATTRIBUTES;
  market["allOf"] = by_mechanism(plugins);
  return named(std::move(market), "Goods and instruments that are traded.");
}

Json holdings() {
  const Json held =
      table({{"quantity", quantity("How much.", true)}, {"unit_value", quantity("At which book value.", true)}},
            "So much, at that value.");
  return named(any_of("Of one good; may be by region.", {held, named(held, "By region.")}), "Goods held at the start.");
}

Json population_keys(const std::vector<PluginLibrary>& plugins) {
  std::vector<std::pair<std::string, std::string>> kinds;
  for (const PluginLibrary& plugin : plugins) {
    for (const auto& kind : plugin.kinds) kinds.emplace_back(kind->name, kind->doc);
  }
  return {{"template", text("What it takes from [templates] where it says nothing itself.")},
          {"rows", text("Makes one population of each row of a table of data.")},
          {"where", shape("object", "Which rows: a text, or a list of them, by column.")},
          {"kind", known("Of a loaded plugin; plugin/kind where two have the same.", kinds)},
          {"region", text("Where they are; the only region by default.")},
          {"count", any_of("How many; or how many in each of several regions.",
                           {{{"type", "integer"}, {"minimum", 0}}, {{"type", "object"}}, {{"type", "string"}}})},
          {"room", any_of("How many there may be, at least `count`.",
                          {{{"type", "integer"}, {"minimum", 0}}, {{"type", "object"}}})},
          {"label", text("For people and results.")},
          {"layer", text("Of the chain, for results.")},
          {"doc", text("For people.")},
          {"params", shape("object", "Parameters, shared by the population.")},
          {"traits", shape("object", "Traits, drawn for each agent.")},
          {"state", shape("object", "State at the start.")},
          {"money", quantity("Held at the start.", true)},
          {"holdings", holdings()},
          {"ports", shape("object", "What each port leads to; where it is left out, the thing of the same name.")}};
}

Json populations(const std::vector<PluginLibrary>& plugins) {
  Json population = table(population_keys(plugins), "Agents of one kind.");
  population["allOf"] = by_kind(plugins);
  return named(std::move(population), "Who lives in the world.");
}

Json claims() {
  return list_of(table({{"instrument", text("Of which it is.")},
                        {"issuer", names("Who owes it.")},
                        {"holder", names("Whom it is owed to.")},
                        {"amount", quantity("By each issuer.", true)},
                        {"unit_value", quantity("Book value of a share.", true)},
                        {"rate", quantity("Of credit.", true)},
                        {"term", quantity("Of credit.", true)}},
                       "A claim that exists at the start."),
                 "Claims that exist at the start.");
}

Json events() {
  Json keys = reach_keys();
  const Json how_many = {{{"type", "integer"}}, {{"type", "string"}}, {{"type", "object"}}};
  keys.update(
      {{"order", {{"type", "integer"}, {"description", "Of two that set one thing at once, the larger counts."}}},
       {"found", any_of("How many join the population.", how_many)},
       {"leave", any_of("How many leave, by luck; or \"all\".", how_many)},
       {"at", text("Date from which it holds.")},
       {"tick", whole("Tick from which it holds.")},
       {"population", names("Whose parameter changes.")},
       {"param", text("Which parameter changes.")},
       {"signal", text("Which signal is set.")},
       {"region", text("Of a signal.")},
       {"market", text("Whose reach changes.")},
       {"value", {{"description", "What it becomes."}}},
       {"doc", text("For people.")}});
  return named(table(std::move(keys), "A dated change."), "Dated changes, by name.");
}

Json burn_in() {
  const Json kept = table({{"population", {{"description", "Whose state; a name, a selector or a list of them."}}},
                           {"state", names("Which states.")},
                           {"signal", text("Or which signal.")}},
                          "States of a population, or a signal.");
  return table({{"ticks", whole("How many.", 1)},
                {"hold", list_of(kept, "Put back to what it was at the start after every tick.")},
                {"restore", list_of(kept, "Put back once, as the burn-in ends.")}},
               "Ticks before the first that counts, without events.");
}

Json record() {
  const Json tables = list_of(one_of("Of agents.", {"state", "books", "holding", "sale"}), "Which tables of agents.");
  const Json keys = {{"every", whole("Records agents in one tick in so many; 1 by default.", 1)},
                     {"agents", any_of("At most so many of each population; \"all\".",
                                       {{{"type", "integer"}, {"minimum", 0}}, {{"const", "all"}}})},
                     {"totals", flag("Whether columns are summed up over all agents of a population.")},
                     {"tables", tables}};
  Json of_kind = keys;
  of_kind["columns"] = texts("States of the kind, at least one, instead of all.");
  Json all = keys;
  all["index"] = flag("Whether the tables are indexed by agent as the run ends.");
  all["instruments"] = flag("Whether what is held and issued of instruments is recorded, by kind and region.");
  all["relations"] = texts("Relations of which every tie is recorded.");
  all["fills"] = {{"description", "Markets of which every fill is recorded."}};
  all["kinds"] = named(table(std::move(of_kind), "For one kind."), "For single kinds.");
  return table(std::move(all), "What a run writes of its agents.");
}

Json charts() {
  const Json keys = {{"chapter", text("Of the report; one of its own, or a new one.")},
                     {"title", text("Above the chart.")},
                     {"doc", text("A sentence on what it shows.")},
                     {"draw", text("Form, and which column is what in it: \"lines x=year y=income by=region\".")},
                     {"sql", text("The question to the results whose rows are drawn.")}};
  return named(table(keys, "A chart."), "Charts that a report on a run of this world has, by name.");
}

Json views() {
  const Json column = {{"unit", text("Of its numbers; \"1\", \"text\", \"currency\".")},
                       {"doc", text("What it says.")}};
  const Json keys = {{"doc", text("A sentence on what it answers.")},
                     {"sql", text("The question to the results.")},
                     {"columns", named(table(column, "A column."), "Its columns, every one.")}};
  return named(table(keys, "A view."), "Views that results of this world have, beside those of every run, by name.");
}

Json top_level(const std::vector<PluginLibrary>& plugins) {
  std::vector<std::pair<std::string, std::string>> known_plugins;
  for (const PluginLibrary& plugin : plugins)
    known_plugins.emplace_back(plugin.name,
                               plugin.kinds.empty() ? plugin.mechanisms.front()->doc : plugin.kinds.front()->doc);
  return {
      {"name", text("For people.")},
      {"doc", text("For people: what the world is there to show.")},
      {"extends", text("A world file, relative to this one, that this one changes.")},
      {"include", texts("Files that say what this one does not.")},
      {"constants", shape("object", "Numbers with names, for expressions.")},
      {"data", named({{"type", "object"}}, "Tables of data: a CSV file, or columns and rows.")},
      {"plugins", list_of(known("A plugin.", known_plugins), "Where kinds and mechanisms come from.")},
      {"currency", text("Name of the currency of account; the unit `money`.")},
      {"money_decimals", whole("Decimals of its smallest unit, 0 to 12; 2 by default.")},
      {"seed", whole("Of all luck; 1 by default.")},
      {"start", text("Date of the first tick: 2023-01 or 2023-01-15.")},
      {"tick", text("Length of a tick: \"1 month\"; day, week, month, quarter, year.")},
      {"ticks", whole("Ticks to run; or until.", 1)},
      {"until", text("Date of the last tick; or ticks.")},
      {"schedule",
       list_of(any_of("A step, or steps that run several times.",
                      {{{"type", "string"}},
                       table({{"repeat", whole("How often.", 1)}, {"steps", texts("Which.")}}, "A group.")}),
               "Steps of a tick in order.")},
      {"regions", region_tables()},
      {"currencies", named({{"type", "string"}}, "What other currencies are worth: KRW = \"0.00069 USD\".")},
      {"units", named(any_of("A new unit, or one as a multiple of another.",
                             {{{"type", "string"}},
                              table({{"prefixable", flag("Takes k, M, G …")}, {"doc", text("For people.")}}, "New.")}),
                      "Units beside those that are built in.")},
      {"goods", goods()},
      {"instruments", instruments()},
      {"signals", signal_tables()},
      {"relations", relation_tables()},
      {"ties", ties()},
      {"markets", markets(plugins)},
      {"templates", named(table(population_keys(plugins), "What several populations have in common."),
                          "What several populations have in common.")},
      {"populations", populations(plugins)},
      {"kinds", standards(plugins)},
      {"claims", claims()},
      {"events", events()},
      {"burn_in", burn_in()},
      {"record", record()},
      {"charts", charts()},
      {"views", views()}};
}

// ---- Experiments

Json number(const std::string& doc) { return shape("number", doc); }
Json list(const char* type, const std::string& doc) {
  return {{"type", "array"}, {"items", {{"type", type}}}, {"description", doc}};
}
Json required(Json table, std::vector<std::string> keys) {
  table["required"] = std::move(keys);
  return table;
}
Json each(Json value, const std::string& doc) {
  return {{"type", "object"}, {"description", doc}, {"additionalProperties", std::move(value)}};
}
Json one_or_more(const std::string& doc) { return any_of(doc, {{{"type", "string"}}, list("string", "Several.")}); }
Json with_default(Json json, Json standard) {
  json["default"] = std::move(standard);
  return json;
}

Json variant(const std::string& doc) {
  return table({{"doc", text("For people.")},
                {"world", text("A world file, seen from this one, in place of the base.")},
                {"over", one_or_more("World files laid over the base as if they extended it.")},
                {"set", shape("object", "Values of the world by their paths, as --set lays them over it.")}},
               doc);
}

Json factors() {
  return each(required(table({{"doc", text("For people.")},
                              {"path", one_or_more("What it sets; of several, all to the same.")},
                              {"group", text("Those that a radial design moves together.")},
                              {"values", {{"type", "array"}, {"minItems", 1}, {"description", "All that it takes."}}},
                              {"low", number("Least that it takes.")},
                              {"high", number("Most that it takes.")},
                              {"unit", text("Of low and high.")},
                              {"scale", with_default(one_of("Of the range.", {"linear", "log"}), "linear")},
                              {"whole", with_default(flag("Whether it takes whole numbers only."), false)},
                              {"levels", whole("In a grid, ends included.", 2)}},
                             "What is not known exactly: values, or low and high."),
                       {"path"}),
              "What is not known exactly.");
}

// A text of SQL, or a table with one.
Json question(Json more, const std::string& doc) {
  Json properties = {{"sql", text("A question to a run's own results.")},
                     {"unit", text("Of the answer.")},
                     {"better", with_default(one_of("Which is better.", {"higher", "lower", "neither"}), "higher")},
                     {"doc", text("For people.")}};
  properties.update(std::move(more));
  return any_of(doc, {{{"type", "string"}}, required(table(std::move(properties), doc), {"sql"})});
}

Json stop_rule() {
  Json level = with_default(number("Of the interval."), 0.95);
  level["exclusiveMinimum"] = 0;
  level["exclusiveMaximum"] = 1;
  return required(table({{"width", any_of("At most so wide: a number, or \"0.2 %\" of the reference's mean.",
                                          {{{"type", "number"}, {"exclusiveMinimum", 0}},
                                           {{"type", "string"}, {"pattern", "^\\s*[0-9.]+\\s*%$"}}})},
                         {"level", std::move(level)},
                         {"at_least", with_default(whole("Replicates before it first looks.", 2), 10)}},
                        "Ends the experiment before all replicates."),
                  {"width"});
}

Json experiment_keys() {
  const Json rates = {{"type", "array"},
                      {"items", {{"anyOf", {{{"type", "number"}}, {{"type", "string"}}}}}},
                      {"description", "At which arms are ranked: 0.03, or \"3 %\"."}};
  return {
      {"include", one_or_more("Files that say what this one does not.")},
      {"question", text("In words.")},
      {"world", text("The base world, seen from this file.")},
      {"replicates", whole("Of every arm, scenario and point.", 1)},
      {"seed", with_default(whole("Of replicate 0; replicate r has seed + r."), 1)},
      {"ticks", whole("To run, in place of the worlds'.", 1)},
      {"reference", text("The arm that others are compared with.")},
      {"primary", text("The outcome that decides.")},
      {"arms", each(variant("An arm."), "What is compared.")},
      {"scenarios", each(variant("A scenario."), "Under what; crossed with arms.")},
      {"factors", factors()},
      {"design",
       table({{"method",
               with_default(one_of("How points are chosen.", {"grid", "latin hypercube", "sobol", "radial"}), "grid")},
              {"points", whole("So many; not in a grid.", 1)},
              {"assumptions",
               with_default(flag("Whether all that the world assumes is varied, too; not in a grid."), false)},
              {"except", texts("Of what the world assumes: names that are left out, or the tables that they lie in.")}},
             "Where in the space of the factors it looks.")},
      {"outcomes", each(question(Json::object(), "One number of a run."), "What is asked of every run.")},
      {"series",
       each(question({{"horizons", list("number", "Up to which arms are ranked.")}, {"discount_rates", rates}},
                     "A position and a value in each row."),
            "What is asked along every run.")},
      {"stop", stop_rule()}};
}

}  // namespace

std::string experiment_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "Experiment file of Ondol"}};
  schema.update(table(experiment_keys(), "An experiment file; docs/experiments.md says more."));
  // What it includes may say the rest.
  schema["if"] = {{"required", {"include"}}};
  schema["else"] = {{"required", {"question", "world", "replicates", "outcomes"}}};
  return schema.dump(2) + "\n";
}

std::string world_schema(const std::vector<PluginLibrary>& plugins) {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "World file of Ondol"}};
  schema.update(table(top_level(plugins), "A world file; docs/world-files.md says more."));
  return schema.dump(2) + "\n";
}

}  // namespace ondol::cli
