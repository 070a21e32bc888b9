#include "drainer/decode/decoder.h"

#include <fmt/format.h>

#include <algorithm>

namespace tbl::decode {

namespace {

constexpr uint64_t kMaxReserve =
    1 << 16;  // rows of a hostile sequence cost nothing before they are seen

Status decode_into(RowDecoder& decoder, Bytes row, RowChange* change) {
  switch (change->kind) {
    case RowKind::kInsert: {
      TBL_ASSIGN(change->new_values, decoder.decode_insert(row));
      return ok_status();
    }
    case RowKind::kUpdate:
      return decoder.decode_update(row, &change->old_values, &change->new_values);
    case RowKind::kDelete: {
      TBL_ASSIGN(change->old_values, decoder.decode_delete(row));
      return ok_status();
    }
  }
  return ok_status();
}

size_t shared_bytes(const Transaction& part, const RowChange& row) {
  if (part.shared_values == nullptr) return 0;
  return (row.old_values.size() + row.new_values.size()) * sizeof(codec::Datum);
}

RowKind kind_of(codec::MutationType type) {
  if (type == codec::kMutationInsert) return RowKind::kInsert;
  return type == codec::kMutationUpdate ? RowKind::kUpdate : RowKind::kDelete;
}

}  // namespace

uint64_t EncodedTransaction::row_count() const {
  uint64_t count = 0;
  for (const MutationTask& task : mutations) count += task.mutation.row_count();
  return count;
}

TransactionDecoder::TransactionDecoder(EncodedTransaction transaction)
    : transaction_(std::move(transaction)),
      end_row_(transaction_.first_row + transaction_.row_count()),
      row_number_(transaction_.first_row) {}

Result<std::shared_ptr<Transaction>> TransactionDecoder::next(const PartLimit& limit) {
  auto part = std::make_shared<Transaction>();
  TBL_TRY(next_into(*part, limit));
  return part;
}

Status TransactionDecoder::next_into(Transaction& part, const PartLimit& limit) {
  part.start_ts = transaction_.start_ts;
  part.commit_ts = transaction_.commit_ts;
  part.schema_version = transaction_.schema_version;
  part.payload = transaction_.payload;
  part.first_row = row_number_;
  part.rows.reserve(std::min({limit.rows, end_row_ - row_number_, kMaxReserve}));
  Status status = decode_rows(part, limit);
  if (!status.ok())
    return std::move(status).wrap(fmt::format("decode transaction {}", transaction_.commit_ts));
  part.end_row = row_number_;
  part.is_last_part = mutation_ == transaction_.mutations.size() && !transaction_.more_follows;
  return ok_status();
}

Status TransactionDecoder::decode_rows(Transaction& part, const PartLimit& limit) {
  size_t bytes = 0;
  while (mutation_ < transaction_.mutations.size()) {
    const MutationTask& task = transaction_.mutations[mutation_];
    if (task.table == nullptr) {
      row_number_ += task.mutation.row_count();
    } else {
      if (!rows_) {
        rows_.emplace(task.mutation.rows());
        rows_left_ = task.mutation.row_count();
      }
      TBL_TRY(decode_mutation(part, limit, &bytes));
      if (rows_left_ > 0) return ok_status();
      rows_.reset();
    }
    ++mutation_;
  }
  return ok_status();
}

Status TransactionDecoder::decode_mutation(Transaction& part, const PartLimit& limit,
                                           size_t* bytes) {
  MutationTask& task = transaction_.mutations[mutation_];
  RowDecoder decoder(*task.table, task.may_append_default, part.values());
  const size_t rows_before = part.rows.size();
  while (rows_left_ > 0 && part.rows.size() < limit.rows && *bytes < limit.bytes) {
    codec::MutationType type = codec::kMutationInsert;
    Bytes row;
    if (!rows_->next(&type, &row)) {
      return rows_->status().wrap("table " + task.table->quoted_name());
    }
    RowChange& change = part.rows.emplace_back();
    change.kind = kind_of(type);
    change.table = task.table.get();
    change.number = row_number_++;
    TBL_TRY(decode_into(decoder, row, &change));
    *bytes += row.size();
    part.shared_bytes += shared_bytes(part, change);
    --rows_left_;
  }
  if (part.rows.size() > rows_before) {
    // Its count of owners is busy, as all threads change it: it is moved where that is possible.
    part.tables.push_back(rows_left_ > 0 ? task.table : std::move(task.table));
  }
  return ok_status();
}

Result<std::shared_ptr<Transaction>> decode_transaction(EncodedTransaction transaction) {
  return TransactionDecoder(std::move(transaction)).next();
}

Result<std::shared_ptr<Transaction>> decode_transaction(
    EncodedTransaction transaction, const std::shared_ptr<TransactionBlock>& block) {
  auto made = TransactionBlock::add(block);
  TBL_TRY(TransactionDecoder(std::move(transaction)).next_into(*made));
  return made;
}

}  // namespace tbl::decode
