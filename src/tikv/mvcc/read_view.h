// Which locks a read minds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tikv/mvcc/key.h"
#include "tikv/mvcc/lock.h"

namespace kvrpcpb {
class Context;
}

namespace tbl::tikv {

/// One read at a timestamp. Immutable.
class ReadView {
 public:
  ReadView(const kvrpcpb::Context& context, uint64_t ts);

  enum class Verdict : uint8_t {
    kPass,     ///< read the committed versions
    kBlocked,  ///< nobody can say yet what this read should see
    kUseLock,  ///< the lock's transaction is known to be committed below ts: its value is what is
               ///< seen
  };
  Verdict judge(const Key& key, const Lock& lock) const;
  uint64_t ts() const { return ts_; }

 private:
  uint64_t ts_;
  bool ignore_locks_;                ///< read committed
  std::vector<uint64_t> resolved_;   ///< start ts of transactions that cannot commit at or below ts
  std::vector<uint64_t> committed_;  ///< start ts of transactions that committed at or below ts
};

}  // namespace tbl::tikv
