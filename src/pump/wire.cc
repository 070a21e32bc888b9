#include "pump/wire.h"

namespace tbl::pump {
namespace {

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/// One field: its number and either a number or bytes.
struct Field {
  uint64_t number = 0;
  uint32_t type = kVarint;
  uint64_t value = 0;
  Bytes bytes;
};

Status truncated() { return unknown_error("unexpected EOF"); }

Status read_field(ByteReader& in, Field* field) {
  uint64_t tag = 0;
  if (!in.read_uvarint(&tag)) return truncated();
  field->number = tag >> 3;
  field->type = tag & 7;
  uint64_t size = 0;
  switch (field->type) {
    case kVarint:
      return in.read_uvarint(&field->value) ? ok_status() : truncated();
    case kFixed64:
      return in.skip(8) ? ok_status() : truncated();
    case kFixed32:
      return in.skip(4) ? ok_status() : truncated();
    case kBytes:
      if (!in.read_uvarint(&size) || !in.read_bytes(size, &field->bytes)) return truncated();
      return ok_status();
    default:
      return unknown_error("proto: illegal wireType " + std::to_string(field->type));
  }
}

void put_tagged(VarintBuffer<32>& out, uint32_t number, WireType type, uint64_t value) {
  out.put(number << 3 | type);
  out.put(value);
}

}  // namespace

Result<WriteRequest> parse_write_request(std::string message) {
  WriteRequest request;
  Bytes payload;
  for (ByteReader in(message); !in.empty();) {
    Field field;
    TBL_TRY(read_field(in, &field));
    if (field.number == 1 && field.type == kVarint) request.cluster_id = field.value;
    if (field.number == 2 && field.type == kBytes) payload = field.bytes;
  }
  // The payload stands nearly always at the end: shift it to the front and keep the buffer.
  auto offset = payload.empty() ? message.size() : size_t(payload.data() - message.data());
  size_t size = payload.size();
  message.erase(0, offset);
  message.resize(size);
  request.payload = std::move(message);
  return request;
}

Result<PullRequest> parse_pull_request(Bytes message) {
  PullRequest request;
  for (ByteReader in(message); !in.empty();) {
    Field field;
    TBL_TRY(read_field(in, &field));
    if (field.number == 1 && field.type == kVarint) request.cluster_id = field.value;
    if (field.number != 2 || field.type != kBytes) continue;
    for (ByteReader position(field.bytes); !position.empty();) {
      Field inner;
      TBL_TRY(read_field(position, &inner));
      if (inner.number == 2 && inner.type == kVarint) {
        request.offset = static_cast<int64_t>(inner.value);
      }
    }
  }
  return request;
}

PullEnvelope make_pull_envelope(uint64_t payload_size, uint64_t start_ts, uint64_t commit_ts) {
  VarintBuffer<32> meta;
  if (start_ts != 0) put_tagged(meta, 1, kVarint, start_ts);
  if (commit_ts != 0) put_tagged(meta, 2, kVarint, commit_ts);
  PullEnvelope envelope;
  put_tagged(envelope.tail, 4, kBytes, meta.size());
  envelope.tail.append(meta.bytes());
  VarintBuffer<32> inner_head;
  put_tagged(inner_head, 1, kBytes, 0);
  put_tagged(inner_head, 2, kBytes, payload_size);
  const uint64_t entity_size = inner_head.size() + payload_size + envelope.tail.size();
  put_tagged(envelope.head, 1, kBytes, entity_size);
  envelope.head.append(inner_head.bytes());
  return envelope;
}

Status cluster_mismatch(uint64_t given, uint64_t own) {
  return unknown_error("cluster ID are mismatch, " + std::to_string(given) + " vs " +
                       std::to_string(own));
}

}  // namespace tbl::pump
