#include "spill/message_collector.h"

#include <utility>

namespace tbl::spill {

Result<std::optional<Collected>> MessageCollector::add(rpc::MessagePiece piece) {
  if (piece.compressed) {
    if (!gzip_) gzip_.emplace();
    TBL_TRY(gzip_->feed(piece.bytes, [this](Bytes bytes) { return append(bytes); }));
  } else if (message_.bytes.empty() && piece.last && !message_.file) {
    message_.bytes = std::move(piece.bytes);  // most messages are one piece
  } else {
    TBL_TRY(append(piece.bytes));
  }
  if (!piece.last) return std::optional<Collected>();
  if (gzip_) TBL_TRY(gzip_->finish());
  gzip_.reset();
  if (message_.file) TBL_TRY(message_.file->seal().wrap("spill a large binlog"));
  return std::optional(std::exchange(message_, {}));
}

Status MessageCollector::append(Bytes bytes) {
  if (!message_.file && message_.bytes.size() + bytes.size() > dir_.above_bytes()) {
    auto file = dir_.new_file();
    if (!file.ok()) return file.status().wrap("spill a large binlog");
    message_.file = std::move(file).value();
    const std::string before = std::exchange(message_.bytes, {});
    TBL_TRY(message_.file->append(before).wrap("spill a large binlog"));
  }
  if (message_.file) return message_.file->append(bytes).wrap("spill a large binlog");
  message_.bytes.append(bytes);
  return ok_status();
}

}  // namespace tbl::spill
