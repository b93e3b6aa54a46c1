// What expressions in a world file can name: constants, data, and what populations are said to have.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

// Until this object ends, values count there.
class Within {
 public:
  Within(const Reading& world, Scope scope) : world_(world), before_(world.evaluation.scope) {
    world.evaluation.scope = scope;
  }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;
  ~Within() { world_.evaluation.scope = before_; }

 private:
  const Reading& world_;
  Scope before_;
};

// The same scope in another region.
Scope in_region(const Reading& world, Index r);
// That of a population, and of the row of data that it is.
Scope scope_of(const Reading& world, Index population);

// What a value says: a text with its unit, an expression behind "=", or a bare number.
Quantity quantity_at(const Reading& world, const Toml& node);

}  // namespace ondol
