/// Handles for what a kind touches outside itself: goods, markets, signals, instruments, other agents, purposes.
///
/// A kind lists its handles as constants, numbered from 0 in the order in which `describe` declares them:
///
///     static constexpr ondol::Buys flour{0, "flour", "kg"};
///     static constexpr ondol::Sells bread{1, "bread", "loaf"};
///
/// The world file binds each to a market, good, signal, instrument or population by the handle's name.
#pragma once

#include <ondol/abi.h>

#include <concepts>
#include <cstdint>

namespace ondol {

/// A declared port: its position among the kind's ports, its name, and the unit that rules use it in. Without a unit
/// the port takes that of whatever the world binds to it.
template <ondol_port_type Type>
struct Port {
  std::uint16_t index;
  const char* name;
  const char* unit = nullptr;
};

using Buys = Port<ONDOL_BUYS>;
using Sells = Port<ONDOL_SELLS>;
using Holds = Port<ONDOL_HOLDS>;
using Reads = Port<ONDOL_READS>;
using Writes = Port<ONDOL_WRITES>;
using Issues = Port<ONDOL_ISSUES>;
using Peers = Port<ONDOL_PEERS>;
using Observes = Port<ONDOL_OBSERVES>;
using Levies = Port<ONDOL_LEVIES>;
using Owns = Port<ONDOL_OWNS>;
using Relates = Port<ONDOL_RELATES>;
using Receipts = Port<ONDOL_RECEIPTS>;

/// A port with an account of a good.
template <class P>
concept GoodPort = std::same_as<P, Buys> || std::same_as<P, Sells> || std::same_as<P, Holds>;
/// A port to a market.
template <class P>
concept MarketPort = std::same_as<P, Buys> || std::same_as<P, Sells>;
/// A port to a signal.
template <class P>
concept SignalPort = std::same_as<P, Reads> || std::same_as<P, Writes>;
/// A port that leads to other agents.
template <class P>
concept MemberPort = std::same_as<P, Peers> || std::same_as<P, Observes>;

/// A port to an instrument.
template <class P>
concept ClaimPort = std::same_as<P, Issues> || std::same_as<P, Owns>;

/// What a payment is for, and the account it belongs to.
struct Purpose {
  std::uint16_t index;
  const char* name;
  ondol_flow_class flow_class = ONDOL_CURRENT;
};

}  // namespace ondol
