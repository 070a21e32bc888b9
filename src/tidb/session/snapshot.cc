#include "tidb/session/snapshot.h"

#include <charconv>

#include "base/go_time.h"
#include "tidb/catalog/meta.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/kv/gc_time.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/txn_meta_store.h"
#include "tidb/session/internal_sql.h"
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

Status check_snapshot_is_kept(Session& session, uint64_t ts) {
  TBL_ASSIGN(const TextResult rows,
             query_internal(session.domain(),
                            "SELECT variable_value FROM mysql.tidb WHERE variable_name = "
                            "'tikv_gc_safe_point'"));
  if (rows.rows.empty()) return ok_status();
  TBL_ASSIGN(const int64_t safe_ms, parse_gc_time(rows.rows[0][0].value_or("")));
  if (static_cast<int64_t>(ts >> kLogicalBits) >= safe_ms) return ok_status();
  return sql_error(kErrUnknown,
                   "snapshot is older than GC safe point " + format_go_time(safe_ms / 1000));
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
