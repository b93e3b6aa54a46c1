// Many lists that grow at once: what is sorted by where it goes, while it is still at hand.
#pragma once

#include "base/columns.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ondol {

// A list is a chain of small pages. Lists that grow alike would, each in memory of its own, have their ends at the same
// distance from a boundary, where the processor's cache holds only few of them; ends of pages lie all over.
template <class T>
class Bins {
 public:
  // Empties all lists and makes them so many; their memory stays.
  void restart(std::size_t count) {
    first_.assign(count, nullptr);
    next_.assign(count, full_.values + per_page);
    used_ = 0;
  }

  void push(std::size_t list, const T& value) {
    T* next = next_[list];
    if ((reinterpret_cast<std::uintptr_t>(next) & (page_bytes - 1)) == offset_of_end) next = grow(list);
    *next = value;
    next_[list] = next + 1;
  }
  bool empty(std::size_t list) const { return first_[list] == nullptr; }
  // Calls use(span of values) for one part of a list after the other.
  template <class Use>
  void for_each_page(std::size_t list, Use&& use) const {
    const T* const end = next_[list];
    for (const Page* page = first_[list]; page != nullptr; page = page->after) {
      if (page->after != nullptr) columns::prefetch(page->after, 1);
      const bool last = end > page->values && end <= page->values + per_page;
      use(std::span<const T>(page->values, last ? end : page->values + per_page));
    }
  }

 private:
  static constexpr std::size_t page_bytes = 1024, pages_per_slab = 32;
  static constexpr std::size_t per_page = (page_bytes - sizeof(void*)) / sizeof(T);
  static constexpr std::size_t offset_of_end = per_page * sizeof(T);
  struct alignas(page_bytes) Page {
    T values[per_page];
    Page* after;
  };
  static_assert(sizeof(Page) == page_bytes);
  inline static Page full_{};  // at whose end lists without a page stand

  // The start of a page added to the list.
  T* grow(std::size_t list) {
    if (used_ == slabs_.size() * pages_per_slab) slabs_.push_back(std::make_unique<Page[]>(pages_per_slab));
    Page* const page = &slabs_[used_ / pages_per_slab][used_ % pages_per_slab];
    ++used_;
    page->after = nullptr;
    if (first_[list] == nullptr) {
      first_[list] = page;
    } else {
      reinterpret_cast<Page*>(reinterpret_cast<char*>(next_[list]) - offset_of_end)->after = page;
    }
    return page->values;
  }

  std::vector<Page*> first_;  // by list
  std::vector<T*> next_;      // by list
  std::vector<std::unique_ptr<Page[]>> slabs_;
  std::size_t used_ = 0;  // pages
};

}  // namespace ondol
