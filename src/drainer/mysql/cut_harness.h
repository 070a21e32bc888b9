// Streams that are cut at every packet between drainer and server, for tests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "drainer/mysql/applier_harness.h"
#include "drainer/mysql/cutting_proxy.h"

namespace tbl::mysql {

class CutTest : public ApplierTest {
 protected:
  void SetUp() override {
    ApplierTest::SetUp();
    const std::string server = PrivateServer::instance().options().unix_socket;
    proxy_path_ = server + ".proxy";
    proxy_ = std::make_unique<CuttingProxy>(proxy_path_, server);
  }
  void TearDown() override {
    ApplierTest::TearDown();
    proxy_.reset();
  }
  /// Of each start.
  virtual MySqlApplierOptions options_of_start() {
    auto out = options();
    out.save_interval_ms = 1000000;
    return out;
  }
  Result<schedule::StartPoint> start_through_proxy() {
    auto out = options_of_start();
    out.to.unix_socket = proxy_path_;
    auto point = start(std::move(out));
    EXPECT_TRUE(point.ok()) << point.status().to_string();
    return point;
  }
  /// Everything above the start point, and the stop.
  using Play = std::function<Status(uint64_t from_ts)>;

  /// For every n until none is cut: `prepare`, then the stream with a cut at the n-th packet, then
  /// `check`. With `dies` the process goes with the connections, and another one plays the rest.
  void cut_everywhere(bool dies, const std::function<void()>& prepare, const Play& play,
                      const std::function<void()>& check) {
    for (auto how : {CuttingProxy::Cut::kRequest, CuttingProxy::Cut::kReply}) {
      bool was_cut = true;
      for (uint64_t n = 1; was_cut; ++n) {
        SCOPED_TRACE("packet " + std::to_string(n) + (dies ? ", dies" : "") +
                     (how == CuttingProxy::Cut::kReply ? ", reply" : ""));
        applier_.reset();
        prepare();
        cut_after(n, how, dies, play);
        was_cut = proxy_->has_cut();
        proxy_->cut_after(0, how);
        check();
        if (HasFailure()) return;
        ASSERT_LT(n, 200u);
      }
    }
  }

  std::unique_ptr<CuttingProxy> proxy_;

 private:
  void cut_after(uint64_t n, CuttingProxy::Cut how, bool dies, const Play& play) {
    auto point = start_through_proxy();
    ASSERT_TRUE(point.ok());
    proxy_->cut_after(n, how);
    std::atomic<bool> played = false;
    std::thread killer([&] {
      while (!proxy_->has_cut() && !played) std::this_thread::yield();
      if (proxy_->has_cut() && dies) applier_->abort();
    });
    Status first = play(point->commit_ts);
    played = true;
    killer.join();
    if (!dies) {
      EXPECT_TRUE(first.ok()) << first.to_string();
      return;
    }
    crash();
    // How many packets a play takes differs: the n-th must not be one of the next start's.
    proxy_->disarm_when_idle();
    point = start_through_proxy();
    ASSERT_TRUE(point.ok());
    EXPECT_EQ(point->unknown_until_ts, 0u);
    Status second = play(point->commit_ts);
    EXPECT_TRUE(second.ok()) << second.to_string();
  }

  std::string proxy_path_;
};

}  // namespace tbl::mysql
