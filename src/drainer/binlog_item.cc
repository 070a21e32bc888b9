#include "drainer/binlog_item.h"

#include "codec/wire.h"

namespace tbl::drainer {

namespace {

constexpr uint32_t kResponseEntity = 1;
constexpr uint32_t kEntityPayload = 2;
constexpr uint32_t kRequestClusterId = 1;
constexpr uint32_t kRequestStartFrom = 2;
constexpr uint32_t kPosOffset = 2;

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

}  // namespace

Result<BinlogItem> parse_pull_response(std::string message) {
  TBL_ASSIGN(Bytes entity, find_bytes(message, kResponseEntity, "PullBinlogResp"));
  TBL_ASSIGN(Bytes payload, find_bytes(entity, kEntityPayload, "Entity"));
  const size_t begin = payload.empty() ? 0 : static_cast<size_t>(payload.data() - message.data());
  const size_t size = payload.size();
  message.resize(begin + size);
  message.erase(0, begin);
  BinlogItem item;
  item.payload = std::make_shared<const std::string>(std::move(message));
  TBL_ASSIGN(item.view, codec::BinlogView::parse(*item.payload));
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
