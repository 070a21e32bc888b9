#include "pump/storage/index_format.h"

#include <charconv>
#include <cstdio>

#include "base/crc32c.h"

namespace tbl::pump {
namespace {

constexpr uint64_t kBlockMagic = 0x3158444950425054;  // "TPBPIDX1"
constexpr size_t kEntriesBytes = kEntriesPerBlock * kIndexEntryBytes;
constexpr size_t kCheckedBytes = kIndexBlockBytes - 4;
constexpr unsigned kFlagsShift = 56;
constexpr uint64_t kOffsetMask = (uint64_t{1} << kFlagsShift) - 1;
constexpr uint64_t kDdlFlag = 1;

static_assert(kEntriesBytes + 16 == kIndexBlockBytes);

}  // namespace

void put_index_entry(std::string& out, const IndexEntry& entry) {
  const uint64_t flags = entry.ddl ? kDdlFlag : 0;
  put_le64(out, entry.commit_ts);
  put_le64(out, entry.start_ts);
  put_le64(out, flags << kFlagsShift | entry.prewrite.offset);
  put_le64(out, entry.commit.offset);
  put_le32(out, entry.prewrite.segment);
  put_le32(out, entry.prewrite.length);
  put_le32(out, entry.commit.segment);
  put_le32(out, entry.commit.length);
}

bool read_index_entry(ByteReader& reader, IndexEntry* entry) {
  uint64_t offset_and_flags = 0;
  if (reader.remaining() < kIndexEntryBytes) return false;
  const bool ok =
      reader.read_le64(&entry->commit_ts) && reader.read_le64(&entry->start_ts) &&
      reader.read_le64(&offset_and_flags) && reader.read_le64(&entry->commit.offset) &&
      reader.read_le32(&entry->prewrite.segment) && reader.read_le32(&entry->prewrite.length) &&
      reader.read_le32(&entry->commit.segment) && reader.read_le32(&entry->commit.length);
  entry->prewrite.offset = offset_and_flags & kOffsetMask;
  entry->ddl = (offset_and_flags >> kFlagsShift & kDdlFlag) != 0;
  return ok;
}

std::string index_file_name(uint64_t number) {
  char name[40];
  std::snprintf(name, sizeof name, "%06llu.idx", static_cast<unsigned long long>(number));
  return name;
}

std::optional<uint64_t> parse_index_file_name(std::string_view name) {
  constexpr std::string_view kSuffix = ".idx";
  if (!name.ends_with(kSuffix)) return std::nullopt;
  uint64_t number = 0;
  const char* digits_end = name.data() + name.size() - kSuffix.size();
  const auto [end, error] = std::from_chars(name.data(), digits_end, number);
  if (error != std::errc() || end != digits_end) return std::nullopt;
  return number;
}

std::string encode_index_block(const IndexEntry* entries) {
  std::string block;
  block.reserve(kIndexBlockBytes);
  for (size_t i = 0; i < kEntriesPerBlock; ++i) put_index_entry(block, entries[i]);
  put_le64(block, kBlockMagic);
  put_le32(block, 0);
  put_le32(block, crc32c(block));
  return block;
}

Result<std::vector<IndexEntry>> decode_index_block(Bytes block) {
  if (block.size() != kIndexBlockBytes) return data_loss("index block is cut off");
  if (get_le64(block.data() + kEntriesBytes) != kBlockMagic) {
    return data_loss("index block has a wrong magic");
  }
  if (get_le32(block.data() + kCheckedBytes) != crc32c(block.substr(0, kCheckedBytes))) {
    return data_loss("index block has a wrong checksum");
  }
  std::vector<IndexEntry> entries(kEntriesPerBlock);
  ByteReader reader(block.substr(0, kEntriesBytes));
  uint64_t last_ts = 0;
  for (IndexEntry& entry : entries) {
    if (!read_index_entry(reader, &entry) || entry.commit_ts <= last_ts) {
      return data_loss("index block is not in commit order");
    }
    last_ts = entry.commit_ts;
  }
  return entries;
}

}  // namespace tbl::pump
