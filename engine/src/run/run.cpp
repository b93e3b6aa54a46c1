// The tick: events, then every step's act, clear and settle, then the books.
#include "acting/acting.hpp"
#include "acting/records.hpp"
#include "base/floats.hpp"
#include "base/scheduler.hpp"
#include "base/watchdog.hpp"
#include "ledger/claim_entries.hpp"
#include "ledger/ledger.hpp"
#include "ledger/levy_entries.hpp"
#include "ledger/payments.hpp"
#include "ledger/relations.hpp"
#include "ledger/stock_entries.hpp"
#include "loading/library_variables.hpp"
#include "loading/parting.hpp"
#include "markets/clearing.hpp"
#include "model/field_value.hpp"
#include "run/births.hpp"
#include "run/burn_in.hpp"
#include "run/genesis.hpp"
#include "run/signals.hpp"
#include "run/snapshot.hpp"
#include "state/fingerprint.hpp"
#include "state/links.hpp"
#include "state/members.hpp"
#include "state/rows.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/profile.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace ondol {

namespace {

// What a tick is made of, as a profile names it: rules; stock, payments and claims; markets; levies, dues, lives,
// offers and signals; opening, closing and checking the books.
const std::string act_phase = "act";
const std::string book_phase = "book";
const std::string clear_phase = "clear";
const std::string settle_phase = "settle";
const std::string books_phase = "books";

}  // namespace

struct Run::Impl {
  // What a run begins with: what is drawn, or what another run came to.
  struct Start {
    std::uint64_t seed;
    State state;
    std::optional<LedgerMemory> memory;
  };
  static Start genesis(const World& world, const RunOptions& options);
  static Start from(const Snapshot& snapshot, const World& world, const RunOptions& options);
  Impl(const World& world_, RunOptions options_, Start start);

  void begin();
  void go_on(const LedgerMemory& memory);
  std::string step();
  void burn_in();
  std::int64_t ticks() const { return state.tick - model.burn_in.ticks; }
  void begin_tick();
  void end_tick();
  void fit_rows();
  void apply_events();
  void apply(const Event& event, const Moment& now);
  void run_step(Index step, std::uint32_t round);
  void settle(Index step, const Moment& now);
  void begin_lives(std::uint32_t round);
  void leave(Index agent, const Moment& now);
  bool live_and_die(const Chunk& chunk, const Moment& now);
  void refresh_links();
  void forward_log(Index step);
  std::string now(const std::string& what) const;
  [[noreturn]] void fail(const std::string& what) const;
  std::string where(Index agent) const;
  static std::string out_of_memory(const Model& model);

  World world;
  const Model& model;
  RunOptions options;
  const std::uint64_t seed;
  State state;
  Scheduler scheduler;
  Watchdog watchdog;
  Ledger ledger;
  Births births;
  Members members;
  Links links;
  Relations relations;
  Acting acting;
  Clearing clearing;
  StockEntries stock_entries;
  Payments payments;
  ClaimEntries claim_entries;
  LevyEntries levy_entries;
  Signals signals;
  // The steps of a tick, rounds of repeated ones one after another, and where the run is among them.
  struct PlaceInTick {
    Index step;
    std::uint32_t round;
  };
  std::vector<PlaceInTick> places;
  std::size_t next_place = 0;
  std::size_t next_event = 0;
  Index step_now = none;
  std::vector<std::uint8_t> acted;  // by population, in this step
  const KeptVariables variables;    // of the plugins
};

Run::Impl::Start Run::Impl::genesis(const World& world, const RunOptions& options) {
  const std::uint64_t seed = options.seed.value_or(world.model().seed);
  return {seed, make_state(world.model(), moment_of_genesis(seed)), {}};
}

Run::Impl::Start Run::Impl::from(const Snapshot& snapshot, const World& world, const RunOptions& options) {
  if (options.seed && *options.seed != snapshot.seed())
    throw Error(ErrorCode::usage, fmt::format("the run to go on from has seed {}, and another was asked for: {}",
                                              snapshot.seed(), *options.seed));
  const Parting parting = parting_of(world.model(), snapshot.world().model());
  if (parting.tick < snapshot.ticks())
    throw Error(ErrorCode::world, fmt::format("{}: cannot go on from {} ticks of world '{}': {}", world.model().path,
                                              snapshot.ticks(), snapshot.world().name(), parting.what));
  Taken taken = state_in(snapshot, world.model());
  return {snapshot.seed(), std::move(taken.state), std::move(taken.memory)};
}

Run::Impl::Impl(const World& world_, RunOptions options_, Start start)
    : world(world_),
      model(world.model()),
      options(std::move(options_)),
      seed(start.seed),
      state(std::move(start.state)),
      scheduler(options.threads),
      watchdog(options.patience,
               [this](const std::string& who) {
                 options.stuck(now(fmt::format("{} has not returned for {} s", who, options.patience)));
               }),
      ledger(model, state, scheduler),
      births(model, state, ledger),
      members(model, state),
      links(model, state),
      relations(model, state, ledger),
      acting(model, state, members, links, scheduler, watchdog, options.profile),
      clearing(model, state, ledger, scheduler, watchdog, options.profile),
      stock_entries(model, state, ledger, scheduler),
      payments(model, state, ledger, scheduler),
      claim_entries(model, ledger),
      levy_entries(model, ledger),
      signals(model, state, ledger),
      variables(model.plugins) {
  for (const StepGroup& group : model.groups) {
    for (std::uint32_t round = 0; round < group.rounds; ++round) {
      for (Index step = group.first; step < group.first + group.count; ++step) places.push_back({step, round});
    }
  }
  start.memory ? go_on(*start.memory) : begin();
}

void Run::Impl::begin() {
  add_initial_claims(model, ledger, moment_of_genesis(seed));
  add_initial_ties(model, state, relations, moment_of_genesis(seed));
  ledger.open_books();
  refresh_links();
  signals.reckon();
  members.refresh_values();
}

// What lists rows has listed them as it was made.
void Run::Impl::go_on(const LedgerMemory& memory) {
  if (!ledger.remember(memory)) throw Error(ErrorCode::output, "the state is damaged: its claims do not fit together");
  while (next_event < model.events.size() && model.events[next_event].tick < ticks()) ++next_event;
  members.refresh_values();
}

std::string Run::Impl::where(Index agent) const { return agent == none ? "" : model.who(agent) + " "; }

std::string Run::Impl::now(const std::string& what) const {
  const std::string date = model.calendar ? fmt::format(" ({})", model.calendar->date_of(ticks())) : "";
  const std::string step =
      step_now == none ? "as the tick ended" : fmt::format("in step '{}'", model.steps[step_now].name);
  return fmt::format("tick {}{}, {}: {}", ticks(), date, step, what);
}

void Run::Impl::fail(const std::string& what) const { throw Error(ErrorCode::run, now(what)); }

std::string Run::Impl::out_of_memory(const Model& model) {
  return fmt::format("memory ran out; the world begins with {} agents, which take at least {:.3g} GB", model.agents,
                     model.least_memory / 1e9);
}

void Run::Impl::begin_tick() {
  const ProfileSpan phase(options.profile, "phase", books_phase);
  if (drop_dead_rows(model, state)) fit_rows();
  ledger.begin_tick();
  clearing.begin_tick();
  apply_events();
}

void Run::Impl::end_tick() {
  const ProfileSpan phase(options.profile, "phase", books_phase);
  step_now = none;
  if (const std::string changed = variables.changed(); !changed.empty()) fail(changed);
  clearing.end_tick();
  ledger.end_tick();
  signals.end_tick();
  members.refresh_values();
  for (const Index market : clearing.take_changed()) acting.refresh_offers(market);
  ++state.tick;
}

std::string Run::Impl::step() {
  const RunFloats floats;
  try {
    if (next_place == 0) begin_tick();
    const PlaceInTick& place = places[next_place];
    run_step(place.step, place.round);
    next_place = (next_place + 1) % places.size();
    if (next_place == 0) end_tick();
    return model.steps[place.step].name;
  } catch (const RuleFailure& failure) {
    const KindDescription& kind = *model.kinds[model.populations[failure.population].kind];
    const std::string who =
        failure.agent != none ? where(failure.agent) : fmt::format("kind '{}' (plugin '{}') ", kind.name, kind.plugin);
    fail(who + failure.message);
  } catch (const ClearingFailure& failure) {
    const MarketModel& market = model.markets[failure.market];
    fail(fmt::format("market '{}', mechanism '{}' (plugin '{}'): {}", market.label, market.mechanism_name,
                     market.mechanism_plugin, failure.message));
  } catch (const Violation& violation) {
    fail(where(violation.agent) + violation.message);
  } catch (const std::bad_alloc&) {
    fail(out_of_memory(model));
  }
}

// Ticks before the first that counts. Rules and luck see time go on: for them the first recorded tick is not the first.
void Run::Impl::burn_in() {
  const KeptValues held(model, state, model.burn_in.held);
  const KeptValues restored(model, state, model.burn_in.restored);
  while (ticks() < 0) {
    step();
    if (next_place != 0) continue;
    held.put_back(state);
    if (ticks() == 0) restored.put_back(state);
    acted.assign(model.populations.size(), 1);
    members.refresh_fields(acted);
    signals.reckon();
  }
}

// After agents were born or rows have moved.
void Run::Impl::fit_rows() {
  ledger.fit_rows();
  payments.fit_rows();
  members.refresh_lists();
  ledger.take_claims_changed();
  ledger.refresh_lines();
  relations.settle();
  links.refresh_claims();
  links.refresh_ties();
  signals.reckon();
  acting.replan();
}

void Run::Impl::apply_events() {
  bool lives_changed = false;
  state.effects.clear();
  births.begin_step();
  for (; next_event < model.events.size() && model.events[next_event].tick <= ticks(); ++next_event) {
    const Event& event = model.events[next_event];
    apply(event, Moment(seed, name_hash("event") + next_event, state.tick, 0));
    lives_changed |= event.target == Event::Target::found || event.target == Event::Target::leave;
  }
  if (!lives_changed) return;
  fit_rows();
  for (const Index market : clearing.take_changed()) acting.refresh_offers(market);
  begin_lives(0);
}

void Run::Impl::apply(const Event& event, const Moment& now) {
  using What = EventEffect::What;
  const auto changes = [&](What what, double before, double after) {
    state.effects.push_back({next_event, what, before, after});
    return after;
  };
  switch (event.target) {
    case Event::Target::param: {
      const FieldDescription& field = model.kinds[model.populations[event.index].kind]->fields[event.field];
      std::byte* params = state.populations[event.index].params.data();
      const double before = read_field_value(field, params, event.component);
      write_field_value(field, params, event.component, changes(What::value, before, event.value));
      break;
    }
    case Event::Target::signal: {
      double& signal = state.signals[event.index];
      signal = changes(What::value, signal, event.value);
      break;
    }
    case Event::Target::found: {
      const Index before = state.populations[event.index].living;
      births.found_cohort(event.index, event.count, now);
      changes(What::value, before, state.populations[event.index].living);
      break;
    }
    case Event::Target::leave: {
      const Index before = state.populations[event.index].living;
      for (const Index agent : births.draw_members(event.index, event.count, now)) leave(agent, now);
      changes(What::value, before, state.populations[event.index].living);
      break;
    }
    case Event::Target::reach: {
      const std::size_t route = std::size_t{event.buyer_region} * model.regions.size() + event.seller_region;
      double& cost = state.markets[event.index].cost[route];
      double& share = state.markets[event.index].share[route];
      cost = changes(What::cost, cost, event.reach.cost);
      share = changes(What::share, share, event.reach.share);
      break;
    }
  }
}

void Run::Impl::run_step(Index step, std::uint32_t round) {
  step_now = step;
  const Moment now(seed, model.steps[step].hash, state.tick, round);
  const ProfileSpan span(options.profile, "step", model.steps[step].name);
  {
    const ProfileSpan phase(options.profile, "phase", act_phase);
    payments.begin(acting.batches(step));
    acting.act(step, now, [this](std::uint32_t batch, const Chunk& chunk) { payments.take(batch, chunk); });
  }
  settle(step, now);
  begin_lives(round);
}

// Who was founded in the step, or by an event before the first, begins by a rule of its own, where its kind has one;
// nobody is founded in that.
void Run::Impl::begin_lives(std::uint32_t round) {
  if (model.birth_step == none || !acting.plan_births(births.first_newborn())) return;
  run_step(model.birth_step, round);
}

// The order of booking within a step is fixed and cannot fail for want of means: what rules take was available as the
// step began, and what orders hold was reserved.
void Run::Impl::settle(Index step, const Moment& now) {
  const std::span<Chunk> chunks = acting.chunks(step);
  forward_log(step);
  {
    const ProfileSpan phase(options.profile, "phase", book_phase);
    stock_entries.book(chunks);
    payments.book();
    claim_entries.book(chunks, now);
    relations.book(chunks);
  }
  {
    const ProfileSpan phase(options.profile, "phase", clear_phase);
    clearing.clear(step, chunks, now);
  }
  const ProfileSpan phase(options.profile, "phase", settle_phase);
  levy_entries.book(chunks);
  for (Index i = 0; i < model.instruments.size(); ++i) {
    if (model.instruments[i].collect_step == step && now.round() == 0) ledger.collect_credit(i);
  }
  ledger.collect_dues();
  signals.tell(chunks);
  bool lives_changed = false;
  births.begin_step();
  for (const Chunk& chunk : chunks) lives_changed |= live_and_die(chunk, now);
  clearing.post(chunks, now);
  signals.contribute(chunks);
  if (lives_changed) {
    fit_rows();
  } else {
    acted.assign(model.populations.size(), 0);
    for (const Chunk& chunk : chunks) acted[chunk.population] = 1;
    members.refresh_fields(acted);
    signals.reckon(acted);
  }
  refresh_links();
  for (const Index market : clearing.take_changed()) acting.refresh_offers(market);
}

void Run::Impl::refresh_links() {
  if (ledger.take_claims_changed()) {
    ledger.refresh_lines();
    links.refresh_claims();
  }
  if (relations.settle()) links.refresh_ties();
}

bool Run::Impl::live_and_die(const Chunk& chunk, const Moment& now) {
  bool changed = false;
  chunk.outboxes->for_each<ondol_life_record>(ONDOL_OUT_LIFE, [&](const ondol_life_record& record) {
    changed = true;
    const Index agent = chunk.agent(record.row);
    if (record.row >= chunk.call.rows) throw Violation{chunk.agent(0), "founds or exits for an agent of another chunk"};
    if (record.action == ONDOL_FOUND && chunk.rule->step == ONDOL_BIRTH)
      throw Violation{agent, "founds an agent in its own rule of birth"};
    if (record.action == ONDOL_FOUND) return births.found(chunk, record, now);
    if (record.action != ONDOL_EXIT) return births.endow(chunk, record);
    leave(agent, now);
  });
  return changed;
}

void Run::Impl::leave(Index agent, const Moment& now) {
  if (!ledger.alive(agent)) return;
  clearing.withdraw(agent);
  relations.leave(agent);
  ledger.settle_exit(agent, now);
}

void Run::Impl::forward_log(Index step) {
  if (!options.log) return;
  for (const Chunk& chunk : acting.chunks(step)) {
    for (const LogLine& line : chunk.outboxes->log) {
      options.log(fmt::format("tick {}, step '{}', {}: {}", ticks(), model.steps[step].name,
                              model.agent_name(chunk.agent(line.row)), line.message));
    }
  }
}

Run::Run(const World& world, RunOptions options) {
  const RunFloats floats;
  try {
    Impl::Start start = Impl::genesis(world, options);
    impl_ = std::make_unique<Impl>(world, std::move(options), std::move(start));
    impl_->burn_in();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::run, Impl::out_of_memory(world.model()));
  }
}
Run::Run(const World& world, const Snapshot& from, RunOptions options) {
  const RunFloats floats;
  try {
    Impl::Start start = Impl::from(from, world, options);
    impl_ = std::make_unique<Impl>(world, std::move(options), std::move(start));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::run, Impl::out_of_memory(world.model()));
  }
}
Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

void Run::tick() {
  const std::int64_t now = ticks();
  while (ticks() == now) impl_->step();
}
std::string Run::step() { return impl_->step(); }
std::int64_t Run::ticks() const { return impl_->ticks(); }
std::string Run::fingerprint() const {
  if (impl_->next_place != 0) impl_->ledger.restart_flows();  // amid a tick; between two, flows are of the last one
  return fingerprint_of(impl_->state);
}
Snapshot Run::snapshot() const {
  if (impl_->next_place != 0) throw Error(ErrorCode::usage, "a run has a state to go on from only between two ticks");
  return Snapshot(impl_->world, snapshot_bytes(impl_->model, impl_->seed, impl_->state, impl_->ledger.memory()));
}
std::uint64_t Run::seed() const { return impl_->seed; }
const World& Run::world() const { return impl_->world; }
const State& Run::state() const { return impl_->state; }
Scheduler& Run::scheduler() const { return impl_->scheduler; }

}  // namespace ondol
