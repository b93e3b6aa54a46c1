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
#include <cstring>
#include <deque>
#include <exception>
#include <limits>
#include <span>
#include <string>
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
  /// What was `assumed` of another default (of a part's field) is forgotten: say it after this.
  FieldBuilder& initial(double value) {
    field_->initial = value;
    field_->low = field_->high = 0;
    field_->flags &= ~static_cast<std::uint32_t>(ONDOL_FIELD_REQUIRED | ONDOL_FIELD_ASSUMED);
    return *this;
  }
  /// Inclusive bounds; a value outside them, given or reached, is an error.
  FieldBuilder& range(double minimum, double maximum) {
    field_->minimum = minimum;
    field_->maximum = maximum;
    return *this;
  }
  /// The default is a guess that nobody has measured.
  FieldBuilder& assumed() {
    field_->flags |= static_cast<std::uint32_t>(ONDOL_FIELD_ASSUMED);
    return *this;
  }
  /// The same, and the truth is believed to lie within these, in the field's unit, as likely below the default as above
  /// it. Experiments can ask what follows from all that is so assumed.
  FieldBuilder& assumed(double low, double high) {
    field_->low = low;
    field_->high = high;
    return assumed();
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
  /// READS: how many past ticks back its rules read, with `self.signal(port, lag)`.
  PortBuilder& lags(std::uint32_t ticks) {
    port_->lags = ticks;
    return *this;
  }
  /// ISSUES: its rules go over the claims on it, one by one, with `self.claims(port)`. They cost something to list.
  PortBuilder& listed() {
    port_->flags |= ONDOL_PORT_LISTED;
    return *this;
  }
  /// SELLS: what its offers carry. BUYS: what its rules read of offers. OBSERVES: the fields it reads of the record.
  /// RELATES: numbers on its ties.
  PortBuilder& attributes(std::vector<const char*> names) {
    const auto& list = lists_->emplace_back(std::move(names));
    port_->attributes = list.data();
    port_->attribute_count = static_cast<std::uint32_t>(list.size());
    return *this;
  }
  /// BUYS, SELLS: parameters of the market's mechanism that its rules read, by name (`self.market_param`), so that they
  /// reckon with the weights that the market has. A world is refused where the mechanism has no such parameter.
  PortBuilder& market_params(std::vector<const char*> names) {
    const auto& list = lists_->emplace_back(std::move(names));
    port_->market_params = list.data();
    port_->market_param_count = static_cast<std::uint32_t>(list.size());
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

template <class K>
class Kind;

namespace detail {

struct Nothing {};
template <class P>
struct ParamsOf {
  using type = Nothing;
};
template <class P>
requires requires { typename P::Params; }
struct ParamsOf<P> {
  using type = typename P::Params;
};
template <class P>
struct TraitsOf {
  using type = Nothing;
};
template <class P>
requires requires { typename P::Traits; }
struct TraitsOf<P> {
  using type = typename P::Traits;
};
template <class P>
struct StateOf {
  using type = Nothing;
};
template <class P>
requires requires { typename P::State; }
struct StateOf<P> {
  using type = typename P::State;
};

}  // namespace detail

/// What a part P describes itself to, as a kind does to Kind: fields, ports and purposes of the kind that takes it in.
/// See docs/parts.md.
template <class K, class P>
class Part {
 public:
  using Params = typename detail::ParamsOf<P>::type;
  using Traits = typename detail::TraitsOf<P>::type;
  using State = typename detail::StateOf<P>::type;

  template <class T>
  FieldBuilder param(const char* name, T Params::*member, const char* unit) {
    return kind_->add_field(ONDOL_PARAM, named(name), params_ + detail::offset_of(member), unit, member);
  }
  template <class T>
  FieldBuilder trait(const char* name, T Traits::*member, const char* unit) {
    return kind_->add_field(ONDOL_TRAIT, named(name), traits_ + detail::offset_of(member), unit, member);
  }
  template <class T>
  FieldBuilder state(const char* name, T State::*member, const char* unit) {
    return kind_->add_field(ONDOL_STATE, named(name), state_ + detail::offset_of(member), unit, member);
  }
  template <ondol_port_type Type>
  PortBuilder port(Port<Type> handle) {
    return kind_->add_port(handle, named(handle.name));
  }
  Part& purpose(Purpose handle, const char* doc) {
    kind_->add_purpose(handle, named(handle.name), doc);
    return *this;
  }
  /// Takes a part into this one; its structs are members of this one's.
  template <class Inner, class... Members>
  void part(const Inner& inner, Members... members) {
    Part<K, Inner> taken(*kind_, prefix_);
    (taken.template lies_in<P>(params_, traits_, state_, members), ...);
    taken.require_members();
    inner.describe(taken);
  }

 private:
  friend class Kind<K>;
  template <class, class>
  friend class Part;
  Part(Kind<K>& kind, const char* prefix) : kind_(&kind), prefix_(prefix) {}

  // Where the part's structs lie in those of Outer, which themselves begin at the offsets given.
  template <class Outer, class Struct, class Member>
  void lies_in(std::uint32_t params, std::uint32_t traits, std::uint32_t state, Member Struct::*member) {
    if constexpr (std::is_same_v<Member, Params> && std::is_same_v<Struct, typename detail::ParamsOf<Outer>::type>) {
      params_ = params + detail::offset_of(member);
      has_params_ = true;
    } else if constexpr (std::is_same_v<Member, Traits> &&
                         std::is_same_v<Struct, typename detail::TraitsOf<Outer>::type>) {
      traits_ = traits + detail::offset_of(member);
      has_traits_ = true;
    } else {
      static_assert(std::is_same_v<Member, State> && std::is_same_v<Struct, typename detail::StateOf<Outer>::type>,
                    "a member given to part() is not the part's Params, Traits or State in the kind's own");
      state_ = state + detail::offset_of(member);
      has_state_ = true;
    }
  }
  void require_members() const {
    const auto missing = [](bool has, bool empty) { return !has && !empty; };
    if (missing(has_params_, std::is_empty_v<Params>) || missing(has_traits_, std::is_empty_v<Traits>) ||
        missing(has_state_, std::is_empty_v<State>))
      throw Failure("a part is taken in without saying where its Params, Traits and State lie in the kind's own");
  }
  const char* named(const char* name) { return kind_->prefixed(prefix_, name); }

  Kind<K>* kind_;
  const char* prefix_;
  std::uint32_t params_ = 0, traits_ = 0, state_ = 0;
  bool has_params_ = false, has_traits_ = false, has_state_ = false;
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
    return add_field(ONDOL_PARAM, name, detail::offset_of(member), unit, member);
  }
  template <class T>
  FieldBuilder trait(const char* name, T Traits::*member, const char* unit) {
    return add_field(ONDOL_TRAIT, name, detail::offset_of(member), unit, member);
  }
  template <class T>
  FieldBuilder state(const char* name, T State::*member, const char* unit) {
    return add_field(ONDOL_STATE, name, detail::offset_of(member), unit, member);
  }
  /// Takes in a part: all that it describes becomes the kind's own. `members` say where the part's Params, Traits and
  /// State (those that it has) lie in the kind's: `kind.part(finance, &Params::finance, &State::finance)`. Its ports
  /// and purposes are numbered from the numbers it was made with, which must be the next ones. See docs/parts.md.
  template <class P, class... Members>
  Kind& part(const P& part, Members... members) {
    return part_named("", part, members...);
  }
  /// The same with a prefix before the names of its fields, ports and purposes: for a part that is taken in twice.
  template <class P, class... Members>
  Kind& part(const char* prefix, const P& part, Members... members) {
    return part_named(prefix, part, members...);
  }
  /// A field described already, by a part for one, to give it another default, range or text for this kind.
  FieldBuilder field(const char* name) {
    for (ondol_field& field : fields_) {
      if (std::strcmp(field.name, name) == 0) return FieldBuilder(field);
    }
    throw Failure(std::string("kind '") + (kind_.name ? kind_.name : "?") + "' describes no field '" + name + "' yet");
  }
  /// Declares a port. Throws Failure when its number is not its position among the kind's ports.
  template <ondol_port_type Type>
  PortBuilder port(Port<Type> handle) {
    return add_port(handle, handle.name);
  }
  /// Declares a purpose. Throws Failure when its number is not its position among the kind's purposes.
  Kind& purpose(Purpose handle, const char* doc) {
    add_purpose(handle, handle.name, doc);
    return *this;
  }
  /// Runs a rule in the step of that name: `kind.on<&Baker::produce>("produce", "Turns flour into bread.")`.
  template <auto Rule>
  Kind& on(const char* step, const char* doc) {
    rules_.push_back({step, doc, &detail::run_rule<K, Rule>});
    return *this;
  }

  /// Runs a rule once for each agent that is founded, by another or by an event, right after it was:
  /// `kind.on_birth<&Firm::open>("Hires and posts its first price.")`. It sees the world, and itself with all that it
  /// was handed, as the founding settled; what it does is booked before anybody acts again. It may not found others,
  /// nor contribute to signals that are not told to one agent. Those who are there at the start were not founded.
  template <auto Rule>
  Kind& on_birth(const char* doc) {
    return on<Rule>(ONDOL_BIRTH, doc);
  }

  /// Runs a rule by blocks in the step of that name: `kind.on_block<&Firm::act>("act", "Reckons.")`; see
  /// ondol/agents.hpp.
  template <auto Rule>
  Kind& on_block(const char* step, const char* doc) {
    rules_.push_back({step, doc, &detail::run_block_rule<K, Rule>});
    return *this;
  }

  /// The finished description.
  const ondol_kind& finish() {
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
  template <class, class>
  friend class Part;

  template <class P, class... Members>
  Kind& part_named(const char* prefix, const P& part, Members... members) {
    Part<K, P> taken(*this, prefix);
    (taken.template lies_in<K>(0, 0, 0, members), ...);
    taken.require_members();
    part.describe(taken);
    return *this;
  }

  void require_number(const char* what, std::uint32_t number, const char* name, std::size_t position) const {
    if (number == position) return;
    throw Failure("kind '" + std::string(kind_.name ? kind_.name : "?") + "' declares " + what + " '" + name +
                  "' as number " + std::to_string(position) + ", and its handle says " + std::to_string(number) +
                  "; number handles from 0 in the order in which describe() declares them");
  }
  template <class Struct, class T>
  FieldBuilder add_field(ondol_field_role role, const char* name, std::uint32_t offset, const char* unit,
                         T Struct::* /*member*/) {
    using Shape = detail::FieldShape<T>;
    ondol_field& field = fields_.emplace_back();
    field = {name,
             unit,
             "",
             nullptr,
             static_cast<std::uint32_t>(role),
             Shape::type,
             offset,
             Shape::count,
             Shape::flags | (role == ONDOL_STATE ? 0U : static_cast<std::uint32_t>(ONDOL_FIELD_REQUIRED)),
             0,
             0.0,
             -std::numeric_limits<double>::infinity(),
             std::numeric_limits<double>::infinity(),
             0.0,
             0.0};
    return FieldBuilder(field);
  }
  template <ondol_port_type Type>
  PortBuilder add_port(Port<Type> handle, const char* name) {
    require_number("port", handle.index, name, ports_.size());
    return {
        ports_.emplace_back(ondol_port_spec{name, handle.unit, "", Type, 0, nullptr, 0, 0, handle.name, nullptr, 0, 0}),
        lists_};
  }
  void add_purpose(Purpose handle, const char* name, const char* doc) {
    require_number("purpose", handle.index, name, purposes_.size());
    purposes_.push_back({name, doc, static_cast<std::uint32_t>(handle.flow_class), 0, handle.name});
  }
  const char* prefixed(const char* prefix, const char* name) {
    return *prefix == '\0' ? name : names_.emplace_back(std::string(prefix) + name).c_str();
  }

  // Deques, so that the descriptions handed out while describing stay where they are.
  std::deque<ondol_field> fields_;
  std::deque<ondol_port_spec> ports_;
  std::deque<std::vector<const char*>> lists_;
  std::deque<std::string> names_;
  std::vector<ondol_field> flat_fields_;
  std::vector<ondol_port_spec> flat_ports_;
  std::vector<ondol_purpose> purposes_;
  std::vector<ondol_rule> rules_;
  ondol_kind kind_{};
};

}  // namespace ondol
