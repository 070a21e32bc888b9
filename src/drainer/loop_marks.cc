#include "drainer/loop_marks.h"

#include <algorithm>

#include "base/ascii.h"

namespace tbl::drainer {

namespace {

constexpr char kChannelColumn[] = "channel_id";
constexpr uint64_t kPartBytes = 1 << 20;

}  // namespace

bool is_loop_mark_table(std::string_view schema, std::string_view table) {
  return equal_ignoring_case(schema, kLoopMarkSchema) && equal_ignoring_case(table, kLoopMarkTable);
}

bool LoopMarks::is_mark_table(int64_t table_id) const {
  const schema::SchemaAndTable* names = schema_.name_of(table_id);
  return names != nullptr && is_loop_mark_table(names->schema, names->table);
}

Result<decode::TablePtr> LoopMarks::make_table(int64_t table_id) const {
  TBL_ASSIGN(schema::TableInfoPtr info, schema_.table(table_id));
  return decode::Table::make(kLoopMarkSchema, std::move(info), nullptr);
}

Result<bool> LoopMarks::has_ours(const decode::EncodedTransaction& transaction) {
  for (const decode::MutationTask& task : transaction.mutations) {
    if (!is_mark_table(task.mutation.table_id())) continue;
    TBL_ASSIGN(auto table, make_table(task.mutation.table_id()));
    decode::EncodedTransaction marks;
    marks.commit_ts = transaction.commit_ts;
    marks.payload = transaction.payload;
    marks.mutations.push_back({task.mutation, std::move(table), task.may_append_default});
    TBL_ASSIGN(bool ours, is_ours(std::move(marks)));
    if (ours) return true;
  }
  return false;
}

Result<bool> LoopMarks::has_ours(const spill::LargeTransaction& transaction) {
  const auto& mutations = transaction.value->mutations();
  spill::LargeTransaction marks{transaction.start_ts, transaction.commit_ts, transaction.value, {}};
  marks.forms.resize(mutations.size());
  for (size_t i = 0; i < mutations.size(); ++i) {
    if (!is_mark_table(mutations[i].table_id)) continue;
    TBL_ASSIGN(marks.forms[i].table, make_table(mutations[i].table_id));
    marks.forms[i].may_append_default = transaction.forms[i].may_append_default;
  }
  spill::PartReader reader(std::move(marks));
  while (true) {
    TBL_ASSIGN(auto part, reader.next({.bytes = kPartBytes}));
    if (!part) return false;
    TBL_ASSIGN(bool ours, is_ours(std::move(*part)));
    if (ours) return true;
  }
}

Result<bool> LoopMarks::is_ours(decode::EncodedTransaction marks) const {
  TBL_ASSIGN(auto decoded, decode::decode_transaction(std::move(marks)));
  for (const decode::RowChange& row : decoded->rows) {
    const schema::TableInfo& info = row.table->info();
    const schema::ColumnInfo* column = info.column_by_name(kChannelColumn);
    if (column == nullptr) continue;
    const auto position = static_cast<size_t>(info.position_of(column->id));
    const decode::RowValues values = row.new_values.empty() ? row.old_values : row.new_values;
    if (values[position].kind() == codec::DatumKind::kInt &&
        values[position].as_int() == channel_id_) {
      return true;
    }
  }
  return false;
}

}  // namespace tbl::drainer
