// The results file: what it says before the first tick and after the last, and the recorder between them.
#include "model/field_value.hpp"
#include "results/results_recorder.hpp"
#include "results/results_schema.hpp"
#include "results/results_writer.hpp"
#include "results/sqlite.hpp"
#include "state/state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/profile.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <vector>

namespace ondol {

namespace {

const std::string copy_piece = "copy";  // as a profile names it

const char* class_name(ondol_flow_class flow_class) {
  return flow_class == ONDOL_CURRENT ? "current" : flow_class == ONDOL_CAPITAL ? "capital" : "financial";
}

const char* status_name(RunStatus status) {
  switch (status) {
    case RunStatus::running:
      return "running";
    case RunStatus::complete:
      return "complete";
    case RunStatus::interrupted:
      return "interrupted";
    case RunStatus::failed:
      return "failed";
  }
  return "failed";
}

std::string now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::now())); }

// Removes what stands in the way, or refuses.
std::filesystem::path prepare(const std::filesystem::path& path, bool overwrite) {
  std::error_code failure;
  if (std::filesystem::exists(path, failure)) {
    if (!overwrite)
      throw Error(ErrorCode::output,
                  fmt::format("{}: exists already; choose another file or allow overwriting", path.string()));
    if (!std::filesystem::is_regular_file(path, failure))
      throw Error(ErrorCode::output, fmt::format("{}: is not a file that can be overwritten", path.string()));
    std::filesystem::remove(path, failure);
    if (failure)
      throw Error(ErrorCode::output, fmt::format("{}: cannot be overwritten: {}", path.string(), failure.message()));
  }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder, failure))
    throw Error(ErrorCode::output,
                fmt::format("{}: there is no folder '{}' to write it in", path.string(), folder.string()));
  for (const char* rest : {"-wal", "-shm", "-journal"}) std::filesystem::remove(path.string() + rest, failure);
  return path;
}

}  // namespace

struct Results::Impl {
  Impl(const std::filesystem::path& path, const Run& run_, const ResultsOptions& options)
      : run(run_),
        model(run_.world().model()),
        state(run_.state()),
        schema(model),
        recorder(model, schema, state, run.scheduler()),
        profile(options.profile),
        database(prepare(path, options.overwrite)) {
    database.execute("PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN");
    database.execute(create_tables(model, schema));
    write_run();
    write_constants();
    write_parameters();
    write_populations();
    write_totals();
    for (Index p = 0; p < model.populations.size(); ++p) {
      listed.push_back(state.populations[p].ever);
      write_agents(p);
    }
    database.execute(create_views(schema));
    database.execute("COMMIT");
    writer = std::make_unique<ResultsWriter>(database, schema, profile);
  }

  void write_run() {
    Statement insert(database, "INSERT INTO run VALUES (?, ?, ?, ?, 0, 'running', NULL, NULL, ?, ?, NULL)");
    insert.bind(1, model.name).bind(2, model.text).bind(3, static_cast<std::int64_t>(run.seed())).bind(4, model.ticks);
    insert.bind(5, std::string(ONDOL_VERSION)).bind(6, now()).run();
    Statement plugin(database, "INSERT INTO plugin VALUES (?, ?, ?, ?, ?)");
    for (const PluginLibrary& library : model.plugins) {
      plugin.bind(1, library.name).bind(2, library.version).bind(3, library.path.string()).bind(4, library.hash);
      plugin.bind(5, fmt::format("{}.{}", library.abi_major, library.abi_minor)).run();
    }
  }

  void write_constants() {
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
    Statement event(database, "INSERT INTO event VALUES (?, ?, ?)");
    for (const Event& e : model.events) event.bind(1, e.tick).bind(2, date(e.tick)).bind(3, e.text).run();
  }

  void write_parameters() {
    Statement insert(database, "INSERT INTO parameter VALUES (?, ?, ?, ?, ?, ?)");
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

  std::string region_name(Index region) const { return region == none ? "" : model.regions[region].name; }
  std::string date(std::int64_t tick) const { return model.calendar ? model.calendar->date_of(tick) : ""; }

  // ---- One tick
  void record() {
    const std::int64_t tick = state.tick - 1;
    const ProfileSpan span(profile, "recorder", copy_piece);
    recorder.record(tick, writer->begin_tick(tick, date(tick)));
    writer->end_tick();
  }

  // ---- Lists of who and what is recorded
  void write_populations() {
    Statement insert(database, "INSERT INTO population_list VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const PopulationModel& population : model.populations) {
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
      insert.bind(8, choice.every).bind(9, std::int64_t{choice.totals_of(population)}).run();
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

  static constexpr const char* insert_agent = "INSERT INTO agent_list VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

  void write_agent(Statement& insert, Index p, const Departed& agent) {
    const PopulationModel& population = model.populations[p];
    insert.bind(3, model.kinds[population.kind]->name).bind(4, population.name).bind(5, population.layer);
    insert.bind(6, region_name(population.region));
    insert.bind(1, std::int64_t{agent.agent}).bind(2, model.agent_name(agent.agent)).bind(7, agent.born);
    agent.died < 0 ? insert.bind_null(8) : insert.bind(8, agent.died);
    agent.founder == none ? insert.bind_null(9) : insert.bind(9, std::int64_t{agent.founder});
    insert.run();
  }

  // The agents of which rows are recorded, so far: those who have left, then those who have not.
  template <class Use>
  void for_each_agent(Index p, Use&& use) const {
    const PopulationModel& population = model.populations[p];
    const PopulationState& s = state.populations[p];
    const Index most = model.record.kinds[population.kind].agents_of(population);
    for (const Departed& agent : s.departed) {
      if (agent.agent - population.first_agent < most) use(agent);
    }
    for (Index row = 0; row < recorded_rows(model, state, p); ++row)
      use(Departed{s.agent(row), s.founder[row], s.born[row], s.died[row]});
  }

  void write_agents(Index p) {
    Statement insert(database, insert_agent);
    for_each_agent(p, [&](const Departed& agent) { write_agent(insert, p, agent); });
  }

  // Adds who was born since, and when the others died.
  void complete_agents() {
    Statement insert(database, insert_agent);
    Statement update(database, "UPDATE agent_list SET died = ? WHERE id = ?");
    for (Index p = 0; p < listed.size(); ++p) {
      for_each_agent(p, [&](const Departed& agent) {
        if (agent.agent - model.populations[p].first_agent >= listed[p]) return write_agent(insert, p, agent);
        if (agent.died >= 0) update.bind(1, agent.died).bind(2, std::int64_t{agent.agent}).run();
      });
    }
  }

  void write_profile() {
    if (profile == nullptr) return;
    Statement insert(database, "INSERT INTO profile VALUES (?, ?, ?, ?)");
    for (const Profile::Row& row : profile->rows())
      insert.bind(1, row.part).bind(2, row.name).bind(3, row.calls).bind(4, row.seconds).run();
  }

  void finish(RunStatus status, const std::string& message) {
    finished = true;
    writer->stop();
    writer->rethrow();
    writer.reset();
    database.execute("BEGIN");
    complete_agents();
    write_profile();
    Statement update(database, "UPDATE run SET status = ?, message = ?, fingerprint = ?, seconds = ?");
    update.bind(1, std::string(status_name(status)));
    message.empty() ? update.bind_null(2) : update.bind(2, message);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    // A run that failed has stopped amid a tick: no state of it is worth comparing.
    status == RunStatus::failed ? update.bind_null(3) : update.bind(3, run.fingerprint());
    update.bind(4, taken.count()).run();
    database.execute("COMMIT");
    // All is safe from here on: what follows makes it faster to read and leaves one plain file.
    if (model.record.index)
      database.execute(create_indices(schema), "indexing the results, of which all rows are written,");
    database.execute("PRAGMA optimize");
    database.leave_write_ahead_log();
  }

  const Run& run;
  const Model& model;
  const State& state;
  Schema schema;
  ResultsRecorder recorder;
  Profile* profile;
  Database database;
  std::vector<Index> listed;  // by population: agents there were when agent_list was begun
  std::unique_ptr<ResultsWriter> writer;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  bool finished = false;
};

Results::Results(const std::filesystem::path& path, const Run& run, ResultsOptions options)
    : impl_(std::make_unique<Impl>(path, run, options)) {}

Results::~Results() {
  if (impl_->finished) return;
  try {
    impl_->finish(RunStatus::failed, "the program ended before the run did");
  } catch (const std::exception&) {
    // A destructor cannot report; the file still says that the run is running.
  }
}

void Results::record() { impl_->record(); }
void Results::finish(RunStatus status, const std::string& message) { impl_->finish(status, message); }

}  // namespace ondol
