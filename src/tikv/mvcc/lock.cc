#include "tikv/mvcc/lock.h"

#include "base/clock.h"

namespace tbl::tikv {
namespace {

void put_optional(std::string& out, char tag, uint64_t value) {
  if (value == 0) return;
  out.push_back(tag);
  put_be64(out, value);
}

bool read_options(ByteReader& reader, Lock* lock) {
  while (!reader.empty()) {
    uint8_t tag = 0;
    if (!reader.read_u8(&tag)) return false;
    if (tag == 'v') {
      uint8_t size = 0;
      Bytes value;
      if (!reader.read_u8(&size) || !reader.read_bytes(size, &value)) return false;
      lock->short_value = std::string(value);
    } else if (tag == 'f') {
      if (!reader.read_be64(&lock->for_update_ts)) return false;
    } else if (tag == 't') {
      if (!reader.read_be64(&lock->txn_size)) return false;
    } else if (tag == 'c') {
      if (!reader.read_be64(&lock->min_commit_ts)) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool known_type(uint8_t type) { return type == 'P' || type == 'D' || type == 'L' || type == 'S'; }

}  // namespace

bool Lock::expired_at(uint64_t current_ts) const {
  const auto started = static_cast<uint64_t>(tso_physical_ms(start_ts));
  return started + ttl_ms < static_cast<uint64_t>(tso_physical_ms(current_ts));
}

std::string encode_lock(const Lock& lock) {
  std::string out(1, static_cast<char>(lock.type));
  put_varint(out, static_cast<int64_t>(lock.primary.size()));
  out += lock.primary;
  put_uvarint(out, lock.start_ts);
  put_uvarint(out, lock.ttl_ms);
  if (lock.short_value) {
    out.push_back('v');
    out.push_back(static_cast<char>(lock.short_value->size()));
    out += *lock.short_value;
  }
  put_optional(out, 'f', lock.for_update_ts);
  put_optional(out, 't', lock.txn_size);
  put_optional(out, 'c', lock.min_commit_ts);
  return out;
}

Result<Lock> decode_lock(Bytes record) {
  ByteReader reader(record);
  Lock lock;
  uint8_t type = 0;
  int64_t primary_size = 0;
  Bytes primary;
  const bool good = reader.read_u8(&type) && known_type(type) &&
                    reader.read_varint(&primary_size) && primary_size >= 0 &&
                    reader.read_bytes(static_cast<size_t>(primary_size), &primary) &&
                    reader.read_uvarint(&lock.start_ts) && reader.read_uvarint(&lock.ttl_ms) &&
                    read_options(reader, &lock);
  if (!good) return data_loss("bad lock record " + to_hex(record));
  lock.type = static_cast<LockType>(type);
  lock.primary = std::string(primary);
  return lock;
}

}  // namespace tbl::tikv
