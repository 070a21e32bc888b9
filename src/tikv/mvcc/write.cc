#include "tikv/mvcc/write.h"

namespace tbl::tikv {
namespace {

bool read_options(ByteReader& reader, Write* write) {
  while (!reader.empty()) {
    uint8_t tag = 0;
    if (!reader.read_u8(&tag)) return false;
    if (tag == 'v') {
      uint8_t size = 0;
      Bytes value;
      if (!reader.read_u8(&size) || !reader.read_bytes(size, &value)) return false;
      write->short_value = std::string(value);
    } else if (tag == 'R') {
      write->overlapped_rollback = true;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

WriteType committed_type(LockType type) {
  switch (type) {
    case LockType::kPut:
      return WriteType::kPut;
    case LockType::kDelete:
      return WriteType::kDelete;
    case LockType::kLock:
    case LockType::kPessimistic:
      return WriteType::kLock;
  }
  return WriteType::kLock;
}

std::string encode_write(const Write& write) {
  std::string out(1, static_cast<char>(write.type));
  put_uvarint(out, write.start_ts);
  if (write.short_value) {
    out.push_back('v');
    out.push_back(static_cast<char>(write.short_value->size()));
    out += *write.short_value;
  }
  if (write.overlapped_rollback) out.push_back('R');
  return out;
}

Result<Write> decode_write(Bytes record) {
  ByteReader reader(record);
  Write write;
  uint8_t type = 0;
  const bool good = reader.read_u8(&type) &&
                    (type == 'P' || type == 'D' || type == 'L' || type == 'R') &&
                    reader.read_uvarint(&write.start_ts) && read_options(reader, &write);
  if (!good) return data_loss("bad write record " + to_hex(record));
  write.type = static_cast<WriteType>(type);
  return write;
}

}  // namespace tbl::tikv
