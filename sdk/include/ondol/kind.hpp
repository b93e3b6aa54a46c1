/// The one description of a kind of agent, from which everything else about it follows.
///
/// A kind is a struct K with `Params` (shared by a population), `Traits` (drawn per agent, constant), `State` (per
/// agent, kept by the host), all trivially copyable, `static void describe(ondol::Kind<K>&)`, and rules of the form
/// `static void rule(const Params&, const Traits&, State&, ondol::Agent&)`, or by blocks: see ondol/agents.hpp.
#pragma once

#include <ondol/abi.h>
#include <ondol/agent.hpp>
#include <ondol/agents.hpp>
#include <ondol/fields.hpp>
#include <ondol/ports.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace ondol {

namespace detail {

/// Bytes from the start of a struct to one of its members.
template <class Struct, class Member>
std::uint32_t offset_of(Member Struct::*member) {
  alignas(Struct) static const unsigned char storage[sizeof(Struct)] = {};
  const auto* object = reinterpret_cast<const Struct*>(storage);
  return static_cast<std::uint32_t>(reinterpret_cast<const unsigned char*>(&(object->*member)) - storage);
}

/// Says what was thrown and for which row; to be called where it was caught.
[[gnu::cold]] inline std::int32_t failed(ondol_failure& failure, std::uint32_t row) noexcept {
  failure.row = row;
  try {
    throw;
  } catch (const std::exception& error) {
    std::snprintf(failure.message, sizeof failure.message, "%s", error.what());
  } catch (...) {
    std::snprintf(failure.message, sizeof failure.message, "threw something that is not a std::exception");
  }
  return 1;
}

/// Calls a rule for every living row of a chunk; exceptions stop here and name the row.
template <class K, auto Rule>
std::int32_t run_rule(ondol_chunk* chunk) noexcept {
  std::uint32_t row = 0;
  try {
    const auto& params = *static_cast<const typename K::Params*>(chunk->params);
    const auto* traits = static_cast<const typename K::Traits*>(chunk->traits);
    auto* state = static_cast<typename K::State*>(chunk->state);
    Agent self(*chunk);
    std::atomic_ref<std::uint32_t> at_work(chunk->failure->row);
    const std::uint8_t* const alive = chunk->alive;
    for (const std::uint32_t rows = chunk->rows; row < rows; ++row) {
      if (alive != nullptr && alive[row] == 0) continue;
      self.move_to(row);
      at_work.store(row, std::memory_order_relaxed);
      Rule(params, traits[row], state[row], self);
    }
    return 0;
  } catch (...) {
    return failed(*chunk->failure, row);
  }
}

/// Calls a rule by blocks for the living rows of a chunk, as far as they lie side by side.
template <class K, auto Rule>
std::int32_t run_block_rule(ondol_chunk* chunk) noexcept {
  const auto& params = *static_cast<const typename K::Params*>(chunk->params);
  const auto* traits = static_cast<const typename K::Traits*>(chunk->traits);
  auto* state = static_cast<typename K::State*>(chunk->state);
  std::atomic_ref<std::uint32_t> at_work(chunk->failure->row);
  const auto lives = [chunk](std::uint32_t at) { return chunk->alive == nullptr || chunk->alive[at] != 0; };
  std::uint32_t row = 0;
  while (row < chunk->rows) {
    const std::uint32_t first = row;
    while (row < chunk->rows && row - first < Agents::most && lives(row)) ++row;
    const std::uint32_t size = row - first;
    if (size == 0) {
      ++row;
      continue;
    }
    at_work.store(first, std::memory_order_relaxed);
    Agents agents(*chunk, first, size);
    try {
      Rule(params, std::span(traits + first, size), std::span(state + first, size), agents);
    } catch (...) {
      return failed(*chunk->failure, agents.row());
    }
  }
  return 0;
}

}  // namespace detail

/// Says more about a field. All of it is optional but `doc`.
class FieldBuilder {
 public:
  explicit FieldBuilder(ondol_field& field) : field_(&field) {}
  /// Default in the field's unit. A parameter or trait without one must be given by the world file; state starts at 0.
  FieldBuilder& initial(double value) {
    field_->initial = value;
    field_->flags &= ~static_cast<std::uint32_t>(ONDOL_FIELD_REQUIRED);
    return *this;
  }
  /// Inclusive bounds; a value outside them, given or reached, is an error.
  FieldBuilder& range(double minimum, double maximum) {
    field_->minimum = minimum;
    field_->maximum = maximum;
    return *this;
  }
  /// State only: lets other agents read it, under a record that their OBSERVES ports name.
  FieldBuilder& disclosed(const char* record) {
    field_->record = record;
    return *this;
  }
  /// One line that says what it is.
  FieldBuilder& doc(const char* text) {
    field_->doc = text;
    return *this;
  }

 private:
  ondol_field* field_;
};

/// Says more about a port.
class PortBuilder {
 public:
  PortBuilder(ondol_port_spec& port, std::deque<std::vector<const char*>>& lists) : port_(&port), lists_(&lists) {}
  /// The world may leave it unbound; ask `self.bound(port)`.
  PortBuilder& optional() {
    port_->flags |= ONDOL_PORT_OPTIONAL;
    return *this;
  }
  /// SELLS: what its offers carry. BUYS: what its rules read of offers. OBSERVES: the fields it reads of the record.
  PortBuilder& attributes(std::vector<const char*> names) {
    const auto& list = lists_->emplace_back(std::move(names));
    port_->attributes = list.data();
    port_->attribute_count = static_cast<std::uint32_t>(list.size());
    return *this;
  }
  PortBuilder& doc(const char* text) {
    port_->doc = text;
    return *this;
  }

 private:
  ondol_port_spec* port_;
  std::deque<std::vector<const char*>>* lists_;
};

/// Collects the description of K. Names and texts must be string literals.
template <class K>
class Kind {
 public:
  using Params = typename K::Params;
  using Traits = typename K::Traits;
  using State = typename K::State;
  static_assert(std::is_trivially_copyable_v<Params> && std::is_standard_layout_v<Params>, "Params must be plain data");
  static_assert(std::is_trivially_copyable_v<Traits> && std::is_standard_layout_v<Traits>, "Traits must be plain data");
  static_assert(std::is_trivially_copyable_v<State> && std::is_standard_layout_v<State>, "State must be plain data");

  Kind& name(const char* text) {
    kind_.name = text;
    return *this;
  }
  Kind& doc(const char* text) {
    kind_.doc = text;
    return *this;
  }
  template <class T>
  FieldBuilder param(const char* name, T Params::*member, const char* unit) {
    return field(ONDOL_PARAM, name, member, unit);
  }
  template <class T>
  FieldBuilder trait(const char* name, T Traits::*member, const char* unit) {
    return field(ONDOL_TRAIT, name, member, unit);
  }
  template <class T>
  FieldBuilder state(const char* name, T State::*member, const char* unit) {
    return field(ONDOL_STATE, name, member, unit);
  }
  /// Declares a port; its index must be its position among the kind's ports (the host checks by name and order).
  template <ondol_port_type Type>
  PortBuilder port(Port<Type> handle) {
    if (handle.index != ports_.size()) misnumbered_ = handle.name;
    return {ports_.emplace_back(ondol_port_spec{handle.name, handle.unit, "", Type, 0, nullptr, 0, 0}), lists_};
  }
  /// Declares a purpose; its index must be its position among the kind's purposes.
  Kind& purpose(Purpose handle, const char* doc) {
    if (handle.index != purposes_.size()) misnumbered_ = handle.name;
    purposes_.push_back({handle.name, doc, static_cast<std::uint32_t>(handle.flow_class), 0});
    return *this;
  }
  /// Runs a rule in the step of that name: `kind.on<&Baker::produce>("produce", "Turns flour into bread.")`.
  template <auto Rule>
  Kind& on(const char* step, const char* doc) {
    rules_.push_back({step, doc, &detail::run_rule<K, Rule>});
    return *this;
  }

  /// Runs a rule by blocks in the step of that name: `kind.on_block<&Firm::act>("act", "Reckons.")`; see
  /// ondol/agents.hpp.
  template <auto Rule>
  Kind& on_block(const char* step, const char* doc) {
    rules_.push_back({step, doc, &detail::run_block_rule<K, Rule>});
    return *this;
  }

  /// The finished description. Throws Failure when a handle's number is not its position.
  const ondol_kind& finish() {
    if (misnumbered_ != nullptr) {
      throw Failure(std::string("port or purpose '") + misnumbered_ + "' of kind '" + (kind_.name ? kind_.name : "?") +
                    "' is not numbered by its position");
    }
    flat_fields_.assign(fields_.begin(), fields_.end());
    flat_ports_.assign(ports_.begin(), ports_.end());
    kind_.size = sizeof kind_;
    kind_.params_size = sizeof(Params);
    kind_.traits_size = sizeof(Traits);
    kind_.state_size = sizeof(State);
    kind_.fields = flat_fields_.data();
    kind_.ports = flat_ports_.data();
    kind_.purposes = purposes_.data();
    kind_.rules = rules_.data();
    kind_.field_count = static_cast<std::uint32_t>(flat_fields_.size());
    kind_.port_count = static_cast<std::uint32_t>(flat_ports_.size());
    kind_.purpose_count = static_cast<std::uint32_t>(purposes_.size());
    kind_.rule_count = static_cast<std::uint32_t>(rules_.size());
    kind_.field_stride = sizeof(ondol_field);
    kind_.port_stride = sizeof(ondol_port_spec);
    kind_.purpose_stride = sizeof(ondol_purpose);
    kind_.rule_stride = sizeof(ondol_rule);
    return kind_;
  }

 private:
  template <class Struct, class T>
  FieldBuilder field(ondol_field_role role, const char* name, T Struct::*member, const char* unit) {
    using Shape = detail::FieldShape<T>;
    ondol_field& field = fields_.emplace_back();
    field = {name,
             unit,
             "",
             nullptr,
             static_cast<std::uint32_t>(role),
             Shape::type,
             detail::offset_of(member),
             Shape::count,
             Shape::flags | (role == ONDOL_STATE ? 0U : static_cast<std::uint32_t>(ONDOL_FIELD_REQUIRED)),
             0,
             0.0,
             -std::numeric_limits<double>::infinity(),
             std::numeric_limits<double>::infinity()};
    return FieldBuilder(field);
  }

  // Deques, so that the descriptions handed out while describing stay where they are.
  std::deque<ondol_field> fields_;
  std::deque<ondol_port_spec> ports_;
  std::deque<std::vector<const char*>> lists_;
  std::vector<ondol_field> flat_fields_;
  std::vector<ondol_port_spec> flat_ports_;
  std::vector<ondol_purpose> purposes_;
  std::vector<ondol_rule> rules_;
  const char* misnumbered_ = nullptr;
  ondol_kind kind_{};
};

}  // namespace ondol
