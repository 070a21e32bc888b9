// A store in a temporary directory, and short forms of the commands, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"

namespace tbl::tikv {

struct TestMutation {
  kvrpcpb::Op op;
  std::string key;
  std::string value;
};
inline TestMutation put(std::string key, std::string value) {
  return {kvrpcpb::Put, std::move(key), std::move(value)};
}
inline TestMutation del(std::string key) { return {kvrpcpb::Del, std::move(key), ""}; }

/// `Response` filled by `command`; a storage failure fails the test.
template <typename Response, typename Request>
Response run(Status (*command)(Store&, const Request&, Response*), Store& store,
             const Request& request) {
  Response response;
  const Status status = command(store, request, &response);
  EXPECT_TRUE(status.ok()) << status.to_string();
  return response;
}

class TestStore {
 public:
  TestStore() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mvcc-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
    open();
  }
  ~TestStore() {
    store_.reset();
    engine_.reset();
    std::filesystem::remove_all(dir_);
  }
  void reopen() {
    store_.reset();
    engine_.reset();
    open();
  }
  Store& store() { return *store_; }

  kvrpcpb::PrewriteRequest prewrite_request(uint64_t start_ts,
                                            const std::vector<TestMutation>& mutations) {
    kvrpcpb::PrewriteRequest request;
    request.set_start_version(start_ts);
    request.set_primary_lock(mutations.at(0).key);
    request.set_lock_ttl(3000);
    for (const auto& m : mutations) {
      auto* mutation = request.add_mutations();
      mutation->set_op(m.op);
      mutation->set_key(m.key);
      mutation->set_value(m.value);
    }
    return request;
  }
  kvrpcpb::PrewriteResponse prewrite(uint64_t start_ts,
                                     const std::vector<TestMutation>& mutations) {
    return run(tikv::prewrite, store(), prewrite_request(start_ts, mutations));
  }
  kvrpcpb::CommitResponse commit(uint64_t start_ts, uint64_t commit_ts,
                                 const std::vector<std::string>& keys) {
    kvrpcpb::CommitRequest request;
    request.set_start_version(start_ts);
    request.set_commit_version(commit_ts);
    for (const auto& key : keys) request.add_keys(key);
    return run(tikv::commit, store(), request);
  }
  /// Prewrites and commits, and expects both to work.
  void write(uint64_t start_ts, uint64_t commit_ts, const std::vector<TestMutation>& mutations) {
    ASSERT_EQ(prewrite(start_ts, mutations).errors_size(), 0);
    std::vector<std::string> keys;
    for (const auto& m : mutations) keys.push_back(m.key);
    ASSERT_FALSE(commit(start_ts, commit_ts, keys).has_error());
  }
  kvrpcpb::BatchRollbackResponse rollback(uint64_t start_ts, const std::vector<std::string>& keys) {
    kvrpcpb::BatchRollbackRequest request;
    request.set_start_version(start_ts);
    for (const auto& key : keys) request.add_keys(key);
    return run(tikv::batch_rollback, store(), request);
  }
  kvrpcpb::GetResponse get(const std::string& key, uint64_t ts) {
    kvrpcpb::GetRequest request;
    request.set_key(key);
    request.set_version(ts);
    return run(tikv::get, store(), request);
  }
  kvrpcpb::ScanRequest scan_request(const std::string& start, const std::string& end, uint64_t ts) {
    kvrpcpb::ScanRequest request;
    request.set_start_key(start);
    request.set_end_key(end);
    request.set_version(ts);
    request.set_limit(1000);
    return request;
  }
  kvrpcpb::ScanResponse scan(const kvrpcpb::ScanRequest& request) {
    return run(tikv::scan, store(), request);
  }
  kvrpcpb::CheckTxnStatusRequest status_request(const std::string& primary, uint64_t lock_ts,
                                                uint64_t current_ts) {
    kvrpcpb::CheckTxnStatusRequest request;
    request.set_primary_key(primary);
    request.set_lock_ts(lock_ts);
    request.set_current_ts(current_ts);
    return request;
  }
  kvrpcpb::CheckTxnStatusResponse check_status(const kvrpcpb::CheckTxnStatusRequest& request) {
    return run(tikv::check_txn_status, store(), request);
  }
  kvrpcpb::MvccInfo info(const std::string& key) {
    kvrpcpb::MvccGetByKeyRequest request;
    request.set_key(key);
    const auto response = run(tikv::mvcc_get_by_key, store(), request);
    EXPECT_TRUE(response.has_info());
    return response.info();
  }

 private:
  void open() {
    EngineOptions options;
    options.dir = dir_;
    auto engine = Engine::open(options);
    ASSERT_TRUE(engine.ok()) << engine.status().to_string();
    engine_ = std::move(engine).value();
    store_ = std::make_unique<Store>(*engine_);
  }

  std::string dir_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
};

class MvccTest : public ::testing::Test {
 protected:
  TestStore db;
};

}  // namespace tbl::tikv
