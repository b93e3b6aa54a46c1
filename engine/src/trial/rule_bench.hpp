// Calls one rule on agents made up for it, in memory where every stray write shows.
#pragma once

#include "trial/other_thread.hpp"

#include <ondol/engine/conformance.hpp>
#include <ondol/engine/plugins.hpp>

#include <functional>

namespace ondol {

// What is wrong, in what way this time, and what to do. The same fault may be reported again and again.
using Report = std::function<void(const std::string& fault, const std::string& detail, const std::string& advice)>;

// Calls the rule in `cases` situations, some on the other thread, and reports what it does that a rule must not.
void bench_rule(const KindDescription& kind, const RuleDescription& rule, int cases, OtherThread& other,
                const Report& report);

// The same for a mechanism, on markets made up for it.
void bench_mechanism(const MechanismDescription& mechanism, int cases, OtherThread& other, const Report& report);

}  // namespace ondol
