#include "drainer/spill/part_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace tbl::spill {

PartReader::PartReader(LargeTransaction transaction) : transaction_(std::move(transaction)) {}

bool PartReader::at_mutation() {
  const auto& mutations = transaction_.value->mutations();
  for (; mutation_ < mutations.size(); ++mutation_) {
    const LargeMutation& mutation = mutations[mutation_];
    if (rows_ && rows_left_ > 0) return true;
    if (!rows_ && transaction_.forms[mutation_].table && mutation.row_count > 0) {
      rows_.emplace(*transaction_.value, mutation);
      rows_left_ = mutation.row_count;
      return true;
    }
    if (!rows_) row_number_ += mutation.row_count;
    rows_.reset();
  }
  return false;
}

decode::EncodedTransaction PartReader::new_part() const {
  decode::EncodedTransaction part;
  part.start_ts = transaction_.start_ts;
  part.commit_ts = transaction_.commit_ts;
  part.schema_version = transaction_.value->schema_version();
  part.first_row = row_number_;
  return part;
}

/// A PrewriteValue with the next rows of the mutation under way.
Result<std::string> PartReader::read_rows(const decode::PartLimit& limit) {
  const int64_t table_id = transaction_.value->mutations()[mutation_].table_id;
  codec::PrewriteValueWriter writer;
  const uint64_t end_row = row_number_ + std::min(rows_left_, limit.rows);
  uint64_t read = 0;
  while (row_number_ < end_row && read < limit.bytes) {
    codec::MutationType type = codec::kMutationInsert;
    Bytes row;
    TBL_ASSIGN(bool found, rows_->next(&type, &row));
    if (!found) return data_loss("the rows end early");
    writer.add_row(table_id, type, row);
    read += row.size() + 1;
    --rows_left_;
    ++row_number_;
  }
  return writer.finish(transaction_.value->schema_version());
}

Result<std::optional<decode::EncodedTransaction>> PartReader::next(const decode::PartLimit& limit) {
  if (ended_) return std::optional<decode::EncodedTransaction>();
  decode::EncodedTransaction part = new_part();
  if (!at_mutation()) {
    ended_ = true;
    return std::optional(std::move(part));
  }
  part.first_row = row_number_;
  const TableForm& form = transaction_.forms[mutation_];
  auto rows = read_rows(limit);
  if (!rows.ok()) {
    return rows.status().wrap(fmt::format("read transaction {}: table {}", transaction_.commit_ts,
                                          form.table->quoted_name()));
  }
  part.payload = SharedBytes::of(std::move(rows).value());
  TBL_ASSIGN(auto value, codec::PrewriteValue::parse(*part.payload));
  Bytes message;
  value.next(&message);
  TBL_ASSIGN(auto mutation, codec::TableMutation::parse(message));
  part.mutations.push_back({std::move(mutation), form.table, form.may_append_default});
  part.more_follows = at_mutation();
  ended_ = !part.more_follows;
  return std::optional(std::move(part));
}

}  // namespace tbl::spill
