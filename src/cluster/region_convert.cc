#include "cluster/region_convert.h"

#include "codec/memcomparable.h"
#include "proto/metapb.pb.h"

namespace tbl::cluster {
namespace {

Peer to_peer(const metapb::Peer& peer) {
  return {.id = peer.id(), .store_id = peer.store_id(), .learner = peer.role() == metapb::Learner};
}

Status decode_key(const std::string& encoded, uint64_t region_id, std::string* key) {
  if (encoded.empty()) return ok_status();
  ByteReader in(encoded);
  if (codec::read_comparable_bytes(in, key) && in.empty()) return ok_status();
  return data_loss("region " + std::to_string(region_id) + ": boundary " + to_hex(encoded) +
                   " is not an encoded key");
}

}  // namespace

Result<Region> to_region(const metapb::Region& region, const metapb::Peer& leader) {
  Region out;
  out.id = region.id();
  out.conf_ver = region.region_epoch().conf_ver();
  out.version = region.region_epoch().version();
  TBL_TRY(decode_key(region.start_key(), out.id, &out.start_key));
  TBL_TRY(decode_key(region.end_key(), out.id, &out.end_key));
  for (const auto& peer : region.peers()) out.peers.push_back(to_peer(peer));
  if (out.peers.empty()) {
    return data_loss("receive Region with no available peer: " + std::to_string(out.id));
  }
  out.leader = to_peer(leader);
  return out;
}

Store to_store(const metapb::Store& store) {
  Store out;
  out.id = store.id();
  out.address = store.address();
  out.version = store.version();
  if (store.state() == metapb::Offline) out.state = StoreState::kOffline;
  if (store.state() == metapb::Tombstone) out.state = StoreState::kTombstone;
  for (const auto& label : store.labels()) out.labels.emplace_back(label.key(), label.value());
  return out;
}

}  // namespace tbl::cluster
