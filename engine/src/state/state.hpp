// Everything that changes in a run, in columns: what agents are, hold, owe, offer and order.
#pragma once

#include "model/model.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace ondol {

using Units = std::int64_t;         // of a good, currency, price or instrument: always whole smallest units
using Column = std::vector<Units>;  // one value per row of a population

// Rows that one call of a rule works on, at most: fixed, so that what chunks add up does not depend on threads.
inline constexpr Index rows_per_chunk = 512;

// A column that most populations never need: all the same, and without memory, until one of them is written.
template <class T>
class Late {
 public:
  explicit Late(T initial = {}) : initial_(initial) {}
  void resize(std::size_t rows) {
    rows_ = rows;
    if (written_) values_.resize(rows, initial_);
  }
  std::size_t size() const { return rows_; }
  T initial() const { return initial_; }
  T operator[](Index row) const { return written_ ? values_[row] : initial_; }
  T& at(Index row) { return values()[row]; }
  // All of them, to be written. From then on safe at once for different rows.
  std::vector<T>& values() {
    if (!written_) {
      values_.resize(rows_, initial_);
      written_ = true;
    }
    return values_;
  }
  // All of them, or nothing where none was written.
  const std::vector<T>* written() const { return written_ ? &values_ : nullptr; }
  void restart(Index first, Index last) {
    if (written_) std::fill(values_.begin() + first, values_.begin() + last, initial_);
  }

 private:
  std::size_t rows_ = 0;
  T initial_;
  bool written_ = false;
  std::vector<T> values_;
};
using LateColumn = Late<Units>;

struct AccountState {
  Column stock;
  Column available;  // of the stock, not reserved by an offer
  Column book;       // what it cost, money
};

// Latest clearing, for market ports; columns a port has no use for are empty.
struct PortState {
  Column sold, revenue, demand, backlog;   // SELLS
  LateColumn sold_before, revenue_before;  // SELLS: in earlier clearings of the tick, where it repeats
  Column bought, spent, ordered;           // BUYS
  Column claims;                           // ISSUES: outstanding
  LateColumn line;                         // ISSUES: what may still be drawn
  std::vector<ondol_sums> sums;            // READS of a signal by agent: what each was told
  Index receipts = none;                   // RECEIPTS: index in levy_base, of the tick under way, and
  Column received;                         // of the last tick

  Units sold_in_tick(Index row) const { return sold[row] + sold_before[row]; }
  Units revenue_in_tick(Index row) const { return revenue[row] + revenue_before[row]; }
};

// Where an agent's row is.
struct Place {
  Index population;
  Index row;  // none: it never was, or has left and its row is gone
};

// An agent that has left, and whose row is gone.
struct Departed {
  Index agent, founder;
  std::int64_t born, died;
};

struct PopulationState {
  Index size = 0;  // rows: those who live, and some who left lately
  Index living = 0;
  Index ever = 0;  // agents so far; their ids follow one another
  Index first_agent = 0;
  // Once rows have moved: ids by row, ascending, and rows by id less first_agent, none of those who are gone.
  bool moved = false;
  std::vector<Index> ids, row_of;
  std::vector<Departed> departed;
  Bytes params;
  Bytes traits;  // rows of the kind's traits_size
  Bytes state;
  std::vector<std::uint8_t> alive;
  std::vector<std::uint64_t> luck;
  Late<std::int64_t> born;                    // tick of entry
  Late<std::int64_t> died{std::int64_t{-1}};  // tick of exit; -1: not yet
  Late<Index> founder{none};                  // agent, or none

  Column money_held;
  LateColumn
      money_reserved;  // part of it that is not available: what orders hold, and what rules took and is not booked
  LateColumn money_issued;
  LateColumn line;  // what may still be drawn of lines of credit; it follows from lines and claims
  LateColumn arrears_owed, arrears_receivable;
  // Books of the tick just done, money.
  Column income, equity;
  LateColumn debts;
  LateColumn gross_assets;  // of a population with debts; else its assets are its equity
  // Flows of the tick under way, or just done, by class: current, capital, financial. They start anew when a tick first
  // books one, chunk by chunk of rows: see restart_flows().
  std::array<LateColumn, 3> received, paid;
  std::vector<std::int64_t> flows_tick;  // [chunk of rows]: what tick the flows there are of
  std::int64_t all_flows_tick = -1;      // the latest tick for which all chunks were asked to start anew
  LateColumn contributed;                // by owners, net, in the tick under way: what changes equity and is no income
  std::vector<AccountState> accounts;
  std::vector<PortState> ports;
  // Receipts: since the last levy, of the levies that reach its region; then of the tick under way, of RECEIPTS ports.
  std::vector<Column> levy_base;
  std::vector<Index> levies;  // index in Model::levies of the levy_bases that come first

  Index agent(Index row) const { return moved ? ids[row] : first_agent + row; }
  Index row(Index agent) const {
    const Index ordinal = agent - first_agent;
    if (ordinal >= ever) return none;
    return moved ? row_of[ordinal] : ordinal;
  }
  // Whether it lived in some part of a tick.
  bool present(Index row, std::int64_t tick) const { return alive[row] != 0 || died[row] == tick; }
  // The first row of an agent from this id on.
  Index row_from(Index agent) const {
    if (!moved) return std::min(agent - first_agent, size);
    return static_cast<Index>(std::lower_bound(ids.begin(), ids.end(), agent) - ids.begin());
  }
  Units money_available(Index row) const { return money_held[row] - money_reserved[row]; }
  Units money_to_spend(Index row) const { return money_available(row) + line[row]; }
  const Column& assets() const { return gross_assets.written() != nullptr ? *gross_assets.written() : equity; }
  // Flows of that tick can be added to from now on, of a chunk of rows or of all.
  void restart_flows(Index chunk, std::int64_t tick) {
    if (flows_tick[chunk] == tick) return;
    flows_tick[chunk] = tick;
    const Index first = chunk * rows_per_chunk;
    const Index last = std::min(first + rows_per_chunk, static_cast<Index>(money_held.size()));
    for (LateColumn& column : received) column.restart(first, last);
    for (LateColumn& column : paid) column.restart(first, last);
  }
  void restart_flows(std::int64_t tick) {
    if (all_flows_tick == tick) return;
    all_flows_tick = tick;
    for (Index chunk = 0; chunk < flows_tick.size(); ++chunk) restart_flows(chunk, tick);
  }
};

// Tables in columns: rows are added, moved and cut in all columns at once.
template <class Table>
struct Columns {
  std::size_t size() const { return self().key().size(); }
  void resize(std::size_t rows) {
    self().for_each([rows](auto& column) { column.resize(rows); });
  }
  void move_row(std::size_t to, std::size_t from) {
    if (to != from) self().for_each([=](auto& column) { column[to] = column[from]; });
  }

 private:
  Table& self() { return static_cast<Table&>(*this); }
  const Table& self() const { return static_cast<const Table&>(*this); }
};

// Offers of a seller, and bids of a buyer, are told apart by their level.
inline std::uint64_t quote_of(Index agent, std::uint16_t level) { return std::uint64_t{agent} << 16U | level; }

struct OfferColumns : Columns<OfferColumns> {
  std::vector<Index> seller;  // ascending
  std::vector<std::uint16_t> region;
  Column price, quantity;
  std::vector<std::uint64_t> luck;              // the seller's
  std::vector<std::uint16_t> level;             // of a seller's offers, ascending
  std::vector<std::uint64_t> turn;              // in an order book: as in ondol_clearing
  std::vector<std::vector<double>> attributes;  // [attribute][offer]

  const auto& key() const { return seller; }
  template <class Use>
  void for_each(Use&& use) {
    use(seller), use(region), use(price), use(quantity), use(luck), use(level), use(turn);
    for (auto& column : attributes) use(column);
  }
  std::uint64_t quote(std::size_t row) const { return quote_of(seller[row], level[row]); }  // ascending
  void copy_row(std::size_t to, const OfferColumns& from, std::size_t row) {
    seller[to] = from.seller[row];
    region[to] = from.region[row];
    price[to] = from.price[row];
    quantity[to] = from.quantity[row];
    luck[to] = from.luck[row];
    level[to] = from.level[row];
    turn[to] = from.turn[row];
    for (std::size_t a = 0; a < attributes.size(); ++a) attributes[a][to] = from.attributes[a][row];
  }
};

struct OrderColumns : Columns<OrderColumns> {
  std::vector<Index> buyer, seller;  // seller none: any
  std::vector<std::uint16_t> region;
  std::vector<std::uint16_t> port;   // of the buyer
  Column limit, quantity, reserved;  // reserved: money
  std::vector<std::int64_t> tick;    // when it was placed
  std::vector<std::uint64_t> luck;   // the buyer's, told apart from that of its other orders
  std::vector<std::uint16_t> level;  // of a bid; else no_level
  std::vector<std::uint64_t> turn;   // in an order book: as in ondol_clearing

  static constexpr std::uint16_t no_level = UINT16_MAX;
  std::uint64_t quote(std::size_t row) const { return quote_of(buyer[row], level[row]); }  // of bids: ascending

  const auto& key() const { return buyer; }
  template <class Use>
  void for_each(Use&& use) {
    use(buyer), use(seller), use(region), use(port), use(limit), use(quantity), use(reserved), use(tick), use(luck),
        use(level), use(turn);
  }
  void copy_row(std::size_t to, const OrderColumns& from, std::size_t row) {
    buyer[to] = from.buyer[row];
    seller[to] = from.seller[row];
    region[to] = from.region[row];
    port[to] = from.port[row];
    limit[to] = from.limit[row];
    quantity[to] = from.quantity[row];
    reserved[to] = from.reserved[row];
    tick[to] = from.tick[row];
    luck[to] = from.luck[row];
    level[to] = from.level[row];
    turn[to] = from.turn[row];
  }
};

// Who bought from whom, as booked.
struct BookedFill {
  Index buyer, seller;
  Units price, quantity;
  std::uint32_t round;
};

struct MarketState {
  Bytes state;
  std::vector<double> cost, share;  // [buyer's region * regions + seller's region]
  OfferColumns offers;
  OrderColumns orders;  // standing ones only, between steps; bids by buyer and level
  std::uint32_t clearings = 0;
  double last_price = 0;   // money per unit of the good
  double last_volume = 0;  // units of the good
  // Totals of the tick under way, or just done.
  Units tick_volume = 0;   // smallest units of the good
  Units tick_value = 0;    // money, before tariffs
  Units tick_ordered = 0;  // smallest units of the good, filled or not
  std::int64_t tick_trades = 0;
  std::vector<BookedFill> tick_fills;  // where they are recorded
};

struct Claims : Columns<Claims> {
  std::vector<Index> instrument, issuer, holder;
  Column amount;                   // credit: money outstanding; residual: units
  Column book;                     // residual: what the holder paid
  std::vector<double> rate;        // credit: interest per tick
  std::vector<std::int64_t> term;  // credit: instalments left; 0: none

  const auto& key() const { return instrument; }
  template <class Use>
  void for_each(Use&& use) {
    use(instrument), use(issuer), use(holder), use(amount), use(book), use(rate), use(term);
  }
};

// Lines of credit, oldest first. Rows that have ended have limit 0 until they are dropped.
struct Lines : Columns<Lines> {
  std::vector<Index> instrument, debtor, lender;
  Column limit;              // of what the debtor owes the lender by the instrument
  std::vector<double> rate;  // of what is drawn, per tick

  const auto& key() const { return instrument; }
  template <class Use>
  void for_each(Use&& use) {
    use(instrument), use(debtor), use(lender), use(limit), use(rate);
  }
};

// What is due, oldest first. Rows that are settled have amount 0 until they are dropped.
struct Dues : Columns<Dues> {
  std::vector<Index> payer, payee, purpose;
  Column amount;
  std::vector<std::int64_t> tick;

  const auto& key() const { return payer; }
  template <class Use>
  void for_each(Use&& use) {
    use(payer), use(payee), use(purpose), use(amount), use(tick);
  }
};

// Ties of relations, oldest first. Rows that have ended have no relation until they are dropped.
struct Ties : Columns<Ties> {
  std::vector<Index> relation, from, to;    // from: who made it
  std::vector<std::int64_t> since;          // tick
  std::vector<std::vector<double>> values;  // [attribute of the relation]

  const auto& key() const { return relation; }
  template <class Use>
  void for_each(Use&& use) {
    use(relation), use(from), use(to), use(since);
    for (auto& column : values) use(column);
  }
};

// Money that went from one group of agents to another for one purpose in the tick under way, or just done. A group is
// a kind in a region.
struct FlowRow {
  Index from = 0, to = 0;  // groups
  Index purpose = 0;
  Units amount = 0;
  Units quantity = 0;  // of the good, for trades of goods
};

struct FlowGroup {
  Index kind = 0, region = 0;
};

// How a good's total changed in the tick under way, or just done.
struct GoodFlows {
  Units made = 0, used = 0, scrapped = 0, expired = 0, lost = 0, traded = 0, stock = 0;
};

// What an event changed, from what to what: for results.
struct EventEffect {
  enum class What { value, cost, share };  // of a parameter or signal; the two numbers of a reach
  std::size_t event = 0;                   // among Model::events
  What what = What::value;
  double before = 0, after = 0;
};

struct State {
  std::int64_t tick = 0;  // ticks done
  std::vector<PopulationState> populations;
  std::vector<MarketState> markets;
  std::vector<double> signals;
  std::vector<std::vector<double>> signal_history;  // [signal]: as past ticks ended, the last one first
  Claims claims;
  Lines lines;
  Dues dues;
  std::vector<Index> debtors;  // who owes dues, in the order in which they came to owe
  Ties ties;
  std::vector<GoodFlows> goods;
  std::vector<FlowGroup> groups;          // constant
  std::vector<Index> group_of;            // population -> group; constant
  std::vector<Index> population_of_page;  // see Model::first_agent; constant
  std::vector<FlowRow> flows;             // of the tick under way or just done; rows stay, amounts restart each tick
  std::vector<EventEffect> effects;       // of the tick under way or just done; it follows from the rest

  Index population_of(Index agent) const { return population_of_page[agent >> id_page_bits]; }
  bool existed(Index agent) const {
    const PopulationState& population = populations[population_of(agent)];
    return agent - population.first_agent < population.ever;
  }
  Place place(Index agent) const {
    const Index population = population_of(agent);
    return {population, populations[population].row(agent)};
  }
};

}  // namespace ondol
