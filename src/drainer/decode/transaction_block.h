// Small transactions that are decoded together share memory.
#pragma once

#include <memory>
#include <memory_resource>
#include <vector>

#include "drainer/decode/transaction.h"

namespace tbl::decode {

/// Holds up to so many transactions and all that they are made of, but for payloads and tables, in
/// a few pieces of memory; freed when the last of them is let go. One thread fills it; then it is
/// as immutable as its transactions.
class TransactionBlock {
 public:
  explicit TransactionBlock(size_t most) { transactions_.reserve(most); }

  bool is_full() const { return transactions_.size() == transactions_.capacity(); }
  /// A transaction in this block, which it keeps alive. At most as often as the block was made for.
  static std::shared_ptr<Transaction> add(const std::shared_ptr<TransactionBlock>& block) {
    Transaction& made = block->transactions_.emplace_back(&block->memory_, &block->values_);
    return {block, &made};
  }

 private:
  static constexpr size_t kFirstBytes = 8 << 10;

  std::pmr::monotonic_buffer_resource memory_{kFirstBytes};
  codec::Arena values_;
  std::vector<Transaction> transactions_;  // never grows: others point to them
};

}  // namespace tbl::decode
