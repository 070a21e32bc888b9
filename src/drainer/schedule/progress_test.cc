#include "drainer/schedule/progress.h"
#include "base/test_seed.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace tbl::schedule {
namespace {

TEST(Progress, StandsStillBehindAGap) {
  Progress progress({100, 7});
  uint64_t a = progress.add(110, 8);
  uint64_t b = progress.add(120, 9);
  progress.finish(b);
  EXPECT_EQ(progress.position(), (Progress::Position{100, 7}));
  progress.finish(a);
  EXPECT_EQ(progress.position(), (Progress::Position{120, 9}));
  EXPECT_TRUE(progress.all_finished());
}

TEST(Progress, FakesCountWhenEverythingBeforeThemIsDone) {
  Progress progress({100, 7});
  progress.add_finished(105, 7);
  EXPECT_EQ(progress.position().commit_ts, 105u);
  uint64_t a = progress.add(110, 7);
  progress.add_finished(115, 0);
  progress.add_finished(118, 0);
  EXPECT_EQ(progress.position().commit_ts, 105u);
  progress.finish(a);
  EXPECT_EQ(progress.position(), (Progress::Position{118, 7}));
}

TEST(Progress, PartsCountWithTheLastOne) {
  Progress progress({100, 7});
  uint64_t part1 = progress.add(0, 8);
  uint64_t part2 = progress.add(0, 8);
  uint64_t last = progress.add(130, 8);
  progress.finish(part1);
  progress.finish(last);
  EXPECT_EQ(progress.position().commit_ts, 100u);
  progress.finish(part2);
  EXPECT_EQ(progress.position().commit_ts, 130u);
}

// The model: a map of all items; K is the largest ts before the first unfinished item.
TEST(Progress, AgreesWithAModel) {
  unsigned seed = test_seed();
  std::mt19937 random(seed);
  Progress progress({1, 0});
  struct Item {
    uint64_t ts;
    bool finished;
  };
  std::vector<Item> model;
  std::map<uint64_t, size_t> open;  // number -> place in the model
  uint64_t ts = 1;
  for (int i = 0; i < 20000; ++i) {
    switch (random() % 4) {
      case 0:
        model.push_back({++ts, true});
        progress.add_finished(ts, 0);
        break;
      case 1:
        model.push_back({++ts, false});
        open[progress.add(ts, 0)] = model.size() - 1;
        break;
      default: {
        if (open.empty()) break;
        auto it = std::next(open.begin(), static_cast<long>(random() % open.size()));
        model[it->second].finished = true;
        progress.finish(it->first);
        open.erase(it);
      }
    }
    uint64_t expected = 1;
    size_t from = model.size() > 200 ? model.size() - 200 : 0;
    bool gap = !open.empty() && open.begin()->second < from;
    if (gap) continue;  // the model's window does not show it
    if (from > 0) expected = model[from - 1].ts;
    for (size_t j = from; j < model.size() && model[j].finished; ++j) expected = model[j].ts;
    ASSERT_EQ(progress.position().commit_ts, expected) << "after " << i << " steps";
  }
}

}  // namespace
}  // namespace tbl::schedule
