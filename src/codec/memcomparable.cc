#include "codec/memcomparable.h"

#include <algorithm>

namespace tbl::codec {

namespace {

constexpr size_t kGroup = 8;
constexpr uint8_t kFullMarker = 0xff;

/// Number of data bytes of the 9 at `p`, each first combined with `invert`; -1 when they are no
/// group.
int group_size(const char* p, uint8_t invert) {
  auto marker = static_cast<uint8_t>(static_cast<uint8_t>(p[kGroup]) ^ invert);
  int pad = kFullMarker - marker;
  if (pad > static_cast<int>(kGroup)) return -1;
  int size = static_cast<int>(kGroup) - pad;
  for (auto i = static_cast<size_t>(size); i < kGroup; ++i) {
    if (static_cast<uint8_t>(p[i]) != invert) return -1;
  }
  return size;
}

/// Calls take(data, size) for each group; moves `in` behind them if all are good.
template <typename Take>
bool walk_groups(ByteReader& in, uint8_t invert, Take take) {
  ByteReader probe = in;
  Bytes group;
  while (probe.read_bytes(kGroup + 1, &group)) {
    int size = group_size(group.data(), invert);
    if (size < 0) return false;
    take(group.data(), static_cast<size_t>(size));
    if (size < static_cast<int>(kGroup)) {
      in = probe;
      return true;
    }
  }
  return false;
}

void complement(char* p, size_t n) {
  for (size_t i = 0; i < n; ++i) p[i] = static_cast<char>(~p[i]);
}

}  // namespace

void put_comparable_bytes(std::string& out, Bytes v) {
  size_t begin = out.size();
  size_t groups = v.size() / kGroup + 1;
  out.resize(begin + groups * (kGroup + 1));
  char* p = out.data() + begin;
  for (size_t i = 0; i < groups; ++i, p += kGroup + 1) {
    size_t n = std::min(kGroup, v.size() - i * kGroup);
    std::memcpy(p, v.data() + i * kGroup, n);
    p[kGroup] = static_cast<char>(kFullMarker - (kGroup - n));
  }
}

void put_comparable_bytes_desc(std::string& out, Bytes v) {
  size_t begin = out.size();
  put_comparable_bytes(out, v);
  complement(out.data() + begin, out.size() - begin);
}

bool skip_comparable_bytes(ByteReader& in, size_t* decoded_size) {
  *decoded_size = 0;
  return walk_groups(in, 0, [&](const char*, size_t n) { *decoded_size += n; });
}

bool read_comparable_bytes(ByteReader& in, Arena& scratch, Bytes* v) {
  ByteReader from = in;
  size_t size = 0;
  if (!skip_comparable_bytes(in, &size)) return false;
  char* data = scratch.allocate(size);
  char* p = data;
  walk_groups(from, 0, [&](const char* group, size_t n) {
    std::memcpy(p, group, n);
    p += n;
  });
  *v = Bytes(data, size);
  return true;
}

bool read_comparable_bytes(ByteReader& in, std::string* out) {
  return walk_groups(in, 0, [&](const char* group, size_t n) { out->append(group, n); });
}

bool read_comparable_bytes_desc(ByteReader& in, std::string* out) {
  size_t begin = out->size();
  bool ok = walk_groups(in, 0xff, [&](const char* group, size_t n) { out->append(group, n); });
  complement(out->data() + begin, out->size() - begin);
  return ok;
}

}  // namespace tbl::codec
