#include "cluster/registry.h"

#include <gtest/gtest.h>

#include <mutex>

#include "base/bytes.h"
#include "cluster/real_etcd.h"
#include "proto/etcdserverpb.pb.h"
#include "rpc/server.h"

namespace tbl::cluster {
namespace {

NodeStatus example() {
  return {.node_id = "pump:8250",
          .host = "127.0.0.1:8250",
          .state = "online",
          .labels = std::nullopt,
          .max_commit_ts = 412518831548007863,
          .update_ts = 412518831338292471};
}

constexpr char kExampleJson[] =
    R"({"nodeId":"pump:8250","host":"127.0.0.1:8250","state":"online","isAlive":false,"score":0,)"
    R"("label":null,"maxCommitTS":412518831548007863,"updateTS":412518831338292471})";

TEST(NodeStatus, JsonIsTheOriginalsByteForByte) {
  EXPECT_EQ(example().to_json(), kExampleJson);
  EXPECT_EQ(NodeStatus::from_json(kExampleJson).value(), example());
}

TEST(NodeStatus, StringsAreEscapedAsGoDoes) {
  NodeStatus status;
  status.node_id = "a\"\\<&>\n\x01\xff\xe2\x80\xa8\xc3\xa4";
  EXPECT_NE(status.to_json().find(R"("a\"\\\u003c\u0026\u003e\n\u0001\ufffd\u2028)"
                                  "\xc3\xa4\""),
            std::string::npos)
      << status.to_json();
}

TEST(NodeStatus, NamesInAnyCaseUnknownFieldsAndLabels) {
  const auto status = NodeStatus::from_json(
      R"({"NODEID":"n","maxcommitts":9223372036854775807,"new":[1],"label":{"labels":{"k":"v"}}})");
  ASSERT_TRUE(status.ok()) << status.status().message();
  EXPECT_EQ(status->node_id, "n");
  EXPECT_EQ(status->max_commit_ts, INT64_MAX);
  EXPECT_EQ(status->labels->at("k"), "v");
  EXPECT_NE(status->to_json().find(R"("label":{"labels":{"k":"v"}})"), std::string::npos);
}

TEST(NodeStatus, WhatIsNotAStatusIsAnError) {
  for (const char* text : {"", "{", "[]", "1", R"({"nodeId":5})", R"({"updateTS":"5"})",
                           R"({"score":1.5})", R"({"maxCommitTS":9223372036854775808})",
                           R"({"label":{"labels":{"k":1}}})", R"({"isAlive":0})"}) {
    EXPECT_FALSE(NodeStatus::from_json(text).ok()) << text;
  }
}

TEST(NodeStatus, Text) {
  setenv("TZ", "UTC", 1);
  tzset();
  EXPECT_EQ(example().to_text(),
            "{NodeID: pump:8250, Addr: 127.0.0.1:8250, State: online, MaxCommitTS: "
            "412518831548007863, UpdateTime: 2019-11-13 08:40:57 +0000 UTC}");
}

TEST(Registry, KeysAreCleanedAsPathsAre) {
  rpc::ClientRuntime runtime;
  Etcd etcd(runtime, {});
  const Registry registry(etcd);
  EXPECT_EQ(registry.key(NodeKind::kPump, "vm:8250"), "/tidb-binlog/v1/pumps/vm:8250");
  EXPECT_EQ(registry.key(NodeKind::kDrainer, "a//b/../c/"), "/tidb-binlog/v1/drainers/a/c");
}

TEST(Registry, NodesComeAndChange) {
  testing::RealEtcd server;
  rpc::ClientRuntime runtime;
  Etcd etcd(runtime, {.endpoints = {server.url()}, .tls = {}, .stop = {}});
  Registry registry(etcd);
  EXPECT_TRUE(registry.nodes(NodeKind::kPump)->empty());
  EXPECT_EQ(registry.node(NodeKind::kPump, "pump:8250").status().message(),
            "key /tidb-binlog/v1/pumps/pump:8250 in etcd not found");
  ASSERT_TRUE(registry.update_node(NodeKind::kPump, example()).ok());
  EXPECT_EQ(etcd.get("/tidb-binlog/v1/pumps/pump:8250")->value, kExampleJson);
  NodeStatus changed = example();
  changed.max_commit_ts += 1;
  ASSERT_TRUE(registry.update_node(NodeKind::kPump, changed).ok());
  EXPECT_EQ(etcd.get("/tidb-binlog/v1/pumps/pump:8250")->version, 2);
  ASSERT_TRUE(registry.set_state(NodeKind::kPump, "pump:8250", "paused").ok());
  changed.state = "paused";
  EXPECT_EQ(registry.node(NodeKind::kPump, "pump:8250").value(), changed);
  EXPECT_EQ(registry.set_state(NodeKind::kPump, "pump:8250", "asleep").message(),
            "state asleep is illegal");
  EXPECT_EQ(registry.nodes(NodeKind::kPump)->size(), 1U);
  EXPECT_TRUE(registry.nodes(NodeKind::kDrainer)->empty());
}

TEST(Registry, AValueThatIsNoStatusBreaksTheListAndIsNamed) {
  testing::RealEtcd server;
  rpc::ClientRuntime runtime;
  Etcd etcd(runtime, {.endpoints = {server.url()}, .tls = {}, .stop = {}});
  Registry registry(etcd);
  ASSERT_TRUE(etcd.put("/tidb-binlog/v1/pumps/bad", "xyz").ok());
  const auto nodes = registry.nodes(NodeKind::kPump);
  ASSERT_FALSE(nodes.ok());
  EXPECT_NE(
      nodes.status().message().find("error unmarshal NodeStatus with nodeID(bad), node value(xyz)"),
      std::string::npos);
  // A key below a node's makes that node one without a value.
  ASSERT_TRUE(etcd.remove("/tidb-binlog/v1/pumps/bad").ok());
  ASSERT_TRUE(etcd.put("/tidb-binlog/v1/pumps/a/b", kExampleJson).ok());
  EXPECT_NE(registry.nodes(NodeKind::kPump).status().message().find("nodeID(a), node value()"),
            std::string::npos);
}

/// An etcd that only writes down what it is asked, and answers what it is told to.
class Recorder {
 public:
  Recorder() : server_(rpc::ServerOptions{}) {
    add("/etcdserverpb.KV/Range", &range_answer);
    add("/etcdserverpb.KV/Txn", &txn_answer);
    EXPECT_TRUE(server_.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(server_.start().ok());
  }
  ~Recorder() { server_.stop(); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  std::vector<std::string> asked() {
    std::lock_guard lock(mutex_);
    return asked_;
  }

  std::string range_answer;
  std::string txn_answer;

 private:
  void add(const std::string& path, const std::string* answer) {
    server_.add_unary(
        path, rpc::Run::kPool,
        [this, answer](const rpc::CallInfo&, std::string request, rpc::UnaryReply reply) {
          {
            std::lock_guard lock(mutex_);
            asked_.push_back(to_hex(request));
          }
          reply(ok_status(), *answer);
        });
  }

  std::mutex mutex_;
  std::vector<std::string> asked_;
  rpc::Server server_;
};

std::string hex(const std::string& text) { return from_hex(text).value(); }

TEST(Registry, RequestsAreThoseOfTheOriginal) {
  Recorder recorder;
  recorder.txn_answer = hex("1001 1a07 1205 0a0318a101");
  rpc::ClientRuntime runtime;
  Etcd etcd(runtime, {.endpoints = {recorder.url()}, .tls = {}, .stop = {}});
  Registry registry(etcd);
  NodeStatus status = example();
  status.node_id = "vm:8250";
  status.max_commit_ts = 0;
  status.update_ts = 470653597256777731;
  const std::string key = to_hex("/tidb-binlog/v1/pumps/vm:8250");
  const std::string value = to_hex(status.to_json());
  ASSERT_TRUE(registry.update_node(NodeKind::kPump, status).ok());
  // The recorded lengths: a key of 0x1d bytes here, one of 0x20 there; the shape is the same.
  auto asked = recorder.asked();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0], "0a1d" + key);
  const std::string put_length = to_hex(std::string(1, static_cast<char>(value.size() / 2)));
  EXPECT_TRUE(
      asked[1].starts_with("0a23"
                           "1002"
                           "1a1d" +
                           key +
                           "3000"
                           "12"))
      << asked[1];
  EXPECT_TRUE(asked[1].ends_with("0a1d" + key + "12" + put_length + "01" + value)) << asked[1];

  recorder.range_answer = hex("1209 0a016b 1001 1801 2001");
  ASSERT_TRUE(registry.update_node(NodeKind::kPump, status).ok());
  asked = recorder.asked();
  EXPECT_TRUE(
      asked[3].starts_with("0a25"
                           "0801"
                           "1002"
                           "1a1d" +
                           key +
                           "3000"
                           "12"))
      << asked[3];

  recorder.range_answer.clear();
  ASSERT_TRUE(registry.nodes(NodeKind::kPump).ok());
  EXPECT_EQ(recorder.asked().back(),
            "0a16" + to_hex("/tidb-binlog/v1/pumps/") + "1216" + to_hex("/tidb-binlog/v1/pumps0"));
}

}  // namespace
}  // namespace tbl::cluster
