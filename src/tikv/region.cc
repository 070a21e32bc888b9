#include "tikv/region.h"

#include "base/bytes.h"
#include "codec/memcomparable.h"
#include "proto/errorpb.pb.h"

namespace tbl::tikv {
namespace {

Result<std::string> decode_region_key(const std::string& encoded) {
  std::string key;
  ByteReader reader(encoded);
  const bool good =
      encoded.empty() || (codec::read_comparable_bytes(reader, &key) && reader.empty());
  if (!good) return data_loss("the border of a region is no encoded key: " + to_hex(encoded));
  return key;
}

std::string upper_hex(Bytes bytes) {
  std::string out = to_hex(bytes);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

const metapb::Peer* Region::peer_on(uint64_t store_id) const {
  for (const auto& peer : meta.peers()) {
    if (peer.store_id() == store_id) return &peer;
  }
  return nullptr;
}

Result<Region> to_region(metapb::Region meta) {
  Region region;
  if (meta.peers_size() == 0) {
    return data_loss("region " + std::to_string(meta.id()) + " has no peer");
  }
  TBL_ASSIGN(region.start, decode_region_key(meta.start_key()));
  TBL_ASSIGN(region.end, decode_region_key(meta.end_key()));
  region.leader = meta.peers(0);
  region.meta = std::move(meta);
  return region;
}

std::string encode_region_key(Bytes key) {
  std::string encoded;
  if (!key.empty()) codec::put_comparable_bytes(encoded, key);
  return encoded;
}

void fill_key_not_in_region(const Region& region, Bytes key, errorpb::Error* error) {
  const std::string encoded = encode_region_key(key);
  const auto& meta = region.meta;
  error->set_message("key " + upper_hex(encoded) + " is not in region key range [" +
                     upper_hex(meta.start_key()) + ", " + upper_hex(meta.end_key()) +
                     ") for region " + std::to_string(meta.id()));
  auto* out = error->mutable_key_not_in_region();
  out->set_key(encoded);
  out->set_region_id(meta.id());
  out->set_start_key(meta.start_key());
  out->set_end_key(meta.end_key());
}

}  // namespace tbl::tikv
