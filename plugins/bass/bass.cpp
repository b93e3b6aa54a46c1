// Diffusion of a new product (Bass 1969, "A new product growth model for consumer durables", Management Science 15,
// 215-227): those who have not adopted do so at the hazard p + q F, F being the share that has.
#include <ondol/math.hpp>
#include <ondol/sdk.hpp>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Adopts once, by itself or because others have.
struct Consumer {
  struct Params {
    double innovation;
    double imitation;
  };
  struct Traits {};
  struct State {
    bool adopted;
    double since;
  };
  static constexpr ondol::Writes adopters{0, "adopters"};
  static constexpr ondol::Peers all{1, "all"};

  static void describe(Kind<Consumer>& kind) {
    kind.name("consumer").doc("Adopts a product once.");
    kind.param("innovation", &Params::innovation, "1/year").initial(0.03).range(0, 100).doc("p (Bass 1969).");
    kind.param("imitation", &Params::imitation, "1/year").initial(0.38).range(0, 100).doc("q (Bass 1969).");
    kind.state("adopted", &State::adopted, "1").doc("Has it.");
    kind.state("since", &State::since, "year").range(0, 1e6).doc("When it adopted, in years from the start.");
    kind.port(adopters).doc("How many have it: a sum.");
    kind.port(all).doc("Everyone, to know the share.");
    kind.on<&Consumer::adopt>("adopt", "Adopts, or not yet.");
  }

  static void adopt(const Params& p, const Traits&, State& s, Agent& self) {
    if (!s.adopted) {
      const double share = self.signal(adopters) / self.members(all).size();
      const double hazard = (p.innovation + p.imitation * share) / self.ticks_per_year();
      s.adopted = self.bernoulli("adopt", 1.0 - ondol::exp(-hazard));
      if (s.adopted) s.since = static_cast<double>(self.tick() + 1) / self.ticks_per_year();
    }
    if (s.adopted) self.contribute(adopters, 1);
  }
};

}  // namespace

ONDOL_PLUGIN("bass", "0.2.0", Consumer)
