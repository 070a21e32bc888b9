#include "tikv/identity.h"

#include "base/bytes.h"

namespace tbl::tikv {
namespace {

// Data keys start with 'z'.
constexpr Bytes kKey("\x01\x01identity");
constexpr Bytes kMoreStoresKey("\x01\x01stores");

Status load_more_stores(const Snapshot& snapshot, Identity* identity) {
  TBL_ASSIGN(const auto stored, snapshot.get(Cf::kDefault, kMoreStoresKey));
  if (!stored) return ok_status();
  ByteReader reader(*stored);
  while (!reader.empty()) {
    if (!reader.read_be64(&identity->more_stores.emplace_back())) {
      return data_loss("bad record of the further stores: " + to_hex(*stored));
    }
  }
  return ok_status();
}

}  // namespace

Result<std::optional<Identity>> load_identity(const Engine& engine) {
  const Snapshot snapshot(engine);
  TBL_ASSIGN(const auto stored, snapshot.get(Cf::kDefault, kKey));
  if (!stored) return std::optional<Identity>();
  Identity identity;
  ByteReader reader(*stored);
  const bool good = reader.read_be64(&identity.cluster_id) &&
                    reader.read_be64(&identity.store_id) &&
                    identity.region.ParseFromString(std::string(reader.rest())) &&
                    identity.region.peers_size() == 1;
  if (!good) return data_loss("bad record of the store's identity: " + to_hex(*stored));
  TBL_TRY(load_more_stores(snapshot, &identity));
  return std::optional<Identity>(std::move(identity));
}

Status save_identity(Engine& engine, const Identity& identity) {
  std::string record;
  put_be64(record, identity.cluster_id);
  put_be64(record, identity.store_id);
  record += identity.region.SerializeAsString();
  WriteSet edits;
  edits.put(Cf::kDefault, kKey, record);
  if (!identity.more_stores.empty()) {
    std::string stores;
    for (const uint64_t id : identity.more_stores) put_be64(stores, id);
    edits.put(Cf::kDefault, kMoreStoresKey, stores);
  }
  return engine.write(edits);
}

}  // namespace tbl::tikv
