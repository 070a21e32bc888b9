// ResultSinks that turn a statement's outcome into packets.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tidb/protocol/packet_io.h"
#include "tidb/protocol/query_handler.h"

namespace tbl::tidb::protocol {

/// Rows of a cursor that COM_STMT_FETCH has not taken yet.
struct Cursor {
  std::vector<ColumnMeta> columns;
  std::deque<std::string> rows;  ///< encoded
};

struct ResultOptions {
  bool binary = false;
  Cursor* cursor = nullptr;  ///< not null: rows stay here
  uint8_t result_collation = 0;
  bool local_files = false;  ///< the client will hand over its files
};

/// Writes to the client. One statement at a time; used by the connection's thread.
class ResultWriter : public ResultSink {
 public:
  ResultWriter(PacketIo* io, const QueryHandler* handler, ResultOptions options)
      : io_(io), handler_(handler), options_(options) {}

  Status on_columns(const std::vector<ColumnMeta>& columns) override;
  Status on_row(const Row& row) override;
  Status on_rows_end(const EndInfo& info) override;
  Status on_ok(const EndInfo& info) override;
  Result<std::unique_ptr<LocalFile>> request_file(const std::string& name) override;

  /// An error of a member above: the client cannot be reached.
  const Status& broken() const { return broken_; }

 private:
  Status keep(Status status);

  PacketIo* const io_;
  const QueryHandler* const handler_;
  const ResultOptions options_;
  std::vector<ColumnMeta> columns_;
  Status broken_;
};

/// Column definitions between their count and EOF, as results and COM_STMT_PREPARE send them.
Status write_columns(PacketIo* io, const std::vector<ColumnMeta>& columns,
                     uint8_t result_collation);

}  // namespace tbl::tidb::protocol
