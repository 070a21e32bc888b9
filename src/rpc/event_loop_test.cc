// Work that a loop lends its thread to.
#include "rpc/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "base/test_seed.h"

namespace tbl::rpc {
namespace {

/// Runs `body` on the loop and waits for it.
void on_loop(EventLoop& loop, const std::function<void()>& body) {
  std::promise<void> done;
  loop.post([&] {
    body();
    done.set_value();
  });
  done.get_future().wait();
}

/// Work that waits, as for a disk.
class Waiting {
 public:
  std::function<bool()> work() {
    return [this] {
      begun_.set_value();
      go_on_.get_future().wait();
      return false;
    };
  }
  void wait_begun() { begun_.get_future().wait(); }
  void go_on() { go_on_.set_value(); }

 private:
  std::promise<void> begun_;
  std::promise<void> go_on_;
};

TEST(EventLoopTest, WithoutStandbyNothingIsLent) {
  EventLoop loop("test-loop");
  loop.start();
  bool lent = true;
  on_loop(loop, [&] {
    EXPECT_EQ(EventLoop::current(), &loop);
    lent = loop.lend([] { return false; });
  });
  EXPECT_FALSE(lent);
  EXPECT_EQ(EventLoop::current(), nullptr);
}

TEST(EventLoopTest, WorkRunsWhereItWasLentAndAfterWhatItPosted) {
  EventLoop loop("test-loop");
  loop.start(true);
  std::thread::id lender;
  std::vector<std::thread::id> workers;
  std::vector<std::string> order;
  std::promise<void> done;
  on_loop(loop, [&] {
    lender = std::this_thread::get_id();
    const auto work = [&] {
      EXPECT_EQ(EventLoop::current(), nullptr) << "it may wait, so it is not of the loop";
      workers.push_back(std::this_thread::get_id());
      order.push_back("work");
      loop.post([&] { order.push_back("posted by it"); });
      if (order.size() < 4) return true;
      loop.post([&] { done.set_value(); });
      return false;
    };
    EXPECT_TRUE(loop.lend(work));
    order.push_back("turn");
  });
  done.get_future().wait();
  loop.stop();
  EXPECT_EQ(order,
            (std::vector<std::string>{"turn", "work", "posted by it", "work", "posted by it"}));
  EXPECT_EQ(workers, (std::vector<std::thread::id>{lender, lender}));
}

TEST(EventLoopTest, TheLoopGoesOnWhileWorkWaits) {
  EventLoop loop("test-loop");
  loop.start(true);
  Waiting first;
  std::thread::id lender;
  on_loop(loop, [&] {
    lender = std::this_thread::get_id();
    loop.lend(first.work());
  });
  first.wait_begun();
  std::thread::id other;
  on_loop(loop, [&] { other = std::this_thread::get_id(); });
  EXPECT_NE(other, lender);
  std::promise<void> expired;  // timers too
  on_loop(loop, [&] { loop.at(std::chrono::steady_clock::now(), [&] { expired.set_value(); }); });
  expired.get_future().wait();
  first.go_on();
  // The lender stands by now: what waits next is taken over by it.
  Waiting second;
  on_loop(loop, [&] {
    EXPECT_EQ(std::this_thread::get_id(), other);
    loop.lend(second.work());
  });
  second.wait_begun();
  on_loop(loop, [&] { EXPECT_EQ(std::this_thread::get_id(), lender); });
  second.go_on();
}

TEST(EventLoopTest, StopWaitsForTheWork) {
  for (const bool taken_over : {false, true}) {
    EventLoop loop("test-loop");
    loop.start(true);
    Waiting disk;
    int rounds = 0;
    on_loop(loop, [&] {
      loop.lend([&, wait = disk.work()] {
        if (rounds == 0) wait();
        return ++rounds < 3;
      });
    });
    disk.wait_begun();
    if (taken_over) on_loop(loop, [] {});
    std::thread stopper([&] { loop.stop(); });
    disk.go_on();
    stopper.join();
    EXPECT_EQ(rounds, 3);
  }
}

// Whoever has the place is alone in the loop, and nothing that was posted or lent is lost.
TEST(EventLoopTest, PlaceChangesHandsSafely) {
  const uint64_t seed = test_seed();
  constexpr int kTasks = 3000;
  EventLoop loop("test-loop");
  loop.start(true);
  int run = 0;     // of the place, unguarded
  int worked = 0;  // of the work, one at a time
  bool working = false;
  int lent = 0;
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937_64 random(seed + thread);
      for (int i = 0; i < kTasks; ++i) {
        const bool lends = random() % 4 == 0;
        const auto pause = std::chrono::microseconds(random() % 50);
        loop.post([&, lends, pause] {
          ++run;
          if (!lends || working) return;
          working = true;
          ++lent;
          loop.lend([&, pause] {
            std::this_thread::sleep_for(pause);  // a disk
            ++worked;
            loop.post([&] { working = false; });
            return false;
          });
        });
        if (random() % 8 == 0) std::this_thread::sleep_for(pause);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  loop.stop();
  EXPECT_EQ(run, 3 * kTasks);
  EXPECT_EQ(worked, lent);
  EXPECT_GT(lent, 0);
}

}  // namespace
}  // namespace tbl::rpc
