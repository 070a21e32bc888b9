#include "pump/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>

#include "proto/pump.pb.h"
#include "pump/test_storage.h"

namespace tbl::pump {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr uint64_t kCluster = 77;

/// Keeps what is sent; the "client" reads everything at once.
class FakeCall final : public rpc::ServerCall {
 public:
  const rpc::CallInfo& info() const override { return info_; }
  void send(std::string message) override { add(std::move(message)); }
  void send(rpc::MessageBatch batch) override {
    const std::string frames = batch.take();
    for (Bytes left = frames; !left.empty();) add(std::string(rpc::next_of_batch(&left)));
  }
  void send(std::unique_ptr<rpc::MessageSource> source) override {
    std::string whole;
    char buffer[777];  // odd, so that pieces end anywhere
    while (whole.size() < source->size()) {
      auto n = source->read(sizeof buffer, buffer);
      ASSERT_TRUE(n.ok()) << n.status().message();
      ASSERT_GT(*n, 0U);
      whole.append(buffer, *n);
    }
    ++streamed;
    add(std::move(whole));
  }
  void add_header(std::string name, std::string value) override {
    headers.emplace_back(std::move(name), std::move(value));
  }
  void finish(const Status& status) override {
    std::lock_guard lock(mutex_);
    if (!finished_) finished_ = status;  // later calls have no effect
    changed_.notify_all();
  }
  uint64_t pending_bytes() const override { return 0; }
  bool wait_writable(uint64_t, std::chrono::milliseconds) override { return true; }
  void set_reading(bool) override {}
  bool over() const override { return false; }

  /// Waits for that many messages, and returns their (start ts, commit ts).
  std::vector<std::pair<int64_t, int64_t>> wait_messages(size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30),
                                  [&] { return messages_.size() >= count; }));
    std::vector<std::pair<int64_t, int64_t>> out;
    for (const auto& m : messages_)
      out.emplace_back(m.entity().meta().startts(), m.entity().meta().committs());
    return out;
  }
  binlog::Binlog record(size_t i) {
    std::lock_guard lock(mutex_);
    binlog::Binlog record;
    EXPECT_TRUE(record.ParseFromString(messages_[i].entity().payload()));
    return record;
  }
  Status wait_finished() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return finished_.has_value(); }));
    return finished_.value_or(ok_status());
  }

  rpc::Metadata headers;
  int streamed = 0;

 private:
  void add(std::string message) {
    binlog::PullBinlogResp response;
    ASSERT_TRUE(response.ParseFromString(message));
    std::lock_guard lock(mutex_);
    messages_.push_back(std::move(response));
    changed_.notify_all();
  }

  rpc::CallInfo info_{"/binlog.Pump/PullBinlogs", "test", {}};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<binlog::PullBinlogResp> messages_;
  std::optional<Status> finished_;
};

class FeedTest : public testing::Test {
 protected:
  struct Client {
    std::shared_ptr<FakeCall> call;
    std::unique_ptr<rpc::CallHandler> handler;
    Client() = default;
    Client(Client&&) = default;
    ~Client() {
      if (handler) handler->on_over(cancelled("gone"));
    }
  };

  Client pull(int64_t offset, uint64_t cluster = kCluster) {
    Client client;
    client.call = std::make_shared<FakeCall>();
    client.handler = feed_.accept(client.call);
    binlog::PullBinlogReq request;
    request.set_clusterid(cluster);
    request.mutable_startfrom()->set_offset(offset);
    client.handler->on_message(request.SerializeAsString());
    client.handler->on_half_close();
    return client;
  }

  PumpMetrics metrics_;
  TestStorage store_;
  Feed feed_{{kCluster}, *store_.storage, metrics_};
};

TEST_F(FeedTest, SendsInCommitOrderAndGoesOn) {
  store_.prewrite(10, "first");
  store_.prewrite(11, "second");
  store_.commit(11, 20);
  store_.commit(10, 21);
  store_.wait_released(21);
  Client client = pull(0);
  EXPECT_THAT(client.call->wait_messages(2), ElementsAre(Pair(11, 20), Pair(10, 21)));
  EXPECT_EQ(client.call->record(1).prewrite_value(), "first");
  EXPECT_EQ(client.call->record(1).tp(), binlog::Commit);
  store_.fake(30);
  EXPECT_THAT(client.call->wait_messages(3), ElementsAre(Pair(11, 20), Pair(10, 21), Pair(30, 30)));
  EXPECT_EQ(feed_.pullers(), 1U);
}

TEST_F(FeedTest, OffsetIsExclusive) {
  store_.prewrite(10);
  store_.commit(10, 20);
  store_.prewrite(12);
  store_.commit(12, 22);
  store_.wait_released(22);
  Client client = pull(20);
  EXPECT_THAT(client.call->wait_messages(1), ElementsAre(Pair(12, 22)));
}

TEST_F(FeedTest, LargeMessagesAreStreamed) {
  std::string value(3 << 20, 'v');
  store_.prewrite(10, value);
  store_.commit(10, 20);
  store_.wait_released(20);
  Client client = pull(0);
  client.call->wait_messages(1);
  EXPECT_EQ(client.call->streamed, 1);
  EXPECT_TRUE(client.call->record(0).prewrite_value() == value);
}

TEST_F(FeedTest, SmallAndLargeOnesInOrder) {
  constexpr uint64_t kCount = 300;
  const auto value = [](uint64_t ts) {
    const size_t size = ts % 100 == 7 ? (1 << 20) + ts : ts * 37 % 5000;
    return std::string(size, static_cast<char>('a' + ts % 26));
  };
  std::vector<std::pair<int64_t, int64_t>> expected;
  for (uint64_t ts = 1; ts <= kCount; ++ts) {
    store_.prewrite(ts * 10, value(ts));
    store_.commit(ts * 10, ts * 10 + 5);
    expected.emplace_back(ts * 10, ts * 10 + 5);
  }
  store_.wait_released(kCount * 10 + 5);
  Client client = pull(0);
  EXPECT_EQ(client.call->wait_messages(kCount), expected);
  for (uint64_t ts = 1; ts <= kCount; ++ts) {
    ASSERT_TRUE(client.call->record(ts - 1).prewrite_value() == value(ts)) << ts;
  }
  EXPECT_EQ(client.call->streamed, 3);
}

TEST_F(FeedTest, WrongClusterAndNoRequest) {
  Client client = pull(0, 1);
  Status status = client.call->wait_finished();
  EXPECT_EQ(status.code(), StatusCode::kUnknown);
  EXPECT_EQ(status.message(), "cluster ID are mismatch, 1 vs 77");
  auto call = std::make_shared<FakeCall>();
  feed_.accept(call)->on_half_close();
  EXPECT_FALSE(call->wait_finished().ok());
}

TEST_F(FeedTest, StopEndsStreamsWithOk) {
  Client client = pull(0);
  feed_.stop();
  EXPECT_TRUE(client.call->wait_finished().ok());
  Client late = pull(0);
  EXPECT_FALSE(late.call->wait_finished().ok());
}

TEST_F(FeedTest, GoneClientEndsItsThread) {
  {
    Client client = pull(0);
    client.handler->on_over(cancelled("gone"));
    client.handler.reset();
    EXPECT_TRUE(client.call->wait_finished().ok());
  }
  while (feed_.pullers() != 0) std::this_thread::yield();
  Client next = pull(0);  // clears the ended one away
  EXPECT_EQ(feed_.pullers(), 1U);
}

TEST_F(FeedTest, SaysWhatGcHasRemoved) {
  store_.prewrite(10);
  store_.commit(10, 20);
  store_.fake(40);
  store_.wait_released(40);
  ASSERT_TRUE(store_.storage->gc(30).ok());
  Client client = pull(5);
  EXPECT_THAT(client.call->wait_messages(1), ElementsAre(Pair(40, 40)));
  EXPECT_THAT(client.call->headers, ElementsAre(Pair(kGcTsHeader, "30")));
}

TEST_F(FeedTest, UnreadableRecordEndsTheStreamWithAnError) {
  store_.prewrite(10, std::string(1000, 'v'));
  store_.commit(10, 20);
  store_.wait_released(20);
  ASSERT_TRUE(store_.disk.flip_bit("data/value/000000.vlog", 8 * 500));
  Client client = pull(0);
  Status status = client.call->wait_finished();
  EXPECT_EQ(status.code(), StatusCode::kUnknown);
  EXPECT_THAT(status.message(), testing::HasSubstr("000000.vlog"));
}

TEST_F(FeedTest, DamagedOnesAreLeftOutOnlyWhereTold) {
  for (uint64_t ts : {10, 20, 30}) {
    store_.prewrite(ts);
    store_.commit(ts, ts + 5);
  }
  store_.wait_released(35);
  const std::string log = *store_.disk.read_file("data/value/000000.vlog");
  const size_t key = log.find("k20");
  ASSERT_NE(key, log.npos);
  ASSERT_TRUE(store_.disk.flip_bit("data/value/000000.vlog", key * 8));
  Client stops = pull(0);
  EXPECT_THAT(stops.call->wait_messages(1), ElementsAre(Pair(10, 15)));
  const double errors = metrics_.feed_errors.value();
  Feed skipping({kCluster, true}, *store_.storage, metrics_);
  auto call = std::make_shared<FakeCall>();
  auto handler = skipping.accept(call);
  binlog::PullBinlogReq request;
  request.set_clusterid(kCluster);
  handler->on_message(request.SerializeAsString());
  EXPECT_THAT(call->wait_messages(2), ElementsAre(Pair(10, 15), Pair(30, 35)));
  EXPECT_GT(metrics_.feed_errors.value(), errors);
  handler->on_over(cancelled("gone"));
}

}  // namespace
}  // namespace tbl::pump
