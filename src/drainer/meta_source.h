// The schema as TiKV holds it.
#pragma once

#include <cstdint>

#include "cluster/tikv.h"
#include "schema/meta_reader.h"
#include "schema/tracker.h"

namespace tbl::drainer {

/// Reads through the cluster's client.
class ClusterMetaReader final : public schema::MetaReader {
 public:
  explicit ClusterMetaReader(cluster::TikvClient& tikv) : tikv_(tikv) {}
  Result<std::optional<std::string>> get(Bytes key, uint64_t ts) override;
  Status scan(Bytes start, Bytes end, uint64_t ts, const Visit& visit) override;

 private:
  cluster::TikvClient& tikv_;
};

/// Where the stream begins.
struct SchemaStart {
  uint64_t commit_ts = 0;      ///< K: all above is to come
  int64_t schema_version = 0;  ///< of the last item at or below K, where a checkpoint told
  uint64_t now_ts = 0;         ///< fresh from PD
  /// Fresh ones, for what is read later; needed by the job history.
  std::function<Result<uint64_t>()> get_ts = {};
  uint64_t gc_safe_point = 0;       ///< what was older may be gone
  bool insist_on_snapshot = false;  ///< `load-schema-snapshot`
};

/// Gives the tracker the schema from which on it can follow the stream: a snapshot at K, or, where
/// that cannot be had, the job history. A snapshot cannot be had when K may have been garbage
/// collected, lies ahead of PD, or the cluster has no schema version there that fits the
/// checkpoint's. Of both only names and ids are taken; `reader` is used for the rest as long as the
/// tracker lives.
Status load_schema(schema::SchemaTracker& tracker, schema::MetaReader& reader,
                   const SchemaStart& start);

}  // namespace tbl::drainer
