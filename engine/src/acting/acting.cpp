// Planning and running the chunks of a step.
#include "acting/acting.hpp"

#include "base/columns.hpp"
#include "base/draws.hpp"
#include "base/guest_call.hpp"

#include <algorithm>
#include <array>

namespace ondol {

namespace {

Outboxes& outboxes_of(ondol_chunk* chunk) { return *static_cast<Outboxes*>(chunk->host_data); }

void grow(ondol_chunk* chunk, std::uint32_t outbox) { outboxes_of(chunk).grow(outbox); }

void log_line(ondol_chunk* chunk, std::uint32_t row, const char* message) {
  outboxes_of(chunk).log.push_back({row, message});
}

const ondol_host acting_host = {sizeof(ondol_host), 0, &grow, &log_line, nullptr, nullptr, &draw_rows};

// What rules read through a port that the world leaves unbound. Nobody can take from columns of zeros.
std::array<std::int64_t, rows_per_chunk> zeros{};
constexpr ondol_offers no_offers{sizeof(ondol_offers), 0, nullptr, nullptr, nullptr, nullptr, nullptr};
std::array<std::uint32_t, rows_per_chunk + 1> no_first_links{};
constexpr ondol_links no_links{sizeof(ondol_links), 0, nullptr, nullptr};
constexpr ondol_members no_members{sizeof(ondol_members), 0, nullptr, nullptr, nullptr, 0, 0};

// What stands in a port whatever it is bound to.
ondol_port port_as_described(const PortDescription& described) {
  ondol_port view{};
  view.size = sizeof view;
  view.name = described.text;
  view.type = described.type;
  view.attribute_count = static_cast<std::uint32_t>(described.attributes.size());
  view.market_param_count = static_cast<std::uint32_t>(described.market_params.size());
  return view;
}

ondol_port unbound_port(const PortDescription& described, ondol_contribution* contribution) {
  ondol_port view = port_as_described(described);
  view.units = view.price_units = 1;
  view.stock = view.available = zeros.data();
  view.sold = view.revenue = view.demand = view.backlog = zeros.data();
  view.bought = view.spent = view.ordered = view.claims = zeros.data();
  view.offers = &no_offers;
  view.members = &no_members;
  view.links = &no_links;
  view.first_link = no_first_links.data();
  view.contribution = contribution;
  return view;
}

// Of columns that were never written there is nothing to point at.
const Units* at_row(const LateColumn& column, Index row) {
  return column.written() == nullptr ? zeros.data() : column.written()->data() + row;
}

template <class T>
auto* at_row(std::vector<T>& column, Index row) {
  return column.empty() ? nullptr : column.data() + row;
}

}  // namespace

Acting::Acting(const Model& model, State& state, const Members& members, const Links& links, Scheduler& scheduler,
               Watchdog& watchdog, Profile* profile)
    : model_(model),
      state_(state),
      members_(members),
      links_(links),
      scheduler_(scheduler),
      watchdog_(watchdog),
      profile_(profile),
      plan_(model.steps.size()),
      inputs_(model, state),
      offers_(model.markets.size()) {
  for (const KindDescription* kind : model.kinds) {
    ranges_.emplace_back(*kind);
    paddings_.emplace_back(*kind);
  }
  for (Index m = 0; m < model.markets.size(); ++m) refresh_offers(m);
  replan();
}

void Acting::replan() {
  const std::vector<Index> all(model_.populations.size(), 0);
  for (Index step = 0; step < plan_.size(); ++step) {
    if (step != model_.birth_step) plan_step(step, all);
  }
}

bool Acting::plan_births(const std::vector<Index>& first_newborn) {
  plan_step(model_.birth_step, first_newborn);
  return !plan_[model_.birth_step].empty();
}

void Acting::plan_step(Index step, const std::vector<Index>& first_rows) {
  std::vector<Chunk>& chunks = plan_[step];
  chunks.clear();
  for (Index p = 0; p < model_.populations.size(); ++p) {
    const KindDescription& kind = *model_.kinds[model_.populations[p].kind];
    for (const RuleDescription& rule : kind.rules) {
      if (rule.step != model_.steps[step].name) continue;
      // No chunk goes over a multiple of rows_per_chunk: so are flows and payments laid out.
      for (Index row = first_rows[p]; row < state_.populations[p].size; row += rows_per_chunk - row % rows_per_chunk) {
        Chunk& chunk = chunks.emplace_back();
        chunk.population = p;
        chunk.rule = &rule;
        chunk.first_row = row;
      }
    }
  }
  while (outboxes_.size() < chunks.size()) outboxes_.push_back(std::make_unique<Outboxes>());
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    chunks[i].outboxes = outboxes_[i].get();
    plan_chunk(chunks[i]);
  }
  if (loans_.size() < batches(step)) loans_.resize(batches(step));
}

std::uint32_t Acting::batches(Index step) const {
  const int threads = scheduler_.threads();
  const std::size_t enough = threads == 1 ? 1 : 8 * static_cast<std::size_t>(threads);
  return static_cast<std::uint32_t>(std::min(plan_[step].size(), enough));
}

void Acting::plan_chunk(Chunk& chunk) {
  const PopulationModel& population = model_.populations[chunk.population];
  const KindDescription& kind = *model_.kinds[population.kind];
  PopulationState& state = state_.populations[chunk.population];
  const Index row = chunk.first_row;
  chunk.contributions.resize(population.ports.size());
  chunk.ports.clear();
  for (Index port = 0; port < population.ports.size(); ++port) chunk.ports.push_back(plan_port(chunk, port));
  ondol_chunk& call = chunk.call;
  call = {};
  call.size = sizeof call;
  call.rows = std::min(rows_per_chunk - row % rows_per_chunk, state.size - row);
  call.first_agent = state.size > 0 ? state.agent(row) : population.first_agent;
  call.agent = state.moved ? state.ids.data() + row : nullptr;
  call.region = static_cast<std::uint16_t>(population.region);
  call.region_count = static_cast<std::uint16_t>(model_.regions.size());
  call.params = state.params.data();
  call.traits = state.traits.data() + std::size_t{row} * kind.traits_size;
  call.state = state.state.data() + std::size_t{row} * kind.state_size;
  call.luck = state.luck.data() + row;
  call.ticks_per_year = model_.ticks_per_year;
  call.money_units = model_.money_scale;
  call.money_held = state.money_held.data() + row;
  call.income = state.income.data() + row;
  call.equity = state.equity.data() + row;
  call.ports = chunk.ports.data();
  call.port_count = static_cast<std::uint32_t>(chunk.ports.size());
  call.port_stride = sizeof(ondol_port);
  call.outboxes = chunk.outboxes->heads();
  call.host = &acting_host;
  call.host_data = chunk.outboxes;
  call.failure = &chunk.failure;
  call.purposes = kind.purpose_texts.data();
  call.purpose_count = static_cast<std::uint32_t>(kind.purpose_texts.size());
}

// As far back as the port declares, whatever others do.
std::uint32_t Acting::kind_lags(Index population, Index port) const {
  return model_.kinds[model_.populations[population].kind]->ports[port].lags;
}

ondol_port Acting::plan_port(const Chunk& chunk, Index index) {
  const PortModel& port = model_.populations[chunk.population].ports[index];
  PopulationState& population = state_.populations[chunk.population];
  PortState& own = population.ports[index];
  const Index row = chunk.first_row;
  auto* contribution = const_cast<ondol_contribution*>(&chunk.contributions[index]);
  const PortDescription& described = model_.kinds[model_.populations[chunk.population].kind]->ports[index];
  if (!port.bound) return unbound_port(described, contribution);
  ondol_port view = port_as_described(described);
  view.bound = 1;
  view.units = port.units;
  view.price_units = port.price_units;
  if (port.account != none) {
    AccountState& account = population.accounts[port.account];
    view.stock = account.stock.data() + row;
    view.available = account.available.data() + row;
  }
  if (port.type == ONDOL_BUYS || port.type == ONDOL_SELLS) {
    const MarketModel& market = model_.markets[port.target];
    const std::size_t seller_regions = std::size_t{model_.populations[chunk.population].region} * model_.regions.size();
    view.deposit = market.deposit;
    // One smallest unit of the good at one smallest unit of price, in smallest units of money.
    const double quantity_scale =
        market.good != none ? model_.goods[market.good].scale : model_.instruments[market.instrument].scale;
    view.value_units = model_.money_scale / (quantity_scale * market.price_scale);
    view.offers = &offers_[port.target].offers;
    view.attribute_index = port.attributes.data();
    view.market_params = port.market_params.data();
    view.market_param_at = port.market_param_at.data();
    view.delivered_cost = state_.markets[port.target].cost.data() + seller_regions;
    view.delivered_share = state_.markets[port.target].share.data() + seller_regions;
  }
  view.sold = at_row(own.sold, row);
  view.revenue = at_row(own.revenue, row);
  view.demand = at_row(own.demand, row);
  view.backlog = at_row(own.backlog, row);
  view.bought = at_row(own.bought, row);
  view.spent = at_row(own.spent, row);
  view.ordered = at_row(own.ordered, row);
  view.claims = at_row(own.claims, row);
  if (port.type == ONDOL_PEERS || port.type == ONDOL_OBSERVES) view.members = members_.view(port);
  view.links = links_.view(port);
  view.first_link = links_.first_of(port, chunk.population, row);
  if (!own.sums.empty()) view.sums = own.sums.data() + row;
  view.received = at_row(own.received, row);
  if (port.type == ONDOL_READS || port.type == ONDOL_WRITES) {
    const std::vector<double>& history = state_.signal_history[port.target];
    view.value_factor = port.value_factor;
    view.history = history.data();
    view.history_count = kind_lags(chunk.population, index);
  }
  if (port.type == ONDOL_WRITES) view.contribution = contribution;
  return view;
}

void Acting::refresh_offers(Index market) {
  OffersView& view = offers_[market];
  const OfferColumns& offers = state_.markets[market].offers;
  view.attributes.clear();
  for (const auto& column : offers.attributes) view.attributes.push_back(column.data());
  view.offers = {sizeof(ondol_offers),  static_cast<std::uint32_t>(offers.size()),
                 offers.seller.data(),  offers.region.data(),
                 offers.price.data(),   offers.quantity.data(),
                 view.attributes.data()};
}

// Rules take from a copy of what is available: what became of it is booked when they are done.
void Acting::lay_out_money(Chunk& chunk, Units* available) const {
  const PopulationState& state = state_.populations[chunk.population];
  chunk.call.assets = state.assets().data() + chunk.first_row;
  chunk.call.debts = at_row(state.debts, chunk.first_row);
  chunk.call.arrears = at_row(state.arrears_owed, chunk.first_row);
  chunk.call.money_available = available;
  std::copy_n(chunk.call.money_held, chunk.call.rows, available);
  if (state.money_reserved.written() != nullptr) {
    const Units* reserved = at_row(state.money_reserved, chunk.first_row);
    for (Index row = 0; row < chunk.call.rows; ++row) available[row] -= reserved[row];
  }
  if (state.line.written() == nullptr) return;
  const Units* line = at_row(state.line, chunk.first_row);
  for (Index row = 0; row < chunk.call.rows; ++row) available[row] += line[row];
}

void Acting::refresh(Chunk& chunk, const Moment& now, std::uint32_t rounds, Units* available) {
  const PopulationModel& population = model_.populations[chunk.population];
  const PopulationState& state = state_.populations[chunk.population];
  chunk.status = 0;
  chunk.failure.row = ONDOL_NONE;
  chunk.failure.message[0] = '\0';
  chunk.outboxes->reset();
  chunk.call.alive = state.living == state.size ? nullptr : state.alive.data() + chunk.first_row;
  lay_out_money(chunk, available);
  chunk.call.now = now;
  chunk.call.rounds = rounds;
  for (Index i = 0; i < population.ports.size(); ++i) {
    const PortModel& port = population.ports[i];
    if (!port.bound) continue;
    ondol_port& view = chunk.ports[i];
    if (port.type == ONDOL_ISSUES) view.line = at_row(state.ports[i].line, chunk.first_row);
    if (port.type == ONDOL_BUYS || port.type == ONDOL_SELLS) {
      const MarketState& market = state_.markets[port.target];
      const MarketModel& model = model_.markets[port.target];
      const double quantity_scale =
          model.good != none ? model_.goods[model.good].scale : model_.instruments[model.instrument].scale;
      view.last_price = market.last_price * model.price_scale / port.price_units;
      view.last_volume = market.last_volume * quantity_scale / port.units;
    } else if (port.type == ONDOL_READS || port.type == ONDOL_WRITES) {
      view.value = state_.signals[port.target] * port.value_factor;
      chunk.contributions[i] = {0, 0, 0};
    }
  }
}

void Acting::call(Chunk& chunk) {
  if (watchdog_.awake()) chunk.mark.begin();
  const auto began = profile_ == nullptr ? Profile::Clock::time_point{} : Profile::Clock::now();
  const KindDescription& kind = *model_.kinds[model_.populations[chunk.population].kind];
  const Guest guest{kind.plugin.c_str(), kind.name.c_str(), chunk.rule->step.c_str(), state_.tick, kind.watched};
  chunk.status = call_guest(guest, chunk.rule->run, &chunk.call, chunk.failure);
  if (profile_ != nullptr) chunk.seconds = std::chrono::duration<double>(Profile::Clock::now() - began).count();
  if (watchdog_.awake()) chunk.mark.end();
  if (chunk.status != 0) return;
  const Index kind_index = model_.populations[chunk.population].kind;
  auto* const rows = static_cast<std::byte*>(chunk.call.state);
  paddings_[kind_index].clear(rows, chunk.call.rows);
  const auto outside = ranges_[kind_index].first_outside(rows, chunk.call.rows);
  if (!outside) return;
  chunk.status = 1;
  chunk.failure.row = outside->row;
  const std::size_t length = outside->what.copy(chunk.failure.message, sizeof chunk.failure.message - 1);
  chunk.failure.message[length] = '\0';
}

void Acting::measure(const std::vector<Chunk>& chunks) const {
  for (const Chunk& chunk : chunks)
    profile_->add("kind", model_.kinds[model_.populations[chunk.population].kind]->name, chunk.call.rows,
                  chunk.seconds);
}

std::string Acting::still_at_work(const std::vector<Chunk>& chunks, std::int64_t since) const {
  for (const Chunk& chunk : chunks) {
    if (!chunk.mark.began_before(since)) continue;
    const std::uint32_t row =
        std::atomic_ref(const_cast<std::uint32_t&>(chunk.failure.row)).load(std::memory_order_relaxed);
    if (row < chunk.call.rows) return model_.who(chunk.agent(row));
    return "a rule of population '" + model_.populations[chunk.population].name + "'";
  }
  return "";
}

void Acting::act(Index step, const Moment& now, const std::function<void(std::uint32_t, const Chunk&)>& take) {
  std::vector<Chunk>& chunks = plan_[step];
  const Index group = model_.steps[step].group;
  const std::uint32_t rounds = group == none ? 1 : model_.groups[group].rounds;
  const std::uint32_t count = batches(step);
  inputs_.keep(chunks);
  watchdog_.look([this, &chunks](std::int64_t since) { return still_at_work(chunks, since); });
  scheduler_.for_each(count, [&](std::uint32_t batch) {
    const std::size_t last = chunks.size() * (batch + 1) / count;
    for (std::size_t i = chunks.size() * batch / count; i < last; ++i) {
      if (i + 1 < last) {
        columns::prefetch(chunks[i + 1].call.money_held, chunks[i + 1].call.rows);
        columns::prefetch(chunks[i + 1].call.luck, chunks[i + 1].call.rows);
      }
      chunks[i].outboxes->borrow(loans_[batch].segments);
      refresh(chunks[i], now, rounds, loans_[batch].available.data());
      call(chunks[i]);
      if (chunks[i].status != 0) return;
      take(batch, chunks[i]);
      chunks[i].outboxes->give_back();
    }
  });
  watchdog_.look({});
  if (profile_ != nullptr) measure(chunks);
  for (const Chunk& chunk : chunks) {
    if (chunk.status == 0) continue;
    const std::uint32_t row = chunk.failure.row;
    throw RuleFailure{chunk.population, row < chunk.call.rows ? chunk.agent(row) : none, chunk.failure.message};
  }
  inputs_.check();
}

}  // namespace ondol
