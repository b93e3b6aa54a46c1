/// How loss falls with parameters and data, and how a training budget is best spent on the two.
#pragma once

#include <ondol/math.hpp>

#include <algorithm>

namespace ondol::models {

/// L(N, D) = E + A N^-alpha + B D^-beta (Hoffmann et al. 2022, "Training compute-optimal large language models"), with
/// the constants of the replication by Besiroglu et al. (2024), which corrects the rounding of the published ones.
struct ScalingLaw {
  static constexpr double irreducible = 1.82;
  static constexpr double parameter_scale = 482;
  static constexpr double token_scale = 2085;
  static constexpr double parameter_exponent = 0.348;
  static constexpr double token_exponent = 0.366;

  struct Model {
    double parameters;
    double tokens;
  };

  static double loss(Model model) {
    return irreducible + parameter_scale * pow(model.parameters, -parameter_exponent) +
           token_scale * pow(model.tokens, -token_exponent);
  }

  /// The model of least loss for C = 6 N D floating-point operations: N = G (C/6)^(beta/(alpha+beta)), D = C / (6 N),
  /// G = (alpha A / (beta B))^(1/(alpha+beta)).
  static Model optimal(double operations) {
    const double sum = parameter_exponent + token_exponent;
    const double g = pow(parameter_exponent * parameter_scale / (token_exponent * token_scale), 1.0 / sum);
    const double parameters = g * pow(operations / 6.0, token_exponent / sum);
    return {parameters, operations / (6.0 * parameters)};
  }

  /// The same where only so many tokens are worth having: the rest of the budget goes into parameters.
  static Model within(double operations, double tokens) {
    const Model free = optimal(operations);
    if (free.tokens <= tokens) return free;
    return {operations / (6.0 * tokens), tokens};
  }

  /// What `seen` tokens are worth when only `unique` of them differ: U (1 + R (1 - exp(-r/R))), r = seen/U - 1 repeats,
  /// R about 15 (Muennighoff et al. 2023, "Scaling data-constrained language models").
  static double worth(double seen, double unique, double repeats_worth) {
    if (seen <= unique) return seen;
    return unique * (1.0 + repeats_worth * (1.0 - exp(-(seen / unique - 1.0) / repeats_worth)));
  }
};

}  // namespace ondol::models
