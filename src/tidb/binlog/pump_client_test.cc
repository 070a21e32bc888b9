#include "tidb/binlog/pump_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "codec/binlog_view.h"
#include "proto/pump.pb.h"
#include "rpc/server.h"
#include "tidb/binlog/finish_sender.h"

namespace tbl::tidb {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A pump on a unix socket: keeps what it gets, answers what it is told.
class FakePump {
 public:
  struct Got {
    int type = 0;
    int64_t start_ts = 0;
    int64_t commit_ts = 0;
    std::string rows;
    std::string query;
    bool operator==(const Got&) const = default;
  };

  explicit FakePump(std::string path) : path_(std::move(path)) { start(); }
  ~FakePump() { ::unlink(path_.c_str()); }

  void start() {
    ::unlink(path_.c_str());
    server_ = std::make_unique<rpc::Server>(rpc::ServerOptions{});
    server_->add_unary("/binlog.Pump/WriteBinlog", rpc::Run::kPool,
                       [this](const rpc::CallInfo&, std::string bytes, rpc::UnaryReply reply) {
                         reply(take(bytes), answer_);
                       });
    ASSERT_TRUE(server_->listen("unix:" + path_).ok());
    ASSERT_TRUE(server_->start().ok());
  }
  void stop() { server_.reset(); }

  /// The next `times` writes are refused.
  void refuse(int times, Status status) {
    std::lock_guard lock(mutex_);
    refusals_ = times;
    refusal_ = std::move(status);
  }
  void refuse_by_text(const std::string& text) {
    binlog::WriteBinlogResp message;
    message.set_errmsg(text);
    std::lock_guard lock(mutex_);
    answer_ = message.SerializeAsString();
  }
  std::vector<Got> wait_for(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return got_.size() >= count; });
    return got_;
  }
  int calls() const { return calls_; }

 private:
  Status take(const std::string& bytes) {
    binlog::WriteBinlogReq request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    EXPECT_EQ(request.clusterid(), 77U);
    std::lock_guard lock(mutex_);
    ++calls_;
    if (refusals_ > 0) {
      --refusals_;
      return refusal_;
    }
    if (!answer_.empty()) return ok_status();
    const auto view = codec::BinlogView::parse(request.payload());
    EXPECT_TRUE(view.ok());
    EXPECT_EQ(std::string(view->prewrite_key), "key");
    EXPECT_TRUE(view->has_ddl_schema_state);
    got_.push_back({view->type, view->start_ts, view->commit_ts, std::string(view->prewrite_value),
                    std::string(view->ddl_query)});
    changed_.notify_all();
    return ok_status();
  }

  const std::string path_;
  std::unique_ptr<rpc::Server> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Got> got_;
  int refusals_ = 0;
  Status refusal_;
  std::string answer_;
  std::atomic<int> calls_{0};
};

class PumpClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<PumpClient> client(bool ignore_error = false) {
    PumpClientOptions options;
    options.cluster_id = 77;
    options.socket = path_;
    options.ignore_error = ignore_error;
    options.write_timeout = milliseconds(300);
    options.retry_interval = milliseconds(1);
    options.finish_retry_interval = milliseconds(1);
    options.probe_interval = milliseconds(2);
    return PumpClient::start(runtime_, nullptr, options).value();
  }
  static BinlogRecord record(uint64_t start_ts) {
    BinlogRecord record;
    record.start_ts = start_ts;
    record.prewrite_key = "key";
    record.prewrite_value = "rows";
    return record;
  }

  const std::string path_ = ::testing::TempDir() + "pump-" + std::to_string(::getpid()) + ".sock";
  rpc::ClientRuntime runtime_;
  FakePump pump_{path_};
};

TEST_F(PumpClientTest, PrewriteAndFinishReachThePump) {
  auto pumps = client();
  ASSERT_TRUE(pumps->prewrite(record(10))->wait().ok());
  pumps->finish(record(10), 12);
  ASSERT_TRUE(pumps->drain(std::chrono::seconds(10)));
  ASSERT_TRUE(pumps->prewrite(record(20))->wait().ok());
  pumps->finish(record(20), 0);
  EXPECT_THAT(pump_.wait_for(4),
              ElementsAre(FakePump::Got{0, 10, 0, "rows", ""}, FakePump::Got{1, 10, 12, "", ""},
                          FakePump::Got{0, 20, 0, "rows", ""}, FakePump::Got{2, 20, 0, "", ""}));
}

TEST_F(PumpClientTest, ADdlKeepsItsQueryInTheCommit) {
  auto pumps = client();
  BinlogRecord ddl = record(10);
  ddl.prewrite_value.clear();
  ddl.ddl_query = "create table t(a int)";
  ddl.ddl_job_id = 46;
  ddl.ddl_schema_state = 5;
  ASSERT_TRUE(pumps->prewrite(ddl)->wait().ok());
  pumps->finish(ddl, 12);
  EXPECT_THAT(pump_.wait_for(2),
              ElementsAre(FakePump::Got{0, 10, 0, "", "create table t(a int)"},
                          FakePump::Got{1, 10, 12, "", "create table t(a int)"}));
}

TEST_F(PumpClientTest, AFailureIsTriedAgain) {
  pump_.refuse(3, unavailable("busy"));
  auto pumps = client();
  EXPECT_TRUE(pumps->prewrite(record(10))->wait().ok());
  pump_.refuse(5, unavailable("busy"));
  pumps->finish(record(10), 12);
  EXPECT_EQ(pump_.wait_for(2).size(), 2U);
  EXPECT_EQ(pumps->critical_errors(), 0U);
}

TEST_F(PumpClientTest, WithoutAPumpTheTransactionFailsAndTheNextTriesAgain) {
  auto pumps = client();
  pump_.stop();
  const Status status = pumps->prewrite(record(10))->wait();
  EXPECT_THAT(status.message(), HasSubstr("critical error"));
  EXPECT_FALSE(pumps->is_skipping());
  EXPECT_EQ(pumps->critical_errors(), 1U);
  pump_.start();
  EXPECT_TRUE(pumps->prewrite(record(20))->wait().ok());
}

TEST_F(PumpClientTest, AnErrmsgIsAFailure) {
  pump_.refuse_by_text("no space left");
  EXPECT_THAT(client()->prewrite(record(10))->wait().message(), HasSubstr("no space left"));
  EXPECT_GT(pump_.calls(), 3);
}

TEST_F(PumpClientTest, IgnoredErrorsSkipUntilRecovery) {
  auto pumps = client(true);
  pump_.stop();
  EXPECT_TRUE(pumps->prewrite(record(10))->wait().ok());
  EXPECT_TRUE(pumps->is_skipping());
  pump_.start();
  EXPECT_TRUE(pumps->prewrite(record(20))->wait().ok());
  pumps->finish(record(20), 21);
  pumps->recover();
  EXPECT_TRUE(pumps->prewrite(record(30))->wait().ok());
  EXPECT_THAT(pump_.wait_for(1), ElementsAre(FakePump::Got{0, 30, 0, "rows", ""}));
}

TEST_F(PumpClientTest, TooLargeIsNotTriedAgainAndSkipsNothing) {
  pump_.refuse(1, resource_exhausted("grpc: received message larger than max (9 vs. 8)"));
  auto pumps = client(true);
  EXPECT_EQ(pumps->prewrite(record(10))->wait().message(),
            "binlog data is too large (grpc: received message larger than max (9 vs. 8))");
  EXPECT_EQ(pump_.calls(), 1);
  EXPECT_FALSE(pumps->is_skipping());
}

TEST_F(PumpClientTest, StopEndsTheSearch) {
  pump_.stop();
  StopSource stop;
  PumpClientOptions options;
  options.cluster_id = 77;
  options.socket = path_;
  options.write_timeout = std::chrono::minutes(10);
  options.stop = stop.get_token();
  auto pumps = PumpClient::start(runtime_, nullptr, options).value();
  auto pending = pumps->prewrite(record(10));
  stop.request_stop();
  EXPECT_EQ(pending->wait().code(), StatusCode::kCancelled);
}

TEST_F(PumpClientTest, TheEndWaitsForTheLastFinish) {
  auto pumps = client();
  for (uint64_t ts = 10; ts < 30; ++ts) ASSERT_TRUE(pumps->prewrite(record(ts))->wait().ok());
  pump_.refuse(5, unavailable("busy"));
  for (uint64_t ts = 10; ts < 30; ++ts) pumps->finish(record(ts), ts + 100);
  pumps.reset();
  EXPECT_EQ(pump_.wait_for(0).size(), 40U);
}

TEST_F(PumpClientTest, ManyAtOnce) {
  auto pumps = client();
  constexpr int kThreads = 4, kEach = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto start_ts = static_cast<uint64_t>(1 + t * kEach + i) * 10;
        EXPECT_TRUE(pumps->prewrite(record(start_ts))->wait().ok());
        pumps->finish(record(start_ts), start_ts + 1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(pumps->drain(std::chrono::seconds(20)));
  const auto got = pump_.wait_for(2 * kThreads * kEach);
  EXPECT_EQ(got.size(), 2U * kThreads * kEach);
  std::set<int64_t> prewritten;
  for (const auto& one : got) {
    if (one.type == codec::kBinlogPrewrite) prewritten.insert(one.start_ts);
    if (one.type == codec::kBinlogCommit) {
      EXPECT_TRUE(prewritten.contains(one.start_ts));
    }
  }
}

}  // namespace
}  // namespace tbl::tidb
