#include "tikv/dispatcher.h"

#include <future>

#include "proto/kvrpcpb.pb.h"
#include "tikv/region_fixture.h"

namespace tbl::tikv {
namespace {

class DispatcherTest : public RegionFixture {
 protected:
  DispatcherTest() {
    begin("080a 220408011001 2a04080b1001");
    dispatcher_ = std::make_unique<Dispatcher>(MethodContext{*store, *regions, 1, splitter}, pool_);
  }
  ~DispatcherTest() override {
    store->lock_waits.stop();
    pool_.stop();
  }

  template <typename Response, typename Request>
  std::future<Response> call(uint32_t command, Request request) {
    request.mutable_context()->ParseFromString(*from_hex("080a 120408011001 1a04080b1001"));
    const auto frame = std::make_shared<const std::string>(request.SerializeAsString());
    auto promise = std::make_shared<std::promise<Response>>();
    dispatcher_->run(*find_subcommand(command), {frame, *frame},
                     [promise](const Status& status, const std::string& bytes) {
                       Response response;
                       EXPECT_TRUE(status.ok()) << status.to_string();
                       EXPECT_TRUE(response.ParseFromString(bytes));
                       EXPECT_FALSE(response.has_region_error());
                       promise->set_value(response);
                     });
    return promise->get_future();
  }
  std::future<kvrpcpb::PessimisticLockResponse> lock(uint64_t start_ts, const std::string& key) {
    kvrpcpb::PessimisticLockRequest request;
    request.set_start_version(start_ts);
    request.set_for_update_ts(start_ts);
    request.set_primary_lock(key);
    request.set_lock_ttl(3000);
    auto* mutation = request.add_mutations();
    mutation->set_op(kvrpcpb::PessimisticLock);
    mutation->set_key(key);
    return call<kvrpcpb::PessimisticLockResponse>(23, request);
  }

  rpc::WorkerPool pool_{"test", 1};  // one thread: a waiter that kept it would stop everything
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, AWaiterIsAnsweredWhenTheLockIsGone) {
  EXPECT_EQ(lock(10, "a").get().errors_size(), 0);
  auto waiting = lock(20, "a");
  auto another = lock(30, "b");
  EXPECT_EQ(another.get().errors_size(), 0);
  EXPECT_EQ(waiting.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  kvrpcpb::PessimisticRollbackRequest unlock;
  unlock.set_start_version(10);
  unlock.set_for_update_ts(10);
  unlock.add_keys("a");
  call<kvrpcpb::PessimisticRollbackResponse>(24, unlock).get();
  EXPECT_EQ(waiting.get().errors_size(), 0);
}

TEST_F(DispatcherTest, AWaiterIsAnsweredWithTheLockAfterASecond) {
  lock(10, "a").get();
  const auto response = lock(20, "a").get();
  ASSERT_EQ(response.errors_size(), 1);
  EXPECT_EQ(response.errors(0).locked().lock_version(), 10u);
}

TEST_F(DispatcherTest, AShortReadIsAnsweredOnTheCallersThread) {
  kvrpcpb::GetRequest get;
  get.set_key("a");
  get.set_version(10);
  auto answer = call<kvrpcpb::GetResponse>(1, get);
  ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_TRUE(answer.get().not_found());
}

TEST_F(DispatcherTest, AReadOfWhatIsNotOnDiskYetIsLeftToThePool) {
  const std::vector<Key> keys{Key("a")};
  const Unsynced::Entry entry(store->unsynced, keys);
  kvrpcpb::GetRequest get;
  get.set_key("a");
  get.set_version(10);
  EXPECT_TRUE(call<kvrpcpb::GetResponse>(1, get).get().not_found());
  kvrpcpb::GetResponse response;
  EXPECT_TRUE(is_would_block(tikv::get(*store, get, &response, MayBlock::kNo)));
}

TEST_F(DispatcherTest, OneOfTwoThatWaitForEachOtherIsTold) {
  lock(10, "a").get();
  lock(20, "b").get();
  auto first = lock(10, "b");
  const auto second = lock(20, "a").get();
  ASSERT_EQ(second.errors_size(), 1);
  EXPECT_TRUE(second.errors(0).has_deadlock());
  first.get();
}

}  // namespace
}  // namespace tbl::tikv
