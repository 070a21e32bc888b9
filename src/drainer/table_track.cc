#include "drainer/table_track.h"

#include <fmt/format.h>

#include "base/log.h"

namespace tbl::drainer {

Result<TableTrack::Resolved> TableTrack::resolve(int64_t table_id, int64_t version) {
  if (schema_version_ != schema_.version()) {
    forget();
    schema_version_ = schema_.version();
  }
  TBL_ASSIGN(Known * known, look_up(table_id, version));
  return Resolved{kept(*known), known->may_append_default, known->ignored_rows};
}

void TableTrack::begin_batch() {
  batch_ = std::make_shared<Batch>();
  ++batch_number_;
}

decode::TablePtr TableTrack::kept(Known& known) const {
  if (!batch_ || !known.table) return known.table;
  if (known.kept_by != batch_number_) batch_->tables.push_back(known.table);
  known.kept_by = batch_number_;
  return {batch_, known.table.get()};
}

Result<TableTrack::Known*> TableTrack::look_up(int64_t table_id, int64_t version) {
  auto [it, is_new] = known_.try_emplace(table_id);
  Known& known = it->second;
  if (!is_new && known.written_version == version) return &known;
  Known fresh;
  fresh.written_version = version;
  if (schema::is_system_table_id(table_id)) return &(known = std::move(fresh));
  if (schema_.is_truncated(table_id)) {
    log_info("skip old version truncate dml", {{"table id", table_id}, {"version", version}});
    return &(known = std::move(fresh));
  }
  TBL_ASSIGN(fresh.written, schema_.table_at(table_id, version));
  fresh.may_append_default = schema_.may_append_default(table_id, version);
  // A table of the cache stays good while the same form tells the defaults.
  if (!is_new && known.table && known.written == fresh.written) {
    fresh.table = known.table;
    fresh.ignored_rows = known.ignored_rows;
  } else {
    TBL_ASSIGN(fresh.table, make_table(table_id, fresh.written, &fresh.ignored_rows));
  }
  return &(known = std::move(fresh));
}

Result<decode::TablePtr> TableTrack::make_table(int64_t table_id,
                                                const schema::TableInfoPtr& written,
                                                RowKinds* ignored_rows) {
  TBL_ASSIGN(schema::TableInfoPtr info, schema_.table(table_id));
  const schema::SchemaAndTable& names = *schema_.name_of(table_id);
  *ignored_rows = router_.events().ignored_rows(names.schema, names.table);
  if (*ignored_rows == kAllRows || router_.skips_rows(names.schema, names.table)) {
    return decode::TablePtr();
  }
  return routed_table(router_, names, std::move(info), written.get());
}

decode::TablePtr routed_table(const Router& router, const schema::SchemaAndTable& names,
                              schema::TableInfoPtr info, const schema::TableInfo* written) {
  const schedule::TableName target = router.route(names.schema, names.table);
  if (target.table != names.table) {
    auto renamed = std::make_shared<schema::TableInfo>(*info);
    renamed->name = schema::CiName::of(target.table);
    info = std::move(renamed);
  }
  return decode::Table::make(target.schema, std::move(info), written);
}

}  // namespace tbl::drainer
