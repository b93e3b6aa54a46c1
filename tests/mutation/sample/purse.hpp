// A purse, some of whose rules are tested.
#pragma once

struct Purse {
  static constexpr int least = 3 + 4;
  double money;

  // Tested on both sides of the edge.
  bool pay(double amount) {
    if (amount > money) return false;
    money -= amount;
    return true;
  }

  // Tested with nothing in it only.
  double doubled() const { return money * 2.0; }

  double lacking(double price) const;
};
