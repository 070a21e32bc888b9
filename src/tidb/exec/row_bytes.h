// How much memory rows take, for the statement's quota.
#pragma once

#include "tidb/types/value.h"

namespace tbl::tidb {

inline int64_t value_bytes(const Value& v) {
  auto size = static_cast<int64_t>(sizeof(Value));
  switch (v.kind()) {
    case ValueKind::kString:
    case ValueKind::kJson:
    case ValueKind::kBits:
      return size + static_cast<int64_t>(v.as_string().size());
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return size + static_cast<int64_t>(v.as_member().text.size());
    default:
      return size;
  }
}

inline int64_t row_bytes(const Row& row) {
  auto size = static_cast<int64_t>(sizeof(Row));
  for (const Value& v : row) size += value_bytes(v);
  return size;
}

}  // namespace tbl::tidb
