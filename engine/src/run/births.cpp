#include "run/births.hpp"

#include "acting/records.hpp"
#include "model/field_value.hpp"
#include "run/genesis.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ondol {

void Births::begin_step() {
  founder_ = child_ = none;
  first_newborn_.clear();
  for (const PopulationState& population : state_.populations) first_newborn_.push_back(population.size);
}

void Births::require_room(Index p, Index founder) const {
  const PopulationModel& population = model_.populations[p];
  if (state_.populations[p].living == population.room)
    throw Violation{founder, fmt::format("founds an agent of population '{}', of which {} live, as many as its `room` "
                                         "allows",
                                         population.name, population.room)};
  const Index ids_end = p + 1 < model_.populations.size() ? model_.populations[p + 1].first_agent : none;
  if (state_.populations[p].ever == ids_end - population.first_agent)
    throw Violation{
        founder, fmt::format("founds an agent of population '{}', which has given out all its ids", population.name)};
}

// In the founder's own region where the port leads there, else the first population it leads to.
Index Births::target_of(const Chunk& chunk, const ondol_life_record& record) const {
  const PopulationModel& population = model_.populations[chunk.population];
  const PortModel& port = port_of_record(model_, chunk, record.row, record.port, {ONDOL_PEERS}, "founds");
  purpose_of_record(model_, chunk, record.row, record.purpose, "founds");
  if (record.money < 0) throw Violation{chunk.agent(record.row), "founds with a negative amount of money"};
  const std::vector<Index>& led_to = port.populations;
  const auto near = std::find_if(led_to.begin(), led_to.end(),
                                 [&](Index p) { return model_.populations[p].region == population.region; });
  return near != led_to.end() ? *near : led_to.front();
}

void Births::found(const Chunk& chunk, const ondol_life_record& record, const Moment& now) {
  const Index target = target_of(chunk, record);
  const Index founder = chunk.agent(record.row);
  require_room(target, founder);
  births_ = std::exchange(founder_, founder) == founder ? births_ + 1 : 0;
  const Place at = ledger_.place(founder);
  const DrawPurpose birth{name_hash("birth") ^ model_.populations[target].hash};
  const std::uint64_t luck = Draws(now, birth, state_.populations[at.population].luck[at.row]).bits(births_);
  child_ = add_agent(model_, state_, target, luck, founder, now);
  if (record.money > 0) pay_in(child_, record.money, model_.populations[chunk.population].purposes[record.purpose]);
}

void Births::pay_in(Index child, Units money, Index purpose) {
  ledger_.transfer(founder_, child, money, purpose);
  const Place at = ledger_.place(child);
  for (const PortModel& port : model_.populations[at.population].ports) {
    if (!port.bound || port.type != ONDOL_ISSUES) continue;
    const InstrumentModel& instrument = model_.instruments[port.target];
    if (instrument.instrument_class != InstrumentClass::residual) continue;
    const double units = static_cast<double>(money) / model_.money_scale * instrument.scale;
    ledger_.add_claim(port.target, child, founder_, std::max<Units>(1, static_cast<Units>(units)), money, 0, 0);
    state_.populations[at.population].contributed.at(at.row) += money;
    return;
  }
  ledger_.contribute(founder_, child, money);
}

void Births::endow(const Chunk& chunk, const ondol_life_record& record) {
  const Index giver = chunk.agent(record.row);
  if (giver != founder_ || child_ == none)
    throw Violation{giver, "hands something to an agent it has not just founded"};
  if (record.action == ONDOL_ENDOW_FIELD) return set_field(record.field, record.value);
  const PopulationModel& population = model_.populations[chunk.population];
  const Index account =
      port_of_record(model_, chunk, record.row, record.port, {ONDOL_BUYS, ONDOL_SELLS, ONDOL_HOLDS}, "hands over goods")
          .account;
  if (account == none || record.quantity < 0)
    throw Violation{giver, "hands over a negative quantity, or through a port of a market of instruments"};
  ledger_.hand_over(giver, child_, population.accounts[account].good, record.quantity);
}

void Births::set_field(const char* name, double value) {
  const Place at = ledger_.place(child_);
  const KindDescription& kind = *model_.kinds[model_.populations[at.population].kind];
  PopulationState& population = state_.populations[at.population];
  const auto field = std::find_if(kind.fields.begin(), kind.fields.end(), [name](const FieldDescription& described) {
    return described.role != ONDOL_PARAM && described.count == 1 && described.name == name;
  });
  if (field == kind.fields.end())
    throw Violation{founder_, fmt::format("gives a newborn '{}', which kind '{}' has as no single trait or state", name,
                                          kind.name)};
  if (field->type != ONDOL_AGENT && !(value >= field->minimum && value <= field->maximum))
    throw Violation{founder_, fmt::format("gives a newborn of kind '{}' {} = {}, expected {} to {}", kind.name, name,
                                          value, field->minimum, field->maximum)};
  std::byte* const row = field->role == ONDOL_TRAIT ? population.traits.data() + std::size_t{at.row} * kind.traits_size
                                                    : population.state.data() + std::size_t{at.row} * kind.state_size;
  write_field_value(*field, row, 0, value);
}

void Births::found_cohort(Index p, Index count, const Moment& now) {
  for (Index i = 0; i < count; ++i) {
    require_room(p, none);
    const Index ordinal = state_.populations[p].ever;
    const Place at =
        ledger_.place(add_agent(model_, state_, p, luck_of_member(model_.populations[p], ordinal), none, now));
    give_start_holdings(model_, state_, p, at.row, now);
    PopulationState& population = state_.populations[p];
    for (Index a = 0; a < population.accounts.size(); ++a) {
      state_.goods[model_.populations[p].accounts[a].good].made += population.accounts[a].stock[at.row];
      if (population.accounts[a].book[at.row] != 0)
        population.contributed.at(at.row) += population.accounts[a].book[at.row];
    }
    issue_money(p, at.row, now);
  }
}

// By one of the issuer's members in its region, or anywhere, by luck.
void Births::issue_money(Index p, Index row, const Moment& now) {
  const Units money = std::exchange(state_.populations[p].money_held[row], 0);
  const Index issuer = model_.instruments[0].issuer;
  if (money == 0 || issuer == none) return;
  const std::string& group = model_.populations[issuer].group;
  for (const bool anywhere : {false, true}) {
    for (Index i = 0; i < model_.populations.size(); ++i) {
      const PopulationModel& population = model_.populations[i];
      if (population.group != group || (!anywhere && population.region != model_.populations[p].region)) continue;
      const std::vector<Index> member = draw_members(i, 1, now);
      if (member.empty()) continue;
      const Index child = state_.populations[p].agent(row);
      ledger_.issue_money(member[0], money);
      ledger_.reserve(ledger_.place(member[0]), money);
      ledger_.transfer(member[0], child, money, model_.founding_purpose);
      ledger_.contribute(member[0], child, money);
      return;
    }
  }
  throw Violation{none, fmt::format("founds members of population '{}' with money, and nobody is left to issue it",
                                    model_.populations[p].name)};
}

std::vector<Index> Births::draw_members(Index p, Index count, const Moment& now) const {
  const PopulationState& population = state_.populations[p];
  std::vector<std::pair<std::uint64_t, Index>> drawn;
  for (Index row = 0; row < population.size; ++row) {
    if (population.alive[row] != 0) drawn.emplace_back(Draws(now, "cohort", population.luck[row]).bits(), row);
  }
  std::sort(drawn.begin(), drawn.end());
  std::vector<Index> members;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, drawn.size()); ++i)
    members.push_back(population.agent(drawn[i].second));
  return members;
}

}  // namespace ondol
