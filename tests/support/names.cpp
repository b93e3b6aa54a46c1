// Kinds and states by names that results have for something else, that SQL has, and that another plugin has.
#include <ondol/sdk.hpp>

#include <array>

namespace {

using ondol::Kind;

struct LikeAView {
  static constexpr const char *kind = "Total", *state = "level";
};
struct LikeATable {
  static constexpr const char *kind = "run", *state = "level";
};
struct LikeADataTable {
  static constexpr const char *kind = "books_data", *state = "level";
};
struct LikeAnIndex {
  static constexpr const char *kind = "agent_list_by_name", *state = "level";
};
struct LikeADatabase {
  static constexpr const char *kind = "sqlite_level", *state = "level";
};
struct LikeAnotherKindsTable {
  static constexpr const char *kind = "eater_data", *state = "level";
};
struct WithAColumnOfAll {
  static constexpr const char *kind = "regional", *state = "Region";
};
struct WithColumnsAlike {
  static constexpr const char *kind = "climber", *state = "HEIGHT";
};
struct WithAComponentAlike {
  static constexpr const char *kind = "stepper", *state = "steps_2";
};
struct LikeAnother {
  static constexpr const char *kind = "giver", *state = "order";
};

/// Does nothing, by any name.
template <class Names>
struct Named {
  struct Params {};
  struct Traits {};
  struct State {
    double level;
    double height;
    std::array<double, 2> steps;
  };
  static void describe(Kind<Named>& kind) {
    kind.name(Names::kind).doc("Does nothing, by this name.");
    kind.state(Names::state, &State::level, "1").initial(3).doc("Stays where it is.");
    kind.state("height", &State::height, "1").doc("Stays where it is.");
    kind.state("steps", &State::steps, "1").doc("Stay where they are.");
  }
};

}  // namespace

ONDOL_PLUGIN("names", "1.0.0", Named<LikeAView>, Named<LikeATable>, Named<LikeADataTable>, Named<LikeAnIndex>,
             Named<LikeADatabase>, Named<LikeAnotherKindsTable>, Named<WithAColumnOfAll>, Named<WithColumnsAlike>,
             Named<WithAComponentAlike>, Named<LikeAnother>)
