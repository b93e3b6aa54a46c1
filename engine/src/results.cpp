// Recording: copies what a tick left, and a background thread that writes it to the file.
#include "field_value.hpp"
#include "results_schema.hpp"
#include "sqlite.hpp"
#include "state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/profile.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace ondol {

namespace {

constexpr double null = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t ticks_ahead = 4;  // that the run may be before the writer

// Rows of one table, all numbers, row after row. Integers are exact to 2^53.
using Rows = std::vector<double>;
// What one tick adds to every table, in the order of Schema::tables().
struct TickRows {
  std::int64_t tick = 0;
  std::string date;
  std::vector<Rows> tables;
};

// The recorder's two pieces, as a profile names them: on the run's thread, and behind it.
const std::string copy_piece = "copy";
const std::string write_piece = "write";

// Writes ticks in the order in which they come, each in a transaction of its own, on a thread of its own.
class Writer {
 public:
  Writer(Database& database, const Schema& schema, Profile* profile)
      : database_(database), profile_(profile), tick_(database, "INSERT INTO tick_list VALUES (?, ?)") {
    for (const ResultTable* table : schema.tables()) {
      std::string marks = "?";
      for (std::size_t i = 1; i < table->columns.size(); ++i) marks += ", ?";
      inserts_.push_back(
          {Statement(database, fmt::format("INSERT INTO {} VALUES ({})", table->name, marks)), table->columns});
    }
    thread_ = std::thread([this] { work(); });
  }
  ~Writer() { stop(); }

  // An empty buffer to fill, used before where there is one.
  TickRows buffer() {
    std::lock_guard lock(mutex_);
    if (spare_.empty()) return {0, "", std::vector<Rows>(inserts_.size())};
    TickRows rows = std::move(spare_.back());
    spare_.pop_back();
    return rows;
  }

  void write(TickRows&& rows) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queue_.size() < ticks_ahead || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    queue_.push_back(std::move(rows));
    changed_.notify_all();
  }

  // Waits until all is written; the database is then the caller's.
  void stop() {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }
  void rethrow() {
    if (failure_) std::rethrow_exception(failure_);
  }
  std::int64_t written() const { return written_; }

 private:
  struct Insert {
    Statement statement;
    std::vector<ResultColumn> columns;
  };

  void work() {
    for (;;) {
      TickRows rows;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !queue_.empty() || done_; });
        if (queue_.empty()) return;
        rows = std::move(queue_.front());
        queue_.pop_front();
        changed_.notify_all();
      }
      try {
        if (!failure_) insert(rows);
      } catch (...) {
        std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
      }
      std::lock_guard lock(mutex_);
      for (Rows& table : rows.tables) table.clear();
      spare_.push_back(std::move(rows));
    }
  }

  void insert(const TickRows& rows) {
    const ProfileSpan span(profile_, "recorder", write_piece);
    database_.execute("BEGIN");
    tick_.bind(1, rows.tick);
    rows.date.empty() ? tick_.bind_null(2) : tick_.bind(2, rows.date);
    tick_.run();
    for (std::size_t i = 0; i < inserts_.size(); ++i) insert(inserts_[i], rows.tables[i]);
    database_.execute("COMMIT");
    ++written_;
  }

  static void insert(Insert& into, const Rows& rows) {
    const std::size_t columns = into.columns.size();
    for (std::size_t at = 0; at < rows.size(); at += columns) {
      for (std::size_t c = 0; c < columns; ++c) {
        const double value = rows[at + c];
        if (into.columns[c].integer && !std::isnan(value)) {
          into.statement.bind(static_cast<int>(c + 1), static_cast<std::int64_t>(value));
        } else {
          into.statement.bind(static_cast<int>(c + 1), value);
        }
      }
      into.statement.run();
    }
  }

  Database& database_;
  Profile* profile_;
  Statement tick_;
  std::vector<Insert> inserts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<TickRows> queue_;
  std::vector<TickRows> spare_;
  std::exception_ptr failure_;
  bool done_ = false;
  std::int64_t written_ = 0;
  std::thread thread_;
};

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
        profile(options.profile),
        database(prepare(path, options.overwrite)) {
    database.execute("PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN");
    database.execute(create_tables(model, schema));
    write_run();
    write_constants();
    write_parameters();
    write_agents();
    database.execute(create_views(schema));
    database.execute("COMMIT");
    for (const KindDescription* kind : model.kinds) columns.push_back(state_columns(model, *kind));
    writer = std::make_unique<Writer>(database, schema, profile);
  }

  void write_run() {
    Statement insert(database, "INSERT INTO run VALUES (?, ?, ?, ?, 0, 'running', NULL, NULL, ?, ?, NULL)");
    insert.bind(1, model.name).bind(2, model.text).bind(3, static_cast<std::int64_t>(model.seed)).bind(4, model.ticks);
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
          .bind(6, market_unit(m))
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
  std::string market_unit(const MarketModel& market) const {
    if (market.good != none) return model.goods[market.good].unit.text();
    return model.instruments[market.instrument].instrument_class == InstrumentClass::credit ? model.currency : "1";
  }
  std::string date(std::int64_t tick) const { return model.calendar ? model.calendar->date_of(tick) : ""; }
  double money(Units units) const { return static_cast<double>(units) / model.money_scale; }

  // ---- One tick
  void record() {
    const std::int64_t tick = state.tick - 1;
    if (tick % model.record.every != 0) return;
    const ProfileSpan span(profile, "recorder", copy_piece);
    TickRows rows = writer->buffer();
    rows.tick = tick;
    rows.date = date(tick);
    now_tick = static_cast<double>(tick);
    record_agents(rows);
    record_markets(rows.tables[2]);
    record_flows(rows.tables[4]);
    for (std::size_t i = 0; i < state.signals.size(); ++i)
      add(rows.tables[5], {now_tick, static_cast<double>(i), state.signals[i]});
    record_goods(rows.tables[6]);
    writer->write(std::move(rows));
  }

  static void add(Rows& rows, std::initializer_list<double> values) { rows.insert(rows.end(), values); }

  void record_agents(TickRows& rows) {
    for (Index p = 0; p < model.populations.size(); ++p) {
      const PopulationModel& population = model.populations[p];
      const RecordModel::KindChoice* choice = record_choice(model, model.kinds[population.kind]->name);
      if (choice != nullptr && (!choice->rows || (state.tick - 1) % choice->every != 0)) continue;
      const Index most = choice != nullptr && choice->sample > 0 ? choice->sample : population.room;
      for (Index row = 0; row < std::min(most, state.populations[p].size); ++row) {
        if (state.populations[p].alive[row] == 0) continue;
        const double agent = population.first_agent + row;
        record_books(rows.tables[0], p, row, agent);
        record_holdings(rows.tables[1], p, row, agent);
        record_sales(rows.tables[3], p, row, agent);
        record_state(rows.tables[7 + population.kind], p, row, agent);
      }
    }
  }

  void record_books(Rows& rows, Index p, Index row, double agent) const {
    const PopulationState& s = state.populations[p];
    add(rows, {now_tick, agent, money(s.money_held[row]), money(s.received[0][row]), money(s.paid[0][row]),
               money(s.received[1][row]), money(s.paid[1][row]), money(s.received[2][row]), money(s.paid[2][row]),
               money(s.income[row]), money(s.assets()[row]), money(s.debts[row]), money(s.equity[row]),
               money(s.arrears_owed[row])});
  }

  void record_holdings(Rows& rows, Index p, Index row, double agent) const {
    const PopulationModel& population = model.populations[p];
    for (std::size_t a = 0; a < population.accounts.size(); ++a) {
      const AccountState& account = state.populations[p].accounts[a];
      if (account.stock[row] == 0 && account.book[row] == 0) continue;
      const double scale = model.goods[population.accounts[a].good].scale;
      add(rows, {now_tick, agent, static_cast<double>(population.accounts[a].good),
                 static_cast<double>(account.stock[row]) / scale,
                 static_cast<double>(account.stock[row] - account.available[row]) / scale, money(account.book[row])});
    }
  }

  void record_sales(Rows& rows, Index p, Index row, double agent) const {
    const PopulationModel& population = model.populations[p];
    for (std::size_t i = 0; i < population.ports.size(); ++i) {
      const PortModel& port = population.ports[i];
      const PortState& sales = state.populations[p].ports[i];
      if (!port.bound || port.type != ONDOL_SELLS || sales.sold[row] == 0) continue;
      add(rows, {now_tick, agent, static_cast<double>(port.target),
                 static_cast<double>(sales.sold[row]) / quantity_scale(port.target), money(sales.revenue[row])});
    }
  }

  void record_state(Rows& rows, Index p, Index row, double agent) const {
    const KindDescription& kind = *model.kinds[model.populations[p].kind];
    const std::byte* base = state.populations[p].state.data() + std::size_t{row} * kind.state_size;
    add(rows, {now_tick, agent});
    for (const StateColumn& column : columns[model.populations[p].kind]) {
      const FieldDescription& field = kind.fields[column.field];
      double value = read_field_value(field, base, column.component);
      for (std::uint32_t i = 1; column.total && i < field.count; ++i) value += read_field_value(field, base, i);
      rows.push_back(value);
    }
  }

  double quantity_scale(Index market) const {
    const MarketModel& m = model.markets[market];
    return m.good != none ? model.goods[m.good].scale : model.instruments[m.instrument].scale;
  }

  void record_markets(Rows& rows) const {
    for (Index m = 0; m < state.markets.size(); ++m) {
      const MarketState& market = state.markets[m];
      const double scale = quantity_scale(m);
      const double volume = static_cast<double>(market.tick_volume) / scale;
      const double price = market.tick_volume > 0  ? money(market.tick_value) / volume
                           : market.last_price > 0 ? market.last_price
                                                   : null;
      double offered = 0;
      double backlog = 0;
      for (const Units quantity : market.offers.quantity) offered += static_cast<double>(quantity);
      for (const Units quantity : market.orders.quantity) backlog += static_cast<double>(quantity);
      add(rows, {now_tick, static_cast<double>(m), price, volume, money(market.tick_value),
                 static_cast<double>(market.tick_ordered) / scale, static_cast<double>(market.tick_trades),
                 offered / scale, backlog / scale});
    }
  }

  void record_flows(Rows& rows) const {
    for (const FlowRow& flow : state.flows) {
      if (flow.amount == 0 && flow.quantity == 0) continue;
      const Index market = model.purposes[flow.purpose].market;
      const double scale = market == none ? 1 : quantity_scale(market);
      const FlowGroup& from = state.groups[flow.from];
      const FlowGroup& to = state.groups[flow.to];
      add(rows, {now_tick, static_cast<double>(from.kind), static_cast<double>(from.region),
                 static_cast<double>(to.kind), static_cast<double>(to.region), static_cast<double>(flow.purpose),
                 money(flow.amount), static_cast<double>(flow.quantity) / scale});
    }
  }

  void record_goods(Rows& rows) const {
    for (std::size_t g = 0; g < state.goods.size(); ++g) {
      const GoodFlows& f = state.goods[g];
      const auto shown = [&](Units units) { return static_cast<double>(units) / model.goods[g].scale; };
      add(rows, {now_tick, static_cast<double>(g), shown(f.made), shown(f.used), shown(f.scrapped), shown(f.expired),
                 shown(f.lost), shown(f.traded), shown(f.stock)});
    }
  }

  // ---- The end
  void write_agents() {
    Statement insert(database, "INSERT INTO agent_list VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (Index p = 0; p < model.populations.size(); ++p) {
      const PopulationModel& population = model.populations[p];
      const PopulationState& s = state.populations[p];
      for (Index row = 0; row < s.size; ++row) {
        const Index agent = population.first_agent + row;
        insert.bind(1, std::int64_t{agent})
            .bind(2, model.agent_name(agent))
            .bind(3, model.kinds[population.kind]->name)
            .bind(4, population.name);
        insert.bind(5, population.layer).bind(6, region_name(population.region)).bind(7, s.born[row]);
        s.died[row] < 0 ? insert.bind_null(8) : insert.bind(8, s.died[row]);
        s.founder[row] == none ? insert.bind_null(9) : insert.bind(9, std::int64_t{s.founder[row]});
        insert.run();
      }
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
    const std::int64_t written = writer->written();
    writer.reset();
    database.execute("BEGIN; DELETE FROM agent_list");
    write_agents();
    write_profile();
    Statement update(database, "UPDATE run SET ticks = ?, status = ?, message = ?, fingerprint = ?, seconds = ?");
    update.bind(1, written).bind(2, std::string(status_name(status)));
    message.empty() ? update.bind_null(3) : update.bind(3, message);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    // A run that failed has stopped amid a tick: no state of it is worth comparing.
    status == RunStatus::failed ? update.bind_null(4) : update.bind(4, run.fingerprint());
    update.bind(5, taken.count()).run();
    database.execute(create_indices(schema));
    database.execute("COMMIT");
    database.execute("PRAGMA optimize; PRAGMA journal_mode = DELETE");
  }

  const Run& run;
  const Model& model;
  const State& state;
  Schema schema;
  Profile* profile;
  Database database;
  std::vector<std::vector<StateColumn>> columns;  // by kind
  std::unique_ptr<Writer> writer;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  double now_tick = 0;
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
