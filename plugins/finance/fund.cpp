// The fund's description and rules.
#include "fund.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::finance {

namespace {

using Params = Fund::Params;
using State = Fund::State;

// How much of the budget an offer of shares draws: what it asks for, times the home weight, times its growth between
// bounds.
double weight(const Params& p, Agent& self, const Offer& offer) {
  const double home = offer.region() == self.region() ? p.home_weight : 1.0;
  return offer.quantity() * offer.price() * home * between(offer.attribute(0), p.least_growth, p.most_growth);
}

// Splits what the pot releases over all offers by weight, but takes no more than a share of any: nobody funds a round
// alone.
void invest(const Params& p, State& s, Agent& self) {
  const double budget = share_per_tick(self, p.deployment) * std::min(s.pot, self.money());
  double total = 0;
  for (const Offer offer : self.offers(Fund::equity)) total += weight(p, self, offer);
  if (!(total > 0) || !(budget > 0)) return;
  for (const Offer offer : self.offers(Fund::equity)) {
    if (!(offer.price() > 0)) continue;
    const double worth = budget * weight(p, self, offer) / total;
    self.order(Fund::equity, std::min(worth / offer.price(), p.most_of_offer * offer.quantity()), offer);
  }
}

}  // namespace

void Fund::describe(Kind<Fund>& kind) {
  kind.name("fund").doc("Owns firms for the households of a region; funds new ones with part of the dividends.");
  kind.param("venture_share", &Params::venture_share, "1")
      .initial(0.01)
      .range(0, 1)
      .assumed(0.003, 0.03)
      .doc("Part of dividends kept for new shares at sentiment 1.");
  kind.param("deployment", &Params::deployment, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Part of the pot invested.");
  kind.param("home_weight", &Params::home_weight, "1")
      .initial(4)
      .range(0, 1e3)
      .assumed(2, 10)
      .doc("Weight of offers of its own region over others: home bias (order of French, Poterba 1991).");
  kind.param("most_of_offer", &Params::most_of_offer, "1")
      .initial(0.8)
      .range(0, 1)
      .assumed()
      .doc("Most of one offer it takes.");
  kind.param("pot_limit", &Params::pot_limit, "month")
      .initial(24)
      .range(0, 1e4)
      .assumed()
      .doc("Pot over what is kept a month beyond which it is paid out in part.");
  kind.param("sentiment_floor", &Params::sentiment_floor, "1")
      .initial(0.6)
      .range(0, 10)
      .assumed(0.4, 0.9)
      .doc("Sentiment when AI sales stand still.");
  kind.param("sentiment_slope", &Params::sentiment_slope, "year")
      .initial(0.8)
      .range(0, 10)
      .assumed(0.4, 1.5)
      .doc("Sentiment gained per yearly growth of AI sales (form: extrapolative beliefs, Brock, Hommes 1998).");
  kind.param("release", &Params::release, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.3)
      .doc("Part of a pot beyond that limit that is paid out.");
  kind.param("least_growth", &Params::least_growth, "1/year")
      .initial(0.2)
      .range(0, 100)
      .assumed()
      .doc("Growth that an offer of shares counts for at least.");
  kind.param("most_growth", &Params::most_growth, "1/year").initial(3).range(0, 100).assumed().doc("And at most.");
  kind.param("dividend_speed", &Params::dividend_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.3)
      .doc("Of expected dividends towards those received.");
  kind.param("sales_speed", &Params::sales_speed, "1/month")
      .initial(0.15)
      .range(0, 1)
      .assumed(0.05, 0.3)
      .doc("Of expected AI sales towards those seen.");
  kind.param("sentiment_speed", &Params::sentiment_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.3)
      .doc("Of sentiment towards what growth suggests.");
  kind.param("least_sentiment", &Params::least_sentiment, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed()
      .doc("Least that growth suggests.");
  kind.param("most_sentiment", &Params::most_sentiment, "1")
      .initial(3)
      .range(0, 10)
      .assumed()
      .doc("Most that growth suggests.");
  kind.state("pot", &State::pot, "money").range(0, 1e18).doc("Money kept for new shares.");
  kind.state("receipts", &State::receipts, "money").range(-1e18, 1e18).doc("Dividends after tax since the last tick.");
  kind.state("dividend_hat", &State::dividend_hat, "money").range(0, 1e18).doc("Such receipts expected a tick.");
  kind.state("paid_out", &State::paid_out, "money").range(0, 1e18).doc("Paid on to unit holders in the latest tick.");
  kind.state("invested", &State::invested, "money").range(0, 1e18).doc("Paid for new shares in the latest tick.");
  kind.state("sentiment", &State::sentiment, "1").initial(1).range(0, 10).doc("Readiness to fund new shares.");
  kind.state("sales_hat", &State::sales_hat, "money").range(0, 1e18).doc("AI sales expected a tick.");
  kind.state("growth", &State::growth, "1/year").range(-1, 1e3).doc("Growth of expected AI sales.");
  kind.port(unit).doc("Its units, which households hold.");
  kind.port(equity).optional().attributes({"growth"}).doc("New shares on offer.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.port(policy_rate).optional().doc("Beside the premium that founders require.");
  kind.purpose(payout, "Dividends paid on to households.");
  kind.part(entry, &Params::entry, &State::entry);
  kind.on<&Fund::finance>("finance",
                          "Pays dividends on after tax, keeps the venture part, founds firms, orders new shares.");
  kind.on<&Fund::close>("close", "Counts what it invested; revises sentiment.");
}

// Whatever its money holds beyond the pot is dividends less tax: it keeps v * sentiment * expected dividends of them,
// the rest goes to the holders of its units; of a pot beyond pot_limit months of that they get a part.
void Fund::finance(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  if (self.tick() == 0) s.pot = self.money_held();
  s.receipts = self.money() - s.pot;
  const double net = std::max(0.0, s.receipts);
  const double keep = std::min(net, p.venture_share * s.sentiment * s.dividend_hat);
  if (self.tick() > 0) s.dividend_hat = s.dividend_hat > 0 ? adapt(self, s.dividend_hat, net, p.dividend_speed) : net;
  double released = 0;
  const double most = p.pot_limit / months * p.venture_share * s.dividend_hat;
  if (self.tick() > 0 && s.pot > most) released = share_per_tick(self, p.release) * s.pot;
  s.pot = std::min(s.pot - released, self.money()) + keep;
  s.paid_out = std::max(0.0, std::min(self.money() - s.pot, self.money()));
  self.distribute(unit, s.paid_out, payout);
  const double rate = self.bound(policy_rate) ? self.signal(policy_rate) : 0.0;
  s.pot -= entry.enter(p.entry, s.entry, self, rate, s.pot);
  if (self.bound(equity)) invest(p, s, self);
}

// Sentiment <- sentiment + speed (clip(floor + slope g) - sentiment) a month, g the yearly growth of expected AI
// sales.
void Fund::close(const Params& p, const Traits&, State& s, Agent& self) {
  s.invested = self.bound(equity) ? self.spent(equity) : 0.0;
  s.pot = std::max(0.0, s.pot - s.invested);
  if (!self.bound(ai_sales)) return;
  const double before = s.sales_hat;
  s.sales_hat = before > 0 ? adapt(self, before, self.signal(ai_sales), p.sales_speed) : self.signal(ai_sales);
  if (!(before > 0) || !(s.sales_hat > 0)) return;
  s.growth = std::clamp(ondol::pow(s.sales_hat / before, self.ticks_per_year()) - 1.0, -1.0, 10.0);
  const double mood = between(p.sentiment_floor + p.sentiment_slope * s.growth, p.least_sentiment, p.most_sentiment);
  s.sentiment = adapt(self, s.sentiment, mood, p.sentiment_speed);
}

}  // namespace ondol::finance
