#include "tidb/protocol/result_writer.h"

#include "tidb/protocol/column_definition.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/lenenc.h"
#include "tidb/protocol/row_writer.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {
namespace {

/// The file arrives as packets; an empty one ends it. What was not read is read away, since the
/// next packet must be a command.
class ClientFile : public LocalFile {
 public:
  ClientFile(PacketIo* io, std::chrono::seconds limit) : io_(io), limit_(limit) {}
  ~ClientFile() override {
    while (!ended_) {
      if (auto rest = read(); !rest.ok()) return;
    }
  }

  Result<std::optional<std::string>> read() override {
    if (ended_) return std::optional<std::string>();
    auto packet = io_->read(limit_);
    if (!packet.ok()) {
      ended_ = true;
      return std::move(packet).status();
    }
    ended_ = packet->empty();
    if (ended_) return std::optional<std::string>();
    return std::optional<std::string>(std::move(*packet));
  }

 private:
  PacketIo* const io_;
  const std::chrono::seconds limit_;
  bool ended_ = false;
};

constexpr std::chrono::seconds kFileLimit{60};

}  // namespace

Status write_columns(PacketIo* io, const std::vector<ColumnMeta>& columns,
                     uint8_t result_collation) {
  for (const ColumnMeta& column : columns) {
    TBL_TRY(io->write(write_column_definition(column, result_collation)));
  }
  return ok_status();
}

Status ResultWriter::keep(Status status) {
  if (!status.ok()) broken_ = status;
  return status;
}

Status ResultWriter::on_columns(const std::vector<ColumnMeta>& columns) {
  columns_ = columns;
  if (options_.cursor) {
    options_.cursor->columns = columns;
    options_.cursor->rows.clear();
  }
  std::string count;
  put_lenenc(count, columns.size());
  TBL_TRY(keep(io_->write(count)));
  TBL_TRY(keep(write_columns(io_, columns, options_.result_collation)));
  // A cursor's first EOF says that rows are to be fetched: it comes with on_rows_end().
  if (options_.cursor) return ok_status();
  return keep(io_->write(write_eof(0, handler_->server_status())));
}

Status ResultWriter::on_row(const Row& row) {
  TBL_ASSIGN(std::string bytes,
             options_.binary ? write_binary_row(row, columns_) : write_text_row(row, columns_));
  if (options_.cursor) {
    options_.cursor->rows.push_back(std::move(bytes));
    return ok_status();
  }
  return keep(io_->write(bytes));
}

Status ResultWriter::on_rows_end(const EndInfo& info) {
  uint16_t status = info.status;
  if (info.more) status |= kStatusMoreResults;
  if (options_.cursor) status |= kStatusCursorExists;
  return keep(io_->write(write_eof(info.warnings, status)));
}

Status ResultWriter::on_ok(const EndInfo& info) { return keep(io_->write(write_ok(info))); }

Result<std::unique_ptr<LocalFile>> ResultWriter::request_file(const std::string& name) {
  if (!options_.local_files) {
    return sql_error(kErrNotAllowedCommand,
                     "The used command is not allowed with this MySQL version");
  }
  std::string packet(1, static_cast<char>(kLocalInfileHeader));
  packet.append(name);
  TBL_TRY(keep(io_->write(packet)));
  TBL_TRY(keep(io_->flush()));
  return std::unique_ptr<LocalFile>(std::make_unique<ClientFile>(io_, kFileLimit));
}

}  // namespace tbl::tidb::protocol
