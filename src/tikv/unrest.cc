#include "tikv/unrest.h"

#include <algorithm>

#include "base/log.h"

namespace tbl::tikv {
namespace {

using std::chrono::milliseconds;

/// Records to walk over from the first one of a region.
constexpr size_t kStepsMax = 1000;

/// Below `end`; `end` is above 0.
size_t pick(std::minstd_rand& random, size_t end) {
  return std::uniform_int_distribution<size_t>(0, end - 1)(random);
}

/// The user key of the record that the cursor stands on.
Result<std::string> user_key(const Cursor& cursor) {
  Bytes data;
  uint64_t ts = 0;
  if (!split_version(cursor.key(), &data, &ts)) {
    return data_loss("bad key in the write column family: " + to_hex(cursor.key()));
  }
  TBL_ASSIGN(const Key key, parse_data_key(data));
  return key.raw();
}

/// Some stored key between the first and the last one of the range, or what is next above it.
std::string somewhere_between(Bytes first, Bytes last, std::minstd_rand& random) {
  size_t same = 0;
  while (same < first.size() && same < last.size() && first[same] == last[same]) ++same;
  std::string between(first.substr(0, same));
  const int low = same < first.size() ? static_cast<unsigned char>(first[same]) : 0;
  const int high = same < last.size() ? static_cast<unsigned char>(last[same]) : 0;
  between +=
      static_cast<char>(std::uniform_int_distribution<int>(low, std::max(low, high))(random));
  for (int i = 0; i < 8; ++i) between += static_cast<char>(random());
  return between;
}

/// A key that exists in the region, not its first one; empty: there is none.
Result<std::string> key_inside(const Engine& engine, const Region& region,
                               std::minstd_rand& random) {
  const DataRange range = region.data();
  const Snapshot snapshot(engine);
  Cursor cursor = snapshot.cursor(Cf::kWrite, range.lower, range.upper);
  cursor.seek(range.lower);
  if (!cursor.valid()) return std::string();
  const std::string first(cursor.key());
  cursor.seek_for_prev(range.upper);
  if (!cursor.valid()) return std::string();
  const std::string last(cursor.key());
  cursor.seek(somewhere_between(first, last, random));
  if (!cursor.valid() || cursor.key() == first) {
    // Keys come in clusters, and between those is nothing.
    cursor.seek(first);
    for (size_t steps = pick(random, kStepsMax); steps > 0 && cursor.key() < last; --steps) {
      cursor.next();
    }
  }
  TBL_ASSIGN(std::string key, user_key(cursor));
  return key > region.start && region.contains(key) ? key : std::string();
}

/// What happened, unless it is one of those things that do happen.
void report(const Status& status, LogEvery& often) {
  if (status.ok() || status.code() == StatusCode::kAborted || !often.due()) return;
  log_warn("a region cannot be changed", {{"error", status}});
}

uint64_t seed_of(const UnrestOptions& options) {
  return options.seed != 0 ? static_cast<uint64_t>(options.seed) : std::random_device{}();
}

}  // namespace

Unrest::Unrest(Parts parts, const UnrestOptions& options)
    : parts_(parts), options_(options), seed_(seed_of(options)) {
  log_info("regions will not come to rest", {{"seed", seed_}});
  if (options.split_every.count() > 0) cutter_ = Thread("region-cut", [this] { cut(); });
  if (options.move_leader_every.count() > 0) mover_ = Thread("region-move", [this] { move(); });
}

Unrest::~Unrest() { stop_.request_stop(); }

void Unrest::cut() {
  std::minstd_rand random(static_cast<unsigned>(seed_));
  LogEvery often(10000);
  while (wait_for(stop_.get_token(), options_.split_every)) {
    const bool many = parts_.regions.all().size() >= static_cast<size_t>(options_.max_regions);
    report(many ? merge_one(random) : split_one(random), often);
  }
}

Status Unrest::split_one(std::minstd_rand& random) {
  const auto regions = parts_.regions.all();
  const auto& region = regions[pick(random, regions.size())];
  TBL_ASSIGN(std::string key, key_inside(parts_.engine, *region, random));
  if (key.empty()) return ok_status();
  return parts_.splitter.split(region, {std::move(key)}).status();
}

Status Unrest::merge_one(std::minstd_rand& random) {
  const auto regions = parts_.regions.all();
  if (regions.size() < 2) return ok_status();
  const size_t at = pick(random, regions.size() - 1);
  const bool up = random() % 2 == 0;
  const auto& source = regions[up ? at : at + 1];
  const auto& target = regions[up ? at + 1 : at];
  TBL_ASSIGN(const auto merged, parts_.regions.merge(source, target));
  log_info("regions merged", {{"source", source->meta.id()},
                              {"target", target->meta.id()},
                              {"version", merged->meta.region_epoch().version()}});
  return ok_status();
}

void Unrest::move() {
  std::minstd_rand random(static_cast<unsigned>(seed_ + 1));
  LogEvery often(10000);
  while (wait_for(stop_.get_token(), options_.move_leader_every)) {
    report(move_one(random), often);
  }
}

Status Unrest::move_one(std::minstd_rand& random) {
  const auto regions = parts_.regions.all();
  RegionPtr region = regions[pick(random, regions.size())];
  const auto& peers = region->meta.peers();
  const uint64_t old_store = region->leader.store_id();
  const uint64_t new_store =
      peers.Get(static_cast<int>(pick(random, static_cast<size_t>(peers.size())))).store_id();
  if (new_store == old_store) return ok_status();
  TBL_ASSIGN(region, parts_.regions.depose(region));
  const auto most = options_.election_time.count();
  wait_for(stop_.get_token(),
           milliseconds(std::uniform_int_distribution<int64_t>(0, most)(random)));
  // It may have been split meanwhile, and its parts have no leader either.
  for (const auto& one : parts_.regions.all()) {
    if (one->leader.id() != 0) continue;
    TBL_TRY(parts_.regions.elect(one, new_store).status());
  }
  log_info("leader moved", {{"region", region->meta.id()}, {"from", old_store}, {"to", new_store}});
  return ok_status();
}

}  // namespace tbl::tikv
