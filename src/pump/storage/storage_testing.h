// What the tests of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "pump/storage/binlog_fields.h"
#include "pump/storage/binlog_record.h"
#include "pump/storage/sorter.h"
#include "pump/storage/storage.h"

namespace tbl::pump::testing {

/// Size of random tests: TBL_TEST_STEPS, or what suits an unoptimized build.
inline uint64_t test_steps(uint64_t otherwise) {
  const char* text = std::getenv("TBL_TEST_STEPS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline BinlogRecord make_prewrite(uint64_t start_ts, const std::string& key,
                                  const std::string& value) {
  std::string bytes;
  put_number_field(bytes, kStartTsField, start_ts);
  put_bytes_prefix(bytes, kPrewriteKeyField, key.size());
  bytes += key;
  put_bytes_prefix(bytes, kPrewriteValueField, value.size());
  bytes += value;
  auto record = decode_binlog(std::move(bytes));
  EXPECT_TRUE(record.ok());
  return std::move(record).value();
}

inline BinlogRecord make_rollback(uint64_t start_ts) {
  std::string bytes;
  put_number_field(bytes, kTpField, kTpRollback);
  put_number_field(bytes, kStartTsField, start_ts);
  auto record = decode_binlog(std::move(bytes));
  EXPECT_TRUE(record.ok());
  return std::move(record).value();
}

inline LogItem prewrite(uint64_t start_ts, Place place = {}) {
  return {{kTpPrewrite, start_ts, 0, false}, place};
}
inline LogItem commit(uint64_t start_ts, uint64_t commit_ts, Place place = {}) {
  return {{kTpCommit, start_ts, commit_ts, false}, place};
}
inline LogItem rollback(uint64_t start_ts) { return {{kTpRollback, start_ts, 0, false}, {}}; }
inline LogItem fake(uint64_t ts) { return {{kTpRollback, ts, ts, false}, {}}; }

/// Calls `ask` with a callback and waits for what it is given.
template <typename Ask>
Status wait_for_answer(Ask ask) {
  const auto answer = std::make_shared<std::promise<Status>>();
  ask([answer](const Status& status) { answer->set_value(status); });
  return answer->get_future().get();
}

inline Status write_and_wait(Storage& storage, BinlogRecord record) {
  return wait_for_answer(
      [&](WriteDone done) { storage.write(std::move(record), std::move(done)); });
}
inline Status drop_and_wait(Storage& storage, uint64_t start_ts) {
  return wait_for_answer([&](WriteDone done) { storage.dropped(start_ts, std::move(done)); });
}
inline Status commit_and_wait(Storage& storage, uint64_t start_ts, uint64_t commit_ts) {
  return wait_for_answer(
      [&](WriteDone done) { storage.committed(start_ts, commit_ts, std::move(done)); });
}

/// C as TiDB sends it: with the prewrite's key.
inline BinlogRecord make_client_commit(uint64_t start_ts, uint64_t commit_ts,
                                       const std::string& key) {
  std::string bytes;
  put_number_field(bytes, kTpField, kTpCommit);
  put_number_field(bytes, kStartTsField, start_ts);
  put_number_field(bytes, kCommitTsField, commit_ts);
  put_bytes_prefix(bytes, kPrewriteKeyField, key.size());
  bytes += key;
  auto record = decode_binlog(std::move(bytes));
  EXPECT_TRUE(record.ok());
  return std::move(record).value();
}

struct Served {
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  std::string bytes;

  bool is_fake() const { return start_ts == commit_ts; }
};

/// Everything that a cursor serves now.
inline std::vector<Served> serve(FeedCursor& cursor) {
  std::vector<Served> all;
  while (true) {
    auto message = cursor.next();
    EXPECT_TRUE(message.ok()) << message.status().message();
    if (!message.ok() || *message == nullptr) return all;
    auto bytes = (*message)->read_all();
    EXPECT_TRUE(bytes.ok()) << bytes.status().message();
    EXPECT_EQ(bytes->size(), (*message)->size());
    all.push_back({(*message)->start_ts(), (*message)->commit_ts(), std::move(*bytes)});
  }
}

/// Commit ts of what is served now above a ts, fakes aside.
inline std::vector<uint64_t> served_ts(const Storage& storage, uint64_t after_ts = 0) {
  std::vector<uint64_t> found;
  for (const Served& one : serve(*storage.feed(after_ts))) {
    if (!one.is_fake()) found.push_back(one.commit_ts);
  }
  return found;
}

inline std::string hex_bytes(const char* hex) {
  auto bytes = from_hex(hex);
  EXPECT_TRUE(bytes.ok()) << hex;
  return bytes.ok() ? *bytes : std::string();
}

}  // namespace tbl::pump::testing
