#include "rpc/metrics_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "base/metrics.h"
#include "rpc/test_server.h"

namespace tbl::rpc {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

/// A push gateway that remembers what came last.
class Gateway {
 public:
  explicit Gateway(int status = 200)
      : server_({}, [this, status](Server& server) {
          server.add_http("POST", "/metrics/job/binlog/instance/{id}",
                          [this, status](const HttpRequest& request) {
                            std::lock_guard lock(mutex_);
                            instance_ = request.params.at(0);
                            body_ = request.body;
                            return HttpResponse{status, "text/plain", "told so"};
                          });
        }) {}
  std::string address() const { return server_.address(); }
  std::string instance() {
    std::lock_guard lock(mutex_);
    return instance_;
  }
  std::string body() {
    std::lock_guard lock(mutex_);
    return body_;
  }

 private:
  std::mutex mutex_;
  std::string instance_;
  std::string body_;
  TestServer server_;
};

TEST(MetricsHttpTest, PushSendsAllMetricsUnderTheNodesName) {
  metrics().counter("metrics_http_test_total", "a test's").add(3);
  Gateway gateway;
  EXPECT_TRUE(push_metrics(gateway.address(), "host/a b:8250").ok());
  EXPECT_EQ(gateway.instance(), "host/a b:8250");
  EXPECT_THAT(gateway.body(), HasSubstr("metrics_http_test_total 3\n"));
  EXPECT_THAT(gateway.body(), HasSubstr("process_resident_memory_bytes"));
  EXPECT_TRUE(push_metrics("http://" + gateway.address() + "/", "b").ok());
  EXPECT_EQ(gateway.instance(), "b");
}

TEST(MetricsHttpTest, WhatTheGatewayRefusesIsAnErrorThatNamesIt) {
  Gateway gateway(400);
  EXPECT_EQ(push_metrics(gateway.address(), "a").message(),
            "push metrics to " + gateway.address() + ": HTTP 400 told so");
  EXPECT_THAT(push_metrics("127.0.0.1:1", "a").message(), HasSubstr("push metrics to 127.0.0.1:1"));
}

TEST(MetricsHttpTest, PathsOfAServer) {
  TestServer server({}, [](Server& s) { add_metrics_paths(s); });
  auto get = [&](const std::string& path) {
    return http_request("GET", server.url(path), "", seconds(5)).value();
  };
  EXPECT_EQ(get("/metrics").content_type, kMetricsContentType);
  EXPECT_THAT(get("/metrics").body, HasSubstr("process_start_time_seconds"));
  for (const char* path : {"/debug/pprof", "/debug/pprof/", "/debug/pprof/goroutine?debug=1"}) {
    EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_THAT(get(path).body, HasSubstr("perf")) << path;
  }
}

}  // namespace
}  // namespace tbl::rpc
