#include "tidb/parser/keywords.h"

#include <array>

namespace tbl::tidb {

namespace {

constexpr size_t kLongest = 32;
constexpr size_t kSlots = 4096;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

uint32_t hash_of(std::string_view word) {
  uint32_t hash = 2166136261U;
  for (char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash ^ (hash >> 13);
}

/// Open addressing over the table, filled once.
class Index {
 public:
  Index() {
    for (size_t i = 0; i < kKeywordCount; ++i) {
      size_t slot = hash_of(kKeywords[i].name) % kSlots;
      while (slots_[slot] != 0) slot = (slot + 1) % kSlots;
      slots_[slot] = static_cast<uint16_t>(i + 1);
    }
  }

  uint16_t find(std::string_view word) const {
    for (size_t slot = hash_of(word) % kSlots; slots_[slot] != 0; slot = (slot + 1) % kSlots) {
      if (keyword(slots_[slot]).name == word) return slots_[slot];
    }
    return 0;
  }

 private:
  std::array<uint16_t, kSlots> slots_{};
};

constexpr bool table_is_sorted() {
  for (size_t i = 1; i < kKeywordCount; ++i) {
    if (kKeywords[i - 1].name >= kKeywords[i].name) return false;
  }
  return true;
}
static_assert(table_is_sorted());
static_assert(kKeywordCount < kSlots / 2);

}  // namespace

uint16_t find_keyword(std::string_view word) {
  static const Index index;
  if (word.size() > kLongest) return 0;
  std::array<char, kLongest> folded;
  for (size_t i = 0; i < word.size(); ++i) folded[i] = upper(word[i]);
  return index.find({folded.data(), word.size()});
}

}  // namespace tbl::tidb
