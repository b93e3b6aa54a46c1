// From TOML to a Model: reads every section, resolves every name, and refuses what makes no sense, saying where.
#include "loading/world_loader.hpp"

#include "loading/charts.hpp"
#include "loading/resolved.hpp"
#include "loading/sections.hpp"
#include "loading/views.hpp"
#include "loading/world_files.hpp"

#include <string>
#include <vector>

namespace ondol {

namespace {

const std::vector<std::string> sections = {
    "name",  "doc",         "constants", "data",      "plugins",  "currency", "money_decimals", "seed",
    "start", "tick",        "ticks",     "until",     "schedule", "regions",  "currencies",     "units",
    "goods", "instruments", "signals",   "relations", "ties",     "markets",  "templates",      "populations",
    "kinds", "claims",      "events",    "burn_in",   "record",   "charts",   "views"};

// Also makes the document say what the command line said instead.
Model read_model(toml::table& document, const std::filesystem::path& path, const WorldOptions& options) {
  Reading world(document, path, options);
  // First of all: a misspelt name of a section would be blamed on what misses it.
  if (world.root.has("question") && world.root.has("outcomes"))
    world.root.at("question").fail("this is an experiment file; `ondol experiment` runs it");
  world.root.finish(sections);
  read_head(world);
  read_regions(world);
  read_units(world);
  read_data(world);
  read_goods(world);
  read_signals(world);
  read_schedule(world);
  read_instruments(world);
  read_relations(world);
  read_markets(world);
  declare_populations(world);
  read_populations(world);
  add_birth_step(world);
  read_statistics(world);
  read_issuers(world);
  read_claims(world);
  read_ties(world);
  read_events(world);
  read_burn_in(world);
  read_record(world);
  world.model.charts = read_charts(world.root.optional_table("charts"));
  world.model.views = read_views(world.root.optional_table("views"));
  give_ids(world);
  check_constants(world);
  check_writers(world);
  check_markets(world);
  check_headroom(world);
  warn_of_loose_ends(world);
  world.model.inputs = std::move(world.evaluation.inputs);
  document.insert_or_assign("seed", static_cast<std::int64_t>(world.model.seed));
  document.erase("until");
  document.insert_or_assign("ticks", world.model.ticks);
  world.model.resolved = print_resolved(document, world.evaluation.results);
  world.model.text = print_document(document);
  return std::move(world.model);
}

}  // namespace

Model load_model(const std::string& text, const std::filesystem::path& path, const WorldOptions& options) {
  WorldDocument read = read_document(text, path, options.over, options.set);
  Model model = read_model(read.document, path, options);
  model.files = std::move(read.files);
  model.settings = std::move(read.settings);
  return model;
}

}  // namespace ondol
