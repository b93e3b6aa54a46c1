// Hashing what the state is, whatever it is held in.
#include "state/fingerprint.hpp"

#include "state/visit.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory>

namespace ondol {

namespace {

class Hasher : public Visitor<Hasher> {
 public:
  static constexpr bool keeps = false;
  Hasher() : hash_(XXH3_createState(), &XXH3_freeState) { XXH3_128bits_reset(hash_.get()); }

  template <class T>
  void number(const T& value) {
    XXH3_128bits_update(hash_.get(), &value, sizeof value);
  }
  template <class T>
  void numbers(const std::vector<T>& column) {
    length(column);
    XXH3_128bits_update(hash_.get(), column.data(), column.size() * sizeof(T));
  }
  template <class T>
  void length(const std::vector<T>& list) {
    number(list.size());
  }
  // As if all of it had been written.
  template <class T>
  void late(const Late<T>& column) {
    if (column.written() != nullptr) return numbers(*column.written());
    number(column.size());
    repeat(column.initial(), column.size());
  }

  std::string digits() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(hash_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  template <class T>
  void repeat(T value, std::size_t count) {
    std::array<T, 512> values;
    values.fill(value);
    for (std::size_t part; count > 0; count -= part) {
      part = std::min(count, values.size());
      XXH3_128bits_update(hash_.get(), values.data(), part * sizeof(T));
    }
  }

  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash_;
};

}  // namespace

std::string fingerprint_of(const State& state) {
  Hasher hasher;
  hasher.all(state);
  return hasher.digits();
}

std::string hash_of_bytes(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace ondol
