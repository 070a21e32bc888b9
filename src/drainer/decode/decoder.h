// Turns the mutations of a transaction into rows: the decoding station.
#pragma once

#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "codec/prewrite_value.h"
#include "drainer/decode/row_decoder.h"
#include "drainer/decode/transaction.h"
#include "drainer/decode/transaction_block.h"

namespace tbl::decode {

/// One TableMutation of a transaction, and the table it is for. The tracking station makes it,
/// since it must be done in the order of the stream; decoding then runs anywhere.
struct MutationTask {
  codec::TableMutation mutation;  ///< points into the transaction's payload
  /// Null: not for us (filtered, truncated table). Its rows are numbered, not decoded.
  TablePtr table;
  bool may_append_default = false;
};

/// A transaction, or a part of one, that is still bytes.
struct EncodedTransaction {
  EncodedTransaction() = default;
  /// One whose mutations stand in `memory`, which outlives it and what it is moved to.
  explicit EncodedTransaction(std::pmr::memory_resource* memory) : mutations(memory) {}

  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  int64_t schema_version = 0;
  SharedBytes payload;  ///< owns what the mutations point to
  std::pmr::vector<MutationTask> mutations;
  uint64_t first_row = 0;     ///< number of the first row here, where these are not all
  bool more_follows = false;  ///< rows of this transaction come after these

  uint64_t row_count() const;
};

/// Where a part ends: at the first of both that is reached. Both are at least 1.
struct PartLimit {
  uint64_t rows = UINT64_MAX;
  size_t bytes = SIZE_MAX;  ///< of the rows in the payload; the last row may exceed it
};

/// Decodes one transaction, whole or part by part. One thread; different transactions may be
/// decoded by different threads at once.
class TransactionDecoder {
 public:
  explicit TransactionDecoder(EncodedTransaction transaction);

  /// The next part; the last one has is_last_part. Not to be called after that. A transaction whose
  /// rows are all not for us gives one part without rows. Errors name table and commit ts.
  Result<std::shared_ptr<Transaction>> next(const PartLimit& limit = {});
  /// The same, put into `part`.
  Status next_into(Transaction& part, const PartLimit& limit = {});

 private:
  Status decode_rows(Transaction& part, const PartLimit& limit);
  Status decode_mutation(Transaction& part, const PartLimit& limit, size_t* bytes);

  EncodedTransaction transaction_;
  uint64_t end_row_;  ///< number after the last row
  uint64_t row_number_;
  size_t mutation_ = 0;
  std::optional<codec::TableMutation::Rows> rows_;  ///< of the mutation under way
  size_t rows_left_ = 0;
};

/// The whole transaction at once.
Result<std::shared_ptr<Transaction>> decode_transaction(EncodedTransaction transaction);
/// The same, in `block`.
Result<std::shared_ptr<Transaction>> decode_transaction(
    EncodedTransaction transaction, const std::shared_ptr<TransactionBlock>& block);

}  // namespace tbl::decode
