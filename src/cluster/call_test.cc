#include "cluster/call.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include "cluster/urls.h"
#include "proto/metapb.pb.h"
#include "rpc/server.h"

namespace tbl::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// One method, answered by hand.
class CallTest : public ::testing::Test {
 protected:
  CallTest() : server_(rpc::ServerOptions{}) {
    server_.add_unary("/x/Answer", rpc::Run::kLoop,
                      [this](const rpc::CallInfo&, std::string request, rpc::UnaryReply reply) {
                        asked_.set_value(request);
                        std::lock_guard lock(mutex_);
                        if (answer_) {
                          reply(status_, *answer_);
                        } else {
                          waiting_.push_back(std::move(reply));
                        }
                      });
    EXPECT_TRUE(server_.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(server_.start().ok());
    channel_ = runtime_.channel("127.0.0.1:" + std::to_string(server_.port()));
  }
  ~CallTest() override { server_.stop(); }

  Status ask(metapb::Peer* response, CallLimits limits = {.timeout = seconds(30), .stop = {}}) {
    metapb::Peer request;
    request.set_id(7);
    return call(*channel_, "/x/Answer", request, response, limits);
  }

  std::mutex mutex_;
  std::optional<std::string> answer_;
  Status status_;
  std::vector<rpc::UnaryReply> waiting_;  ///< calls that nobody answers
  std::promise<std::string> asked_;
  rpc::Server server_;
  rpc::ClientRuntime runtime_;
  std::shared_ptr<rpc::Channel> channel_;
};

TEST_F(CallTest, MessagesGoBothWays) {
  answer_ = std::string("\x08\x2a", 2);
  metapb::Peer response;
  ASSERT_TRUE(ask(&response).ok());
  EXPECT_EQ(response.id(), 42U);
  EXPECT_EQ(asked_.get_future().get(), std::string("\x08\x07", 2));
}

TEST_F(CallTest, AnAnswerOfAnotherShapeIsAnErrorThatNamesTheCall) {
  answer_ = "\xff";
  metapb::Peer response;
  const Status status = ask(&response);
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_EQ(status.message(), channel_->address() + "/x/Answer: the answer is not a metapb.Peer");
}

TEST_F(CallTest, TheServersStatusIsTheCallers) {
  answer_ = "";
  status_ = failed_precondition("mismatch cluster id, need 1 but got 2");
  metapb::Peer response;
  EXPECT_EQ(ask(&response).to_string(),
            "FailedPrecondition: mismatch cluster id, need 1 but got 2");
}

TEST_F(CallTest, SilenceEndsAtTheTimeout) {
  metapb::Peer response;
  EXPECT_EQ(ask(&response, {.timeout = milliseconds(100), .stop = {}}).code(),
            StatusCode::kDeadlineExceeded);
}

TEST_F(CallTest, SilenceEndsWithStop) {
  StopSource stop;
  std::thread stopper([&] {
    asked_.get_future().wait();
    stop.request_stop();
  });
  metapb::Peer response;
  EXPECT_EQ(ask(&response, {.timeout = seconds(60), .stop = stop.get_token()}).code(),
            StatusCode::kCancelled);
  stopper.join();
  EXPECT_EQ(ask(&response, {.timeout = seconds(60), .stop = stop.get_token()}).code(),
            StatusCode::kCancelled);
}

TEST_F(CallTest, OnlyAFailedConnectionIsSurelyNotSent) {
  metapb::Peer response;
  const auto nobody = runtime_.channel("127.0.0.1:1");
  EXPECT_TRUE(surely_not_sent(
      call(*nobody, "/x/Answer", response, &response, {.timeout = seconds(30), .stop = {}})));
  answer_ = "";
  status_ = unavailable("not leader");
  EXPECT_FALSE(surely_not_sent(ask(&response)));
  EXPECT_FALSE(surely_not_sent(ok_status()));
}

TEST_F(CallTest, OneChannelPerAddress) {
  ChannelPool pool(runtime_, {});
  EXPECT_EQ(pool.get("127.0.0.1:1"), pool.get("127.0.0.1:1"));
  EXPECT_NE(pool.get("127.0.0.1:1"), pool.get("127.0.0.1:2"));
}

TEST(UrlAddress, OfEveryForm) {
  EXPECT_EQ(url_address("http://10.0.0.1:2379"), "10.0.0.1:2379");
  EXPECT_EQ(url_address("https://pd-0.pd:2379/"), "pd-0.pd:2379");
  EXPECT_EQ(url_address("unix://etcd:1"), "unix:etcd:1");
  EXPECT_EQ(url_address("unixs://etcd:1"), "unix:etcd:1");
  EXPECT_EQ(url_address("pd:2379"), "pd:2379");
  EXPECT_EQ(url_address("unix:/run/etcd:1"), "unix:/run/etcd:1");
}

}  // namespace
}  // namespace tbl::cluster
