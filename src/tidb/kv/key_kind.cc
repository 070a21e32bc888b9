#include "tidb/kv/key_kind.h"

#include "codec/keys.h"

namespace tbl::tidb {
namespace {

/// 't', table id, "_r" or "_i".
constexpr size_t kTablePrefix = 9;
constexpr uint64_t kSignBit = 1ULL << 63;

bool is_table_key(Bytes key) { return key.size() >= kTablePrefix + 2 && key[0] == 't'; }

}  // namespace

std::optional<int64_t> table_of_key(Bytes key) {
  if (!is_table_key(key)) return std::nullopt;
  return static_cast<int64_t>(get_be64(key.data() + 1) ^ kSignBit);
}

bool needs_lock(Bytes key, const BufferedWrite& write) {
  if (!is_table_key(key) || key[kTablePrefix + 1] == 'r') return true;
  if (write.kind == BufferedWrite::Kind::kRemove) return write.frees_value;
  // The value of an entry that is not unique is one byte.
  return write.value.size() > 1;
}

}  // namespace tbl::tidb
