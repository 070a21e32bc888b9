#include "tidb/kv/cursor.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/test_seed.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/mem_storage.h"

namespace tbl::tidb {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs read_all(KvCursor& cursor) {
  Pairs pairs;
  while (true) {
    const auto more = cursor.next();
    EXPECT_TRUE(more.ok()) << more.status().message();
    if (!more.ok() || !*more) return pairs;
    pairs.emplace_back(cursor.key(), cursor.value());
  }
}

std::string random_key(std::mt19937& random) {
  std::string key;
  for (size_t i = 0; i <= random() % 3; ++i) key += static_cast<char>('a' + random() % 5);
  return key;
}

/// What a cursor over the range has to give.
Pairs expected(const std::map<std::string, std::string>& all, const KeyRange& range, bool reverse) {
  Pairs pairs;
  for (const auto& [key, value] : all) {
    if (key >= range.start && (range.end.empty() || key < range.end))
      pairs.emplace_back(key, value);
  }
  if (reverse) std::reverse(pairs.begin(), pairs.end());
  return pairs;
}

TEST(KvCursor, MergesOwnWritesIntoTheSnapshot) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  for (int round = 0; round < 100; ++round) {
    MemStorage storage;
    KvStore store(storage, nullptr);
    std::map<std::string, std::string> model;
    auto first = store.begin().value();
    for (size_t i = 0; i < random() % 40; ++i) {
      const std::string key = random_key(random);
      model[key] = "stored" + std::to_string(i);
      ASSERT_TRUE(first->put(key, model[key]).ok());
    }
    ASSERT_TRUE(first->commit().ok());
    store.drain();
    const uint64_t ts = storage.get_ts().value();
    MemBuffer own;
    for (size_t i = 0; i < random() % 30; ++i) {
      const std::string key = random_key(random);
      if (random() % 3 == 0) {
        own.remove(key);
        model.erase(key);
      } else {
        model[key] = "own" + std::to_string(i);
        own.put(key, model[key]);
      }
    }
    for (int i = 0; i < 6; ++i) {
      KvCursor::Options options;
      options.range = {random() % 2 ? random_key(random) : "",
                       random() % 2 ? random_key(random) : ""};
      options.reverse = random() % 2;
      options.first_page = 1 + random() % 4;
      KvCursor cursor(storage, ts, own, options);
      own.put("zz", "written after the cursor was opened");
      EXPECT_EQ(read_all(cursor), expected(model, options.range, options.reverse));
      own.rollback_to(own.mark() - 1);
    }
  }
}

TEST(KvCursor, AnEmptyRangeGivesNothing) {
  MemStorage storage;
  MemBuffer own;
  own.put("b", "1");
  KvCursor::Options options;
  options.range = {"c", "a"};
  KvCursor cursor(storage, 1, own, options);
  EXPECT_TRUE(read_all(cursor).empty());
}

TEST(KvCursor, AnErrorOfTheStoreIsReturned) {
  MemStorage storage;
  storage.on_call([](const std::string& phase) {
    return phase == "scan" ? unavailable("no store") : ok_status();
  });
  MemBuffer own;
  KvCursor cursor(storage, 1, own, {});
  EXPECT_EQ(cursor.next().status().message(), "no store");
}

}  // namespace
}  // namespace tbl::tidb
