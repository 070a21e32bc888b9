#include "drainer/rows_parts.h"

#include <algorithm>

namespace tbl::drainer {

RowsParts::RowsParts(const RowsStep& rows, const decode::PartLimit& limit,
                     const RowCounters& counters, Lag& lag)
    : rows_(rows), limit_(limit), counters_(counters), lag_(lag) {
  rewind();
}

uint64_t RowsParts::commit_ts() const {
  return rows_.large ? rows_.large->commit_ts : rows_.encoded.commit_ts;
}

int64_t RowsParts::schema_version() const {
  return rows_.large ? rows_.large->value->schema_version() : rows_.encoded.schema_version;
}

void RowsParts::rewind() {
  ended_ = false;
  if (rows_.large) {
    reader_.emplace(*rows_.large);
  } else {
    decoder_.emplace(rows_.encoded);
  }
}

Result<RowsParts::Part> RowsParts::read() {
  if (!rows_.large) return decoder_->next(limit_);
  TBL_ASSIGN(auto encoded, reader_->next(limit_));
  if (!encoded) return internal_error("a transaction has no last part");
  return decode::decode_transaction(std::move(*encoded));
}

Result<schedule::TransactionPtr> RowsParts::next() {
  if (ended_) return schedule::TransactionPtr();
  TBL_ASSIGN(Part part, read());
  ended_ = part->is_last_part;
  lag_.on_work();
  rows_.drop_ignored(*part);
  if (part->first_row >= counted_until_) counters_.count(*part);
  counted_until_ = std::max(counted_until_, part->end_row);
  return schedule::TransactionPtr(std::move(part));
}

}  // namespace tbl::drainer
