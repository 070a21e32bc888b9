#include "tikv/mvcc/key.h"

#include "codec/memcomparable.h"

namespace tbl::tikv {
namespace {

constexpr char kDataPrefix = 'z';
constexpr size_t kTsBytes = 8;

std::string data_key(Bytes raw) {
  std::string out(1, kDataPrefix);
  out.reserve(1 + (raw.size() / 8 + 1) * 9);
  codec::put_comparable_bytes(out, raw);
  return out;
}

}  // namespace

Key::Key(Bytes raw) : raw_(raw), data_(data_key(raw)) {}

std::string Key::at(uint64_t ts) const {
  std::string out;
  out.reserve(data_.size() + kTsBytes);
  out = data_;
  codec::put_comparable_uint_desc(out, ts);
  return out;
}

bool split_version(Bytes stored, Bytes* data, uint64_t* ts) {
  if (stored.size() <= kTsBytes) return false;
  *data = stored.substr(0, stored.size() - kTsBytes);
  *ts = ~get_be64(stored.data() + data->size());
  return true;
}

Result<Key> parse_data_key(Bytes data) {
  std::string raw;
  ByteReader reader(data);
  uint8_t prefix = 0;
  const bool good = reader.read_u8(&prefix) && prefix == kDataPrefix &&
                    codec::read_comparable_bytes(reader, &raw) && reader.empty();
  if (!good) return data_loss("bad stored key " + to_hex(data));
  return Key(raw);
}

DataRange data_range(Bytes start, Bytes end) {
  DataRange range;
  range.lower = start.empty() ? std::string(1, kDataPrefix) : data_key(start);
  range.upper = end.empty() ? std::string(1, kDataPrefix + 1) : data_key(end);
  return range;
}

}  // namespace tbl::tikv
