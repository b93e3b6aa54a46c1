// The frame of a world in which tests put one layer of the chain: two regions, the goods, markets and instruments that
// the ordinary economy trades, and a month's schedule. Markets are of posted offers, so that prices are known, but for
// those whose weights of choice firms reckon with.
#pragma once

#include "support/worlds.hpp"

#include <initializer_list>
#include <string>

namespace ondol::test {

// A world of `here` and `there` from 2023-01, with the given plugins beside the fixtures, and populations as TOML.
inline std::string small_economy(std::initializer_list<const char*> plugins, const std::string& populations) {
  std::string names = R"("stands", "posted_offers", "logit_choice")";
  for (const char* plugin : plugins) names += std::string(", \"") + plugin + "\"";
  return "plugins = [" + names + "]\n" + R"(
name = "small economy"
currency = "USD"
money_decimals = 0
seed = 11
start = "2023-01"
ticks = 240
schedule = ["open", "finance", "hire", "supply", "produce", "train", "serve", "query", "apply", "adopt", "spend", "close"]
[regions]
here = {}
there = {}
[units]
person_month = {}
expert_month = {}
basket = {}
Mtoken = {}
seat_month = {}
accelerator = {}
accelerator_hour = {}
[goods]
labour = { unit = "person_month", lasts = "tick" }
expertise = { unit = "expert_month", decimals = 1, lasts = "tick" }
goods = { unit = "basket" }
electricity = { unit = "MWh", lasts = "tick" }
token = { unit = "Mtoken", lasts = "tick" }
seat = { unit = "seat_month", lasts = "tick" }
accelerator = { unit = "accelerator", decimals = 2 }
compute = { unit = "accelerator_hour", lasts = "tick" }
[instruments]
money = { issuer = "mint" }
loan = { class = "credit", collect = "close" }
bond = { class = "credit", collect = "close" }
share = { class = "residual" }
unit = { class = "residual" }
[signals]
policy_rate = { unit = "1/year", scope = "region", initial = "0.03 1/year" }
turnover = { unit = "USD", scope = "region", aggregate = "sum" }
adopters = { unit = "person_month", scope = "region", aggregate = "sum" }
workforce = { unit = "person_month", scope = "region", aggregate = "sum" }
ai_sales = { unit = "USD", aggregate = "sum" }
[markets]
labour = { good = "labour", mechanism = "posted_offers", scope = "region", step = "hire", purpose = "wages", price_decimals = 2, reference_price = "10 USD/person_month" }
expertise = { good = "expertise", mechanism = "posted_offers", scope = "region", step = "hire", purpose = "wages", price_decimals = 2, reference_price = "22 USD/expert_month" }
electricity = { good = "electricity", mechanism = "posted_offers", scope = "region", step = "supply", reference_price = "1 USD/MWh" }
goods = { good = "goods", mechanism = "posted_offers", scope = "region", step = "spend", price_decimals = 6, attributes = ["size"], reference_price = "1 USD/basket" }
imports = { good = "goods", mechanism = "posted_offers", step = "spend", price_decimals = 6, attributes = ["size"], reference_price = "1.05 USD/basket", reach = [{ buyer = "here", seller = "here", allowed = false }, { buyer = "there", seller = "there", allowed = false }] }
tokens = { good = "token", mechanism = "logit_choice", params = { price_weight = 2, attribute_weights = [5] }, step = "query", attributes = ["quality"], reference_price = "2 USD/Mtoken" }
seats = { good = "seat", mechanism = "logit_choice", params = { price_weight = 3, attribute_weights = [1.5, 0.5] }, step = "adopt", purpose = "applications", attributes = ["quality", "size"], reference_price = "0.75 USD/seat_month" }
accelerators = { good = "accelerator", mechanism = "posted_offers", step = "supply", class = "capital", price_decimals = 2, reference_price = "100 USD/accelerator" }
compute = { good = "compute", mechanism = "posted_offers", step = "train", reference_price = "4 USD/accelerator_hour" }
loans = { instrument = "loan", mechanism = "posted_offers", scope = "region", step = "finance", class = "financial", price_decimals = 6, attributes = ["rate", "term", "cover"] }
bonds = { instrument = "bond", mechanism = "posted_offers", scope = "region", step = "finance", class = "financial", price_decimals = 6, attributes = ["rate", "term"] }
equity = { instrument = "share", mechanism = "posted_offers", step = "finance", class = "financial", price_decimals = 6, attributes = ["growth"] }
[populations.mint]
kind = "mint"
region = "here"
)" + populations;
}

// Stock of a good that an agent holds, in the good's unit.
inline double stock(const Run& run, const std::string& population, Index row, const std::string& good) {
  const Model& model = run.world().model();
  const Index p = population_named(run, population);
  for (std::size_t a = 0; a < model.populations[p].accounts.size(); ++a) {
    const GoodModel& held = model.goods[model.populations[p].accounts[a].good];
    if (held.name == good) return static_cast<double>(run.state().populations[p].accounts[a].stock[row]) / held.scale;
  }
  throw std::runtime_error("no account of " + good);
}

// Standing offers of a market, by its label.
inline const OfferColumns& offers_in(const Run& run, const std::string& market) {
  const Model& model = run.world().model();
  for (Index m = 0; m < model.markets.size(); ++m) {
    if (model.markets[m].label == market) return run.state().markets[m].offers;
  }
  throw std::runtime_error("no market " + market);
}

}  // namespace ondol::test
