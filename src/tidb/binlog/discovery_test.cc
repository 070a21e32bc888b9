// Pumps are found by what a real etcd holds of them.
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "cluster/real_etcd.h"
#include "cluster/registry.h"
#include "rpc/server.h"
#include "tidb/binlog/pump_client.h"

namespace tbl::tidb {
namespace {

using std::chrono::milliseconds;

/// Counts writes; answers all.
class CountingPump {
 public:
  CountingPump() {
    server_.add_unary("/binlog.Pump/WriteBinlog", rpc::Run::kPool,
                      [this](const rpc::CallInfo&, std::string, rpc::UnaryReply reply) {
                        ++writes;
                        reply(ok_status(), "");
                      });
    EXPECT_TRUE(server_.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(server_.start().ok());
  }
  cluster::NodeStatus status(const std::string& id, std::string_view state) const {
    cluster::NodeStatus status;
    status.node_id = id;
    status.host = "127.0.0.1:" + std::to_string(server_.port());
    status.state = state;
    return status;
  }
  std::atomic<int> writes{0};

 private:
  rpc::Server server_{rpc::ServerOptions{}};
};

class DiscoveryTest : public ::testing::Test {
 protected:
  PumpClientOptions options() {
    PumpClientOptions options;
    options.cluster_id = 1;
    options.start_timeout = milliseconds(300);
    options.write_timeout = milliseconds(1000);
    options.retry_interval = milliseconds(1);
    return options;
  }
  void put(const cluster::NodeStatus& status) {
    ASSERT_TRUE(registry_.update_node(cluster::NodeKind::kPump, status).ok());
  }
  Status write(PumpClient& pumps) {
    BinlogRecord record;
    record.start_ts = ++start_ts_;
    record.prewrite_key = "key";
    return pumps.prewrite(record)->wait();
  }
  /// Writes until the condition holds; each must succeed.
  template <typename Condition>
  void write_until(PumpClient& pumps, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      ASSERT_TRUE(write(pumps).ok());
    }
  }

  rpc::ClientRuntime runtime_;
  cluster::testing::RealEtcd server_;
  cluster::Etcd etcd_{runtime_, {.endpoints = {server_.url()}, .tls = {}, .stop = {}}};
  cluster::Registry registry_{etcd_};
  uint64_t start_ts_ = 0;
};

TEST_F(DiscoveryTest, WithoutAPumpTheStartFails) {
  const auto pumps = PumpClient::start(runtime_, &etcd_, options());
  EXPECT_EQ(pumps.status().message(), "no pump found in pd");
}

TEST_F(DiscoveryTest, APumpThatComesWhileWaitingIsTaken) {
  CountingPump pump;
  std::thread late([&] { put(pump.status("a", cluster::kStateOnline)); });
  auto patient = options();
  patient.start_timeout = std::chrono::seconds(20);
  auto pumps = PumpClient::start(runtime_, &etcd_, patient);
  late.join();
  ASSERT_TRUE(pumps.ok()) << pumps.status().message();
  EXPECT_TRUE(write(**pumps).ok());
  EXPECT_EQ(pump.writes, 1);
}

TEST_F(DiscoveryTest, PumpsComeAndGo) {
  CountingPump first, second;
  put(first.status("a", cluster::kStateOnline));
  auto pumps = PumpClient::start(runtime_, &etcd_, options()).value();
  ASSERT_TRUE(write(*pumps).ok());
  EXPECT_EQ(first.writes, 1);
  put(second.status("b", cluster::kStateOnline));
  write_until(*pumps, [&] { return second.writes > 0; });
  put(first.status("a", cluster::kStatePaused));
  int before = -1;
  write_until(*pumps, [&] {
    // Two writes in a row that the first did not get.
    const bool gone = before == first.writes;
    before = first.writes;
    return gone && write(*pumps).ok() && before == first.writes;
  });
  put(second.status("b", cluster::kStateOffline));
  put(first.status("a", cluster::kStateOnline));
  write_until(*pumps, [&] { return first.writes > before; });
}

}  // namespace
}  // namespace tbl::tidb
