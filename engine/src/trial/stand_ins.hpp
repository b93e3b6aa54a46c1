// Those who surround what is under test in a scene: they offer, order, disclose and hold, by number.
#pragma once

#include <ondol/sdk.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ondol::testing {

/// Tops its store up and offers all of it.
struct Stand {
  struct Params {
    double quantity;
    double price;
    std::array<double, ONDOL_MAX_ATTRIBUTES> attributes;
  };
  struct Traits {};
  struct State {};
  static constexpr Sells ware{0, "ware"};

  static void describe(Kind<Stand>& kind, const char* name, std::vector<const char*> attributes) {
    kind.name(name).doc("Offers a quantity at a price, every tick.");
    kind.param("quantity", &Params::quantity, "{ware}").doc("Offered.");
    kind.param("price", &Params::price, "money/{ware}").doc("Asked.");
    kind.param("attributes", &Params::attributes, "1").initial(0).doc("Of the offer.");
    kind.port(ware).attributes(std::move(attributes)).doc("What it offers.");
    kind.on<&Stand::post>("before", "Offers.");
  }
  static void post(const Params& p, const Traits&, State&, Agent& self) {
    self.make(ware, std::max(0.0, p.quantity - self.stock(ware)));
    const auto& a = p.attributes;
    self.offer(ware, p.quantity, p.price, {a[0], a[1], a[2], a[3], a[4], a[5]});
  }
};

/// Orders from one or from anyone and uses up what came.
struct Customer {
  struct Params {
    double quantity;
    double limit;
    double seller;
  };
  struct Traits {};
  struct State {};
  static constexpr Buys ware{0, "ware"};
  static constexpr Peers sellers{1, "sellers"};

  static void describe(Kind<Customer>& kind) {
    kind.name("customer").doc("Orders a quantity at up to a limit, every tick.");
    kind.param("quantity", &Params::quantity, "{ware}").doc("Wanted.");
    kind.param("limit", &Params::limit, "money/{ware}").doc("Highest price.");
    kind.param("seller", &Params::seller, "1").initial(-1).doc("Number of the one it orders from.");
    kind.port(ware).doc("What it wants.");
    kind.port(sellers).optional().doc("Whom it can name.");
    kind.on<&Customer::buy>("after", "Uses up, orders.");
  }
  static void buy(const Params& p, const Traits&, State&, Agent& self) {
    self.use(ware, self.available(ware));
    AgentId seller = nobody;
    if (p.seller >= 0) seller = self.members(sellers)[static_cast<std::uint32_t>(p.seller)].id();
    self.order(ware, p.quantity, p.limit, seller);
  }
};

/// Discloses a record.
struct Discloser {
  static constexpr std::size_t most = 8;
  struct Params {};
  struct Traits {};
  struct State {
    double a, b, c, d, e, f, g, h;
  };
  static void describe(Kind<Discloser>& kind, const char* name, const char* record,
                       const std::vector<const char*>& names) {
    constexpr std::array<double State::*, most> members = {&State::a, &State::b, &State::c, &State::d,
                                                           &State::e, &State::f, &State::g, &State::h};
    kind.name(name).doc("Discloses a record.");
    for (std::size_t i = 0; i < names.size(); ++i)
      kind.state(names[i], members[i], "1").disclosed(record).doc("As it was told.");
    constexpr std::array<const char*, most> unused = {"spare_1", "spare_2", "spare_3", "spare_4",
                                                      "spare_5", "spare_6", "spare_7", "spare_8"};
    for (std::size_t i = names.size(); i < most; ++i) kind.state(unused[i], members[i], "1").doc("Unused.");
  }
};

/// Holds money.
struct Bystander {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(Kind<Bystander>& kind) { kind.name("bystander").doc("Holds money."); }
};

// The stand-ins of one scene as a plugin of the program. They live as long as this.
class StandIns {
 public:
  const char* keep(std::string text) { return texts_.emplace_back(std::move(text)).c_str(); }
  template <class K, class... More>
  void add(More... more) {
    auto made = std::make_shared<Kind<K>>();
    K::describe(*made, more...);
    list_.push_back(&made->finish());
    kinds_.push_back(std::move(made));
  }
  const ondol_plugin& plugin() {
    plugin_ = {sizeof plugin_,
               ONDOL_ABI_MAJOR,
               ONDOL_ABI_MINOR,
               "stand_ins",
               "1",
               list_.data(),
               nullptr,
               static_cast<std::uint32_t>(list_.size()),
               0,
               nullptr};
    return plugin_;
  }

 private:
  std::deque<std::string> texts_;
  std::vector<std::shared_ptr<void>> kinds_;
  std::vector<const ondol_kind*> list_;
  ondol_plugin plugin_{};
};

}  // namespace ondol::testing
