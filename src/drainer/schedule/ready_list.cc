#include "drainer/schedule/ready_list.h"

#include <algorithm>

namespace tbl::schedule {

ReadyList::Group* ReadyList::find(uint64_t table) {
  if (recent_.second != nullptr && recent_.first == table) return recent_.second;
  auto it = groups_.find(table);
  if (it == groups_.end()) return nullptr;
  recent_ = {table, &it->second};
  return recent_.second;
}

void ReadyList::insert(uint64_t number, uint64_t table, uint64_t rows) {
  Group* group = find(table);
  if (group == nullptr) {
    group = &groups_[table];
    group->rank = number;
    order_.emplace(number, table);
  }
  group->rows += rows;
  auto& numbers = group->numbers;
  if (numbers.empty() || number > numbers.back()) {
    numbers.push_back(number);
    return;
  }
  auto begin = numbers.begin() + static_cast<ptrdiff_t>(group->head);
  numbers.insert(std::lower_bound(begin, numbers.end(), number), number);
  if (number >= group->rank) return;
  order_.erase({group->rank, table});
  group->rank = number;
  order_.emplace(number, table);
}

void ReadyList::erase(uint64_t number, uint64_t table, uint64_t rows) {
  Group& group = *find(table);
  group.rows -= rows;
  auto& numbers = group.numbers;
  if (number == group.smallest()) {
    ++group.head;
  } else {
    auto begin = numbers.begin() + static_cast<ptrdiff_t>(group.head);
    numbers.erase(std::lower_bound(begin, numbers.end(), number));
  }
  if (group.head < numbers.size()) {
    // Half of it is gone: the rest moves up.
    if (group.head < 64 || group.head * 2 < numbers.size()) return;
    numbers.erase(numbers.begin(), numbers.begin() + static_cast<ptrdiff_t>(group.head));
    group.head = 0;
    return;
  }
  order_.erase({group.rank, table});
  groups_.erase(table);
  recent_ = {0, nullptr};
}

// Ranks fall behind as numbers are taken; they are put right where it matters.
ReadyList::Group& ReadyList::oldest() {
  while (true) {
    auto [rank, table] = *order_.begin();
    Group& group = *find(table);
    if (group.smallest() == rank) return group;
    order_.erase(order_.begin());
    group.rank = group.smallest();
    order_.emplace(group.rank, table);
  }
}

uint64_t ReadyList::next(uint64_t table) {
  const Group* group = find(table);
  return group != nullptr ? group->smallest() : oldest().smallest();
}

uint64_t ReadyList::rows_of_oldest() { return empty() ? 0 : oldest().rows; }

}  // namespace tbl::schedule
