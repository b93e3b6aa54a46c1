// Drawing agents and laying out their columns.
#include "run/genesis.hpp"

#include "model/field_value.hpp"
#include "state/rows.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace ondol {

namespace {

double draw(const Distribution& distribution, const Draws& draws, Index ordinal) {
  using Shape = Distribution::Shape;
  double value = distribution.a;
  switch (distribution.shape) {
    case Shape::constant:
      return value;
    case Shape::list:
      return distribution.list[ordinal % distribution.list.size()];
    case Shape::uniform:
      value = draws.uniform(distribution.a, distribution.b);
      break;
    case Shape::normal:
      value = draws.normal(distribution.a, distribution.b);
      break;
    case Shape::lognormal:
      value = distribution.a * exp(distribution.b * draws.normal());
      break;
    case Shape::pareto:
      value = draws.pareto(distribution.a, distribution.b);
      break;
    case Shape::exponential:
      value = draws.exponential(distribution.a);
      break;
  }
  return std::clamp(value, distribution.minimum, distribution.maximum);
}

// `what` is the hash of what is drawn.
double draw(const Distribution& distribution, const Moment& now, std::uint64_t what, std::uint64_t luck,
            Index ordinal) {
  return draw(distribution, Draws(now, DrawPurpose{what}, luck), ordinal);
}

void draw_fields(const std::vector<FieldStart>& fields, const KindDescription& kind, std::byte* base, const Moment& now,
                 std::uint64_t luck, Index ordinal) {
  for (const FieldStart& field : fields) {
    const double value = draw(field.value, now, field.draw, luck, ordinal);
    write_field_value(kind.fields[field.field], base, field.component, value);
  }
}

// "No agent" is not zero, so agent fields start at it by name.
void clear_agent_fields(const KindDescription& kind, std::byte* base) {
  for (const FieldDescription& field : kind.fields) {
    if (field.role != ONDOL_STATE || field.type != ONDOL_AGENT) continue;
    for (std::uint32_t i = 0; i < field.count; ++i) write_field_value(field, base, i, static_cast<double>(ONDOL_NONE));
  }
}

// Whoever issued the money that a region's agents hold at the start owes it: the issuer's members of that region, or
// all of them where it has none there, in equal parts.
void issue_initial_money(const Model& model, State& state, const Moment& now) {
  std::vector<Units> held(model.regions.size());
  for (Index p = 0; p < model.populations.size(); ++p) {
    for (const Units money : state.populations[p].money_held) held[model.populations[p].region] += money;
  }
  const Index issuer = model.instruments[0].issuer;
  if (issuer == none) return;
  const std::string& group = model.populations[issuer].group;
  for (Index region = 0; region < model.regions.size(); ++region) {
    std::vector<std::pair<Index, Index>> issuers;  // population, row
    for (const bool anywhere : {false, true}) {
      for (Index p = 0; p < model.populations.size(); ++p) {
        if (model.populations[p].group != group || (!anywhere && model.populations[p].region != region)) continue;
        for (Index row = 0; row < state.populations[p].size; ++row) issuers.emplace_back(p, row);
      }
      if (!issuers.empty()) break;
    }
    const Draws draws(now, "money issued", name_hash(model.regions[region].luck));
    ProRata shares(held[region], static_cast<Wide>(issuers.size()), draws.bits());
    for (const auto& [p, row] : issuers) {
      const Units amount = shares.next(1);
      state.populations[p].money_issued.at(row) += amount;
      for (Index i = 0; i < model.populations[p].ports.size(); ++i) {
        const PortModel& port = model.populations[p].ports[i];
        if (port.bound && port.type == ONDOL_ISSUES && port.target == 0)
          state.populations[p].ports[i].claims[row] += amount;
      }
    }
  }
}

void make_groups(const Model& model, State& state) {
  std::map<std::pair<Index, Index>, Index> groups;
  for (const PopulationModel& population : model.populations) {
    const auto [at, added] =
        groups.emplace(std::pair{population.kind, population.region}, static_cast<Index>(groups.size()));
    if (added) state.groups.push_back({population.kind, population.region});
    state.group_of.push_back(at->second);
  }
}

void draw_agent(const Model& model, State& state, Index p, Index row, std::uint64_t luck, const Moment& now) {
  const PopulationModel& population = model.populations[p];
  const KindDescription& kind = *model.kinds[population.kind];
  PopulationState& target = state.populations[p];
  const Index ordinal = target.agent(row) - target.first_agent;
  target.luck[row] = luck;
  std::byte* const state_row = target.state.data() + std::size_t{row} * kind.state_size;
  clear_agent_fields(kind, state_row);
  draw_fields(population.traits, kind, target.traits.data() + std::size_t{row} * kind.traits_size, now, luck, ordinal);
  draw_fields(population.state, kind, state_row, now, luck, ordinal);
}

std::vector<Index> populations_by_page(const Model& model) {
  std::vector<Index> by_page(id_pages);
  for (Index page = 0; page < id_pages; ++page) by_page[page] = model.population_of(page << id_page_bits);
  return by_page;
}

}  // namespace

std::uint64_t luck_of_member(const PopulationModel& population, Index ordinal) {
  return mix(population.hash + ordinal);
}

void give_start_holdings(const Model& model, State& all, Index p, Index row, const Moment& now) {
  const PopulationModel& population = model.populations[p];
  PopulationState& state = all.populations[p];
  const Index ordinal = state.agent(row) - state.first_agent;
  const std::uint64_t luck = state.luck[row];
  const double money = draw(population.money, now, name_hash("money"), luck, ordinal);
  state.money_held[row] = std::llrint(money * model.money_scale);
  for (Index a = 0; a < population.accounts.size(); ++a) {
    const AccountModel& account = population.accounts[a];
    const GoodModel& good = model.goods[account.good];
    const double quantity = draw(account.quantity, now, name_hash(good.name), luck, ordinal);
    state.accounts[a].stock[row] = state.accounts[a].available[row] = std::llrint(quantity * good.scale);
    state.accounts[a].book[row] = std::llrint(quantity * account.unit_value * model.money_scale);
  }
}

Index add_agent(const Model& model, State& state, Index p, std::uint64_t luck, Index founder, const Moment& now) {
  const Index row = add_rows(model, p, state, 1);
  PopulationState& target = state.populations[p];
  if (state.tick != 0) target.born.at(row) = state.tick;
  target.founder.at(row) = founder;
  draw_agent(model, state, p, row, luck, now);
  return target.agent(row);
}

Moment moment_of_genesis(std::uint64_t seed) { return {seed, name_hash("genesis"), 0, 0}; }

State empty_state(const Model& model) {
  State state;
  make_groups(model, state);
  state.population_of_page = populations_by_page(model);
  state.populations.resize(model.populations.size());
  for (Index p = 0; p < model.populations.size(); ++p) lay_out(model, p, state);
  std::size_t most = 0;
  for (const RelationModel& relation : model.relations) most = std::max(most, relation.attributes.size());
  state.ties.values.resize(most);
  state.goods.resize(model.goods.size());
  for (const SignalModel& signal : model.signals) {
    state.signals.push_back(signal.initial);
    state.signal_history.emplace_back(signal.lags, signal.initial);
  }
  for (const MarketModel& market : model.markets) {
    MarketState& started = state.markets.emplace_back();
    started.state = market.state;
    started.last_price = market.reference_price;
    started.offers.attributes.resize(market.attributes.size());
    for (const Reach& reach : market.reach) {
      started.cost.push_back(reach.cost);
      started.share.push_back(reach.share);
    }
  }
  return state;
}

State make_state(const Model& model, const Moment& now) {
  State state = empty_state(model);
  for (Index p = 0; p < model.populations.size(); ++p) {
    const PopulationModel& population = model.populations[p];
    add_rows(model, p, state, population.count);
    for (Index row = 0; row < population.count; ++row) {
      draw_agent(model, state, p, row, luck_of_member(population, row), now);
      give_start_holdings(model, state, p, row, now);
    }
  }
  issue_initial_money(model, state, now);
  return state;
}

void add_initial_claims(const Model& model, Ledger& ledger, const Moment& now) {
  std::map<Index, Index> next_holder;  // by holding population: whose turn it is
  for (const ClaimStart& claim : model.claims) {
    const PopulationModel& issuers = model.populations[claim.issuer];
    const PopulationModel& holders = model.populations[claim.holder];
    const InstrumentModel& instrument = model.instruments[claim.instrument];
    for (Index row = 0; row < issuers.count; ++row) {
      const double drawn = draw(claim.amount, now, name_hash(instrument.name), luck_of_member(issuers, row), row);
      const Units amount = std::llrint(drawn * instrument.scale);
      if (amount <= 0) continue;
      const Index holder = holders.first_agent + next_holder[claim.holder]++ % holders.count;
      ledger.add_claim(claim.instrument, issuers.first_agent + row, holder, amount,
                       std::llrint(drawn * claim.unit_value * model.money_scale), claim.rate,
                       static_cast<std::int64_t>(std::nearbyint(claim.term)));
    }
  }
}

namespace {

// So many of `others` by luck, each at most once (Floyd's way: as many draws as there are to be chosen).
std::vector<Index> choose(const Draws& draws, Index count, Index others) {
  std::vector<Index> chosen;
  for (Index last = others - count; last < others; ++last) {
    const auto drawn = static_cast<Index>(draws.integer(std::uint64_t{last} + 1, last));
    const bool twice = std::find(chosen.begin(), chosen.end(), drawn) != chosen.end();
    chosen.push_back(twice ? last : drawn);
  }
  return chosen;
}

}  // namespace

// In turn, an agent begins where the one before it ended; within one population it is tied to those that follow it.
void add_initial_ties(const Model& model, State& state, Relations& relations, const Moment& now) {
  std::map<std::pair<Index, Index>, Index> next;  // by relation and population: whose turn it is
  for (const TieStart& start : model.ties) {
    const PopulationModel& from = model.populations[start.from];
    const PopulationModel& to = model.populations[start.to];
    const RelationModel& relation = model.relations[start.relation];
    const bool within = start.from == start.to;
    const std::uint64_t what = mix(name_hash(relation.name) + to.hash);
    for (Index row = 0; row < from.count; ++row) {
      const std::uint64_t luck = luck_of_member(from, row);
      std::vector<Index> others;
      if (start.drawn) {
        others = choose(Draws(now, DrawPurpose{what}, luck), start.count, to.count - (within ? 1 : 0));
        if (within) std::for_each(others.begin(), others.end(), [row](Index& other) { other += other >= row ? 1 : 0; });
      } else {
        for (Index i = 0; i < start.count; ++i)
          others.push_back((within ? row + 1 + i : next[{start.relation, start.to}]++) % to.count);
      }
      for (Index i = 0; i < others.size(); ++i) {
        const Index tie = relations.tie(start.relation, from.first_agent + row, to.first_agent + others[i]);
        for (std::size_t a = 0; a < start.values.size(); ++a)
          state.ties.values[a][tie] = draw(start.values[a], now, mix(what + name_hash(relation.attributes[a]) + i),
                                           luck, row * start.count + i);
      }
    }
  }
}

}  // namespace ondol
