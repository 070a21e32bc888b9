// The writes of a transaction that has not committed, in key order, with the way back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "cluster/tikv.h"

namespace tbl::tidb {

/// One key's last write.
struct BufferedWrite {
  enum class Kind : uint8_t {
    kPut,
    kRemove,
  } kind = Kind::kPut;
  /// The key was first inserted without a look at the store, which has to check at the prewrite
  /// (or when it is locked) that it did not exist.
  bool presumed_new = false;
  /// An entry of a unique index was removed: who inserts its value has to wait for how that ends.
  bool frees_value = false;
  std::string value;
  bool operator==(const BufferedWrite&) const = default;
};

/// One thread.
class MemBuffer {
 public:
  using Map = std::map<std::string, BufferedWrite, std::less<>>;

  void put(std::string key, std::string value, bool presume_new = false);
  void remove(std::string key, bool frees_value = false);
  /// The key's existence has been checked.
  void clear_presumed(Bytes key);
  const BufferedWrite* find(Bytes key) const;
  const Map& writes() const { return writes_; }

  /// Number of changes so far; rollback_to() undoes those after it.
  size_t mark() const { return undo_.size(); }
  void rollback_to(size_t mark);
  /// Keys changed since the mark, each once, in key order.
  std::vector<std::string> changed_since(size_t mark) const;

  /// Bytes of keys and values.
  uint64_t bytes() const { return bytes_; }

 private:
  struct Undo {
    Map::iterator entry;
    std::optional<BufferedWrite> before;  ///< none: the key was new
  };
  void set(std::string key, BufferedWrite write);

  Map writes_;
  std::vector<Undo> undo_;
  uint64_t bytes_ = 0;
};

}  // namespace tbl::tidb
