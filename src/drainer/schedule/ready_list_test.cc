#include "drainer/schedule/ready_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/test_seed.h"

namespace tbl::schedule {
namespace {

TEST(ReadyList, StaysAtATableThenTakesTheOldest) {
  ReadyList list;
  for (uint64_t i = 0; i < 9; ++i) list.insert(i, i % 3, 1);
  std::vector<uint64_t> order;
  for (uint64_t table = 1; !list.empty();) {
    uint64_t number = list.next(table);
    table = number % 3;
    list.erase(number, table, 1);
    order.push_back(number);
  }
  EXPECT_EQ(order, (std::vector<uint64_t>{1, 4, 7, 0, 3, 6, 2, 5, 8}));
}

TEST(ReadyList, ALateOldNumberComesFirst) {
  ReadyList list;
  list.insert(5, 1, 4);
  list.insert(7, 2, 1);
  list.insert(3, 2, 2);
  EXPECT_EQ(list.next(9), 3u);
  EXPECT_EQ(list.rows_of_oldest(), 3u);
  list.erase(3, 2, 2);
  EXPECT_EQ(list.next(9), 5u);
  EXPECT_EQ(list.rows_of_oldest(), 4u);
}

TEST(ReadyList, AgreesWithAModel) {
  std::mt19937 random(test_seed());
  ReadyList list;
  std::map<uint64_t, uint64_t> model;  // number to table
  uint64_t next_number = 0;
  for (int step = 0; step < 50000; ++step) {
    const uint64_t table = random() % 7;
    if (model.empty() || random() % 2 == 0) {
      // Now and then one that was held back.
      uint64_t number = next_number += 2;
      if (number > 100 && random() % 4 == 0) number -= 1 + random() % 50 * 2;
      if (!model.emplace(number, table).second) continue;
      list.insert(number, table, 1);
    } else {
      auto of_table = std::find_if(model.begin(), model.end(),
                                   [&](const auto& entry) { return entry.second == table; });
      auto wanted = of_table == model.end() ? model.begin() : of_table;
      ASSERT_EQ(list.next(table), wanted->first) << "step " << step;
      if (random() % 8 == 0) wanted = std::next(model.begin(), random() % model.size());
      list.erase(wanted->first, wanted->second, 1);
      model.erase(wanted);
    }
    ASSERT_EQ(list.empty(), model.empty());
  }
}

}  // namespace
}  // namespace tbl::schedule
