// Reading a range of keys: the snapshot in pages, the transaction's own writes merged in.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tidb/kv/mem_buffer.h"
#include "tidb/kv/storage.h"

namespace tbl::tidb {

/// [start, end); an empty end is unbounded.
struct KeyRange {
  std::string start;
  std::string end;
  bool operator==(const KeyRange&) const = default;
};

/// Keys in order, or in reverse order. Sees the transaction's writes as they were when it was
/// opened, so a statement may write while it reads. One thread; must not outlive its store.
class KvCursor {
 public:
  /// What to read and how.
  struct Options {
    KeyRange range;
    bool reverse = false;
    size_t first_page = 256;  ///< pairs asked for at first; pages grow to 4096
  };
  KvCursor(Storage& storage, uint64_t ts, const MemBuffer& writes, Options options);

  /// Moves to the next pair (first to the first); false: there are no more.
  Result<bool> next();
  const std::string& key() const { return current_.key; }
  const std::string& value() const { return current_.value; }

 private:
  struct Own {
    std::string key;
    BufferedWrite write;
  };
  Status fill();
  bool before(const std::string& a, const std::string& b) const;

  Storage& storage_;
  const uint64_t ts_;
  Options options_;
  KeyRange left_;           ///< of the snapshot
  bool exhausted_ = false;  ///< the snapshot
  size_t page_size_;
  std::vector<KvPair> page_;
  size_t page_at_ = 0;
  std::vector<Own> own_;
  size_t own_at_ = 0;
  KvPair current_;
};

}  // namespace tbl::tidb
