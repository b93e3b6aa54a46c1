// The books: every change of money, goods and claims goes through here, is checked, and is exact to the last unit.
#pragma once

#include "base/exact.hpp"
#include "base/moment.hpp"
#include "base/scheduler.hpp"
#include "state/rows_by_agent.hpp"
#include "state/state.hpp"
#include "state/violation.hpp"

#include <ondol/random.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ondol {

// The columns of a population that payments for one purpose change, looked up once for many of them.
struct MoneyColumns {
  Units* held;
  Units* reserved;  // of a payer
  Units* flow;      // paid, or received, of the purpose's class
  std::span<const Index> levies;
  Column* levy_base;  // [levy]

  // Reserved money leaves the payer. Says whether the payer had it.
  bool withdraw(Index row, Units amount) const {
    held[row] -= amount;
    reserved[row] -= amount;
    flow[row] += amount;
    return reserved[row] >= 0 && reserved[row] <= held[row];
  }
  // The payee can spend it from now on.
  void deposit(Index row, Units amount) const {
    held[row] += amount;
    flow[row] += amount;
    for (const Index levy : levies) levy_base[levy][row] += amount;
  }
};

// Book value, at average cost, of a part of a stock.
constexpr Units book_of_part(Units book, Units stock, Units part) {
  if (book == 0 || part == stock) return book;
  return divide_half_even(Wide{book} * part, stock);
}

// The columns of a population's account of a good.
struct GoodColumns {
  Units* stock;
  Units* available;
  Units* book;

  // Book value of what leaves, at average cost.
  Units take_book(Index row, Units quantity) const {
    const Units part = book_of_part(book[row], stock[row], quantity);
    book[row] -= part;
    return part;
  }
  // What leaves was taken from available before, or reserved. Says whether the account had it.
  bool leave(Index row, Units quantity) const {
    stock[row] -= quantity;
    return stock[row] >= 0 && available[row] >= 0 && available[row] <= stock[row];
  }
  void enter(Index row, Units quantity, Units worth) const {
    stock[row] += quantity;
    available[row] += quantity;
    book[row] += worth;
  }
};

// What the ledger knows of its tables that they do not say themselves.
struct LedgerMemory {
  std::uint64_t dead_claims = 0, settled_dues = 0, ended_lines = 0;
  std::vector<Index> latest;  // claims that others of the same parties are added to
  bool by_holder = false;     // whether claims are listed by their holders, and then
  std::vector<Index> held;    // all that are, holder by holder in their order, which heirs' claims keep
};

template <class V, class Memory>
requires std::same_as<std::remove_const_t<Memory>, LedgerMemory>
void visit(V& v, Memory& memory) {
  v.all(memory.dead_claims, memory.settled_dues, memory.ended_lines, memory.latest, memory.by_holder, memory.held);
}

class Ledger {
 public:
  // Of any state, as far as it says itself what the ledger has to know.
  Ledger(const Model& model, State& state, Scheduler& scheduler);

  // Between two ticks: what is to be remembered beside the state, and remembering it. Says whether it can be of this
  // state.
  LedgerMemory memory() const;
  bool remember(const LedgerMemory& memory);

  Place place(Index agent) const { return state_.place(agent); }
  PopulationState& population(Place place) { return state_.populations[place.population]; }
  bool alive(Index agent) const;
  // Who receives a region's tariffs: the first member of its treasury that lives; or none.
  Index treasury_of(Index region) const;

  // ---- Money
  // Moves money that the payer has reserved; the payee can spend it from now on.
  void transfer(Index payer, Index payee, Units amount, Index purpose, Units quantity = 0);
  // Its two halves, for what is booked on many threads: safe at once for different rows.
  MoneyColumns paying(Index population, Index purpose);
  MoneyColumns receiving(Index population, Index purpose);
  // The same, for whoever has restarted the flows of the rows it books.
  MoneyColumns receiving_columns(Index population, Index purpose);
  Violation overdrawn(Index payer, Units amount, Index purpose) const;
  Violation pays_the_dead(Index payer, Index purpose) const;
  // Where the flow between two populations is counted; -1: nowhere yet.
  std::int32_t flow_row(Index from, Index to, Index purpose) const;
  void count_flow(Index from, Index to, Index purpose, Units amount, Units quantity);
  void issue_money(Index agent, Units amount);
  void retire_money(Index agent, Units amount);  // already reserved
  void reserve(Place place, Units amount) { population(place).money_reserved.at(place.row) += amount; }
  void release(Place place, Units amount) { population(place).money_reserved.at(place.row) -= amount; }
  // A transfer that is nobody's income: changes equity of both sides only.
  void contribute(Index payer, Index payee, Units amount);

  // ---- Goods
  // For what is booked on many threads: safe at once for different rows.
  GoodColumns goods(Index population, Index account);
  Violation without_goods(Place place, Index good, Units quantity) const;
  Index account(Index population, Index good) const { return account_of_[population * model_.goods.size() + good]; }

  // Goods that the giver took from what it had available, at book value, and nobody's income. Throws where the taker
  // does not live or has no account of them.
  void hand_over(Index giver, Index taker, Index good, Units quantity);

  // ---- Claims
  void add_claim(Index instrument, Index issuer, Index holder, Units amount, Units book, double rate,
                 std::int64_t term);
  void repay(Index issuer, Index instrument, Units amount);
  void distribute(Index issuer, Index instrument, Units amount, Index purpose, const Moment& now);
  void collect_credit(Index instrument);
  // What a holder does with all its claims of an instrument on an issuer.
  void forgive(Index holder, Index issuer, Index instrument, Units amount);
  void reset_rate(Index holder, Index issuer, Index instrument, double rate);
  void seize(Index holder, Index issuer, Index instrument);
  // A line of credit, in place of the one there is between the two; 0 ends it. Throws where the lender issues no money
  // or the debtor none of the instrument.
  void grant_line(Index lender, Index debtor, Index instrument, Units limit, double rate);
  // Draws of a debtor's lines, oldest first. Says how much it came to.
  Units draw(Index debtor, Units amount);
  // After claims have changed: what may be drawn.
  void refresh_lines();
  // Whether claims or lines have changed since it was last asked.
  bool take_claims_changed() { return std::exchange(claims_changed_, false); }

  // ---- Dues
  void owe(Index payer, Index payee, Units amount, Index purpose);
  void levy(Index levy, Index payee, double rate, Index purpose);
  void collect_dues();

  // ---- Life
  // Settles an agent that leaves, in this order: arrears, oldest first; collateral to those it was pledged to, oldest
  // first; credit, pro rata; then owners, pro rata. What is unpaid is written off. Goods, claims and what has no owner
  // go to the heir: the largest owner, else the largest creditor, else a member of the region's treasury, with luck
  // among equals.
  void settle_exit(Index agent, const Moment& now);

  // ---- The tick
  void begin_tick();
  // Agents were born, or rows have moved.
  void fit_rows();
  // Makes what the last tick left of flows look as little as it is: nothing of this one.
  void restart_flows();
  // Expires goods, closes the books and checks all of them. Throws Violation.
  void end_tick();
  // Closes the books of the start, so that the first tick has something to compare with.
  void open_books();

 private:
  // Some rows of a population, whose books are closed and checked by one task, and what they come to.
  struct RowBlock {
    Index population = 0, first = 0, last = 0;
    Wide money_held = 0, money_issued = 0, money_reserved = 0;
    std::vector<Wide> stock, reserved, expired;  // by good
    std::optional<Violation> failure;
  };
  static constexpr Index rows_per_block = 4 * rows_per_chunk;

  // Who has issued what to whom.
  struct Parties {
    Index instrument, issuer, holder;
    bool operator==(const Parties&) const = default;
  };
  struct HashOfParties {
    std::size_t operator()(const Parties& parties) const {
      return mix(mix(std::uint64_t{parties.issuer} << 32U | parties.holder) + parties.instrument);
    }
  };

  void list_rows();
  std::int32_t& row_of_flow(Index from_group, Index to_group, Index purpose);
  bool extend_claim(Index claim, Units amount, Units book, double rate, std::int64_t term);
  bool merge_claim(Index into, Index claim);
  void change_outstanding(Index issuer, Index instrument, Units change);
  RowsByAgent::Rows claims_issued_by(Index agent) const { return issued_.of(agent); }
  bool issues(Index agent, Index instrument) const;
  Units undrawn(Index line) const;
  void leave_lines(Index agent);
  void drop_own_claims(Index agent);
  void write_down(Index claim, Units amount, Index purpose);
  void seize_collateral(Index claim);
  Index heir_of(Index agent, const Moment& now);
  std::uint64_t luck_of(Index agent) const;
  void collect_due(std::size_t due);
  void pay_dues(Index payer);
  void drop_settled_dues();
  void leave_dues(Index agent, Index heir);
  void pay_creditors(Index agent, const Moment& now);
  void pay_owners(Index agent, Index heir, const Moment& now);
  void leave_goods(Index agent, Index heir);
  void leave_claims(Index agent, Index heir);
  void drop_dead_claims();
  void plan_blocks();
  void value_claims();
  bool has_debts(Index population) const;
  bool has_more_than_money(Index population) const;
  void assess_claims();
  void expire_goods(RowBlock& block);
  void close_receipts(const RowBlock& block);
  void close_books(const RowBlock& block);
  void check_accounts(RowBlock& block);
  void check_totals();

  const Model& model_;
  State& state_;
  Scheduler& scheduler_;
  std::vector<Index> account_of_;         // [population * goods + good]
  std::vector<Index> issues_port_;        // [population * instruments + instrument]
  std::vector<std::int32_t> flow_block_;  // [from group * groups + to group]: start in flow_row_, or -1
  std::vector<std::int32_t> flow_row_;    // [block + purpose]: row in state_.flows, or -1
  RowsByAgent issued_, held_;             // claims, by issuer and, once somebody has left, by holder
  std::unordered_map<Parties, Index, HashOfParties> latest_claim_;  // of its parties
  RowsByAgent lines_;                                               // by debtor
  RowsByAgent owed_, due_;                               // dues, by payer and, once somebody has left, by payee
  std::vector<std::vector<std::vector<Index>>> levied_;  // [population][purpose]: positions in its levy_base
  std::vector<LateColumn> claim_assets_, claim_debts_;   // by population; zero but while books are closed
  std::vector<RowBlock> blocks_;
  std::uint32_t block_count_ = 0;
  std::vector<Wide> offered_, stock_, reserved_;  // by good
  std::uint64_t dead_claims_ = 0, settled_dues_ = 0, ended_lines_ = 0;
  bool claims_changed_ = true;
};

}  // namespace ondol
