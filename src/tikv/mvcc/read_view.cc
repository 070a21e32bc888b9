#include "tikv/mvcc/read_view.h"

#include <algorithm>

#include "proto/kvrpcpb.pb.h"

namespace tbl::tikv {
namespace {

bool contains(const std::vector<uint64_t>& set, uint64_t ts) {
  return std::find(set.begin(), set.end(), ts) != set.end();
}

}  // namespace

ReadView::ReadView(const kvrpcpb::Context& context, uint64_t ts)
    : ts_(ts),
      ignore_locks_(context.isolation_level() == kvrpcpb::RC),
      resolved_(context.resolved_locks().begin(), context.resolved_locks().end()),
      committed_(context.committed_locks().begin(), context.committed_locks().end()) {}

ReadView::Verdict ReadView::judge(const Key& key, const Lock& lock) const {
  const bool changes = lock.type == LockType::kPut || lock.type == LockType::kDelete;
  if (ignore_locks_ || !changes || lock.start_ts > ts_) return Verdict::kPass;
  // A large transaction promises not to commit below min_commit_ts.
  if (lock.min_commit_ts > ts_) return Verdict::kPass;
  // A read at the end of time is a point get of its own; that it comes before a commit whose
  // primary is still locked is a possible order.
  if (ts_ == kMaxTs && key.raw() == lock.primary) return Verdict::kPass;
  if (contains(resolved_, lock.start_ts)) return Verdict::kPass;
  if (contains(committed_, lock.start_ts)) return Verdict::kUseLock;
  return Verdict::kBlocked;
}

}  // namespace tbl::tikv
