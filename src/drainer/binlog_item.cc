#include "drainer/binlog_item.h"

#include "codec/wire.h"

namespace tbl::drainer {

namespace {

constexpr uint32_t kResponseEntity = 1;
constexpr uint32_t kEntityPayload = 2;
constexpr uint32_t kRequestClusterId = 1;
constexpr uint32_t kRequestStartFrom = 2;
constexpr uint32_t kPosOffset = 2;
constexpr uint32_t kBinlogPrewriteValue = 5;

/// The last field `number` of a message, as protobuf has it; empty when missing.
Result<Bytes> find_bytes(Bytes message, uint32_t number, const char* name) {
  codec::WireReader reader(message);
  codec::WireField field;
  Bytes found;
  while (reader.next(&field)) {
    if (field.number == number && reader.expect(field, codec::WireType::kBytes, name)) {
      found = field.bytes;
    }
  }
  if (reader.failed()) return reader.status(name);
  return found;
}

using spill::FileRange;

/// As find_bytes(), in a file.
Result<FileRange> find_range(const spill::SpillFile& file, FileRange message, uint32_t number,
                             const char* name) {
  spill::FileFields fields(file, message, name);
  spill::FileField field;
  FileRange found{message.end, message.end};
  while (true) {
    TBL_ASSIGN(bool more, fields.next(number, codec::WireType::kBytes, &field));
    if (!more) return found;
    found = field.bytes;
  }
}

/// Copies a Binlog's fields but for its rows, which stay where they are.
Status take_rows_out(const spill::SpillFile& file, FileRange binlog, std::string* rest,
                     FileRange* rows) {
  spill::FileFields fields(file, binlog, "Binlog");
  spill::FileWindow window(file);
  spill::FileField field;
  *rows = {binlog.end, binlog.end};
  while (true) {
    TBL_ASSIGN(bool more, fields.next(&field));
    if (!more) return ok_status();
    if (field.number == kBinlogPrewriteValue && field.type == codec::WireType::kBytes) {
      *rows = field.bytes;
    } else {
      TBL_ASSIGN(Bytes whole, window.view({field.begin, field.bytes.end}));
      rest->append(whole);
    }
  }
}

}  // namespace

Result<BinlogItem> parse_pull_response(SharedBytes message) {
  TBL_ASSIGN(Bytes entity, find_bytes(*message, kResponseEntity, "PullBinlogResp"));
  TBL_ASSIGN(Bytes payload, find_bytes(entity, kEntityPayload, "Entity"));
  BinlogItem item;
  item.payload = std::move(message).narrowed(payload);
  TBL_ASSIGN(item.view, codec::BinlogView::parse(*item.payload));
  return item;
}

Result<BinlogItem> parse_pull_response(std::unique_ptr<spill::SpillFile> message) {
  TBL_ASSIGN(FileRange entity,
             find_range(*message, {0, message->size()}, kResponseEntity, "PullBinlogResp"));
  TBL_ASSIGN(FileRange payload, find_range(*message, entity, kEntityPayload, "Entity"));
  std::string rest;
  FileRange rows;
  TBL_TRY(take_rows_out(*message, payload, &rest, &rows));
  BinlogItem item;
  item.payload = SharedBytes::of(std::move(rest));
  TBL_ASSIGN(item.view, codec::BinlogView::parse(*item.payload));
  TBL_ASSIGN(item.large, spill::LargeValue::parse(std::move(message), rows));
  return item;
}

std::string make_pull_request(uint64_t cluster_id, uint64_t last_commit_ts) {
  std::string pos;
  if (last_commit_ts != 0) codec::put_wire_varint(pos, kPosOffset, last_commit_ts);
  std::string request;
  codec::put_wire_varint(request, kRequestClusterId, cluster_id);
  codec::put_wire_bytes(request, kRequestStartFrom, pos);
  return request;
}

}  // namespace tbl::drainer
