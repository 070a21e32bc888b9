// The bytes of the commit index: blocks of 85 entries of 48 bytes, little endian.
//
//   entry: commit_ts u64 | start_ts u64 | P offset u56, flags u8 | C offset u64 |
//          P segment u32 | P length u32 | C segment u32 | C length u32
//   block: 85 entries | magic u64 | zero u32 | CRC-32C of the 4092 bytes before it u32
//
// Block b of the index stands in file index/<b / 4096, six digits>.idx at (b % 4096) * 4096.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "pump/storage/place.h"

namespace tbl::pump {

/// A released transaction. The message for drainers is made from the two records.
struct IndexEntry {
  uint64_t commit_ts = 0;
  uint64_t start_ts = 0;
  Place prewrite;
  Place commit;
  bool ddl = false;

  bool operator==(const IndexEntry&) const = default;
};

constexpr size_t kIndexEntryBytes = 48;
constexpr size_t kIndexBlockBytes = 4096;
constexpr size_t kEntriesPerBlock = 85;
constexpr uint64_t kBlocksPerIndexFile = 4096;

void put_index_entry(std::string& out, const IndexEntry& entry);
/// Reads 48 bytes; false at the end of the bytes.
bool read_index_entry(ByteReader& reader, IndexEntry* entry);

/// "000007.idx"
std::string index_file_name(uint64_t number);
std::optional<uint64_t> parse_index_file_name(std::string_view name);

/// Exactly kEntriesPerBlock entries.
std::string encode_index_block(const IndexEntry* entries);
/// DataLoss: wrong size, magic or checksum, or entries that do not ascend.
Result<std::vector<IndexEntry>> decode_index_block(Bytes block);

}  // namespace tbl::pump
