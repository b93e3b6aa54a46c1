// Writing the tables that stay as they are.
#include "results/results_constants.hpp"

#include "model/field_value.hpp"
#include "results/results_file.hpp"
#include "results/results_units.hpp"
#include "results/world_views.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/run.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace ondol {

namespace {

const char* class_name(ondol_flow_class flow_class) {
  return flow_class == ONDOL_CURRENT ? "current" : flow_class == ONDOL_CAPITAL ? "capital" : "financial";
}

class Constants {
 public:
  Constants(Database& database_, const Run& run, const Schema& schema_)
      : database(database_), model(run.world().model()), seed(run.seed()), ticks_before(run.ticks()), schema(schema_) {}

  void write() {
    write_run();
    write_lists();
    write_steps();
    write_inputs();
    write_settings();
    write_files();
    write_charts();
    write_parameters();
    write_populations();
    write_totals();
  }

 private:
  void write_run() {
    Statement insert(database, "INSERT INTO run_data VALUES (?1, ?2, ?3, ?4, ?8, ?8, 'running', NULL, NULL, ?5, " +
                                   sql_now + ", NULL, ?6, ?7, " + sql_now + ")");
    insert.bind(1, model.name).bind(2, model.text).bind(3, static_cast<std::int64_t>(seed)).bind(4, model.ticks);
    const Writer writer = Writer::here();
    insert.bind(5, std::string(ONDOL_VERSION)).bind(6, writer.process).bind(7, writer.host);
    insert.bind(8, ticks_before).run();
    Statement plugin(database, "INSERT INTO plugin VALUES (?, ?, ?, ?, ?)");
    for (const PluginLibrary& library : model.plugins) {
      plugin.bind(1, library.name).bind(2, library.version).bind(3, library.path.string()).bind(4, library.hash);
      plugin.bind(5, fmt::format("{}.{}", library.abi_major, library.abi_minor)).run();
    }
  }

  void write_lists() {
    Statement kind(database, "INSERT INTO kind_list VALUES (?, ?, ?, ?)");
    for (std::size_t i = 0; i < model.kinds.size(); ++i) {
      kind.bind(1, static_cast<std::int64_t>(i))
          .bind(2, model.kinds[i]->name)
          .bind(3, model.kinds[i]->plugin)
          .bind(4, model.kinds[i]->doc)
          .run();
    }
    Statement region(database, "INSERT INTO region_list VALUES (?, ?, ?)");
    for (std::size_t i = 0; i < model.regions.size(); ++i)
      region.bind(1, static_cast<std::int64_t>(i)).bind(2, model.regions[i].name).bind(3, model.regions[i].label).run();
    Statement good(database, "INSERT INTO good_list VALUES (?, ?, ?, ?)");
    for (std::size_t i = 0; i < model.goods.size(); ++i)
      good.bind(1, static_cast<std::int64_t>(i))
          .bind(2, model.goods[i].name)
          .bind(3, model.goods[i].unit.text())
          .bind(4, model.goods[i].doc)
          .run();
    Statement instrument(database, "INSERT INTO instrument_list VALUES (?, ?, ?, ?)");
    for (Index i = 0; i < model.instruments.size(); ++i) {
      instrument.bind(1, std::int64_t{i}).bind(2, model.instruments[i].name).bind(3, instrument_unit(model, i));
      instrument.bind(4, model.instruments[i].doc).run();
    }
    Statement market(database, "INSERT INTO market_list VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < model.markets.size(); ++i) {
      const MarketModel& m = model.markets[i];
      market.bind(1, static_cast<std::int64_t>(i)).bind(2, m.name).bind(3, region_name(m.region)).bind(4, m.layer);
      market.bind(5, m.good != none ? model.goods[m.good].name : model.instruments[m.instrument].name)
          .bind(6, market_unit(model, m))
          .bind(7, m.mechanism_name)
          .run();
    }
    Statement purpose(database, "INSERT INTO purpose_list VALUES (?, ?, ?, ?)");
    for (std::size_t i = 0; i < model.purposes.size(); ++i) {
      const PurposeModel& p = model.purposes[i];
      purpose.bind(1, static_cast<std::int64_t>(i)).bind(2, p.name).bind(3, std::string(class_name(p.flow_class)));
      purpose.bind(4, p.market == none ? "" : model.markets[p.market].name).run();
    }
    Statement relation(database, "INSERT INTO relation_list VALUES (?, ?, ?)");
    for (Index i = 0; i < model.relations.size(); ++i)
      relation.bind(1, std::int64_t{i}).bind(2, model.relations[i].name).bind(3, model.relations[i].doc).run();
    Statement signal(database, "INSERT INTO signal_list VALUES (?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < model.signals.size(); ++i) {
      const SignalModel& s = model.signals[i];
      signal.bind(1, static_cast<std::int64_t>(i))
          .bind(2, s.name)
          .bind(3, region_name(s.region))
          .bind(4, s.unit.text())
          .bind(5, s.doc)
          .run();
    }
  }

  void write_charts() {
    Statement insert(database, "INSERT INTO chart VALUES (?, ?, ?, ?, ?, ?)");
    for (const ChartModel& chart : model.charts) {
      insert.bind(1, chart.name).bind(2, chart.chapter).bind(3, chart.title).bind(4, chart.doc);
      insert.bind(5, chart.draw).bind(6, chart.sql).run();
    }
  }

  // A row for each that has something to do in a step; one for a step in which nobody has.
  void write_steps() {
    Statement insert(database, "INSERT INTO step VALUES (?, ?, ?, ?, ?)");
    for (Index i = 0; i < model.steps.size(); ++i) {
      const StepModel& step = model.steps[i];
      if (step.group == none) continue;
      bool used = false;
      const auto add = [&](const std::string& what, const std::string& whose) {
        insert.bind(1, std::int64_t{i}).bind(2, step.name).bind(3, std::int64_t{model.groups[step.group].rounds});
        what.empty() ? insert.bind_null(4).bind_null(5) : insert.bind(4, what).bind(5, whose);
        insert.run();
        used = true;
      };
      for (const PopulationModel& population : model.populations) {
        for (const RuleDescription& rule : model.kinds[population.kind]->rules) {
          if (rule.step == step.name) add("rule", population.name);
        }
      }
      for (const Index market : step.markets) add("market", model.markets[market].label);
      for (const InstrumentModel& instrument : model.instruments) {
        if (instrument.collect_step == i) add("claims", instrument.name);
      }
      if (!used) add("", "");
    }
  }

  void write_inputs() {
    Statement input(database, "INSERT INTO input VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const InputModel& i : model.inputs) {
      input.bind(1, i.name).bind(2, i.value).bind(3, i.unit).bind(4, i.source).bind(5, i.status);
      const double unknown = std::numeric_limits<double>::quiet_NaN();  // binds NULL
      input.bind(6, i.low.value_or(unknown)).bind(7, i.high.value_or(unknown)).bind(8, i.file);
      if (i.line > 0) {
        input.bind(9, i.line);
      } else {
        input.bind_null(9);
      }
      input.run();
    }
  }

  void write_settings() {
    Statement insert(database, "INSERT INTO setting VALUES (?, ?, ?, ?, ?, ?)");
    for (const SettingModel& s : model.settings) {
      insert.bind(1, s.path).bind(2, s.value).bind(3, written_unit(s.value)).bind(4, s.before).bind(5, s.file);
      s.line > 0 ? insert.bind(6, s.line) : insert.bind_null(6);
      insert.run();
    }
  }

  // Texts that are no quantities have none.
  std::string written_unit(const std::string& value) const {
    try {
      const std::string unit = model.units.parse_quantity(value).unit.text();
      return unit == "1" ? "" : unit;
    } catch (const Error&) {
      return "";
    }
  }

  void write_files() {
    Statement insert(database, "INSERT INTO world_file VALUES (?, ?)");
    for (const WorldFileModel& file : model.files) insert.bind(1, file.name).bind(2, file.text).run();
  }

  void write_parameters() {
    Statement insert(database, "INSERT INTO parameter VALUES (0, ?, ?, ?, ?, ?, ?)");
    for (const PopulationModel& population : model.populations) {
      for (const FieldDescription& field : model.kinds[population.kind]->fields) {
        if (field.role != ONDOL_PARAM) continue;
        for (std::uint32_t i = 0; i < field.count; ++i) {
          insert.bind(1, population.name).bind(2, field.name).bind(3, std::int64_t{i});
          insert.bind(4, read_field_value(field, population.params.data(), i))
              .bind(5, field.unit)
              .bind(6, field.doc)
              .run();
        }
      }
    }
  }

  // ---- Lists of who and what is recorded
  void write_populations() {
    Statement insert(database, "INSERT INTO population_list VALUES (?10, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    for (Index p = 0; p < model.populations.size(); ++p) {
      const PopulationModel& population = model.populations[p];
      const RecordModel::Kind& choice = model.record.kinds[population.kind];
      std::vector<std::string> tables;
      if (choice.state) tables.push_back(schema.tables[Schema::first_kind + population.kind].view);
      if (choice.books) tables.push_back(schema.tables[Schema::books].view);
      if (choice.holding) tables.push_back(schema.tables[Schema::holding].view);
      if (choice.sale) tables.push_back(schema.tables[Schema::sale].view);
      insert.bind(1, population.name).bind(2, model.kinds[population.kind]->name).bind(3, population.layer);
      insert.bind(4, region_name(population.region));
      population.room == none ? insert.bind_null(5) : insert.bind(5, std::int64_t{population.room});
      insert.bind(6, fmt::format("{}", fmt::join(tables, ", ")));
      const Index most = choice.agents_of(population);
      most == none || most >= std::min(population.count, population.room) ? insert.bind_null(7)
                                                                          : insert.bind(7, std::int64_t{most});
      insert.bind(8, choice.every).bind(9, std::int64_t{choice.totals_of(population)}).bind(10, std::int64_t{p}).run();
    }
  }

  void write_totals() {
    Statement insert(database, "INSERT INTO total_list VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < schema.totals.size(); ++i) {
      const Total& total = schema.totals[i];
      const PopulationModel& population = model.populations[total.population];
      insert.bind(1, static_cast<std::int64_t>(i)).bind(2, population.name).bind(3, model.kinds[population.kind]->name);
      insert.bind(4, population.layer).bind(5, region_name(population.region)).bind(6, total.table);
      insert.bind(7, total.item).bind(8, total.column).bind(9, total.unit).run();
    }
  }

  std::string region_name(Index region) const { return region == none ? "" : model.regions[region].name; }

  Database& database;
  const Model& model;
  std::uint64_t seed;
  std::int64_t ticks_before;  // of the run, in no file or in another
  const Schema& schema;
};

}  // namespace

void write_constants(Database& database, const Run& run, const Schema& schema) {
  database.execute(create_tables(run.world().model(), schema));
  Constants(database, run, schema).write();
  database.execute(create_views(schema));
  create_world_views(database, run.world().model());
}

}  // namespace ondol
