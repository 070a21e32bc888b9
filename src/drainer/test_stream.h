// Binlogs, DDL jobs and a sink for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/env.h"
#include "codec/keys.h"
#include "codec/prewrite_value.h"
#include "drainer/binlog_item.h"
#include "drainer/decode/transaction.h"
#include "drainer/merger.h"
#include "drainer/schedule/applier.h"
#include "schema/test_tables.h"

namespace tbl::drainer {

inline BinlogItem make_item(const codec::BinlogView& view) {
  std::string payload;
  codec::write_binlog(payload, view);
  BinlogItem item;
  item.payload = SharedBytes::of(std::move(payload));
  item.view = codec::BinlogView::parse(*item.payload).value();
  return item;
}

/// The same binlog as it comes when its rows were too large for memory.
inline BinlogItem spilled(const BinlogItem& item, Env& env) {
  std::string entity;
  codec::put_wire_bytes(entity, 2, *item.payload);
  std::string response;
  codec::put_wire_bytes(response, 1, entity);
  auto file = spill::SpillFile::create(env, "test.spill").value();
  EXPECT_TRUE(file->append(response).ok());
  EXPECT_TRUE(file->seal().ok());
  return parse_pull_response(std::move(file)).value();
}

/// A pump's time signal.
inline BinlogItem fake_item(uint64_t ts) {
  codec::BinlogView view;
  view.type = codec::kBinlogRollback;
  view.start_ts = view.commit_ts = static_cast<int64_t>(ts);
  return make_item(view);
}

/// A transaction that deletes `rows` rows of a table with one integer column of id 1.
inline BinlogItem rows_item(uint64_t commit_ts, int64_t table_id, int64_t version, int rows = 1) {
  codec::PrewriteValueWriter writer;
  for (int i = 0; i < rows; ++i) {
    writer.add_row(table_id, codec::kMutationDeleteRow,
                   std::string("\x08\x02\x08\x0e", 4));  // 1: 7
  }
  const std::string value = writer.finish(version);
  codec::BinlogView view;
  view.type = codec::kBinlogCommit;
  view.start_ts = static_cast<int64_t>(commit_ts) - 1;
  view.commit_ts = static_cast<int64_t>(commit_ts);
  view.prewrite_value = value;
  view.has_prewrite_value = true;
  return make_item(view);
}

inline BinlogItem ddl_item(uint64_t commit_ts, int64_t job_id, const std::string& query,
                           int32_t schema_state = 5) {
  codec::BinlogView view;
  view.type = codec::kBinlogCommit;
  view.start_ts = static_cast<int64_t>(commit_ts) - 1;
  view.commit_ts = static_cast<int64_t>(commit_ts);
  view.ddl_query = query;
  view.has_ddl_query = true;
  view.ddl_job_id = job_id;
  view.ddl_schema_state = schema_state;
  return make_item(view);
}

inline bool push_item(Merger& merger, const std::string& id, BinlogItem item,
                      const StopToken& stop) {
  return merger.push(id, {&item, 1}, stop);
}

/// The next that comes out of the merger; nothing when stop was requested.
inline std::optional<BinlogItem> next_item(Merger& merger, const StopToken& stop = {}) {
  std::vector<BinlogItem> items;
  if (!merger.take({.items = 1}, &items, stop)) return std::nullopt;
  return std::move(items.front());
}

/// What comes out of the merger now.
inline std::optional<BinlogItem> next_ready(Merger& merger) {
  std::vector<BinlogItem> items;
  if (merger.take_ready({.items = 1}, &items) == 0) return std::nullopt;
  return std::move(items.front());
}

/// Where TiDB keeps a finished job.
inline std::string history_key(int64_t job_id) {
  std::string field;
  put_be64(field, static_cast<uint64_t>(job_id));
  return codec::meta_hash_key("DDLJobHistory", field);
}

/// Writes down what it is told: "rows 10 x3", "ddl 20 create table t", "progress 30".
class RecordingApplier final : public schedule::Applier {
 public:
  Result<schedule::StartPoint> start() override { return schedule::StartPoint{}; }
  Status submit(schedule::TransactionPtr transaction) override {
    return write("rows " + std::to_string(transaction->commit_ts) + " x" +
                 std::to_string(transaction->rows.size()) +
                 (transaction->is_last_part ? "" : " and more"));
  }
  Status execute_ddl(const schedule::DdlTask& task) override {
    return write("ddl " + std::to_string(task.commit_ts) + " " + task.query);
  }
  void note_progress(uint64_t commit_ts, int64_t) override {
    (void)write("progress " + std::to_string(commit_ts));
  }
  Status stop() override { return ok_status(); }
  void abort() override {}
  Status first_error() const override { return ok_status(); }

  /// Waits until a line begins with `start`.
  std::vector<std::string> lines_until(const std::string& start) {
    std::unique_lock lock(mutex_);
    written_.wait(lock, [&] { return !lines_.empty() && lines_.back().starts_with(start); });
    return lines_;
  }
  std::vector<std::string> lines() {
    std::lock_guard lock(mutex_);
    return lines_;
  }
  /// The line that begins so is refused.
  std::string fail_at = "none";

 private:
  Status write(std::string line) {
    std::lock_guard lock(mutex_);
    if (line.starts_with(fail_at)) return unknown_error("refused: " + line);
    lines_.push_back(std::move(line));
    written_.notify_all();
    return ok_status();
  }

  std::mutex mutex_;
  std::condition_variable written_;
  std::vector<std::string> lines_;
};

}  // namespace tbl::drainer
