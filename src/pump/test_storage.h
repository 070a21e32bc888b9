// A real Storage on a simulated disk, and short words for records; for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "base/sim_env.h"
#include "cluster/pd.h"
#include "proto/binlog.pb.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// A serialized Binlog with all fields that Go always writes.
inline std::string binlog_bytes(binlog::BinlogType tp, uint64_t start_ts, uint64_t commit_ts,
                                const std::string& key = "", const std::string& value = "") {
  binlog::Binlog record;
  record.set_tp(tp);
  record.set_start_ts(static_cast<int64_t>(start_ts));
  record.set_commit_ts(static_cast<int64_t>(commit_ts));
  if (!key.empty()) record.set_prewrite_key(key);
  if (!value.empty()) record.set_prewrite_value(value);
  record.set_ddl_job_id(0);
  record.set_ddl_schema_state(0);
  return record.SerializeAsString();
}

class TestStorage {
 public:
  TestStorage() {
    StorageOptions options;
    options.dir = "data";
    options.env = &disk;
    options.ask_after = std::chrono::milliseconds(1);
    EXPECT_TRUE(disk.create_dirs("data").ok());
    auto opened = Storage::open(std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status().message();
    storage = std::move(opened).value();
  }

  /// Durable when it returns.
  void write(const std::string& payload) {
    auto record = decode_binlog(payload);
    ASSERT_TRUE(record.ok()) << record.status().message();
    std::promise<Status> done;
    storage->write(std::move(record).value(), [&done](const Status& s) { done.set_value(s); });
    Status status = done.get_future().get();
    ASSERT_TRUE(status.ok()) << status.message();
  }
  void prewrite(uint64_t start_ts, const std::string& value = "v") {
    write(binlog_bytes(binlog::Prewrite, start_ts, 0, "k" + std::to_string(start_ts), value));
  }
  void commit(uint64_t start_ts, uint64_t commit_ts) {
    write(binlog_bytes(binlog::Commit, start_ts, commit_ts));
  }
  void rollback(uint64_t start_ts) { write(binlog_bytes(binlog::Rollback, start_ts, 0)); }
  void fake(uint64_t ts) { write(binlog_bytes(binlog::Rollback, ts, ts)); }
  /// U has reached `ts`.
  void wait_released(uint64_t ts) {
    ASSERT_TRUE(storage->wait_published(ts - 1, {}, std::chrono::seconds(30))) << ts;
  }

  SimEnv disk;
  std::unique_ptr<Storage> storage;
};

/// Hands out rising numbers.
class FakeTso final : public cluster::TsoSource {
 public:
  Result<uint64_t> get_ts() override {
    if (broken) return unavailable("no PD");
    return ++last;
  }
  uint64_t last = 0;
  bool broken = false;
};

}  // namespace tbl::pump
