#include "tikv/region_log.h"

#include "base/bytes.h"

namespace tbl::tikv {
namespace {

// Data keys start with 'z'.
constexpr Bytes kPrefix("\x01\x02region");
constexpr Bytes kPrefixEnd("\x01\x02regioo");

std::string key_of(uint64_t region_id) {
  std::string key(kPrefix);
  put_be64(key, region_id);
  return key;
}

std::string record_of(const Region& region) {
  std::string record;
  put_be64(record, region.term);
  put_be64(record, region.leader.store_id());
  record += region.meta.SerializeAsString();
  return record;
}

Result<Region> parse_record(Bytes record) {
  ByteReader reader(record);
  uint64_t term = 0;
  uint64_t leader_store = 0;
  metapb::Region meta;
  const bool good = reader.read_be64(&term) && reader.read_be64(&leader_store) &&
                    meta.ParseFromString(std::string(reader.rest()));
  if (!good) return data_loss("bad record of a region: " + to_hex(record));
  TBL_ASSIGN(Region region, to_region(std::move(meta)));
  region.term = term;
  // A region that was without a leader when the store ended is led by its first peer.
  if (const auto* peer = region.peer_on(leader_store)) {
    region.leader = *peer;
  } else {
    ++region.term;
  }
  return region;
}

}  // namespace

Result<std::vector<Region>> load_regions(const Engine& engine) {
  const Snapshot snapshot(engine);
  std::vector<Region> regions;
  Cursor cursor = snapshot.cursor(Cf::kDefault, kPrefix, kPrefixEnd);
  for (cursor.seek(kPrefix); cursor.valid(); cursor.next()) {
    TBL_ASSIGN(auto region, parse_record(cursor.value()));
    regions.push_back(std::move(region));
  }
  TBL_TRY(cursor.status());
  return regions;
}

Status save_regions(Engine& engine, const std::vector<RegionPtr>& changed,
                    const std::vector<uint64_t>& removed) {
  WriteSet edits;
  for (const auto& region : changed) {
    edits.put(Cf::kDefault, key_of(region->meta.id()), record_of(*region));
  }
  for (const uint64_t id : removed) edits.erase(Cf::kDefault, key_of(id));
  return engine.write(edits);
}

}  // namespace tbl::tikv
