// Transactions that any worker may take now, by table: many rows of one table make one statement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tbl::schedule {

/// Numbers of transactions, each with the table it is about. Not thread safe.
class ReadyList {
 public:
  void insert(uint64_t number, uint64_t table, uint64_t rows);
  /// `number` is in the list, with this table and so many rows.
  void erase(uint64_t number, uint64_t table, uint64_t rows);
  bool empty() const { return groups_.empty(); }
  /// The smallest number of this table, or, where it has none, of all. The list is not empty.
  uint64_t next(uint64_t table);
  /// Rows of the table that has the smallest number; 0 when the list is empty.
  uint64_t rows_of_oldest();

 private:
  /// Never empty.
  struct Group {
    std::vector<uint64_t> numbers;  // ascending from `head` on
    size_t head = 0;
    uint64_t rows = 0;
    uint64_t rank = 0;  // its place in order_: at most the smallest number
    uint64_t smallest() const { return numbers[head]; }
  };
  Group* find(uint64_t table);
  Group& oldest();

  std::unordered_map<uint64_t, Group> groups_;         // by table
  std::set<std::pair<uint64_t, uint64_t>> order_;      // rank and table
  std::pair<uint64_t, Group*> recent_ = {0, nullptr};  // most calls are about the same table
};

}  // namespace tbl::schedule
