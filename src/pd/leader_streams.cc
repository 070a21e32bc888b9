#include "pd/leader_streams.h"

#include "pd/election.h"

namespace tbl::pd {

void LeaderStreams::add(const rpc::ServerCallPtr& call) {
  std::lock_guard lock(mutex_);
  std::erase_if(calls_, [](const auto& one) { return one.expired(); });
  calls_.push_back(call);
}

void LeaderStreams::end_all() {
  std::vector<std::weak_ptr<rpc::ServerCall>> calls;
  {
    std::lock_guard lock(mutex_);
    calls.swap(calls_);
  }
  for (const auto& weak : calls) {
    if (const auto call = weak.lock()) call->finish(not_leader());
  }
}

}  // namespace tbl::pd
