// The port and the registry entry of a drainer.
#include "drainer/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/queue.h"
#include "drainer/lag.h"
#include "drainer/liveness.h"
#include "rpc/client.h"

namespace tbl::drainer {
namespace {

using testing::HasSubstr;

class ServiceTest : public testing::Test {
 protected:
  ServiceTest()
      : node_(
            {.node_id = "d1",
             .host = "h:8249",
             .base_ts = 1000,
             .heartbeat = std::chrono::milliseconds(1)},
            [this](const cluster::NodeStatus& status) { return write(status); }, [] { return 77; }),
        server_(rpc::ServerOptions{}) {
    ServiceHooks hooks;
    hooks.refresh_pumps = [this] { return refresh_result_; };
    hooks.status = [this] { return report_; };
    hooks.commit_ts = [] { return 412518831548007863; };
    hooks.begin_leaving = [this](State state) { left_.push(state, 1); };
    add_service(server_, node_, hooks);
    EXPECT_TRUE(server_.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(server_.start().ok());
  }
  ~ServiceTest() override {
    node_.stop_heartbeat();
    server_.stop();
  }
  rpc::HttpResponse ask(const std::string& method, const std::string& path) {
    const std::string url = "http://127.0.0.1:" + std::to_string(server_.port()) + path;
    return rpc::http_request(method, url, "", std::chrono::seconds(5)).value();
  }
  Result<std::string> call(const std::string& method) {
    return runtime_.channel("127.0.0.1:" + std::to_string(server_.port()))
        ->call("/binlog.Cistern/" + method, "");
  }
  Status write(const cluster::NodeStatus& status) {
    written_.push(status, 1);
    return registry_result_;
  }

  Queue<cluster::NodeStatus> written_{1000000};
  Queue<State> left_{10};
  Status registry_result_;
  Status refresh_result_;
  StatusReport report_;
  Node node_;
  rpc::Server server_;
  rpc::ClientRuntime runtime_;
};

TEST_F(ServiceTest, StatusIsTheOriginals) {
  report_.last_ts = 5;
  EXPECT_EQ(ask("GET", "/status").body,
            "{\"PumpPos\":null,\"Synced\":false,\"LastTS\":0,\"TsMap\":\"\"}\n");
  report_.pump_positions = {{"pump:8250", 412518831548007863}};
  report_.synced = true;
  report_.last_ts = 412518831548007862;
  auto reply = ask("GET", "/status");
  EXPECT_EQ(reply.body,
            "{\"PumpPos\":{\"pump:8250\":412518831548007863},\"Synced\":true,"
            "\"LastTS\":412518831548007862,\"TsMap\":\"\"}\n");
  EXPECT_EQ(reply.content_type, "text/plain; charset=utf-8");
}

TEST_F(ServiceTest, WhyNamesThePumpThatIsBehind) {
  EXPECT_THAT(ask("GET", "/debug/why").body, HasSubstr("the pumps are not known yet"));
  report_.pump_positions = {{"a", 9}, {"b", 7}};
  report_.last_ts = 6;
  const std::string body = ask("GET", "/debug/why").body;
  EXPECT_THAT(body, HasSubstr("\"nodeID\": \"d1\""));
  EXPECT_THAT(body, HasSubstr("pump b has sent the least, up to ts 7; downstream is at 6"));
  report_.hold_ups = {"the downstream fails"};
  EXPECT_THAT(ask("GET", "/debug/why").body,
              HasSubstr("\"reasons\": [\n    \"the downstream fails\",\n    \"pump b has sent"));
}

TEST_F(ServiceTest, CommitTsIsIndented) {
  auto reply = ask("GET", "/commit_ts");
  EXPECT_EQ(reply.body,
            "{\n  \"message\": \"get drainer's latest ts success!\",\n  \"code\": 200,\n"
            "  \"data\": {\n    \"ts\": 412518831548007863\n  }\n}\n");
  EXPECT_EQ(reply.content_type, "application/json; charset=UTF-8");
}

TEST_F(ServiceTest, ActionsAreForThisNodeWhileItIsOnline) {
  EXPECT_THAT(
      ask("PUT", "/state/other/pause").body,
      HasSubstr("\"message\": \"invalid nodeID other, this pump's nodeID is d1\",\n  \"code\": 3"));
  EXPECT_THAT(ask("PUT", "/state/d1/explode").body, HasSubstr("invalid action explode"));
  EXPECT_EQ(node_.state(), State::kOnline);
  EXPECT_THAT(ask("PUT", "/state/d1/close").body, HasSubstr("apply action close success!"));
  EXPECT_EQ(*left_.pop(), State::kClosing);
  EXPECT_EQ(node_.state(), State::kClosing);
  EXPECT_THAT(ask("PUT", "/state/d1/pause").body,
              HasSubstr("this pump's state is closing, apply pause failed!"));
  EXPECT_EQ(left_.try_pop(), std::nullopt);
}

TEST_F(ServiceTest, ADrainerKnowsItsOwnId) {
  EXPECT_TRUE(reply_is_of_node(ask("PUT", "/state/d1/are-you-there").body));
  EXPECT_FALSE(reply_is_of_node(ask("PUT", "/state/d2/are-you-there").body));
  EXPECT_FALSE(reply_is_of_node(ask("PUT", "/nothing").body));
  EXPECT_EQ(node_.state(), State::kOnline);
}

TEST_F(ServiceTest, MetricsAndUnknownPaths) {
  EXPECT_THAT(ask("GET", "/metrics").body, HasSubstr("process_start_time_seconds"));
  EXPECT_EQ(ask("GET", "/nothing").status, 404);
  EXPECT_EQ(ask("GET", "/state/d1/pause").status, 405);
}

TEST_F(ServiceTest, NotifyAnswersWithTheListingsResult) {
  EXPECT_EQ(call("Notify").value(), "");
  refresh_result_ = unavailable("no etcd");
  EXPECT_EQ(call("Notify").status().message(), "no etcd");
}

TEST_F(ServiceTest, ObsoleteMethods) {
  EXPECT_FALSE(call("DumpDDLJobs").ok());
  auto stream = runtime_.channel("127.0.0.1:" + std::to_string(server_.port()))
                    ->open("/binlog.Cistern/DumpBinlog");
  ASSERT_TRUE(stream->send("").ok());
  stream->half_close();
  auto end = stream->receive();
  ASSERT_TRUE(end.ok()) << end.status().to_string();
  EXPECT_EQ(*end, std::nullopt);
}

TEST_F(ServiceTest, HeartbeatsSayWhoAndHowFar) {
  node_.start_heartbeat([](const Status&) {});
  const cluster::NodeStatus status = *written_.pop();
  EXPECT_EQ(status.node_id, "d1");
  EXPECT_EQ(status.host, "h:8249");
  EXPECT_EQ(status.state, "online");
  EXPECT_EQ(status.max_commit_ts, 77);
  EXPECT_EQ(status.update_ts, 1000);
  node_.set(State::kPaused);
  while (written_.pop()->state != "paused") {
  }
}

TEST_F(ServiceTest, TwentyFailuresInARowAreTheEnd) {
  registry_result_ = unavailable("no etcd");
  Queue<Status> lost(10);
  node_.start_heartbeat([&](const Status& status) { lost.push(status, 1); });
  EXPECT_EQ(lost.pop()->message(), "fail to send heartbeat: no etcd");
  EXPECT_EQ(written_.size(), 20U);
}

/// Both times by hand.
class HandClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() override { return {}; }
  std::chrono::steady_clock::time_point steady_now() override { return steady; }
  std::chrono::steady_clock::time_point steady;
};

TEST(LagTest, IsSyncedAfterMinutesWithoutWork) {
  HandClock clock;
  Lag lag(std::chrono::minutes(5), clock);
  EXPECT_EQ(lag.commit_ts(), 0U);
  clock.steady += std::chrono::minutes(5);
  EXPECT_FALSE(lag.synced());
  clock.steady += std::chrono::milliseconds(1);
  EXPECT_TRUE(lag.synced());
  lag.on_work();
  EXPECT_FALSE(lag.synced());
  lag.on_progress(make_tso(1700000000000, 3));
  EXPECT_EQ(lag.commit_ts(), make_tso(1700000000000, 3));
  EXPECT_EQ(metrics().gauge("binlog_drainer_checkpoint_tso", "").value(), 1700000000000.0);
}

}  // namespace
}  // namespace tbl::drainer
