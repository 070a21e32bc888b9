#include "pump/storage/segment_format.h"

#include <charconv>
#include <cstdio>

#include "base/crc32c.h"

namespace tbl::pump {

void put_record_header(std::string& out, const RecordHeader& header) {
  put_le32(out, kRecordMagic);
  put_le64(out, header.length);
  put_le32(out, header.crc);
}

std::optional<RecordHeader> parse_record_header(Bytes data) {
  ByteReader reader(data);
  uint32_t magic = 0;
  RecordHeader header;
  if (!reader.read_le32(&magic) || magic != kRecordMagic) return std::nullopt;
  if (!reader.read_le64(&header.length) || !reader.read_le32(&header.crc)) return std::nullopt;
  return header;
}

std::string encode_record(Bytes payload) {
  std::string record;
  record.reserve(kRecordHeaderBytes + payload.size());
  put_record_header(record, {payload.size(), crc32c(payload)});
  record.append(payload);
  return record;
}

std::string encode_footer(uint64_t max_ts) {
  std::string footer;
  put_le64(footer, max_ts);
  put_le32(footer, kFooterMagic);
  return footer;
}

std::optional<uint64_t> parse_footer(Bytes last_bytes) {
  if (last_bytes.size() < kFooterBytes) return std::nullopt;
  const char* footer = last_bytes.data() + last_bytes.size() - kFooterBytes;
  if (get_le32(footer + 8) != kFooterMagic) return std::nullopt;
  return get_le64(footer);
}

std::string segment_name(uint32_t id) {
  char name[32];
  std::snprintf(name, sizeof name, "%06u.vlog", id);
  return name;
}

std::optional<uint32_t> parse_segment_name(std::string_view name) {
  constexpr std::string_view kSuffix = ".vlog";
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const std::string_view digits = name.substr(0, name.size() - kSuffix.size());
  if (digits.size() < 6) return std::nullopt;
  uint32_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return id;
}

}  // namespace tbl::pump
