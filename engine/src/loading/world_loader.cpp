// From TOML to a Model: reads every section, resolves every name, and refuses what makes no sense, saying where.
#include "loading/world_loader.hpp"

#include "loading/sections.hpp"

namespace ondol {

namespace {

Model read_model(const toml::table& document, const std::filesystem::path& path, const WorldOptions& options) {
  Reading world(document, path, options);
  read_head(world);
  read_regions(world);
  read_units(world);
  read_goods(world);
  read_signals(world);
  read_schedule(world);
  read_instruments(world);
  read_markets(world);
  declare_populations(world);
  read_populations(world);
  read_issuers(world);
  read_claims(world);
  read_events(world);
  read_record(world);
  give_ids(world);
  check_writers(world);
  check_markets(world);
  check_headroom(world);
  world.root.finish();
  return std::move(world.model);
}

}  // namespace

Model load_model(const std::string& text, const std::filesystem::path& path, const WorldOptions& options) {
  toml::table document = read_document(text, path, options.set);
  Model model = read_model(document, path, options);
  document.insert_or_assign("seed", static_cast<std::int64_t>(model.seed));
  document.erase("until");
  document.insert_or_assign("ticks", model.ticks);
  model.text = print_document(document);
  return model;
}

}  // namespace ondol
