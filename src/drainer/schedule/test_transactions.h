// Transactions for the tests of this folder and of the sinks.
#pragma once

#include <memory>
#include <vector>

#include "drainer/decode/test_tables.h"
#include "drainer/decode/transaction.h"
#include "drainer/schedule/applier.h"

namespace tbl::schedule {

using Values = std::vector<codec::Datum>;

inline codec::Datum integer(int64_t v) { return codec::Datum::of_int(v); }
inline codec::Datum text(std::string_view v) { return codec::Datum::of_bytes(v); }
inline codec::Datum null() { return codec::Datum::null(); }

/// Builds one transaction; values are copied.
class TransactionBuilder {
 public:
  explicit TransactionBuilder(uint64_t commit_ts) : made_(std::make_shared<decode::Transaction>()) {
    made_->commit_ts = commit_ts;
    made_->start_ts = commit_ts - 1;
  }
  TransactionBuilder& insert(const decode::TablePtr& table, const Values& values) {
    return add(decode::RowKind::kInsert, table, {}, values);
  }
  TransactionBuilder& update(const decode::TablePtr& table, const Values& before,
                             const Values& after) {
    return add(decode::RowKind::kUpdate, table, before, after);
  }
  TransactionBuilder& remove(const decode::TablePtr& table, const Values& values) {
    return add(decode::RowKind::kDelete, table, values, {});
  }
  TransactionBuilder& part(uint64_t first_row, bool is_last) {
    made_->first_row = first_row;
    made_->is_last_part = is_last;
    return *this;
  }
  /// Rows beyond those given were filtered out.
  TransactionBuilder& end(uint64_t end_row) {
    made_->end_row = end_row;
    return *this;
  }
  TransactionPtr build() {
    for (size_t i = 0; i < made_->rows.size(); ++i) made_->rows[i].number = made_->first_row + i;
    made_->end_row = std::max(made_->end_row, made_->first_row + made_->rows.size());
    return std::move(made_);
  }

 private:
  decode::RowValues copy(const Values& values) {
    auto out = made_->arena.array<codec::Datum>(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      bool bytes = values[i].kind() == codec::DatumKind::kBytes;
      out[i] = bytes ? codec::Datum::of_bytes(made_->arena.copy(values[i].as_bytes())) : values[i];
    }
    return out;
  }
  TransactionBuilder& add(decode::RowKind kind, const decode::TablePtr& table, const Values& before,
                          const Values& after) {
    made_->rows.push_back({kind, table.get(), 0, copy(before), copy(after)});
    auto& tables = made_->tables;
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
    return *this;
  }

  std::shared_ptr<decode::Transaction> made_;
};

/// A secondary unique key.
inline schema::IndexInfo test_unique_index(int64_t id, std::string_view name,
                                           std::vector<schema::IndexColumn> columns) {
  schema::IndexInfo index = decode::test_primary_index(std::move(columns));
  index.id = id;
  index.name = schema::CiName::of(name);
  index.primary = false;
  return index;
}

inline schema::IndexColumn index_column(std::string_view name, int64_t offset,
                                        int64_t length = schema::IndexColumn::kWhole) {
  return {schema::CiName::of(name), offset, length};
}

/// `t`(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT) in database `test`.
inline decode::TablePtr keyed_table(std::string_view name = "t") {
  using namespace schema;
  TableInfo info = decode::test_table_info(
      name,
      {decode::test_column(1, "id", kTypeLongLong, kFlagPrimaryKey | kFlagNotNull),
       decode::test_column(2, "u", kTypeLongLong), decode::test_column(3, "v", kTypeLongLong)});
  info.pk_is_handle = true;
  info.indexes = {test_unique_index(1, "u", {index_column("u", 1)})};
  return decode::test_table(std::move(info));
}

/// `n`(a BIGINT, b VARCHAR) without any key.
inline decode::TablePtr keyless_table() {
  return decode::test_table(
      decode::test_table_info("n", {decode::test_column(1, "a", schema::kTypeLongLong),
                                    decode::test_column(2, "b", schema::kTypeVarchar)}));
}

}  // namespace tbl::schedule
