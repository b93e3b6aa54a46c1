// Many lists that grow at once: what is sorted by where it goes, while it is still at hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace ondol {

// A list is a chain of small pages. Lists that grow alike would, each in memory of its own, have their ends at the same
// distance from a boundary, where the processor's cache holds only few of them; ends of pages lie all over.
template <class T>
class Bins {
 public:
  // Empties all lists and makes them so many; their memory stays.
  void restart(std::size_t count) {
    lists_.assign(count, List{});
    used_ = 0;
  }
  std::size_t size() const { return lists_.size(); }

  void push(std::size_t list, const T& value) {
    List& to = lists_[list];
    if ((reinterpret_cast<std::uintptr_t>(to.next) & (page_bytes - 1)) == offset_of_end) grow(to);
    *to.next++ = value;
  }
  bool empty(std::size_t list) const { return lists_[list].first == nullptr; }
  // Calls use(span of values) for one part of a list after the other.
  template <class Use>
  void for_each_page(std::size_t list, Use&& use) const {
    const T* const end = lists_[list].next;
    for (const Page* page = lists_[list].first; page != nullptr; page = page->after) {
      const bool last = end > page->values && end <= page->values + per_page;
      use(std::span<const T>(page->values, last ? end : page->values + per_page));
    }
  }

 private:
  static constexpr std::size_t page_bytes = 512, pages_per_slab = 64;
  static constexpr std::size_t per_page = (page_bytes - sizeof(void*)) / sizeof(T);
  static constexpr std::size_t offset_of_end = per_page * sizeof(T);
  struct alignas(page_bytes) Page {
    T values[per_page];
    Page* after;
  };
  static_assert(sizeof(Page) == page_bytes);
  // The end of a page that is full, where lists without a page stand.
  inline static Page full_{};
  struct List {
    Page* first = nullptr;
    T* next = full_.values + per_page;
  };

  void grow(List& list) {
    if (used_ == slabs_.size() * pages_per_slab) slabs_.push_back(std::make_unique<Page[]>(pages_per_slab));
    Page* const page = &slabs_[used_ / pages_per_slab][used_ % pages_per_slab];
    ++used_;
    page->after = nullptr;
    if (list.first == nullptr) {
      list.first = page;
    } else {
      reinterpret_cast<Page*>(reinterpret_cast<char*>(list.next) - offset_of_end)->after = page;
    }
    list.next = page->values;
  }

  std::vector<List> lists_;
  std::vector<std::unique_ptr<Page[]>> slabs_;
  std::size_t used_ = 0;  // pages
};

}  // namespace ondol
