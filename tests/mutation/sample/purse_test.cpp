#include "purse.hpp"

#include <cstring>

extern "C" double fare(double distance, int age);

static bool pays() {
  Purse purse{10};
  return purse.pay(4) && purse.money == 6 && !purse.pay(7) && purse.pay(6) && purse.money == 0;
}

static bool keeps() { return Purse{0}.doubled() == 0 && Purse::least == 7; }

static bool fares() { return fare(5, 30) == 13 && fare(5, 4) == 0; }

int main(int, char** arguments) {
  const char* name = arguments[1];
  return (!std::strcmp(name, "pays") ? pays() : !std::strcmp(name, "keeps") ? keeps() : fares()) ? 0 : 1;
}
