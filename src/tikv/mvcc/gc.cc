#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"

namespace tbl::tikv {
namespace {

/// What becomes of the records of one key, newest first.
class KeyVersions {
 public:
  explicit KeyVersions(uint64_t safe_point) : safe_point_(safe_point) {}

  /// Whether nobody who reads at or above the safe point needs this record.
  bool useless(const Version& version) {
    if (version.commit_ts > safe_point_) return false;
    if (!is_change(version.write.type) || base_found_) return true;
    base_found_ = true;
    // The newest change is what a read at the safe point sees; a delete looks like nothing at all.
    return version.write.type == WriteType::kDelete;
  }

 private:
  const uint64_t safe_point_;
  bool base_found_ = false;
};

Status collect_key(Store& store, const Key& key, uint64_t safe_point) {
  const auto latches = store.latches.acquire({key});
  const Snapshot snapshot(store.engine);
  Reader reader(snapshot);
  KeyVersions versions(safe_point);
  WriteSet edits;
  TBL_ASSIGN(auto version, reader.newest(key, kMaxTs));
  while (version) {
    if (versions.useless(*version)) {
      edits.erase(Cf::kWrite, key.at(version->commit_ts));
      if (version->write.type == WriteType::kPut && !version->write.short_value) {
        edits.erase(Cf::kDefault, key.at(version->write.start_ts));
      }
    }
    TBL_ASSIGN(version, reader.older(key));
  }
  return edits.empty() ? ok_status() : store.engine.write_lazily(edits);
}

}  // namespace

Status gc(Store& store, const kvrpcpb::GCRequest& request, kvrpcpb::GCResponse* response) {
  return gc(store, request, response, data_range("", ""));
}

Status gc(Store& store, const kvrpcpb::GCRequest& request, kvrpcpb::GCResponse*,
          const DataRange& range) {
  const Snapshot snapshot(store.engine);
  Cursor writes = snapshot.cursor(Cf::kWrite, range.lower, range.upper);
  std::string done;       // stored key that was looked at last
  std::string collected;  // and the last one with something to remove
  for (writes.seek(range.lower); writes.valid(); writes.next()) {
    Bytes data;
    uint64_t commit_ts = 0;
    if (!split_version(writes.key(), &data, &commit_ts)) {
      return data_loss("bad key in the write column family: " + to_hex(writes.key()));
    }
    const bool first_record = data != done;
    if (first_record) done = std::string(data);
    if (data == collected || commit_ts > request.safe_point()) continue;
    TBL_ASSIGN(const auto write, decode_write(writes.value()));
    if (first_record && write.type == WriteType::kPut) continue;
    TBL_ASSIGN(const auto key, parse_data_key(data));
    TBL_TRY(collect_key(store, key, request.safe_point()));
    collected = std::string(data);
  }
  return writes.status();
}

}  // namespace tbl::tikv
