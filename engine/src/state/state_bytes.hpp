// States as bytes: written, and read again without trust in what is read.
#pragma once

#include "state/visit.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ondol {

// Why bytes are no state.
struct Unreadable {
  std::string why;
};

class ByteWriter : public Visitor<ByteWriter> {
 public:
  static constexpr bool keeps = true;

  template <class T>
  void number(const T& value) {
    append(&value, sizeof value);
  }
  template <class T>
  void numbers(const std::vector<T>& column) {
    length(column);
    append(column.data(), column.size() * sizeof(T));
  }
  template <class T>
  void length(const std::vector<T>& list) {
    number(std::uint64_t{list.size()});
  }
  template <class T>
  void late(const Late<T>& column) {
    number(std::uint64_t{column.size()});
    number(column.written() != nullptr);
    if (column.written() != nullptr) append(column.written()->data(), column.size() * sizeof(T));
  }
  void text(const std::string& value) {
    number(std::uint64_t{value.size()});
    append(value.data(), value.size());
  }

  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void append(const void* from, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), first, first + size);
  }

  std::vector<std::byte> bytes_;
};

// No count is believed before what it counts is there, so nothing is allocated that was not written. Throws Unreadable.
class ByteReader : public Visitor<ByteReader> {
 public:
  static constexpr bool keeps = true;
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <class T>
  void number(T& value) {
    std::memcpy(&value, take(sizeof value), sizeof value);
  }
  void number(bool& value) { value = std::to_integer<int>(*take(1)) != 0; }
  template <class T>
  void numbers(std::vector<T>& column) {
    column.resize(count(sizeof(T)));
    copy(column.data(), column.size() * sizeof(T));
  }
  template <class T>
  void length(std::vector<T>& list) {
    if constexpr (grows_with_run<T>) {
      list.resize(count(24));  // the least that one takes
    } else if (count(0) != list.size()) {
      throw Unreadable{"it has other tables than its world"};
    }
  }
  template <class T>
  void late(Late<T>& column) {
    std::uint64_t rows = 0;
    bool written = false;
    number(rows);
    number(written);
    if (!written && rows > none) throw Unreadable{"a column has more rows than there can be"};
    if (written && rows > rest_.size() / sizeof(T)) throw Unreadable{"it ends too early"};
    column.resize(rows);
    if (written) copy(column.values().data(), rows * sizeof(T));
  }
  std::string text() {
    const std::size_t size = count(1);
    return {reinterpret_cast<const char*>(take(size)), size};
  }

  std::size_t left() const { return rest_.size(); }

 private:
  // Of elements of which each takes so many bytes.
  std::size_t count(std::size_t size) {
    std::uint64_t elements = 0;
    number(elements);
    if (size > 0 && elements > rest_.size() / size) throw Unreadable{"it ends too early"};
    return elements;
  }
  void copy(void* to, std::size_t size) {
    if (size > 0) std::memcpy(to, take(size), size);
  }
  const std::byte* take(std::size_t size) {
    if (size > rest_.size()) throw Unreadable{"it ends too early"};
    return std::exchange(rest_, rest_.subspan(size)).data();
  }

  std::span<const std::byte> rest_;
};

// What is read into a state that is laid out for the model is made whole, and every row, id and length in it checked:
// from then on it can be relied upon as one that was run. Throws Unreadable.
void complete_state(const Model& model, State& state);

}  // namespace ondol
