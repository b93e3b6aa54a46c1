/// What a rule holds of the world while it acts for one agent: the agent's accounts, what it sees, and its outbox.
///
/// Everything here is inline on memory that the host handed over for a whole chunk of agents. Reading shows the world
/// as the step began; writing goes to the agent's own outbox and is booked when the step settles. docs/verbs.md has all
/// of it in one table.
///
/// What holds for every call here, unless it says otherwise:
/// - Who and when: the rule that the host handed this Agent to, on the thread that runs the rule, until the rule
///   returns. An Agent, and what it gives out by reference or as a view, must not be kept: State is for what outlives
///   a rule.
/// - Reading shows the world as the step began, the same to all who act in it. The exceptions are what the rule
///   itself takes: money() and available() count down as it pays, orders, uses.
/// - Writing is seen, by this agent too, from the next step on. A step books all agents' goods first, then payments,
///   instruments, trades, levies, dues, births and exits, offers and signals.
/// - Units: quantities are in the port's unit, prices in money per that unit, money in the world's currency. All are
///   doubles, rounded half-even to the smallest unit; what rounds to nothing is not booked.
/// - Failing: a quantity, price or amount that is negative or not finite, and taking more than the agent has, throw
///   Failure. The host ends the run with its message, plugin, kind, agent, step and tick; earlier ticks are kept.
/// - Ports and purposes: only those that the kind declares, by a handle of that number and name; any other throws
///   Failure. An optional one that the world left unbound reads as nothing (0, no
///   offers, no members) and must not be written to: ask bound() first.
/// - Cost: constant time, without lock or allocation, unless a line says otherwise.
#pragma once

#include <ondol/abi.h>
#include <ondol/failure.hpp>
#include <ondol/fields.hpp>
#include <ondol/links.hpp>
#include <ondol/members.hpp>
#include <ondol/offers.hpp>
#include <ondol/ports.hpp>
#include <ondol/random.hpp>

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>

namespace ondol {

namespace detail {

/// One kind of draw for one purpose, made ahead: a rule that draws for agent after agent gets them by the block, which
/// the host makes several times as fast as one by one, and to the same bits.
class DrawsAhead {
 public:
  template <class T>
  T draw(const ondol_chunk& chunk, std::uint64_t purpose, ondol_draw_type what, std::uint32_t row) {
    if (purpose != purpose_ || what != what_) {
      purpose_ = purpose;
      what_ = what;
      first_ = end_ = in_a_row_ = 0;
    }
    if (row < first_ || row >= end_) fill(chunk, row);
    T value;
    std::memcpy(&value, values_ + std::size_t{row - first_} * sizeof value, sizeof value);
    last_ = row;
    return value;
  }

 private:
  // One, until some were asked for in a row: a rule that draws for few agents should not pay for all.
  void fill(const ondol_chunk& chunk, std::uint32_t row) {
    in_a_row_ = row > last_ && row - last_ <= 4 ? in_a_row_ + 1 : 0;
    first_ = row;
    end_ = in_a_row_ < 2 ? row + 1 : std::min(row + block, chunk.rows);
    chunk.host->draw(&chunk.now, purpose_, what_, 0, chunk.luck + first_, end_ - first_, values_);
  }

  static constexpr std::uint32_t block = 64;
  std::uint64_t purpose_ = 0;
  ondol_draw_type what_ = ONDOL_DRAW_BITS;
  std::uint32_t first_ = 0, end_ = 0;  // rows it holds
  std::uint32_t last_ = 0, in_a_row_ = 0;
  alignas(8) unsigned char values_[block * sizeof(double)];
};

}  // namespace detail

namespace detail {

inline void add(ondol_contribution& contribution, double value) {
  contribution.sum += value;
  contribution.maximum = contribution.count == 0 ? value : std::max(contribution.maximum, value);
  ++contribution.count;
}

/// Weights to draw by, as far as there is room for them; reckoning one is often dear.
struct Weights {
  static constexpr std::size_t room = 1024;
  const void* whose = nullptr;
  double total;
  double kept[room];
};

}  // namespace detail

/// What others told an agent, in the latest step in which agents acted that may tell it; all 0 of nothing.
struct Sums {
  double count = 0, sum = 0, minimum = 0, maximum = 0;
  double mean() const { return count > 0 ? sum / count : 0; }
};

/// The agent a rule acts for; made by the host's trampoline, never by a rule.
class Agent {
 public:
  explicit Agent(ondol_chunk& chunk) : chunk_(&chunk) {}

  // ---- Who and when
  /// Its own, for as long as the run lasts. May be kept and told to others.
  AgentId id() const { return {chunk_->agent != nullptr ? chunk_->agent[row_] : chunk_->first_agent + row_}; }
  /// Position of its region among the world's, from 0; it never moves.
  std::uint16_t region() const { return chunk_->region; }
  std::uint16_t region_count() const { return chunk_->region_count; }
  /// The tick under way, from 0; ticks of a burn-in count, so that what happens in the first tick does once.
  std::int64_t tick() const { return chunk_->now.tick; }
  /// 12 where a tick is a month. A rate per year is divided by it before it is used as a rate per tick.
  double ticks_per_year() const { return chunk_->ticks_per_year; }
  /// Round of a repeated group of steps, from 0, of rounds().
  std::uint32_t round() const { return chunk_->now.round; }
  std::uint32_t rounds() const { return chunk_->rounds; }

  // ---- Money and books
  /// Money it can spend in this step: held as the step began, less what is reserved, and what it may draw of lines of
  /// credit, less what it spent in this step.
  double money() const { return money_of(chunk_->money_available[row_]); }
  /// Money it holds, reserved or not, as the step began.
  double money_held() const { return money_of(chunk_->money_held[row_]); }
  /// Profit of the last tick: change of equity that no owner paid in or took out.
  double income() const { return money_of(chunk_->income[row_]); }
  /// As the last tick ended, at book value: money, claims, arrears due to it, goods at cost.
  double assets() const { return money_of(chunk_->assets[row_]); }
  /// What it has issued of money and credit, and what it owes in arrears, as the last tick ended.
  double debts() const { return money_of(chunk_->debts[row_]); }
  /// assets() less debts(); what its own shares are worth is no part of either.
  double equity() const { return money_of(chunk_->equity[row_]); }
  /// What it owes and could not pay when due, as of the last settle.
  double arrears() const { return money_of(chunk_->arrears[row_]); }
  /// The smallest amount of money.
  double smallest_money() const { return 1.0 / chunk_->money_units; }

  /// Pays now: taken off money() at once, in the payee's account from the next step on. Fails beyond money() and where
  /// the payee is nobody.
  void pay(AgentId payee, double amount, Purpose purpose) {
    const std::int64_t units = part_of(chunk_->money_available[row_], amount, chunk_->money_units, purpose.name);
    if (units > chunk_->money_available[row_]) refuse_payment(amount, purpose);
    if (units == 0) return;
    require(payee, purpose.name);
    chunk_->money_available[row_] -= units;
    write<ondol_pay_record>(ONDOL_OUT_PAY) = {row_, payee.value, units, index_of(purpose), 0, 0};
  }
  /// Promises: collected as the step settles, as far as its money then goes, the rest in arrears. Never fails for want
  /// of money, and takes nothing off money() in this step.
  void owe(AgentId payee, double amount, Purpose purpose) {
    const std::int64_t units = raw(amount, chunk_->money_units, purpose.name);
    if (units == 0) return;
    require(payee, purpose.name);
    write<ondol_pay_record>(ONDOL_OUT_PAY) = {row_, payee.value, units, index_of(purpose), ONDOL_OWE, 0};
  }
  /// Demands: a due of the payer to this agent, collected as the step settles, as far as the payer's money then goes,
  /// the rest in its arrears. The kind of this agent declares the purpose. Fails where the payer does not live.
  void bill(AgentId payer, double amount, Purpose purpose) {
    const std::int64_t units = raw(amount, chunk_->money_units, purpose.name);
    if (units == 0) return;
    require(payer, purpose.name);
    write<ondol_pay_record>(ONDOL_OUT_PAY) = {row_, payer.value, units, index_of(purpose), ONDOL_BILL, 0};
  }
  /// What it received for the port's purposes in the last tick, as payments, trades or dues.
  double received(Receipts port) const {
    const ondol_port& p = view(port);
    return p.received == nullptr ? 0 : money_of(p.received[row_]);
  }

  // ---- Goods
  /// Whether the world binds an optional port; always true of others. It holds for the whole run.
  template <ondol_port_type Type>
  bool bound(Port<Type> port) const {
    return view(port).bound != 0;
  }
  /// Held as the step began, reserved by its offer or not.
  template <GoodPort P>
  double stock(P port) const {
    const ondol_port& p = view(port);
    return static_cast<double>(p.stock[row_]) / p.units;
  }
  /// Held and not reserved by its offer, less what this rule took: what use, scrap and transform may take.
  template <GoodPort P>
  double available(P port) const {
    const ondol_port& p = view(port);
    return static_cast<double>(p.available[row_]) / p.units;
  }
  /// Brings goods into being, at no book value; available from the next step on.
  template <GoodPort P>
  void make(P port, double quantity) {
    const ondol_port& p = view(port);
    const std::int64_t units = raw(quantity, p.units, port.name);
    if (units != 0) write_stock(ONDOL_MAKE, 0, port.index, 0, units);
  }
  /// Uses goods up; their book value becomes an expense. Fails beyond available().
  template <GoodPort P>
  void use(P port, double quantity) {
    const std::int64_t units = take(port, quantity, "uses");
    if (units != 0) write_stock(ONDOL_USE, port.index, 0, units, 0);
  }
  /// Writes goods off: as use, but results tell the two apart. Fails beyond available().
  template <GoodPort P>
  void scrap(P port, double quantity) {
    const std::int64_t units = take(port, quantity, "scraps");
    if (units != 0) write_stock(ONDOL_SCRAP, port.index, 0, units, 0);
  }
  /// Turns goods into others, which take over their book value; the output is available from the next step on. An
  /// output of 0 adds cost to what is in stock already. Fails beyond available() of the input.
  template <GoodPort In, GoodPort Out>
  void transform(In input, double quantity_in, Out output, double quantity_out) {
    const std::int64_t units_out = raw(quantity_out, view(output).units, output.name);
    const std::int64_t units_in = take(input, quantity_in, "transforms");
    if (units_in != 0 || units_out != 0) write_stock(ONDOL_TRANSFORM, input.index, output.index, units_in, units_out);
  }

  /// Gives goods to another agent, at their book value, which is nobody's income: a gift, or a move within one owner's
  /// hands. The other has them from the next step on. Fails beyond available(), where the other does not live, and
  /// where its kind has no account of the good.
  template <GoodPort P>
  void deliver(P port, AgentId to, double quantity) {
    require(to, port.name);
    const std::int64_t units = take(port, quantity, "delivers");
    if (units != 0) write_stock(ONDOL_DELIVER, port.index, 0, units, 0, to.value);
  }

  // ---- Selling
  /// Posts its offer in the port's market, in place of any earlier one: visible and matched from the next step on, it
  /// reserves stock (clipped to what is unreserved when the step settles). It stands, over ticks too, until it is sold,
  /// replaced or withdrawn. `attributes` in the order in which the port declared them, 0 where fewer are given; they
  /// must be finite. Fails for one, other than 0, that the port does not declare.
  void offer(Sells port, double quantity, double price, std::initializer_list<double> attributes = {}) {
    offer_at(port, 0, quantity, price, attributes);
  }
  /// The same at one of several levels, each with an offer of its own: in an order book only, elsewhere the run stops.
  void offer_at(Sells port, std::uint16_t level, double quantity, double price,
                std::initializer_list<double> attributes = {}) {
    const ondol_port& p = view(port);
    ondol_offer_record record{};
    record.row = row_;
    record.port = port.index;
    record.level = level;
    record.quantity = raw(quantity, p.units, port.name);
    record.price = raw_price(price, p.price_units, port.name);
    std::size_t i = 0;
    for (const double value : attributes) {
      if (i >= p.attribute_count) [[unlikely]] {
        if (value != 0) detail::refuse_index("attribute", i, p.attribute_count, port.name);
        break;
      }
      if (!std::isfinite(value))
        throw Failure(std::string("offers '") + port.name + "' with an attribute that is not finite");
      record.attributes[i++] = value;
    }
    write<ondol_offer_record>(ONDOL_OUT_OFFER) = record;
  }
  /// Takes its offer back; its stock is unreserved from the next step on. Nothing happens where there is none.
  void withdraw(Sells port, std::uint16_t level = 0) { offer_at(port, level, 0, 0); }
  /// In the market's latest clearing: quantity it sold, money it took, quantity that was ordered from it by name. All
  /// are 0 until the market has cleared once.
  double sold(Sells port) const { return quantity_of(port, &ondol_port::sold); }
  double revenue(Sells port) const { return money_of(view(port).revenue[row_]); }
  double demand(Sells port) const { return quantity_of(port, &ondol_port::demand); }
  /// Standing orders that name it.
  double backlog(Sells port) const { return quantity_of(port, &ondol_port::backlog); }
  /// Takes back all standing orders that name it, or those of one buyer, before the step's markets clear: what they
  /// hold is their buyers' again. Nothing happens where there is none.
  void cancel(Sells port, AgentId buyer = nobody) {
    write<ondol_cancel_record>(ONDOL_OUT_CANCEL) = {row_, port.index, 0, buyer.value, 0};
  }

  // ---- Buying
  /// Offers it may buy from, as the step began; a view, valid until the rule returns. Going over them takes time in
  /// proportion to the market's offers.
  Offers offers(Buys port) const { return Offers(view(port)); }
  /// Orders from one seller, or from any (nobody), at up to `limit`, tariffs included. Reserves the market's deposit of
  /// quantity times limit, clips to what money() allows, and returns the quantity placed. The market clears in its own
  /// step, after all have acted; what is not filled lapses and its money is free again, unless the mechanism lets
  /// orders stand.
  double order(Buys port, double quantity, double limit, AgentId seller = nobody) {
    return place(port, quantity, raw_price(limit, view(port).price_units, port.name), seller);
  }
  /// Orders from an offer at its price, tariff included.
  double order(Buys port, double quantity, const Offer& offer) {
    return place(port, quantity, offer.price_raw(), offer.seller());
  }
  /// Posts a standing bid in an order book, in place of any earlier one at the same level: matched from the next step
  /// on, it reserves quantity times limit (clipped to the money that is unreserved when the step settles, less what
  /// lower levels take). It stands, over ticks too, until it is filled, replaced or withdrawn. May be called in any
  /// step; in a market that is no order book the run stops.
  void bid(Buys port, double quantity, double limit, std::uint16_t level = 0) {
    const ondol_port& p = view(port);
    write<ondol_bid_record>(ONDOL_OUT_BID) = {row_, port.index, level, raw(quantity, p.units, port.name),
                                              raw_price(limit, p.price_units, port.name)};
  }
  /// Takes its bid at a level back; its money is unreserved from the next step on.
  void withdraw(Buys port, std::uint16_t level = 0) { bid(port, 0, 0, level); }
  /// Cancels its standing orders in the market, bids too, or those that name one seller, before the step's markets
  /// clear. Sellers keep the share of what an order holds that the market states (`forfeit`); the rest is free at once.
  void cancel(Buys port, AgentId seller = nobody) {
    write<ondol_cancel_record>(ONDOL_OUT_CANCEL) = {row_, port.index, 0, seller.value, 0};
  }
  /// In the market's latest clearing: quantity that arrived, and money paid for it, tariffs included.
  double bought(Buys port) const { return quantity_of(port, &ondol_port::bought); }
  double spent(Buys port) const { return money_of(view(port).spent[row_]); }
  /// Its own standing orders and bids, not filled yet.
  double ordered(Buys port) const { return quantity_of(port, &ondol_port::ordered); }

  /// Volume-weighted price of the market's latest clearing with trade (its reference price before the first), and the
  /// quantity traded in its latest clearing.
  template <MarketPort P>
  double price(P port) const {
    return view(port).last_price;
  }
  template <MarketPort P>
  double volume(P port) const {
    return view(port).last_volume;
  }

  /// The parameter-th, from 0, of the parameters of the market's mechanism that the port declared; an element of it,
  /// where it has several. The same through a run; 0 where the port is unbound. Throws Failure beyond these.
  template <MarketPort P>
  double market_param(P port, std::size_t parameter, std::size_t element = 0) const {
    const ondol_port& p = view(port);
    if (parameter >= p.market_param_count) [[unlikely]]
      detail::refuse_index("market parameter", parameter, p.market_param_count, port.name);
    if (p.bound == 0) return 0;
    const std::uint32_t first = p.market_param_at[parameter];
    const std::uint32_t count = p.market_param_at[parameter + 1] - first;
    if (element >= count) [[unlikely]]
      detail::refuse_index("element of a market parameter", element, count, port.name);
    return p.market_params[first + element];
  }
  /// Where the attribute-th of the attributes that the port declared stands among the market's: the element of a
  /// parameter that has one for each attribute. Throws Failure beyond these.
  template <MarketPort P>
  std::size_t market_attribute(P port, std::size_t attribute) const {
    const ondol_port& p = view(port);
    if (attribute >= p.attribute_count) [[unlikely]]
      detail::refuse_index("attribute", attribute, p.attribute_count, port.name);
    return p.bound == 0 ? attribute : p.attribute_index[attribute];
  }

  // ---- Signals and other agents
  /// As the step began, in the port's unit; as the world sets it at first until somebody contributes.
  template <SignalPort P>
  double signal(P port) const {
    return view(port).value;
  }
  /// As it stood when a tick `lag` ticks ago ended: 1 is the last tick, and 0 is now. Before the first tick it was as
  /// the world sets it at first. Fails beyond the lags() that the port declares.
  double signal(Reads port, std::uint32_t lag) const {
    const ondol_port& p = view(port);
    if (lag == 0) return p.value;
    if (lag > p.history_count) {
      if (p.bound == 0) return 0;
      throw Failure(std::string("reads '") + port.name + "' " + std::to_string(lag) + " ticks back, of " +
                    std::to_string(p.history_count) + " that the port declares as lags()");
    }
    return p.history[lag - 1] * p.value_factor;
  }
  /// Of a signal that each agent has of its own: what was told to this one.
  Sums sums(Reads port) const {
    const ondol_port& p = view(port);
    if (p.sums == nullptr) return {};
    const ondol_sums& s = p.sums[row_];
    return {static_cast<double>(s.count), s.sum * p.value_factor, s.minimum * p.value_factor,
            s.maximum * p.value_factor};
  }
  /// Tells another agent a number, by a signal that each agent has of its own (`scope = "agent"`); it reads the sums()
  /// of what it was told from the next step on. Fails for a value that is not finite, and where the other does not live
  /// or does not read the signal.
  void contribute(Writes port, AgentId to, double value) {
    if (!std::isfinite(value)) throw Failure(std::string("writes a value that is not finite to '") + port.name + "'");
    write<ondol_sum_record>(ONDOL_OUT_SUM) = {row_, index_of(port), 0, to.value, 0, value};
  }
  /// Adds to the signal as the world declares it (sum, mean, maximum), or sets it where this agent is its one writer;
  /// read from the next step on. Of a mean, each call counts as one contribution. Fails for a value that is not finite.
  void contribute(Writes port, double value) {
    if (!std::isfinite(value)) throw Failure(std::string("writes a value that is not finite to '") + port.name + "'");
    detail::add(*view(port).contribution, value);
  }
  /// The agents that the port leads to, alive as the step began; a view, valid until the rule returns.
  template <MemberPort P>
  Members members(P port) const {
    return Members(*view(port).members, port.name);
  }

  // ---- Instruments
  /// Creates money in its own account; it can be spent from the next step on.
  void issue(Issues port, double amount) {
    write_claim(ONDOL_ISSUE_MONEY, port, raw(amount, chunk_->money_units, port.name), 0);
  }
  /// Destroys money of its own account that it has issued: off money() at once. Fails beyond money(), and, as the step
  /// settles, beyond outstanding().
  void retire(Issues port, double amount) { write_claim(ONDOL_RETIRE_MONEY, port, take_money(amount, "retires"), 0); }
  /// Pays back credit it has issued, oldest first; off money() at once, and what exceeds the debt is back with the next
  /// step. Fails beyond money().
  void repay(Issues port, double amount) { write_claim(ONDOL_REPAY, port, take_money(amount, "repays"), 0); }
  /// Pays the holders of its residual instrument, pro rata; off money() at once, with no holder it is back with the
  /// next step. Fails beyond money().
  void distribute(Issues port, double amount, Purpose purpose) {
    write_claim(ONDOL_DISTRIBUTE, port, take_money(amount, "distributes"), index_of(purpose));
  }
  /// Writes off credit that it holds on a debtor, oldest first: its expense, and the debtor's income. What exceeds the
  /// debt is nothing.
  void forgive(Owns port, AgentId debtor, double amount) {
    write_as_holder(ONDOL_FORGIVE, port, debtor, raw(amount, chunk_->money_units, port.name), 0);
  }
  /// All credit that it holds on a debtor bears another rate per tick from now on. Fails for one that is negative or
  /// not finite.
  void reset_rate(Owns port, AgentId debtor, double rate) {
    if (!(std::isfinite(rate) && rate >= 0))
      throw Failure(std::string("resets '") + port.name + "' to a rate that is negative or not finite");
    write_as_holder(ONDOL_RESET_RATE, port, debtor, 0, rate);
  }
  /// Takes the collateral of credit that it holds on a debtor who is in arrears to it, at book value, as far as it
  /// covers the debt, which it then pays. Of one who is not in arrears it takes nothing.
  void seize(Owns port, AgentId debtor) { write_as_holder(ONDOL_SEIZE, port, debtor, 0, 0); }
  /// Grants a line of credit, in place of any that it granted the debtor before by this instrument: from the next step
  /// on the debtor may spend as if it had what is left of `limit`, and what its own money lacks is drawn as the step
  /// settles: credit without a term, at `rate` per tick, paid in money that this agent issues. The line is used up as
  /// far as the debtor owes this agent, is there again as it repays, and ends with either or with a limit of 0. Fails
  /// for a rate that is negative or not finite; the run fails where the kind of this agent does not issue money.
  void grant(Owns port, AgentId debtor, double limit, double rate) {
    if (!(std::isfinite(rate) && rate >= 0))
      throw Failure(std::string("grants a line of '") + port.name + "' at a rate that is negative or not finite");
    write_as_holder(ONDOL_GRANT, port, debtor, raw(limit, chunk_->money_units, port.name), rate);
  }
  /// What it may still draw of lines of credit of the port's instrument, as the step began; part of money().
  double line(Issues port) const {
    const ondol_port& p = view(port);
    return p.line == nullptr ? 0 : money_of(p.line[row_]);
  }
  /// What it has issued and not retired: money of money and credit, units of a residual instrument.
  double outstanding(Issues port) const {
    const ondol_port& p = view(port);
    return static_cast<double>(p.claims[row_]) / p.units;
  }
  /// Demands `rate` of the port's base, booked since its last levy, of every agent of its region, as dues.
  void levy(Levies port, double rate, Purpose purpose) {
    if (!std::isfinite(rate) || rate < 0)
      throw Failure(std::string("levies '") + port.name + "' at a rate that is negative or not finite");
    if (rate > 0) write<ondol_levy_record>(ONDOL_OUT_LEVY) = {row_, index_of(port), index_of(purpose), rate};
  }

  // ---- Relations
  /// Claims of the port's instrument, oldest first: through ISSUES those on this agent, which other() holds (the kind
  /// says `listed()` of the port), through OWNS those that it holds, on other(). In time proportional to their number.
  template <ClaimPort P>
  Links<Claim> claims(P port) const {
    return links<Claim>(port);
  }
  /// Its ties of the port's relation, whoever made them, oldest first.
  Links<Tie> ties(Relates port) const { return links<Tie>(port); }
  /// Ties this agent to another by the port's relation when the step settles, with numbers as the port's attributes
  /// declare them; where the two are tied by it already, changes those numbers. It lasts until either releases it or
  /// leaves the world. A tie to itself or to an agent that does not live stops the run.
  void bind(Relates port, AgentId other, std::initializer_list<double> values = {}) {
    ondol_tie_record record{row_, index_of(port), ONDOL_BIND, other.value, 0, {}};
    for (const double value : values) {
      if (record.value_count == ONDOL_MAX_ATTRIBUTES) break;
      if (!std::isfinite(value))
        throw Failure(std::string("binds '") + port.name + "' with a number that is not finite");
      record.values[record.value_count++] = value;
    }
    write<ondol_tie_record>(ONDOL_OUT_TIE) = record;
  }
  /// Ends the tie of the port's relation with another, whoever made it; with none nothing happens.
  void release(Relates port, AgentId other) {
    write<ondol_tie_record>(ONDOL_OUT_TIE) = {row_, index_of(port), ONDOL_RELEASE, other.value, 0, {}};
  }

  // ---- Life
  /// Founds an agent in the population the port leads to, in its own region where there is one, and pays in `amount`,
  /// off money() at once. The newborn acts from the next step on: traits and state as the world draws them, but for
  /// what `endow` says right after. Fails beyond money(), and where as many live as the population's `room` allows.
  void found(Peers port, double amount, Purpose purpose) {
    const std::int64_t money = take_money(amount, "pays in");
    write<ondol_life_record>(ONDOL_OUT_LIFE) = {row_, ONDOL_FOUND, index_of(port), money, index_of(purpose),
                                                0,    0,           nullptr,        0,     0};
  }
  /// Whom it founded last starts with this value in a trait or state of its kind, in the field's unit. `field` must be
  /// a literal. The run fails where the kind has no such single number, or the value is out of its range.
  void endow(const char* field, double value) {
    write<ondol_life_record>(ONDOL_OUT_LIFE) = {row_, ONDOL_ENDOW_FIELD, 0, 0, 0, 0, 0, field, value, 0};
  }
  /// Whom it founded last gets goods of its own, at their book value; off available() at once. Fails beyond
  /// available(); the run fails where the newborn keeps no account of the good.
  template <GoodPort P>
  void endow(P port, double quantity) {
    const std::int64_t units = take(port, quantity, "hands over");
    write<ondol_life_record>(ONDOL_OUT_LIFE) = {row_, ONDOL_ENDOW_GOOD, index_of(port), 0, 0, 0, 0, nullptr, 0, units};
  }
  /// Leaves the world when the step settles; what it owes is paid in the stated order as far as it goes. What the rule
  /// still does in this step is booked before.
  void exit() { write<ondol_life_record>(ONDOL_OUT_LIFE) = {row_, ONDOL_EXIT, 0, 0, 0, 0, 0, nullptr, 0, 0}; }

  // ---- Luck
  // A draw is a function of seed, agent, tick, step, round, purpose and index, and of nothing else: asking twice gives
  // the same number, and neither other draws nor other agents can change it. Give repeated draws of one purpose their
  // `index`. The number is what ondol/random.hpp says of its distribution; nothing here fails.

  /// The draws of this agent in this step for one purpose: a value, to be kept until the rule returns.
  Draws draws(DrawPurpose purpose) const { return {chunk_->now, purpose, chunk_->luck[row_]}; }
  double uniform(DrawPurpose purpose, std::uint32_t index = 0) const {
    return index == 0 ? ahead<double>(purpose, ONDOL_DRAW_UNIFORM) : draws(purpose).uniform(index);
  }
  double normal(DrawPurpose purpose, std::uint32_t index = 0) const {
    return index == 0 ? ahead<double>(purpose, ONDOL_DRAW_NORMAL) : draws(purpose).normal(index);
  }
  std::uint64_t integer(DrawPurpose purpose, std::uint64_t count, std::uint32_t index = 0) const {
    return index == 0 ? transformed::integer(ahead<std::uint64_t>(purpose, ONDOL_DRAW_BITS), count)
                      : draws(purpose).integer(count, index);
  }
  double exponential(DrawPurpose purpose, double mean, std::uint32_t index = 0) const {
    return transformed::exponential(uniform(purpose, index), mean);
  }
  double lognormal(DrawPurpose purpose, double mu, double sigma, std::uint32_t index = 0) const {
    return transformed::lognormal(normal(purpose, index), mu, sigma);
  }
  double pareto(DrawPurpose purpose, double minimum, double exponent, std::uint32_t index = 0) const {
    return transformed::pareto(uniform(purpose, index), minimum, exponent);
  }
  bool bernoulli(DrawPurpose purpose, double probability, std::uint32_t index = 0) const {
    return uniform(purpose, index) < probability;
  }
  std::size_t categorical(DrawPurpose purpose, std::span<const double> weights, std::uint32_t index = 0) const {
    return transformed::categorical(uniform(purpose, index), weights);
  }

  /// Writes a line to the run's log; allocates, so not for a steady tick.
  void log(std::string_view message) const { chunk_->host->log(chunk_, row_, std::string(message).c_str()); }

  /// For the trampoline: moves on to another row of the chunk.
  void move_to(std::uint32_t row) { row_ = row; }
  std::uint32_t row() const { return row_; }
  /// For Agents: where to add.
  ondol_contribution& contribution(Writes port) { return *view(port).contribution; }
  /// For draw_by_common_weight: what the agents of a chunk share.
  detail::Weights& common_weights() { return common_weights_; }

 private:
  // A handle is of the port that stands at its number, if `describe` declared it: the port then has the handle's text.
  template <ondol_port_type Type>
  const ondol_port& view(Port<Type> port) const {
    const auto& found = *reinterpret_cast<const ondol_port*>(reinterpret_cast<const char*>(chunk_->ports) +
                                                             std::size_t{port.index} * chunk_->port_stride);
    if (port.index >= chunk_->port_count || found.name != port.name) [[unlikely]]
      check_port(port.index, port.name, Type);
    return found;
  }
  // The same name may stand in memory twice.
  [[gnu::noinline, gnu::cold]] void check_port(std::uint16_t index, const char* name, ondol_port_type type) const {
    const auto at = [this](std::uint32_t i) {
      return reinterpret_cast<const ondol_port*>(reinterpret_cast<const char*>(chunk_->ports) +
                                                 std::size_t{i} * chunk_->port_stride);
    };
    if (index < chunk_->port_count && at(index)->type == type && std::strcmp(at(index)->name, name) == 0) return;
    for (std::uint32_t i = 0; i < chunk_->port_count; ++i) {
      if (std::strcmp(at(i)->name, name) == 0)
        throw Failure("uses a handle of port '" + std::string(name) + "' with the number " + std::to_string(index) +
                      " or of another type than describe() declares it with, as number " + std::to_string(i));
    }
    throw Failure("uses port '" + std::string(name) + "', which describe() does not declare");
  }
  template <ondol_port_type Type>
  std::uint16_t index_of(Port<Type> port) const {
    view(port);
    return port.index;
  }
  std::uint16_t index_of(Purpose purpose) const {
    if (purpose.index >= chunk_->purpose_count || chunk_->purposes[purpose.index] != purpose.name) [[unlikely]]
      check_purpose(purpose);
    return purpose.index;
  }
  [[gnu::noinline, gnu::cold]] void check_purpose(Purpose purpose) const {
    if (purpose.index < chunk_->purpose_count && std::strcmp(chunk_->purposes[purpose.index], purpose.name) == 0)
      return;
    for (std::uint32_t i = 0; i < chunk_->purpose_count; ++i) {
      if (std::strcmp(chunk_->purposes[i], purpose.name) == 0)
        throw Failure("uses a handle of purpose '" + std::string(purpose.name) + "' with the number " +
                      std::to_string(purpose.index) + ", which describe() declares as number " + std::to_string(i));
    }
    throw Failure("uses purpose '" + std::string(purpose.name) + "', which describe() does not declare");
  }
  template <class L, ondol_port_type Type>
  Links<L> links(Port<Type> port) const {
    const ondol_port& p = view(port);
    if (p.links == nullptr)
      throw Failure(std::string("goes over claims of '") + port.name + "', which is not listed()");
    return {*p.links, p.first_link[row_], p.first_link[row_ + 1]};
  }
  template <class T>
  T ahead(DrawPurpose purpose, ondol_draw_type what) const {
    return ahead_[(purpose.hash + what) % ahead_.size()].template draw<T>(*chunk_, purpose.hash, what, row_);
  }
  double money_of(std::int64_t units) const { return static_cast<double>(units) / chunk_->money_units; }
  template <MarketPort P>
  double quantity_of(P port, const std::int64_t* ondol_port::*column) const {
    const ondol_port& p = view(port);
    return p.*column == nullptr ? 0.0 : static_cast<double>((p.*column)[row_]) / p.units;
  }
  // Rounded half-even by one instruction.
  static std::int64_t raw(double amount, double units, const char* what) {
    const double scaled = amount * units;
    if (!(scaled >= -0.5 && scaled <= 9.2e18)) refuse_amount(amount, what);
    return _mm_cvtsd_si64(_mm_set_sd(scaled));
  }
  static std::int64_t raw_price(double price, double units, const char* port) {
    const double scaled = price * units;
    if (!(scaled >= -0.5 && scaled <= 9.2e18)) refuse_price(price, port);
    return _mm_cvtsd_si64(_mm_set_sd(scaled));
  }
  // Of what there is. Beyond 2^53 units a double no longer tells one from the next, so what reads as all of it is all.
  static std::int64_t part_of(std::int64_t all, double amount, double units, const char* what) {
    const std::int64_t part = raw(amount, units, what);
    const bool inexact = part > std::int64_t{1} << 53;
    return inexact && amount == static_cast<double>(all) / units ? all : part;
  }
  static void require(AgentId payee, const char* purpose) {
    if (!payee) refuse_payee(purpose);
  }
  // What is said when something is wrong stands apart: rules are then short enough to be inlined.
  [[noreturn, gnu::noinline, gnu::cold]] static void refuse_amount(double amount, const char* what) {
    throw Failure(std::string("gives '") + what + "' the amount " + std::to_string(amount) +
                  ", which is negative, not finite or too large");
  }
  [[noreturn, gnu::noinline, gnu::cold]] static void refuse_price(double price, const char* port) {
    throw Failure(std::string("names for '") + port + "' the price " + std::to_string(price) +
                  ", which is negative, not finite or too large");
  }
  [[noreturn, gnu::noinline, gnu::cold]] void refuse_payment(double amount, Purpose purpose) const {
    throw Failure("pays " + std::to_string(amount) + " for '" + purpose.name + "' but can spend only " +
                  std::to_string(money()));
  }
  [[noreturn, gnu::noinline, gnu::cold]] static void refuse_payee(const char* purpose) {
    throw Failure(std::string("pays '") + purpose + "' to nobody");
  }
  std::int64_t take_money(double amount, const char* verb) {
    const std::int64_t units = part_of(chunk_->money_available[row_], amount, chunk_->money_units, verb);
    if (units > chunk_->money_available[row_]) {
      throw Failure(std::string(verb) + " " + std::to_string(amount) + " but can spend only " +
                    std::to_string(money()));
    }
    chunk_->money_available[row_] -= units;
    return units;
  }
  template <GoodPort P>
  std::int64_t take(P port, double quantity, const char* verb) {
    const ondol_port& p = view(port);
    const std::int64_t units = part_of(p.available[row_], quantity, p.units, port.name);
    if (units > p.available[row_]) {
      throw Failure(std::string(verb) + " " + std::to_string(quantity) + " of '" + port.name + "' but has only " +
                    std::to_string(available(port)) + " unreserved");
    }
    p.available[row_] -= units;
    return units;
  }
  double place(Buys port, double quantity, std::int64_t limit, AgentId seller) {
    const ondol_port& p = view(port);
    std::int64_t units = raw(quantity, p.units, port.name);
    std::int64_t& money = chunk_->money_available[row_];
    const double unit_cost = static_cast<double>(limit) * p.value_units * p.deposit;
    double cost = std::ceil(static_cast<double>(units) * unit_cost);
    if (cost > static_cast<double>(money)) {
      units = static_cast<std::int64_t>(std::floor(static_cast<double>(money) / unit_cost));
      cost = std::min(std::ceil(static_cast<double>(units) * unit_cost), static_cast<double>(money));
    }
    if (units <= 0) return 0;
    const std::int64_t taken = std::min(static_cast<std::int64_t>(cost), money);
    money -= taken;
    write<ondol_order_record>(ONDOL_OUT_ORDER) = {row_, port.index, 0, seller.value, 0, units, limit, taken};
    return static_cast<double>(units) / p.units;
  }
  void write_stock(ondol_stock_action action, std::uint16_t input, std::uint16_t output, std::int64_t in,
                   std::int64_t out, std::uint32_t to = ONDOL_NONE) {
    write<ondol_stock_record>(ONDOL_OUT_STOCK) = {row_, static_cast<std::uint16_t>(action), 0, input, output, to, in,
                                                  out};
  }
  void write_as_holder(ondol_claim_action action, Owns port, AgentId debtor, std::int64_t amount, double rate) {
    require(debtor, port.name);
    write<ondol_claim_record>(ONDOL_OUT_CLAIM) = {
        row_, index_of(port), static_cast<std::uint16_t>(action), amount, 0, 0, debtor.value, rate};
  }
  void write_claim(ondol_claim_action action, Issues port, std::int64_t amount, std::uint16_t purpose) {
    if (amount == 0) return;
    write<ondol_claim_record>(ONDOL_OUT_CLAIM) = {
        row_, index_of(port), static_cast<std::uint16_t>(action), amount, purpose, 0, ONDOL_NONE, 0};
  }
  // Room for the next record, to be made in place: a copy would wait until what it copies is written.
  template <class Record>
  Record& write(ondol_outbox_id id) {
    ondol_outbox& outbox = chunk_->outboxes[id];
    if (outbox.next == outbox.end) chunk_->host->grow(chunk_, id);
    auto* const record = new (outbox.next) Record;
    outbox.next += sizeof(Record);
    return *record;
  }

  ondol_chunk* chunk_;
  std::uint32_t row_ = 0;
  mutable std::array<detail::DrawsAhead, 4> ahead_;
  detail::Weights common_weights_;
};

}  // namespace ondol
