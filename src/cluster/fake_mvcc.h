// Test helper: the transactional model of TiKV over a map, simple enough to be seen right.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/kvrpcpb.pb.h"

namespace tbl::cluster::testing {

/// All regions' data. Not thread-safe: FakeCluster calls it under its lock.
class FakeMvcc {
 public:
  struct Lock {
    kvrpcpb::Op type = kvrpcpb::Put;
    uint64_t start_ts = 0;
    std::string primary;
    std::string value;
    uint64_t ttl_ms = 0;
    uint64_t min_commit_ts = 0;
    uint64_t txn_size = 0;
    bool async_commit = false;
    std::vector<std::string> secondaries{};
  };
  struct Write {
    kvrpcpb::Op type = kvrpcpb::Put;
    uint64_t start_ts = 0;
    uint64_t commit_ts = 0;
    std::string value{};
  };
  struct Row {
    std::optional<Lock> lock;
    std::vector<Write> writes;  ///< newest first
  };

  /// A committed value, as if a transaction had written it.
  void set(const std::string& key, const std::string& value, uint64_t start_ts, uint64_t commit_ts);
  Row& row(const std::string& key) { return rows_[key]; }
  const std::map<std::string, Row>& rows() const { return rows_; }

  void handle(const kvrpcpb::GetRequest& in, kvrpcpb::GetResponse* out);
  void handle(const kvrpcpb::BatchGetRequest& in, kvrpcpb::BatchGetResponse* out);
  void handle(const kvrpcpb::ScanRequest& in, kvrpcpb::ScanResponse* out);
  void handle(const kvrpcpb::PrewriteRequest& in, kvrpcpb::PrewriteResponse* out);
  void handle(const kvrpcpb::CommitRequest& in, kvrpcpb::CommitResponse* out);
  void handle(const kvrpcpb::BatchRollbackRequest& in, kvrpcpb::BatchRollbackResponse* out);
  void handle(const kvrpcpb::CleanupRequest& in, kvrpcpb::CleanupResponse* out);
  void handle(const kvrpcpb::CheckTxnStatusRequest& in, kvrpcpb::CheckTxnStatusResponse* out);
  void handle(const kvrpcpb::CheckSecondaryLocksRequest& in,
              kvrpcpb::CheckSecondaryLocksResponse* out);
  void handle(const kvrpcpb::ResolveLockRequest& in, kvrpcpb::ResolveLockResponse* out);
  void handle(const kvrpcpb::PessimisticRollbackRequest& in,
              kvrpcpb::PessimisticRollbackResponse* out);
  /// Never waits.
  void handle(const kvrpcpb::PessimisticLockRequest& in, kvrpcpb::PessimisticLockResponse* out);
  void handle(const kvrpcpb::TxnHeartBeatRequest& in, kvrpcpb::TxnHeartBeatResponse* out);
  void handle(const kvrpcpb::ScanLockRequest& in, kvrpcpb::ScanLockResponse* out);
  void handle(const kvrpcpb::MvccGetByKeyRequest& in, kvrpcpb::MvccGetByKeyResponse* out);

 private:
  /// Value at ts, or nothing; an error when a lock stands in the way.
  std::optional<std::string> read(const std::string& key, uint64_t ts,
                                  const kvrpcpb::Context& context, kvrpcpb::KeyError* error,
                                  bool* locked);
  const Write* record_of(const std::string& key, uint64_t start_ts);
  void commit_lock(const std::string& key, uint64_t commit_ts);
  void roll_back(const std::string& key, uint64_t start_ts);
  bool prewrite_error(const kvrpcpb::Mutation& mutation, uint64_t start_ts,
                      kvrpcpb::KeyError* error);
  /// The key is not held by this transaction's pessimistic lock.
  bool lacks_lock(const kvrpcpb::Mutation& mutation, uint64_t start_ts, kvrpcpb::KeyError* error);
  bool lock_error(const kvrpcpb::Mutation& mutation, const kvrpcpb::PessimisticLockRequest& in,
                  kvrpcpb::KeyError* error);

  std::map<std::string, Row> rows_;
};

void fill_lock(const std::string& key, const FakeMvcc::Lock& lock, kvrpcpb::LockInfo* out);

}  // namespace tbl::cluster::testing
