// Random changes beside a model that is nothing but a list of borders: which requests are served,
// and what the others are told.
#include <cstdlib>
#include <random>

#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"
#include "tikv/region_fixture.h"

namespace tbl::tikv {
namespace {

constexpr uint64_t kStores = 3;

/// What the model knows of the range from its start to the next one's.
struct Part {
  uint64_t id = 0;
  uint64_t version = 1;
  uint64_t leader_store = 1;  ///< 0: none
};
using Model = std::map<std::string, Part>;

class RegionsModel : public RegionFixture {
 protected:
  RegionsModel() {
    const char* seed = std::getenv("TBL_SEED");
    const auto number = seed != nullptr ? std::strtoul(seed, nullptr, 10) : std::random_device{}();
    std::printf("TBL_SEED=%lu\n", number);
    random.seed(static_cast<unsigned>(number));
    begin("080a 220408011001 2a04080b1001");
    for (uint64_t store = 2; store <= kStores; ++store) {
      EXPECT_TRUE(regions->add_peer(regions->by_id(10), 10 + store, store).ok());
    }
    model[""] = {10, 1, 1};
    remember();
  }

  size_t pick(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random); }
  Model::iterator some_part() {
    return std::next(model.begin(), static_cast<ptrdiff_t>(pick(model.size())));
  }
  std::string some_key() {
    std::string key;
    for (size_t i = 0; i < 1 + pick(2); ++i) key += static_cast<char>('a' + pick(26));
    return key;
  }
  void remember() {
    for (const auto& region : regions->all()) known.push_back(region);
  }

  void split() {
    const std::string key = some_key();
    const auto at = std::prev(model.upper_bound(key));
    if (at->first == key) return;
    const auto parts = splitter.split(regions->by_id(at->second.id), {key});
    ASSERT_TRUE(parts.ok()) << parts.status().to_string();
    const uint64_t version = at->second.version + 1;
    model[key] = {at->second.id, version, at->second.leader_store};
    at->second = {parts->front()->meta.id(), version, at->second.leader_store};
  }

  void merge() {
    if (model.size() < 2) return;
    const auto left = std::next(model.begin(), static_cast<ptrdiff_t>(pick(model.size() - 1)));
    const auto right = std::next(left);
    const bool into_left = pick(2) == 0;
    const Part source = into_left ? right->second : left->second;
    Part target = into_left ? left->second : right->second;
    ASSERT_TRUE(regions->merge(regions->by_id(source.id), regions->by_id(target.id)).ok());
    target.version = std::max(source.version, target.version) + 1;
    left->second = target;
    model.erase(right);
  }

  void move() {
    Part& part = some_part()->second;
    const uint64_t store = pick(kStores + 1);
    const auto region = regions->by_id(part.id);
    ASSERT_TRUE((store == 0 ? regions->depose(region) : regions->elect(region, store)).ok());
    part.leader_store = store;
  }

  /// A client that once learnt of a region, and asks one of its peers.
  void ask() {
    const auto& region = known[pick(known.size())];
    const auto& peers = region->meta.peers();
    const metapb::Peer& peer = peers.Get(static_cast<int>(pick(static_cast<size_t>(peers.size()))));
    kvrpcpb::Context context;
    context.set_region_id(region->meta.id());
    *context.mutable_region_epoch() = region->meta.region_epoch();
    *context.mutable_peer() = peer;
    errorpb::Error error;
    const auto admitted = regions->admit(peer.store_id(), context, false, &error);
    const auto now = std::find_if(model.begin(), model.end(), [&](const auto& one) {
      return one.second.id == region->meta.id();
    });
    if (now == model.end()) {
      EXPECT_EQ(error.region_not_found().region_id(), region->meta.id());
    } else if (now->second.leader_store != peer.store_id()) {
      ASSERT_TRUE(error.has_not_leader()) << error.ShortDebugString();
      EXPECT_EQ(error.not_leader().leader().store_id(), now->second.leader_store);
    } else if (now->second.version != region->meta.region_epoch().version()) {
      expect_news(*now, error);
    } else {
      ASSERT_NE(admitted, nullptr) << error.ShortDebugString();
      EXPECT_EQ(admitted->start, now->first);
      EXPECT_EQ(admitted->end, end_of(now->first));
    }
  }

  void expect_news(const Model::value_type& now, const errorpb::Error& error) {
    ASSERT_TRUE(error.has_epoch_not_match()) << error.ShortDebugString();
    const auto& current = error.epoch_not_match().current_regions(0);
    EXPECT_EQ(current.id(), now.second.id);
    EXPECT_EQ(current.region_epoch().version(), now.second.version);
    EXPECT_EQ(current.start_key(), encode_region_key(now.first));
  }

  std::string end_of(const std::string& start) {
    const auto next = model.upper_bound(start);
    return next == model.end() ? "" : next->first;
  }

  void expect_same(const std::vector<RegionPtr>& all) {
    ASSERT_EQ(all.size(), model.size());
    auto expected = model.begin();
    for (const auto& region : all) {
      EXPECT_EQ(region->start, expected->first);
      EXPECT_EQ(region->end, end_of(expected->first));
      EXPECT_EQ(region->meta.id(), expected->second.id);
      EXPECT_EQ(region->meta.region_epoch().version(), expected->second.version);
      EXPECT_EQ(region->leader.store_id(), expected->second.leader_store);
      ++expected;
    }
  }

  std::mt19937 random;
  Model model;
  std::vector<RegionPtr> known;
};

TEST_F(RegionsModel, ServesWhatIsCurrentAndTellsTheRest) {
  for (int step = 0; step < 200 && !HasFatalFailure(); ++step) {
    switch (pick(model.size() > 12 ? 4 : 3)) {
      case 0:
        split();
        break;
      case 1:
        move();
        break;
      case 2:
        merge();
        break;
      default:
        merge();
        merge();
    }
    remember();
    for (int i = 0; i < 20; ++i) ask();
    expect_same(regions->all());
  }
  close();
  open();
  const auto saved = std::move(load_regions(*engine)).value();
  ASSERT_EQ(saved.size(), model.size());
  for (const auto& region : saved) {
    EXPECT_EQ(model.at(region.start).id, region.meta.id());
    EXPECT_EQ(model.at(region.start).version, region.meta.region_epoch().version());
  }
}

}  // namespace
}  // namespace tbl::tikv
