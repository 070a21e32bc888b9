// A session's outcomes as the wire protocol wants them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tidb/exec/row_file.h"
#include "tidb/protocol/query_handler.h"
#include "tidb/session/session.h"

namespace tbl::tidb {

protocol::ColumnMeta to_wire(const ColumnMeta& column);

/// For one text of statements. Does not own what it is made of.
class WireSink : public SessionSink, private LoadDataInput {
 public:
  WireSink(Session& session, protocol::ResultSink& wire) : session_(session), wire_(wire) {}

  void begin_statement(bool more) override;
  LoadDataInput* load_data() override { return this; }
  Status on_columns(const std::vector<ColumnMeta>& columns) override;
  Status on_row(const Row& row) override { return wire_.on_row(row); }
  Status on_ok(const OkInfo& ok) override;

 private:
  Status open(const std::string& path, bool local) override;
  Result<std::string> read() override;

  Session& session_;
  protocol::ResultSink& wire_;
  bool more_ = false;
  bool has_columns_ = false;
  void close_file();
  std::unique_ptr<protocol::LocalFile> file_;
  /// What the client has sent of the file: it sends it once, but the statement may be repeated.
  std::unique_ptr<RowFile> kept_;
  bool from_kept_ = false;
};

}  // namespace tbl::tidb
