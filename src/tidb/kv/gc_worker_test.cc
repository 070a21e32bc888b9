#include "tidb/kv/gc_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "tidb/kv/gc_time.h"
#include "tidb/kv/mem_storage.h"

namespace tbl::tidb {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kNow = 1577934245000;  // 2020-01-02 03:04:05
constexpr int64_t kMinute = 60000;

class MapTables : public GcTables {
 public:
  Result<std::optional<std::string>> get(const std::string& name) override {
    std::lock_guard lock(mutex);
    auto it = rows.find(name);
    if (it == rows.end()) return std::optional<std::string>();
    return std::optional(it->second);
  }
  Status set(const std::string& name, const std::string& value, const std::string&) override {
    std::lock_guard lock(mutex);
    rows[name] = value;
    return ok_status();
  }
  Result<std::vector<Range>> delete_ranges(uint64_t safe_point) override {
    std::vector<Range> old;
    for (const auto& range : ranges) {
      if (range.ts < safe_point) old.push_back(range);
    }
    return old;
  }
  Status range_done(const Range& range) override {
    std::erase_if(ranges, [&](const Range& r) { return r.job_id == range.job_id; });
    return ok_status();
  }

  std::mutex mutex;  ///< of rows, while a worker's thread runs
  std::map<std::string, std::string> rows;
  std::vector<Range> ranges;
};

class ModelCluster : public GcCluster {
 public:
  Result<uint64_t> now_ts() override { return make_tso(now_ms, 7); }
  Result<uint64_t> agree(uint64_t wanted) override { return std::min(wanted, service); }
  Status announce(uint64_t safe_point) override { return note("announce", safe_point); }
  Status resolve_locks(uint64_t safe_point) override { return note("resolve", safe_point); }
  Status destroy_range(const std::string& start, const std::string& end) override {
    calls.push_back("destroy " + start + " " + end);
    return start == "bad" ? unavailable("no store") : ok_status();
  }
  Status collect(uint64_t safe_point) override { return note("collect", safe_point); }

  Status note(const std::string& what, uint64_t safe_point) {
    calls.push_back(what);
    last = safe_point;
    return what == fails ? unavailable("no store") : ok_status();
  }

  int64_t now_ms = kNow;
  uint64_t service = UINT64_MAX;
  uint64_t last = 0;
  std::string fails;
  std::vector<std::string> calls;
};

class GcWorkerTest : public ::testing::Test {
 protected:
  static GcOptions options() {
    GcOptions options;
    options.leader_id = "me";
    options.leader_desc = "host:h, pid:1";
    return options;
  }
  MemStorage storage_;
  KvStore store_{storage_, nullptr};
  MapTables tables_;
  ModelCluster cluster_;
  GcWorker worker_{cluster_, store_, tables_, options()};
};

TEST_F(GcWorkerTest, CollectsBelowTheLifeTimeOncePerInterval) {
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_EQ(cluster_.last, make_tso(kNow - 10 * kMinute, 0));
  EXPECT_THAT(cluster_.calls, ElementsAre("announce", "resolve", "collect"));
  EXPECT_EQ(tables_.rows["tikv_gc_life_time"], "10m0s");
  EXPECT_EQ(tables_.rows["tikv_gc_safe_point"], "20200102-02:54:05 +0000");
  EXPECT_EQ(tables_.rows["tikv_gc_last_run_time"], "20200102-03:04:05 +0000");
  EXPECT_EQ(tables_.rows["tikv_gc_leader_uuid"], "me");
  cluster_.now_ms += 9 * kMinute;
  EXPECT_FALSE(worker_.tick().value());
  EXPECT_EQ(tables_.rows["tikv_gc_leader_lease"], "20200102-03:15:05 +0000");
  cluster_.now_ms += kMinute;
  EXPECT_TRUE(worker_.tick().value());
}

TEST_F(GcWorkerTest, SettingsAreThereFromTheStart) {
  worker_.start();
  const auto shown = [&] {
    std::lock_guard lock(tables_.mutex);
    return tables_.rows.contains("tikv_gc_life_time");
  };
  while (!shown()) std::this_thread::yield();
  EXPECT_TRUE(cluster_.calls.empty()) << "and nothing is collected yet";
}

TEST_F(GcWorkerTest, SettingsAreObeyed) {
  tables_.rows["tikv_gc_life_time"] = "24h";
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_EQ(cluster_.last, make_tso(kNow - 24 * 60 * kMinute, 0));
  tables_.rows["tikv_gc_enable"] = "false";
  cluster_.now_ms += 60 * kMinute;
  EXPECT_FALSE(worker_.tick().value());
  tables_.rows["tikv_gc_enable"] = "true";
  tables_.rows["tikv_gc_life_time"] = "1s";
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_EQ(cluster_.last, make_tso(cluster_.now_ms - 10 * kMinute, 0)) << "at least 10 minutes";
  tables_.rows["tikv_gc_life_time"] = "soon";
  cluster_.now_ms += 60 * kMinute;
  EXPECT_FALSE(worker_.tick().ok());
  // The safe point never goes back.
  tables_.rows["tikv_gc_life_time"] = "240h";
  EXPECT_FALSE(worker_.tick().value());
}

TEST_F(GcWorkerTest, NeverAboveAServiceOrAnOpenTransaction) {
  cluster_.service = make_tso(kNow - 100 * kMinute, 0);
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_EQ(cluster_.last, cluster_.service);
  cluster_.service = UINT64_MAX;
  cluster_.now_ms += 60 * kMinute;
  auto open = store_.begin({.snapshot_ts = make_tso(kNow, 5)}).value();
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_EQ(cluster_.last, make_tso(kNow, 4));
}

TEST_F(GcWorkerTest, AnotherLeaderIsRespectedWhileItsLeaseLasts) {
  tables_.rows["tikv_gc_leader_uuid"] = "other";
  tables_.rows["tikv_gc_leader_lease"] = "20200102-11:05:05 +0800";
  EXPECT_FALSE(worker_.tick().value());
  cluster_.now_ms += 2 * kMinute;
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_EQ(tables_.rows["tikv_gc_leader_uuid"], "me");
}

TEST_F(GcWorkerTest, DroppedTablesGoWhenTheirTimeHasCome) {
  const uint64_t old = make_tso(kNow - 20 * kMinute, 0), young = make_tso(kNow, 0);
  tables_.ranges = {{1, 1, "a", "b", old}, {2, 1, "bad", "c", old}, {3, 1, "d", "e", young}};
  EXPECT_TRUE(worker_.tick().value());
  EXPECT_THAT(cluster_.calls,
              ElementsAre("announce", "resolve", "destroy a b", "destroy bad c", "collect"));
  ASSERT_EQ(tables_.ranges.size(), 2U);
  EXPECT_EQ(tables_.ranges[0].job_id, 2) << "what failed stays";
}

TEST_F(GcWorkerTest, LocksThatCannotBeResolvedStopTheCollection) {
  cluster_.fails = "resolve";
  EXPECT_FALSE(worker_.tick().ok());
  EXPECT_THAT(cluster_.calls, ElementsAre("announce", "resolve"));
}

TEST(GcTime, TextAndBack) {
  EXPECT_EQ(format_gc_time(kNow), "20200102-03:04:05 +0000");
  EXPECT_EQ(parse_gc_time("20200102-03:04:05 +0000").value(), kNow);
  EXPECT_EQ(parse_gc_time("20200102-11:04:05 +0800").value(), kNow);
  EXPECT_EQ(parse_gc_time("20200101-21:34:05 -0530").value(), kNow);
  EXPECT_EQ(parse_gc_time("20200102-03:04:05.123 +0000").value(), kNow);
  EXPECT_FALSE(parse_gc_time("yesterday").ok());
}

}  // namespace
}  // namespace tbl::tidb
