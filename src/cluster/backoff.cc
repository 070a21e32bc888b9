#include "cluster/backoff.h"

#include <algorithm>
#include <random>

#include "cluster/call.h"

namespace tbl::cluster {
namespace {

constexpr Backoff::Millis kShortestTry{500};

int64_t random_between(int64_t low, int64_t high) {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_int_distribution<int64_t>(low, high)(engine);
}

}  // namespace

void Backoff::restart() {
  deadline_ = std::chrono::steady_clock::now() + total_;
  next_ = first_;
  tries_ = 0;
  hints_ = 0;
}

Status Backoff::wait_at_least(const Status& why, Millis least) {
  ++tries_;
  if (stop_.stop_requested()) return stopped_status();
  const Millis step(random_between(next_.count() / 2, next_.count()));
  const Millis pause = std::max(step, least);
  next_ = std::min(next_ * 2, longest_);
  if (std::chrono::steady_clock::now() + pause >= deadline_) {
    return why.wrap("gave up after " + std::to_string(tries_) + (tries_ == 1 ? " try" : " tries"));
  }
  return wait_for(stop_, pause) ? ok_status() : stopped_status();
}

Status Backoff::wait_a_little(const Status& why) {
  constexpr int kFreeHints = 5;
  if (++hints_ > kFreeHints) return wait(why);
  return stop_.stop_requested() ? stopped_status() : ok_status();
}

Backoff::Millis Backoff::left(Millis most) const {
  const auto rest =
      std::chrono::duration_cast<Millis>(deadline_ - std::chrono::steady_clock::now());
  return std::clamp(rest, std::min(kShortestTry, most), most);
}

}  // namespace tbl::cluster
