// A world of a few makers and eaters, for tests of what is recorded and of the command.
#pragma once

#include <string>

namespace ondol::test {

inline const std::string shop = R"(name = "shop"
plugins = ["toy", "posted_offers"]
currency = "USD"
money_decimals = 2
ticks = 6
start = "2023-11"
schedule = ["make", "trade", "eat", "finance", "give"]
[regions.here]
[units]
piece = {}
[goods.ware]
unit = "piece"
decimals = 1
[signals.total]
unit = "USD"
aggregate = "sum"
[markets.wares]
good = "ware"
mechanism = "posted_offers"
step = "trade"
attributes = ["quality"]
[instruments.money]
issuer = "bank"
[populations.bank]
kind = "financier"
[populations.maker]
kind = "maker"
label = "Big Maker"
layer = "makers"
ports = { ware = "wares" }
[populations.eaters]
kind = "eater"
layer = "eaters"
count = 4
money = "1e3 USD"
ports = { food = "wares" }
[populations.givers]
kind = "giver"
count = 1500
money = "10 USD"
ports = { others = "givers", total = "total" }
)";

}  // namespace ondol::test
