// Hashing every column of the state, each with its length, in a fixed order.
#include "state/fingerprint.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>

namespace ondol {

namespace {

class Hasher {
 public:
  Hasher() : hash_(XXH3_createState(), &XXH3_freeState) { XXH3_128bits_reset(hash_.get()); }

  template <class T>
  void add(const T& value) requires std::is_arithmetic_v<T> {
    XXH3_128bits_update(hash_.get(), &value, sizeof value);
  }
  template <class T>
  void add(const std::vector<T>& column) {
    add(column.size());
    if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::byte>) {
      XXH3_128bits_update(hash_.get(), column.data(), column.size() * sizeof(T));
    } else {
      for (const T& element : column) add(element);
    }
  }
  template <class... Ts>
  requires(sizeof...(Ts) > 1) void add(const Ts&... values) { (add(values), ...); }

  // As if all of it had been written.
  template <class T>
  void add(const Late<T>& column) {
    if (column.written() != nullptr) return add(*column.written());
    add(column.size());
    repeat(column.initial(), column.size());
  }
  template <class T>
  void repeat(T value, std::size_t count) {
    std::array<T, 512> values;
    values.fill(value);
    for (std::size_t part; count > 0; count -= part) {
      part = std::min(count, values.size());
      XXH3_128bits_update(hash_.get(), values.data(), part * sizeof(T));
    }
  }
  void add_available(const PopulationState& population) {
    if (population.money_reserved.written() == nullptr) return add(population.money_held);
    add(population.money_held.size());
    for (Index row = 0; row < population.money_held.size(); ++row) add(population.money_available(row));
  }
  void add(const AccountState& account) { add(account.stock, account.available, account.book); }
  void add(const PortState& port) {
    add(port.sold, port.revenue, port.demand, port.backlog, port.bought, port.spent, port.ordered, port.claims);
    add(port.received);
    for (const ondol_sums& told : port.sums) add(told.count, told.sum, told.minimum, told.maximum);
  }
  void add(const PopulationState& population) {
    add(population.size, population.living, population.ever, population.ids, population.params, population.traits,
        population.state, population.alive);
    add(population.luck);
    add(population.born, population.died, population.founder, population.money_held);
    add_available(population);
    add(population.money_issued, population.arrears_owed, population.arrears_receivable);
    add(population.income, population.assets(), population.debts, population.equity, population.contributed);
    for (std::size_t i = 0; i < 3; ++i) add(population.received[i], population.paid[i]);
    add(population.accounts, population.ports, population.levy_base);
  }
  void add(const MarketState& market) {
    add(market.state, market.cost, market.share, market.last_price, market.last_volume);
    add(market.clearings);
    add_table(market.offers);
    add_table(market.orders);
    add(market.tick_volume, market.tick_value, market.tick_ordered, market.tick_trades);
  }
  template <class Table>
  void add_table(const Columns<Table>& table) {
    const_cast<Table&>(static_cast<const Table&>(table)).for_each([this](const auto& column) { this->add(column); });
  }
  void add(const FlowRow& flow) { add(flow.from, flow.to, flow.purpose, flow.amount, flow.quantity); }
  void add(const GoodFlows& good) {
    add(good.made, good.used, good.scrapped, good.expired, good.lost, good.traded, good.stock);
  }

  std::string digits() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(hash_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash_;
};

}  // namespace

std::string fingerprint_of(const State& state) {
  Hasher hasher;
  hasher.add(state.tick);
  hasher.add(state.populations);
  hasher.add(state.markets);
  hasher.add(state.signals);
  hasher.add(state.signal_history);
  hasher.add_table(state.claims);
  hasher.add_table(state.lines);
  hasher.add_table(state.dues);
  hasher.add(state.debtors);
  hasher.add_table(state.ties);
  hasher.add(state.goods);
  hasher.add(state.flows);
  return hasher.digits();
}

}  // namespace ondol
