// Recording: what each table takes from the state of the run.
#include "results/results_recorder.hpp"

#include "base/columns.hpp"
#include "base/scheduler.hpp"
#include "model/field_value.hpp"
#include "results/results_relation_table.hpp"
#include "results/results_units.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace ondol {

namespace {

constexpr double null = std::numeric_limits<double>::quiet_NaN();

// ---- Where recorded columns come from: functions of a row

// Of a column that nobody has written.
struct Zeros {
  Units operator()(Index) const { return 0; }
};

// The columns of table `books` from the third on, in order.
template <class Use>
void for_each_book(const PopulationState& s, Use&& use) {
  const auto of = [&use](const Column& column) { use([&column](Index row) { return column[row]; }); };
  const auto of_late = [&](const LateColumn& column) {
    column.written() != nullptr ? of(*column.written()) : use(Zeros{});
  };
  of(s.money_held);
  for (std::size_t flow_class = 0; flow_class < s.received.size(); ++flow_class) {
    of_late(s.received[flow_class]);
    of_late(s.paid[flow_class]);
  }
  of(s.income);
  of(s.assets());
  of_late(s.debts);
  of(s.equity);
  of_late(s.arrears_owed);
}

// One component of a state field; whole numbers as such.
template <class Stored>
struct FieldReader {
  using Number = std::conditional_t<std::is_floating_point_v<Stored>, double, std::int64_t>;
  const std::byte* first;
  std::size_t stride;  // bytes from row to row

  Number operator()(Index row) const {
    Stored value;
    std::memcpy(&value, first + row * stride, sizeof value);
    return static_cast<Number>(value);
  }
};

template <class Stored, class Use>
void with_components(const FieldReader<Stored>& reader, std::uint32_t components, Use&& use) {
  if (components == 1) return use(reader);
  use([=](Index row) {
    auto sum = reader(row);
    for (std::uint32_t i = 1; i < components; ++i)
      sum += FieldReader<Stored>{reader.first + i * sizeof(Stored), reader.stride}(row);
    return sum;
  });
}

template <class Use>
void with_reader(const KindDescription& kind, const StateColumn& column, const PopulationState& s, Use&& use) {
  const FieldDescription& field = kind.fields[column.field];
  const std::uint32_t components = column.total ? field.count : 1;
  const std::byte* first = s.state.data() + field.offset + column.component * field_type_size(field.type);
  const std::size_t stride = kind.state_size;
  switch (field.type) {
    case ONDOL_F64:
      return with_components(FieldReader<double>{first, stride}, components, use);
    case ONDOL_I64:
      return with_components(FieldReader<std::int64_t>{first, stride}, components, use);
    case ONDOL_I32:
      return with_components(FieldReader<std::int32_t>{first, stride}, components, use);
    case ONDOL_BOOL:
      return with_components(FieldReader<std::uint8_t>{first, stride}, components, use);
    case ONDOL_AGENT:
      return use([id = FieldReader<Index>{first, stride}](Index row) {
        const std::int64_t agent = id(row);
        return agent == none ? null : static_cast<double>(agent);
      });
  }
}

// ---- Going through the agents of a population that live, or did in the tick: what they did in it is in the books

template <class Use>
void for_each_present(const PopulationState& s, std::int64_t tick, Index first, Index last, Use&& use) {
  if (s.living == s.size) {
    for (Index row = first; row < last; ++row) use(row);
    return;
  }
  for (Index row = first; row < last; ++row) {
    if (s.present(row, tick)) use(row);
  }
}

Index count_present(const PopulationState& s, std::int64_t tick, Index last) {
  Index count = 0;
  for_each_present(s, tick, 0, last, [&count](Index) { ++count; });
  return count;
}

Cell as_cell(std::int64_t number) { return number; }
Cell as_cell(double number) { return cell_of(number); }

// Adds a row for each agent, of which the columns of tick and agent are filled; the position of the first.
std::size_t add_agents(NumberRows& rows, std::int64_t recorded, std::int64_t tick, const PopulationState& s,
                       Index last) {
  const std::size_t at = rows.extend(count_present(s, tick, last));
  std::fill(rows.cells(0) + at, rows.cells(0) + rows.size(), recorded);
  Cell* agent = rows.cells(1) + at;
  for_each_present(s, tick, 0, last, [&](Index row) { *agent++ = s.agent(row); });
  return at;
}

// ---- Summing up. By blocks of rows, all columns of one before the next: states lie row by row, and memory is what
// takes the time. Pieces of blocks are shared among threads; they are the same for any number of threads.

constexpr Index block_rows = 1024;
constexpr Index piece_rows = 32 * block_rows;

Summary summary_of(const Units* numbers, std::size_t count) {
  const columns::Extremes extremes = columns::extremes(numbers, count);
  return {
      columns::total(numbers, count).sum, {}, static_cast<double>(extremes.least), static_cast<double>(extremes.most)};
}

Summary summary_of(const double* numbers, std::size_t count) {
  const columns::LanesTotal total = columns::total(numbers, count);
  return {0, total.sums, total.least, total.most};
}

template <class Value>
Summary summary_of(const Value& value, const PopulationState& s, std::int64_t tick, Index first, Index last) {
  std::array<std::decay_t<decltype(value(first))>, block_rows> numbers;
  std::size_t count = 0;
  for_each_present(s, tick, first, last, [&](Index row) { numbers[count++] = value(row); });
  return count > 0 ? summary_of(numbers.data(), count) : Summary{};
}

Summary summary_of(const Zeros&, const PopulationState&, std::int64_t, Index, Index) { return {0, {}, 0, 0}; }

}  // namespace

Index recorded_rows(const Model& model, const State& state, Index p) {
  const PopulationModel& population = model.populations[p];
  const Index most = model.record.kinds[population.kind].agents_of(population);
  const PopulationState& rows = state.populations[p];
  return most >= rows.ever ? rows.size : rows.row_from(population.first_agent + most);
}

void Summary::add(const Summary& other) {
  whole += other.whole;
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += other.parts[i];
  minimum = std::min(minimum, other.minimum);
  maximum = std::max(maximum, other.maximum);
}

ResultsRecorder::ResultsRecorder(const Model& model, const Schema& schema, const State& state, Scheduler& scheduler)
    : model_(model), schema_(schema), state_(state), scheduler_(scheduler) {
  for (Index kind = 0; kind < model.kinds.size(); ++kind) state_columns_.push_back(state_columns(model, kind));
  listed_.resize(model.populations.size());
  tie_columns_.resize(model.relations.size());
  const std::vector<std::string> names = tie_columns(model);
  const std::size_t first = schema.tables[Schema::ties].columns.size() - names.size();
  for (const Index relation : model.record.relations) {
    for (const std::string& attribute : model.relations[relation].attributes) {
      const auto name = std::find(names.begin(), names.end(), attribute);
      tie_columns_[relation].push_back(first + static_cast<std::size_t>(name - names.begin()));
    }
  }
  issuing_ports_.assign(model.populations.size() * model.instruments.size(), none);
  for (Index p = 0; p < model.populations.size(); ++p) {
    const std::vector<PortModel>& ports = model.populations[p].ports;
    for (Index i = 0; i < ports.size(); ++i) {
      if (ports[i].bound && ports[i].type == ONDOL_ISSUES)
        issuing_ports_[p * model.instruments.size() + ports[i].target] = i;
    }
  }
  if (model.record.instruments) reckon(before_);
}

void ResultsRecorder::be_in(std::int64_t tick) {
  recorded_ = tick;
  tick_ = tick + model_.burn_in.ticks;
  now_ = static_cast<double>(tick);
}

void ResultsRecorder::go_on() {
  const std::int64_t done = state_.tick - model_.burn_in.ticks;
  if (done == 0) return;
  be_in(done - 1);
  for (Index p = 0; p < model_.populations.size(); ++p)
    listed_[p] = std::min(choice_of(p).agents_of(model_.populations[p]), state_.populations[p].ever);
}

void ResultsRecorder::record_past(Batch& batch) {
  const std::int64_t burn_in = model_.burn_in.ticks;
  for (Index p = 0; p < model_.populations.size(); ++p) {
    const PopulationState& s = state_.populations[p];
    const Index most = choice_of(p).agents_of(model_.populations[p]);
    for (const Departed& gone : s.departed) {
      if (gone.agent - s.first_agent >= most) continue;
      batch.births.push_back({p, gone.agent, gone.born - burn_in, gone.founder});
      batch.deaths.push_back({gone.agent, gone.died - burn_in});
    }
    const Index last = recorded_rows(model_, state_, p);
    for (Index row = 0; row < last; ++row) {
      batch.births.push_back({p, s.agent(row), s.born[row] - burn_in, s.founder[row]});
      record_traits(p, row, batch);
      if (s.alive[row] == 0) batch.deaths.push_back({s.agent(row), s.died[row] - burn_in});
    }
  }
  go_on();
}

void ResultsRecorder::record(std::int64_t tick, Batch& batch) {
  be_in(tick);
  batch.events.insert(batch.events.end(), state_.effects.begin(), state_.effects.end());
  for (Index p = 0; p < model_.populations.size(); ++p) {
    const RecordModel::Kind& choice = choice_of(p);
    record_lives(p, batch);
    const bool totals = choice.totals_of(model_.populations[p]);
    if (totals && wants(Schema::total)) record_totals(p, batch.tables[Schema::total]);
    if (recorded_ % choice.every == 0) record_agents(p, batch);
    if (totals || recorded_ % choice.every == 0) record_outcomes(p, batch);
  }
  if (wants(Schema::market)) record_markets(batch.tables[Schema::market]);
  if (wants(Schema::fill)) record_fills(batch.tables[Schema::fill]);
  if (wants(Schema::flow)) record_flows(batch.tables[Schema::flow]);
  if (wants(Schema::signal)) record_signals(batch.tables[Schema::signal]);
  if (wants(Schema::good)) record_goods(batch.tables[Schema::good]);
  if (wants(Schema::instrument) && model_.record.instruments) record_instruments(batch.tables[Schema::instrument]);
  if (wants(Schema::ties) && recorded_ % model_.record.every == 0) record_ties(batch.tables[Schema::ties]);
}

void ResultsRecorder::record_end(Batch& batch) {
  for (Index p = 0; p < model_.populations.size(); ++p) {
    const RecordModel::Kind& choice = choice_of(p);
    if (recorded_ % choice.every == 0) continue;
    record_agents(p, batch);
    if (!choice.totals_of(model_.populations[p])) record_outcomes(p, batch);
  }
  if (wants(Schema::ties) && recorded_ % model_.record.every != 0) record_ties(batch.tables[Schema::ties]);
}

// What views add up over populations: of all agents where totals are recorded, else of those that are.
void ResultsRecorder::record_outcomes(Index p, Batch& batch) const {
  const RecordModel::Kind& choice = choice_of(p);
  const Index last =
      choice.totals_of(model_.populations[p]) ? state_.populations[p].size : recorded_rows(model_, state_, p);
  if (choice.books && wants(Schema::earnings)) record_earnings(p, last, batch.tables[Schema::earnings]);
  if (choice.holding && wants(Schema::installed)) record_installed(p, last, batch.tables[Schema::installed]);
}

void ResultsRecorder::record_earnings(Index p, Index last, NumberRows& rows) const {
  const PopulationState& s = state_.populations[p];
  const auto sum = [&](const auto& column) {
    Wide total = 0;
    for_each_present(s, tick_, 0, last, [&](Index row) { total += column[row]; });
    return static_cast<double>(total) / model_.money_scale;
  };
  const auto sum_late = [&](const LateColumn& column) {
    return column.written() != nullptr ? sum(*column.written()) : 0.0;
  };
  const Index agents = count_present(s, tick_, last);
  if (agents == 0) return;
  rows.add({now_, static_cast<double>(p), static_cast<double>(agents), sum_late(s.received[ONDOL_CURRENT]),
            sum_late(s.paid[ONDOL_CURRENT]), sum(s.income), sum(s.money_held), sum_late(s.debts), sum(s.equity)});
}

void ResultsRecorder::record_installed(Index p, Index last, NumberRows& rows) const {
  const PopulationModel& population = model_.populations[p];
  const PopulationState& s = state_.populations[p];
  for (std::size_t a = 0; a < population.accounts.size(); ++a) {
    Wide stock = 0, book = 0;
    for_each_present(s, tick_, 0, last, [&](Index row) {
      stock += s.accounts[a].stock[row];
      book += s.accounts[a].book[row];
    });
    if (stock == 0 && book == 0) continue;
    const Index good = population.accounts[a].good;
    rows.add({now_, static_cast<double>(p), static_cast<double>(good),
              static_cast<double>(stock) / model_.goods[good].scale, static_cast<double>(book) / model_.money_scale});
  }
}

// Who was born since the last tick, or left in this one: they have rows until the next.
void ResultsRecorder::record_lives(Index p, Batch& batch) {
  const PopulationState& s = state_.populations[p];
  const Index last = recorded_rows(model_, state_, p);
  Index& listed = listed_[p];
  for (Index row = s.row_from(model_.populations[p].first_agent + listed); row < last; ++row) {
    batch.births.push_back({p, s.agent(row), s.born[row] - model_.burn_in.ticks, s.founder[row]});
    record_traits(p, row, batch);
    listed = s.agent(row) - model_.populations[p].first_agent + 1;
  }
  if (s.living == s.size) return;
  for (Index row = 0; row < last; ++row) {
    if (s.died[row] == tick_) batch.deaths.push_back({s.agent(row), recorded_});
  }
}

void ResultsRecorder::record_traits(Index p, Index row, Batch& batch) const {
  const KindDescription& kind = *model_.kinds[model_.populations[p].kind];
  const PopulationState& s = state_.populations[p];
  for (Index f = 0; f < kind.fields.size(); ++f) {
    const FieldDescription& field = kind.fields[f];
    if (field.role != ONDOL_TRAIT) continue;
    const std::byte* traits = s.traits.data() + std::size_t{row} * kind.traits_size;
    for (std::uint32_t i = 0; i < field.count; ++i)
      batch.traits.push_back({p, s.agent(row), f, i, read_field_value(field, traits, i)});
  }
}

void ResultsRecorder::record_agents(Index p, Batch& batch) {
  const PopulationModel& population = model_.populations[p];
  const RecordModel::Kind& choice = choice_of(p);
  const Index last = recorded_rows(model_, state_, p);
  if (choice.books && wants(Schema::books)) record_books(p, last, batch.tables[Schema::books]);
  if (choice.holding && wants(Schema::holding)) record_holdings(p, last, batch.tables[Schema::holding]);
  if (choice.sale && wants(Schema::sale)) record_sales(p, last, batch.tables[Schema::sale]);
  const std::size_t kind = Schema::first_kind + population.kind;
  if (choice.state && wants(kind)) record_state(p, last, batch.tables[kind]);
}

void ResultsRecorder::record_books(Index p, Index last, NumberRows& rows) const {
  const PopulationState& s = state_.populations[p];
  const std::size_t at = add_agents(rows, recorded_, tick_, s, last);
  std::size_t column = 2;
  for_each_book(s, [&](const auto& units) {
    Cell* cell = rows.cells(column++) + at;
    for_each_present(s, tick_, 0, last, [&](Index row) { *cell++ = cell_of(money(units(row))); });
  });
}

void ResultsRecorder::record_state(Index p, Index last, NumberRows& rows) const {
  const PopulationModel& population = model_.populations[p];
  const PopulationState& s = state_.populations[p];
  const std::size_t at = add_agents(rows, recorded_, tick_, s, last);
  std::size_t column = 2;
  for (const StateColumn& shown : state_columns_[population.kind]) {
    with_reader(*model_.kinds[population.kind], shown, s, [&](const auto& value) {
      Cell* cell = rows.cells(column++) + at;
      for_each_present(s, tick_, 0, last, [&](Index row) { *cell++ = as_cell(value(row)); });
    });
  }
}

void ResultsRecorder::record_holdings(Index p, Index last, NumberRows& rows) const {
  const PopulationModel& population = model_.populations[p];
  const PopulationState& s = state_.populations[p];
  if (population.accounts.empty()) return;
  for_each_present(s, tick_, 0, last, [&](Index row) {
    for (std::size_t a = 0; a < population.accounts.size(); ++a) {
      const AccountState& account = s.accounts[a];
      if (account.stock[row] == 0 && account.book[row] == 0) continue;
      const Index good = population.accounts[a].good;
      const double scale = model_.goods[good].scale;
      rows.add({now_, static_cast<double>(s.agent(row)), static_cast<double>(good),
                static_cast<double>(account.stock[row]) / scale,
                static_cast<double>(account.stock[row] - account.available[row]) / scale, money(account.book[row])});
    }
  });
}

void ResultsRecorder::record_sales(Index p, Index last, NumberRows& rows) const {
  const PopulationModel& population = model_.populations[p];
  const PopulationState& s = state_.populations[p];
  if (std::none_of(population.ports.begin(), population.ports.end(), sells)) return;
  for_each_present(s, tick_, 0, last, [&](Index row) {
    for (std::size_t i = 0; i < population.ports.size(); ++i) {
      if (!sells(population.ports[i])) continue;
      const Units sold = s.ports[i].sold_in_tick(row);
      if (sold == 0) continue;
      const Index market = population.ports[i].target;
      rows.add({now_, static_cast<double>(s.agent(row)), static_cast<double>(market),
                static_cast<double>(sold) / market_scale(model_, market), money(s.ports[i].revenue_in_tick(row))});
    }
  });
}

// Every column that is summed up, as a function of a row, in the order of Schema::totals.
template <class Use>
void ResultsRecorder::for_each_total(Index p, Use&& use) const {
  const PopulationModel& population = model_.populations[p];
  const PopulationState& s = state_.populations[p];
  const RecordModel::Kind& choice = choice_of(p);
  if (choice.books) for_each_book(s, use);
  for (const AccountState& account : s.accounts) {
    if (!choice.holding) break;
    use([&](Index row) { return account.stock[row]; });
    use([&](Index row) { return account.stock[row] - account.available[row]; });
    use([&](Index row) { return account.book[row]; });
  }
  for (std::size_t i = 0; i < population.ports.size(); ++i) {
    if (!choice.sale || !sells(population.ports[i])) continue;
    use([&](Index row) { return s.ports[i].sold_in_tick(row); });
    use([&](Index row) { return s.ports[i].revenue_in_tick(row); });
  }
  for (const StateColumn& column : state_columns_[population.kind]) {
    if (choice.state && !column.column.is_agent) with_reader(*model_.kinds[population.kind], column, s, use);
  }
}

void ResultsRecorder::record_totals(Index p, NumberRows& rows) {
  const Index size = state_.populations[p].size;
  const Index present = count_present(state_.populations[p], tick_, size);
  const std::size_t first_total = schema_.first_total[p];
  const std::size_t totals = schema_.first_total[p + 1] - first_total;
  const Index pieces = (size + piece_rows - 1) / piece_rows;
  summaries_.assign(std::max<Index>(pieces, 1) * totals, {});
  scheduler_.for_each(pieces, [&](Index piece) {
    const Index first = piece * piece_rows;
    summarise_rows(p, first, first + std::min(piece_rows, size - first), &summaries_[piece * totals]);
  });
  for (std::size_t i = 0; i < totals; ++i) {
    Summary& summary = summaries_[i];
    for (Index piece = 1; piece < pieces; ++piece) summary.add(summaries_[piece * totals + i]);
    const double scale = schema_.totals[first_total + i].scale;
    const auto extreme = [&](double number) { return present == 0 ? null : number / scale; };
    rows.add({now_, static_cast<double>(first_total + i), static_cast<double>(present), summary.sum() / scale,
              extreme(summary.minimum), extreme(summary.maximum)});
  }
}

void ResultsRecorder::summarise_rows(Index p, Index first, Index last, Summary* summaries) const {
  const PopulationState& s = state_.populations[p];
  for (Index block = first; block < last; block += std::min(block_rows, last - block)) {
    const Index end = block + std::min(block_rows, last - block);
    Summary* summary = summaries;
    for_each_total(p, [&](const auto& value) { (summary++)->add(summary_of(value, s, tick_, block, end)); });
  }
}

void ResultsRecorder::record_markets(NumberRows& rows) const {
  for (Index m = 0; m < state_.markets.size(); ++m) {
    const MarketState& market = state_.markets[m];
    const double scale = market_scale(model_, m);
    const double volume = static_cast<double>(market.tick_volume) / scale;
    const double price = market.tick_volume > 0  ? money(market.tick_value) / volume
                         : market.last_price > 0 ? market.last_price
                                                 : null;
    double offered = 0;
    double backlog = 0;
    for (const Units quantity : market.offers.quantity) offered += static_cast<double>(quantity);
    for (const Units quantity : market.orders.quantity) backlog += static_cast<double>(quantity);
    rows.add({now_, static_cast<double>(m), price, volume, money(market.tick_value),
              static_cast<double>(market.tick_ordered) / scale, static_cast<double>(market.tick_trades),
              offered / scale, backlog / scale});
  }
}

void ResultsRecorder::record_fills(NumberRows& rows) const {
  for (Index m = 0; m < state_.markets.size(); ++m) {
    const double scale = market_scale(model_, m);
    for (const BookedFill& fill : state_.markets[m].tick_fills) {
      rows.add({now_, static_cast<double>(m), static_cast<double>(fill.buyer), static_cast<double>(fill.seller),
                static_cast<double>(fill.price) / model_.markets[m].price_scale,
                static_cast<double>(fill.quantity) / scale, static_cast<double>(fill.round)});
    }
  }
}

void ResultsRecorder::record_flows(NumberRows& rows) const {
  for (const FlowRow& flow : state_.flows) {
    if (flow.amount == 0 && flow.quantity == 0) continue;
    const Index market = model_.purposes[flow.purpose].market;
    const double scale = market == none ? 1 : market_scale(model_, market);
    const FlowGroup& from = state_.groups[flow.from];
    const FlowGroup& to = state_.groups[flow.to];
    rows.add({now_, static_cast<double>(from.kind), static_cast<double>(from.region), static_cast<double>(to.kind),
              static_cast<double>(to.region), static_cast<double>(flow.purpose), money(flow.amount),
              static_cast<double>(flow.quantity) / scale});
  }
}

void ResultsRecorder::record_signals(NumberRows& rows) const {
  for (std::size_t i = 0; i < state_.signals.size(); ++i) {
    if (!model_.signals[i].by_agent) rows.add({now_, static_cast<double>(i), state_.signals[i]});
  }
}

void ResultsRecorder::record_goods(NumberRows& rows) const {
  for (std::size_t g = 0; g < state_.goods.size(); ++g) {
    const GoodFlows& f = state_.goods[g];
    const auto shown = [&](Units units) { return static_cast<double>(units) / model_.goods[g].scale; };
    rows.add({now_, static_cast<double>(g), shown(f.made), shown(f.used), shown(f.scrapped), shown(f.expired),
              shown(f.lost), shown(f.traded), shown(f.stock)});
  }
}

// What is issued is what issuers' own accounts say, where they keep one; what is held, what holders' do.
void ResultsRecorder::reckon(std::vector<Position>& positions) const {
  const std::size_t instruments = model_.instruments.size();
  positions.assign(state_.groups.size() * instruments, {});
  const auto sum = [](const Column& column, Index size) { return columns::total(column.data(), size).sum; };
  for (Index p = 0; p < model_.populations.size(); ++p) {
    const PopulationState& s = state_.populations[p];
    Position* const own = &positions[state_.group_of[p] * instruments];
    own[0].held += sum(s.money_held, s.size);
    if (const Column* issued = s.money_issued.written()) own[0].issued += sum(*issued, s.size);
    for (std::size_t i = 1; i < instruments; ++i) {
      const Index port = issuing_ports_[p * instruments + i];
      if (port != none) own[i].issued += sum(s.ports[port].claims, s.size);
    }
  }
  const Claims& claims = state_.claims;
  for (std::size_t claim = 0; claim < claims.size(); ++claim) {
    if (claims.amount[claim] == 0) continue;
    const Index instrument = claims.instrument[claim];
    const auto of = [&](Index agent) { return state_.place(agent).population; };
    positions[state_.group_of[of(claims.holder[claim])] * instruments + instrument].held += claims.amount[claim];
    const Index issuer = of(claims.issuer[claim]);
    if (issuing_ports_[issuer * instruments + instrument] == none)
      positions[state_.group_of[issuer] * instruments + instrument].issued += claims.amount[claim];
  }
}

void ResultsRecorder::record_instruments(NumberRows& rows) {
  std::vector<Position>& now = positions_;
  reckon(now);
  const std::size_t instruments = model_.instruments.size();
  for (std::size_t at = 0; at < now.size(); ++at) {
    const Wide change = now[at].held - now[at].issued - (before_[at].held - before_[at].issued);
    if (now[at].held == 0 && now[at].issued == 0 && change == 0) continue;
    const FlowGroup& group = state_.groups[at / instruments];
    const double scale = model_.instruments[at % instruments].scale;
    const auto shown = [scale](Wide units) { return static_cast<double>(units) / scale; };
    rows.add({now_, static_cast<double>(at % instruments), static_cast<double>(group.kind),
              static_cast<double>(group.region), shown(now[at].held), shown(now[at].issued), shown(change)});
  }
  before_.swap(now);
}

void ResultsRecorder::record_ties(NumberRows& rows) const {
  const Ties& ties = state_.ties;
  const std::vector<Index>& relations = model_.record.relations;
  const std::size_t columns = schema_.tables[Schema::ties].columns.size();
  for (std::size_t i = 0; i < ties.size(); ++i) {
    const Index relation = ties.relation[i];
    if (std::find(relations.begin(), relations.end(), relation) == relations.end()) continue;
    const std::size_t row = rows.extend(1);
    std::size_t column = 0;
    const auto add = [&](Cell cell) { rows.cells(column++)[row] = cell; };
    add(recorded_);
    add(relation);
    add(ties.from[i]);
    add(ties.to[i]);
    add(ties.since[i] - model_.burn_in.ticks);
    while (column < columns) add(cell_of(null));
    for (std::size_t a = 0; a < tie_columns_[relation].size(); ++a)
      rows.cells(tie_columns_[relation][a])[row] = cell_of(ties.values[a][i]);
  }
}

}  // namespace ondol
