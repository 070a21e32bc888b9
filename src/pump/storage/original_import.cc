#include "pump/storage/original_import.h"

#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <memory>

#include "base/bytes.h"
#include "base/log.h"

namespace tbl::pump {
namespace {

constexpr const char* kGcTs = "!binlog!gcts";
constexpr const char* kMaxCommitTs = "!binlog!maxCommitTS";
constexpr const char* kHandlePointer = "!binlog!handlePointer";
constexpr const char* kHeadPointer = "!binlog!headPointer";

Status to_status(const leveldb::Status& status, const std::string& dir) {
  if (status.ok()) return ok_status();
  return unknown_error("original's index " + dir + ": " + status.ToString());
}

/// "" when the key is missing: the original reads that as 0.
Result<std::string> get(leveldb::DB& db, const std::string& key, const std::string& dir) {
  std::string value;
  const leveldb::Status status = db.Get(leveldb::ReadOptions(), key, &value);
  if (status.IsNotFound()) return std::string();
  TBL_TRY(to_status(status, dir));
  return value;
}

Result<uint64_t> get_ts(leveldb::DB& db, const char* key, const std::string& dir) {
  TBL_ASSIGN(const std::string value, get(db, key, dir));
  uint64_t ts = 0;
  if (!value.empty() && !ByteReader(value).read_le64(&ts)) {
    return data_loss("original's index " + dir + ": " + key + " is too short");
  }
  return ts;
}

Result<LogPosition> get_position(leveldb::DB& db, const char* key, const std::string& dir) {
  TBL_ASSIGN(const std::string value, get(db, key, dir));
  LogPosition position;
  ByteReader reader(value);
  if (value.empty()) return position;
  if (!reader.read_le32(&position.segment) || !reader.read_le64(&position.offset)) {
    return data_loss("original's index " + dir + ": " + key + " is too short");
  }
  return position;
}

Result<std::unique_ptr<leveldb::DB>> open_db(const std::string& dir, bool create) {
  leveldb::Options options;
  options.create_if_missing = create;
  options.error_if_exists = create;
  leveldb::DB* db = nullptr;
  TBL_TRY(to_status(leveldb::DB::Open(options, dir, &db), dir));
  return std::unique_ptr<leveldb::DB>(db);
}

}  // namespace

Result<std::optional<OriginalState>> read_original(const std::string& dir, Env& env) {
  const std::string kv = join_path(dir, "kv");
  if (!env.exists(join_path(kv, "CURRENT"))) return std::optional<OriginalState>();
  TBL_ASSIGN(const auto db, open_db(kv, false));
  OriginalState state;
  TBL_ASSIGN(state.gc_ts, get_ts(*db, kGcTs, kv));
  TBL_ASSIGN(state.max_commit_ts, get_ts(*db, kMaxCommitTs, kv));
  TBL_ASSIGN(state.sorted_until, get_position(*db, kHandlePointer, kv));
  return std::optional<OriginalState>(state);
}

Status set_original_aside(const std::string& dir, Env& env) {
  const std::string kv = join_path(dir, "kv");
  std::string aside = join_path(dir, "kv.old");
  for (int i = 1; env.exists(aside); ++i) aside = join_path(dir, "kv.old." + std::to_string(i));
  TBL_TRY(env.rename(kv, aside));
  log_info("took over the directory of an original pump", {{"kept its index as", aside}});
  return env.sync_dir(dir);
}

Status write_original(const std::string& dir, uint64_t gc_ts) {
  const std::string kv = join_path(dir, "kv");
  TBL_ASSIGN(const auto db, open_db(kv, true));
  std::string ts;
  put_le64(ts, gc_ts);
  const std::string log_begin(12, '\0');
  leveldb::WriteBatch batch;
  batch.Put(kGcTs, ts);
  batch.Put(kHeadPointer, log_begin);
  batch.Put(kHandlePointer, log_begin);
  leveldb::WriteOptions options;
  options.sync = true;
  return to_status(db->Write(options, &batch), kv);
}

}  // namespace tbl::pump
