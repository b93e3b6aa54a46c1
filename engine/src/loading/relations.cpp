// Relations that agents make and end.
#include "loading/sections.hpp"

#include <fmt/format.h>

namespace ondol {

void read_relations(Reading& world) {
  for (auto& [name, relation] : world.root.optional_table("relations").entries()) {
    RelationModel read{name, relation.text("doc", ""), {}};
    if (relation.has("attributes")) {
      for (const Toml& attribute : relation.at("attributes").elements()) read.attributes.push_back(attribute.as_text());
      if (read.attributes.size() > ONDOL_MAX_ATTRIBUTES)
        relation.at("attributes")
            .fail(fmt::format("{} attributes, expected at most {}", read.attributes.size(), ONDOL_MAX_ATTRIBUTES));
    }
    relation.finish();
    world.model.relations.push_back(std::move(read));
  }
}

}  // namespace ondol
