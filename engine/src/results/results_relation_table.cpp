#include "results/results_relation_table.hpp"

#include "results/results_units.hpp"

#include <algorithm>

namespace ondol {

std::vector<std::string> tie_columns(const Model& model) {
  std::vector<std::string> names;
  for (const Index relation : model.record.relations) {
    for (const std::string& name : model.relations[relation].attributes) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

ResultTable relation_table(const Model& model) {
  ResultTable table;
  table.name = "relation_data";
  table.view = "relation";
  table.doc = "Who was tied to whom as the tick ended, of the relations that are recorded.";
  std::vector<ResultColumn> values = {{"since", "tick", "in which the tie was made", true}};
  for (const std::string& name : tie_columns(model)) {
    std::string unit;
    for (const Index r : model.record.relations) {
      const RelationModel& relation = model.relations[r];
      for (std::size_t i = 0; i < relation.attributes.size(); ++i) {
        if (relation.attributes[i] != name) continue;
        const std::string of_this = shown_unit(model, relation.units[i].text());
        unit = unit.empty() || unit == of_this ? of_this : "of the relation";
      }
    }
    values.push_back({name, unit, "number on the tie; empty of relations that have none of that name"});
  }
  table.columns = {tick_column,
                   {"relation", "1", "id in table relation_list", true},
                   {"from_agent", "1", "id in table agent_list", true},
                   {"to_agent", "1", "id in table agent_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"relation", "text", "name of the relation"},
                              {"from_agent_id", "1", "id of the agent that made the tie", true},
                              {"from_agent", "text", "its name, where it is in agent_list"},
                              {"to_agent_id", "1", "id of the other agent", true},
                              {"to_agent", "text", "its name, where it is in agent_list"}});
  append(table.view_columns, values);
  table.view_sql = select_dates +
                   ", r.name AS relation, d.from_agent AS from_agent_id, f.name AS from_agent, d.to_agent AS "
                   "to_agent_id, t2.name AS to_agent, " +
                   name_list(values, "d.") + " FROM relation_data" + join_dates +
                   " LEFT JOIN relation_list r ON r.id = d.relation LEFT JOIN agent_list f ON f.id = d.from_agent "
                   "LEFT JOIN agent_list t2 ON t2.id = d.to_agent";
  return table;
}

}  // namespace ondol
