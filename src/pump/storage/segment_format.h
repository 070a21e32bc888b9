// The bytes of a segment, those of the original: records, then perhaps a footer, little endian.
//
//   record: magic u32 | payload length u64 | CRC-32C of the payload u32 | payload
//   footer: max_ts i64 | magic u32
//
// A segment whose last four bytes are the footer's magic is sealed: nothing is appended any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tbl::pump {

constexpr uint32_t kRecordMagic = 0x823A56E8;
constexpr uint32_t kFooterMagic = 0x123AB922;
constexpr size_t kRecordHeaderBytes = 16;
constexpr size_t kFooterBytes = 12;
/// A gRPC message has a 32-bit length, so no payload is longer.
constexpr uint64_t kMaxPayloadBytes = 0xFFFFFFFF;
/// At a stop, a smaller segment is left open for the next start.
constexpr uint64_t kMinSealedBytes = 50 << 10;
/// Records go to the disk in groups of at most this size; a longer record is a group of its own. So
/// this and kReservedBytes is how far back from its end a crash can tear a segment.
constexpr uint64_t kMaxGroupBytes = 4 << 20;
/// At most so many zeros stand behind the records of a segment that is being written, and so behind
/// those of one that a crash left: a sync of bytes that overwrite zeros is quicker.
constexpr uint64_t kReservedBytes = 4 << 20;

struct RecordHeader {
  uint64_t length = 0;
  uint32_t crc = 0;
};

void put_record_header(std::string& out, const RecordHeader& header);
/// Nothing: too short, or another magic.
std::optional<RecordHeader> parse_record_header(Bytes data);
/// A whole record.
std::string encode_record(Bytes payload);

std::string encode_footer(uint64_t max_ts);
/// max_ts, if `last_bytes` (the end of a file) ends in a footer.
std::optional<uint64_t> parse_footer(Bytes last_bytes);

/// "000007.vlog"
std::string segment_name(uint32_t id);
std::optional<uint32_t> parse_segment_name(std::string_view name);

}  // namespace tbl::pump
