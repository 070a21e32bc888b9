#include "tidb/session/snapshot.h"

#include <charconv>

#include "tidb/catalog/meta.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/txn_meta_store.h"
#include "tidb/session/session.h"
#include "tidb/session/statements.h"
#include "tidb/types/sql_error.h"
#include "tidb/types/time_value.h"

namespace tbl::tidb {
namespace {

constexpr int kLogicalBits = 18;

}  // namespace

Result<uint64_t> parse_snapshot(const Session& session, const std::string& text) {
  uint64_t ts = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ts);
  if (error == std::errc() && end == text.data() + text.size()) return ts;
  const auto parsed = parse_time(text, schema::kTypeDatetime, 3);
  if (!parsed || parsed->truncated) {
    return wrong_value_for_variable("tidb_snapshot", text);
  }
  const auto micros = unix_micros_of(parsed->value, session.variables().time_zone());
  if (!micros) return wrong_value_for_variable("tidb_snapshot", text);
  return static_cast<uint64_t>(*micros / 1000) << kLogicalBits;
}

uint64_t snapshot_ts(const Session& session) {
  const std::string& text = session.variables().get("tidb_snapshot");
  if (text.empty()) return 0;
  // The text was checked when it was set.
  const auto ts = parse_snapshot(session, text);
  return ts.ok() ? *ts : 0;
}

Result<SchemaPtr> visible_schema(Session& session) {
  const uint64_t ts = snapshot_ts(session);
  if (ts == 0) return session.transaction().schema();
  TxnOptions options;
  options.snapshot_ts = ts;
  TBL_ASSIGN(const auto txn, session.domain().store->begin(options));
  TxnMetaStore meta(*txn);
  MetaReader reader(meta);
  return load_schema(reader);
}

}  // namespace tbl::tidb
