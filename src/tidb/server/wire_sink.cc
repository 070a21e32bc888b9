#include "tidb/server/wire_sink.h"

#include <algorithm>

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

protocol::ColumnMeta to_wire(const ColumnMeta& column) {
  return {column.db, column.table, column.org_table, column.name, column.org_name, column.type, {}};
}

void WireSink::begin_statement(bool more) {
  more_ = more;
  has_columns_ = false;
  close_file();
}

void WireSink::close_file() {
  file_.reset();
  kept_.reset();
  from_kept_ = false;
}

Status WireSink::on_columns(const std::vector<ColumnMeta>& columns) {
  has_columns_ = true;
  std::vector<protocol::ColumnMeta> wire;
  for (const ColumnMeta& column : columns) wire.push_back(to_wire(column));
  return wire_.on_columns(wire);
}

Status WireSink::on_ok(const OkInfo& ok) {
  close_file();
  protocol::EndInfo info;
  info.affected_rows = ok.affected_rows;
  info.last_insert_id = ok.last_insert_id;
  info.status = session_.server_status();
  info.warnings = static_cast<uint16_t>(std::min<uint64_t>(ok.warnings, UINT16_MAX));
  info.message = ok.message;
  info.more = more_;
  return has_columns_ ? wire_.on_rows_end(info) : wire_.on_ok(info);
}

Status WireSink::open(const std::string& path, bool local) {
  if (!local) {
    return sql_error(kErrUnknown, "Load Data: don't support load data without local field");
  }
  if (file_ == nullptr) {
    TBL_ASSIGN(kept_, RowFile::create(kTempDirectory));
    TBL_ASSIGN(file_, wire_.request_file(path));
    return ok_status();
  }
  while (!from_kept_) {
    TBL_ASSIGN(const std::string rest, read());
    if (rest.empty()) break;
  }
  from_kept_ = true;
  return kept_->rewind();
}

Result<std::string> WireSink::read() {
  if (file_ == nullptr) return std::string();
  if (from_kept_) {
    Row piece;
    TBL_ASSIGN(const bool more, kept_->next(&piece));
    return more ? piece[0].as_string() : std::string();
  }
  TBL_ASSIGN(auto bytes, file_->read());
  if (!bytes) return std::string();
  TBL_TRY(kept_->add({Value::of_string(*bytes)}));
  return std::move(*bytes);
}

}  // namespace tbl::tidb
