#include "drainer/decode/transaction.h"

namespace tbl::decode {

size_t Transaction::memory_bytes() const {
  return sizeof(*this) + rows.capacity() * sizeof(RowChange) +
         tables.capacity() * sizeof(TablePtr) + arena.reserved_bytes() + shared_bytes +
         (payload ? payload->size() : 0);
}

}  // namespace tbl::decode
