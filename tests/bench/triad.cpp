#include "triad.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace ondol::bench {

double triad_bytes_per_second() {
  constexpr std::size_t n = std::size_t{1} << 24U;
  std::vector<double> a(n, 1);
  std::vector<double> b(n, 2);
  std::vector<double> c(n, 3);
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + 0.5 * c[i];
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    std::swap(a, b);
  }
  return 3.0 * 8.0 * static_cast<double>(n) / best;
}

}  // namespace ondol::bench
