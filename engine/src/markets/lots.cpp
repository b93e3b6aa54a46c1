// Booking lots: what many orders take of what many offers give, in as many steps as there are of them.
#include "markets/trades.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ondol {

namespace {

// Adds up what is paid and what is given by the unit, without a remainder: cumulative floors of an exact sum.
class Reckoning {
 public:
  Reckoning(int exponent, std::uint64_t luck)
      : divisor_(exponent > 0 ? power_of_ten(exponent) : 1),
        factor_(exponent < 0 ? power_of_ten(-exponent) : 1),
        offset_(static_cast<Wide>(luck % static_cast<__uint128_t>(divisor_))) {}
  // Money of so much worth in all.
  Units of(Wide worth) const { return static_cast<Units>((worth * factor_ + offset_) / divisor_); }

 private:
  Wide divisor_, factor_, offset_;
};

// Uniform on [0, 1).
double fraction(std::uint64_t luck) { return static_cast<double>(luck >> 11U) * 0x1p-53; }

// Whether a sum that should be nothing is, as far as doubles go.
bool next_to_nothing(double rest, double whole) { return std::abs(rest) <= 1e-9 * whole + 1e-6; }

// Shares `total` over places in proportion to weights, as far as these have room; what has none goes where there is.
void share_within(Units total, const std::vector<double>& weights, std::vector<Units>& room,
                  std::vector<Units>& shares) {
  double whole = 0;
  for (const double weight : weights) whole += weight;
  double reached = 0;
  Units counted = 0;
  Units given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    reached += weights[i];
    const auto until =
        whole > 0 ? static_cast<Units>(std::floor(std::min(1.0, reached / whole) * static_cast<double>(total))) : 0;
    shares[i] = std::clamp<Units>(until - counted, 0, std::min(room[i], total - given));
    counted = std::max(counted, until);
    given += shares[i];
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Units more = std::min(total - given, room[i] - shares[i]);
    shares[i] += more;
    given += more;
    room[i] -= shares[i];
  }
}

}  // namespace

Trades::LotFlow& Trades::LotSide::of(Index population, std::size_t regions) {
  for (std::size_t i = 0; i < count; ++i) {
    if (flows[i].population == population) return flows[i];
  }
  if (count == flows.size()) flows.emplace_back();
  LotFlow& flow = flows[count++];
  flow.population = population;
  flow.amount = flow.quantity = 0;
  flow.amount_to.assign(regions, 0);
  flow.quantity_to.assign(regions, 0);
  return flow;
}

void Trades::book_lot(const ondol_lot& lot) {
  if (needs_pairs_) refuse("makes a lot where it has to be known who bought from whom");
  lot_buyers_.count = lot_sellers_.count = 0;
  LotTotals totals = check_gives(lot);
  check_takers(lot, totals);
  if (totals.value == 0 && totals.worth > 0) return;  // a gift, by rounding
  take_lot(lot, totals);
  give_lot(lot, totals);
  count_lot_flows();
}

Trades::LotTotals Trades::check_gives(const ondol_lot& lot) {
  const OfferColumns& offers = market_state_->offers;
  LotTotals totals;
  lot_quantity_.assign(model_.regions.size(), 0.0);
  lot_worth_.assign(model_.regions.size(), 0.0);
  for (std::uint32_t i = 0; i < lot.give_count; ++i) {
    const ondol_give& give = lot.gives[i];
    if (give.offer >= offers.size()) refuse("gives of an offer that does not exist");
    if (give.quantity <= 0) refuse("gives a quantity that is not positive");
    if (give.price < 0) refuse("gives at a negative price");
    if (give.price < offers.price[give.offer]) refuse("gives below the offer's price");
    const Wide worth = Wide{give.quantity} * give.price;
    if (__builtin_add_overflow(totals.quantity, give.quantity, &totals.quantity) ||
        __builtin_add_overflow(totals.worth, worth, &totals.worth))
      refuse("gives more in one lot than can be added up");
    lot_quantity_[offers.region[give.offer]] += static_cast<double>(give.quantity);
    lot_worth_[offers.region[give.offer]] += static_cast<double>(worth);
  }
  totals.value = Reckoning(value_exponent_, lot.luck).of(totals.worth);
  return totals;
}

Trades::Makeup Trades::makeup_of(const ondol_takers& takers) const {
  const std::size_t regions = model_.regions.size();
  const Index region = market_state_->orders.region[takers.takes[0].order];
  const double* cost = market_state_->cost.data() + std::size_t{region} * regions;
  const double* share = market_state_->share.data() + std::size_t{region} * regions;
  Makeup makeup = {0, 0, 0, region};
  double delivered = 0;
  for (std::size_t s = 0; s < regions; ++s) {
    if (!(takers.part[s] >= 0 && takers.price[s] >= 0)) refuse("takes a part or at a price that is negative");
    if (takers.part[s] > 0 && cost[s] == 0) refuse("takes across a border that is barred");
    makeup.price += takers.part[s] * takers.price[s];
    delivered += takers.part[s] * takers.price[s] * cost[s];
    makeup.arrives += takers.part[s] * share[s];
  }
  makeup.tariff = makeup.price > 0 ? std::max(0.0, delivered / makeup.price - 1.0) : 0;
  // What is not lost by anybody's rule is not lost by rounding.
  if (makeup.arrives > 1 - 1e-12) makeup.arrives = 1;
  if (makeup.tariff < 1e-12) makeup.tariff = 0;
  return makeup;
}

void Trades::check_takers(const ondol_lot& lot, LotTotals& totals) {
  const OrderColumns& orders = market_state_->orders;
  Units taken = 0;
  for (std::uint32_t c = 0; c < lot.takers_count; ++c) {
    const ondol_takers& takers = lot.takers[c];
    if (takers.take_count == 0) refuse("has takers that take nothing");
    Units quantity = 0;
    for (std::uint32_t i = 0; i < takers.take_count; ++i) {
      const ondol_take& take = takers.takes[i];
      if (take.order >= orders.size()) refuse("takes for an order that does not exist");
      if (take.quantity <= 0) refuse("takes a quantity that is not positive");
      if (orders.seller[take.order] != none) refuse("takes for an order that names an offer from a lot");
      if (orders.region[take.order] != orders.region[takers.takes[0].order])
        refuse("has takers of several regions, who cannot pay alike");
      if (__builtin_add_overflow(quantity, take.quantity, &quantity)) refuse("takes more than can be added up");
    }
    const Makeup makeup = makeup_of(takers);
    const double most = makeup.price * (1 + makeup.tariff) * (1 - 1e-9) - 0.5;
    for (std::uint32_t i = 0; i < takers.take_count; ++i) {
      if (most > static_cast<double>(orders.limit[takers.takes[i].order])) refuse("takes above the order's limit");
    }
    for (std::size_t s = 0; s < model_.regions.size(); ++s) {
      lot_quantity_[s] -= static_cast<double>(quantity) * takers.part[s];
      lot_worth_[s] -= static_cast<double>(quantity) * takers.part[s] * takers.price[s];
    }
    totals.weight += static_cast<double>(quantity) * makeup.price;
    if (__builtin_add_overflow(taken, quantity, &taken)) refuse("takes more than can be added up");
  }
  if (taken != totals.quantity) refuse("makes a lot of which is taken more or less than given");
  for (std::size_t s = 0; s < model_.regions.size(); ++s) {
    if (!next_to_nothing(lot_quantity_[s], static_cast<double>(totals.quantity)) ||
        !next_to_nothing(lot_worth_[s], static_cast<double>(totals.worth)))
      refuse("makes a lot whose takers' parts and prices do not add up to what is given");
  }
}

// What the offers ask is shared by takers as their units cost on average.
void Trades::take_lot(const ondol_lot& lot, LotTotals& totals) {
  const double offset = fraction(lot.luck);
  double reached = 0;
  Units given = 0;
  for (std::uint32_t c = 0; c < lot.takers_count; ++c) {
    const ondol_takers& takers = lot.takers[c];
    double quantity = 0;
    for (std::uint32_t i = 0; i < takers.take_count; ++i) quantity += static_cast<double>(takers.takes[i].quantity);
    const Makeup makeup = makeup_of(takers);
    reached += quantity * makeup.price;
    Units until = totals.value;
    if (c + 1 < lot.takers_count && totals.weight > 0) {
      const double place = reached / totals.weight * static_cast<double>(totals.value) + offset;
      until = std::clamp(static_cast<Units>(std::min(place, 9.2e18)), given, totals.value);
    }
    take_alike(takers, until - given, totals);
    given = until;
  }
  Block& block = blocks_[0];
  book_block(block);
}

void Trades::take_alike(const ondol_takers& takers, Units value, LotTotals& totals) {
  const std::size_t regions = model_.regions.size();
  const Makeup makeup = makeup_of(takers);
  Wide quantity = 0;
  for (std::uint32_t i = 0; i < takers.take_count; ++i) quantity += takers.takes[i].quantity;
  ProRata shares(value, quantity, takers.luck);
  LotFlow* flow = nullptr;
  for (std::uint32_t i = 0; i < takers.take_count; ++i) {
    const ondol_take& take = takers.takes[i];
    const Units paid = take_one(take, makeup, shares.next(take.quantity));
    totals.paid += paid;
    const Index population = ledger_.place(market_state_->orders.buyer[take.order]).population;
    if (flow == nullptr || flow->population != population) flow = &lot_buyers_.of(population, regions);
    flow->amount += paid;
    flow->quantity += take.quantity;
    for (std::size_t s = 0; s < regions; ++s) {
      if (takers.part[s] == 0) continue;
      flow->quantity_to[s] += static_cast<double>(take.quantity) * takers.part[s];
      if (makeup.price > 0)
        flow->amount_to[s] += static_cast<double>(paid) * takers.part[s] * takers.price[s] / makeup.price;
    }
  }
  market_state_->tick_trades += takers.take_count;
}

// Takers may have held a unit less than their share, as fills may: then all sellers share what there is.
void Trades::give_lot(const ondol_lot& lot, const LotTotals& totals) {
  const Reckoning reckoning(value_exponent_, lot.luck);
  ProRata paid(totals.paid, totals.value, lot.luck);
  Wide worth = 0;
  Units reached = reckoning.of(0);
  LotFlow* flow = nullptr;
  for (std::uint32_t i = 0; i < lot.give_count; ++i) {
    const ondol_give& give = lot.gives[i];
    worth += Wide{give.quantity} * give.price;
    const Units until = reckoning.of(worth);
    Units revenue = std::exchange(reached, until);
    revenue = until - revenue;
    if (totals.paid != totals.value) revenue = paid.next(revenue);
    if (!sell_part(give.offer, give.quantity, revenue, revenue))
      throw ledger_.pays_the_dead(market_state_->orders.buyer[lot.takers[0].takes[0].order], terms_->purpose);
    const Index population = ledger_.place(market_state_->offers.seller[give.offer]).population;
    if (flow == nullptr || flow->population != population) flow = &lot_sellers_.of(population, 0);
    flow->amount += revenue;
    flow->quantity += give.quantity;
  }
}

// Between populations what went by the seller's region is shared as what they bought and sold, exactly on both sides.
void Trades::count_lot_flows() {
  LotShares& shares = lot_shares_;
  const std::span<const LotFlow> sellers = lot_sellers_.all();
  const auto region_of = [this](const LotFlow& flow) { return model_.populations[flow.population].region; };
  for (auto* sums : {&shares.amount_of, &shares.quantity_of}) sums->assign(model_.regions.size(), 0);
  for (auto* column : {&shares.amount_weight, &shares.quantity_weight}) column->resize(sellers.size());
  for (auto* column : {&shares.amount_left, &shares.quantity_left, &shares.amount, &shares.quantity})
    column->resize(sellers.size());
  for (std::size_t i = 0; i < sellers.size(); ++i) {
    shares.amount_left[i] = sellers[i].amount;
    shares.quantity_left[i] = sellers[i].quantity;
    shares.amount_of[region_of(sellers[i])] += static_cast<double>(sellers[i].amount);
    shares.quantity_of[region_of(sellers[i])] += static_cast<double>(sellers[i].quantity);
  }
  for (const LotFlow& buyer : lot_buyers_.all()) {
    for (std::size_t i = 0; i < sellers.size(); ++i) {
      const Index region = region_of(sellers[i]);
      const double amount = shares.amount_of[region];
      shares.amount_weight[i] =
          amount > 0 ? buyer.amount_to[region] * static_cast<double>(sellers[i].amount) / amount : 0;
      shares.quantity_weight[i] =
          buyer.quantity_to[region] * static_cast<double>(sellers[i].quantity) / shares.quantity_of[region];
    }
    share_within(buyer.amount, shares.amount_weight, shares.amount_left, shares.amount);
    share_within(buyer.quantity, shares.quantity_weight, shares.quantity_left, shares.quantity);
    for (std::size_t i = 0; i < sellers.size(); ++i) {
      if (shares.amount[i] == 0 && shares.quantity[i] == 0) continue;
      ledger_.count_flow(buyer.population, sellers[i].population, terms_->purpose, shares.amount[i],
                         terms_->good != none ? shares.quantity[i] : 0);
    }
  }
}

}  // namespace ondol
