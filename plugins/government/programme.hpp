/// The dated budget: what is authorised by instrument, what of it is paid as grants, what procurement takes from it.
#pragma once

#include "government.hpp"

namespace ondol::government {

/// Adds this tick's part of the programme to the purses of its instruments, and of the stake to its own.
void authorise(const Government::Params& p, Government::State& s, Agent& self);

/// Pays each grant instrument's purse in equal parts to its recipients in the government's region, from no more than
/// a part of its money in all. What finds no recipient, or no money, stays in the purse.
void pay_grants(const Government::Params& p, Government::State& s, Agent& self);

/// Takes from a procurement purse its part of what was spent, `share` of the order having come from it.
void take_procured(Government::State& s, Instrument instrument, double spent, double share);

/// Orders new shares of the firms that the port `stakes` leads to, from the purse of stakes.
void order_stakes(Government::State& s, Agent& self);

}  // namespace ondol::government
