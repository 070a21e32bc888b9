#include "pd/election.h"

#include <algorithm>

#include "base/log.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook(100);
constexpr char kLeaderKey[] = "leader";

std::optional<MemberInfo> find_member(const std::vector<MemberInfo>& members, uint64_t id) {
  const auto it =
      std::find_if(members.begin(), members.end(), [id](const auto& m) { return m.id == id; });
  return it == members.end() ? std::nullopt : std::optional<MemberInfo>(*it);
}

std::string to_value(const MemberInfo& member) {
  pdpb::Member message;
  fill_member(member, &message);
  return message.SerializeAsString();
}

}  // namespace

Status not_leader() { return unavailable("not leader"); }

Election::Election(cluster::Etcd& etcd, const EtcdMembers& members, MetaStore& meta,
                   Options options)
    : etcd_(etcd),
      members_(members),
      meta_(meta),
      options_(std::move(options)),
      key_(meta.absolute(kLeaderKey)),
      thread_("election", [this] { run(); }) {}

Election::~Election() {
  stop_.request_stop();
  thread_.join();
  if (term_ != 0) step_down("it ends");
}

uint64_t Election::term() const {
  std::lock_guard lock(mutex_);
  return term_ != 0 && keeper_->alive() ? term_ : 0;
}

Election::View Election::view() const {
  std::lock_guard lock(mutex_);
  return view_;
}

Status Election::wait_for_leader(const StopToken& stop) const {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (view_.leader) return ok_status();
      // What cannot be loaded now may be later, but not if it is damaged.
      if (failure_.code() == StatusCode::kDataLoss) return failure_;
    }
    if (!wait_for(stop, milliseconds(10))) return cancelled("stopped before PD had a leader");
  }
}

void Election::run() {
  do {
    observe();
  } while (wait_for(stop_.get_token(), kLook));
}

void Election::observe() {
  if (const auto list = members_.list(); list.ok()) {
    std::lock_guard lock(mutex_);
    view_.members = *list;
  }
  const auto asked = members_.leader_id();
  const uint64_t etcd_leader = asked.ok() ? *asked : 0;
  if (asked.ok()) {
    std::lock_guard lock(mutex_);
    view_.etcd_leader = find_member(view_.members, etcd_leader);
  }
  if (term_ != 0) {
    if (!keeper_->alive()) return step_down("its lease has run out");
    // Without an etcd that leads the lease decides.
    if (etcd_leader != 0 && !may_lead(etcd_leader)) return step_down("etcd is led elsewhere");
    return;
  }
  learn_leader(etcd_leader);
  if (!may_lead(etcd_leader)) return;
  const Status status = campaign();
  if (!status.ok() && complaint_.due()) {
    log_warn("cannot become PD's leader yet", {{"error", status}});
  }
  std::lock_guard lock(mutex_);
  failure_ = status;
}

bool Election::may_lead(uint64_t etcd_leader) const { return etcd_leader == options_.self.id; }

void Election::learn_leader(uint64_t etcd_leader) {
  if (etcd_leader == 0) return;
  const auto found = meta_.get(kLeaderKey);
  if (!found.ok()) return;
  pdpb::Member leader;
  const bool known = *found && leader.ParseFromString(**found);
  std::lock_guard lock(mutex_);
  // Our own key of an earlier run leads nobody anywhere.
  const bool other = known && leader.member_id() != options_.self.id;
  view_.leader = other ? std::optional<MemberInfo>(to_member(leader)) : std::nullopt;
}

/// True: the key is ours. An own key of an earlier run is removed, since nobody else can run on our
/// data; another member's key has to run out.
Result<bool> Election::take_key(int64_t lease_id, int64_t* create_revision) {
  cluster::EtcdCompare absent;
  absent.key = key_;
  absent.target = cluster::EtcdCompareTarget::kCreateRevision;
  const std::string value = to_value(options_.self);
  TBL_ASSIGN(const auto taken, etcd_.txn({absent}, {cluster::EtcdOp::put(key_, value, lease_id)},
                                         {cluster::EtcdOp::get(key_)}));
  *create_revision = taken.revision;
  if (taken.succeeded) return true;
  const auto& kvs = taken.ranges.at(0).kvs;
  pdpb::Member holder;
  if (kvs.empty() || !holder.ParseFromString(kvs[0].value)) return false;
  if (holder.member_id() != options_.self.id) return false;
  cluster::EtcdCompare same;
  same.key = key_;
  same.number = kvs[0].mod_revision;
  TBL_ASSIGN(const auto replaced,
             etcd_.txn({same}, {cluster::EtcdOp::remove(key_)}, {cluster::EtcdOp::get(key_)}));
  if (!replaced.succeeded) return false;
  return take_key(lease_id, create_revision);
}

Status Election::campaign() {
  TBL_ASSIGN(const auto lease, etcd_.grant(options_.lease.count()));
  auto keeper = etcd_.keep_alive(lease);
  int64_t create_revision = 0;
  const auto taken = take_key(lease.id, &create_revision);
  if (!taken.ok() || !*taken) {
    keeper.reset();
    (void)etcd_.revoke(lease.id);
    return taken.ok() ? ok_status() : taken.status();
  }
  meta_.set_fence({kLeaderKey, create_revision});
  const Status loaded = options_.begin();
  if (!loaded.ok()) {
    keeper.reset();
    (void)etcd_.revoke(lease.id);
    return loaded;
  }
  std::lock_guard lock(mutex_);
  keeper_ = std::move(keeper);
  lease_id_ = lease.id;
  term_ = ++last_term_;
  view_.leader = options_.self;
  log_info("PD's leader is this member",
           {{"name", options_.self.name}, {"member id", options_.self.id}});
  return ok_status();
}

void Election::step_down(const char* why) {
  log_warn("this member does not lead PD any more",
           {{"name", options_.self.name}, {"because", why}});
  std::unique_ptr<cluster::EtcdLeaseKeeper> keeper;
  int64_t lease_id = 0;
  {
    std::lock_guard lock(mutex_);
    term_ = 0;
    keeper = std::move(keeper_);
    std::swap(lease_id, lease_id_);
    view_.leader.reset();
  }
  options_.end();
  keeper.reset();
  // The others need not wait for it to run out.
  if (const Status status = etcd_.revoke(lease_id); !status.ok()) {
    log_warn("the leader's key stays until its lease runs out", {{"error", status}});
  }
}

Status Election::resign(const std::string& to) {
  if (term() == 0) return not_leader();
  const auto members = view().members;
  for (const auto& member : members) {
    if (member.id == options_.self.id || (!to.empty() && member.name != to)) continue;
    return members_.move_leader(member.id);
  }
  return not_found(to.empty() ? "no valid pd to transfer leader"
                              : "no pd " + to + " to transfer leader to");
}

}  // namespace tbl::pd
