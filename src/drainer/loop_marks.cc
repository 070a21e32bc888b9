#include "drainer/loop_marks.h"

#include <algorithm>
#include <cctype>

namespace tbl::drainer {

namespace {

constexpr char kChannelColumn[] = "channel_id";

bool same(std::string_view a, std::string_view b) {
  auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

bool is_loop_mark_table(std::string_view schema, std::string_view table) {
  return same(schema, kLoopMarkSchema) && same(table, kLoopMarkTable);
}

Result<bool> LoopMarks::has_ours(const decode::EncodedTransaction& transaction) {
  for (const decode::MutationTask& task : transaction.mutations) {
    const schema::SchemaAndTable* names = schema_.name_of(task.mutation.table_id());
    if (names == nullptr || !is_loop_mark_table(names->schema, names->table)) continue;
    TBL_ASSIGN(bool ours, is_ours(transaction, task));
    if (ours) return true;
  }
  return false;
}

Result<bool> LoopMarks::is_ours(const decode::EncodedTransaction& transaction,
                                const decode::MutationTask& task) {
  TBL_ASSIGN(schema::TableInfoPtr info, schema_.table(task.mutation.table_id()));
  const schema::ColumnInfo* column = info->column_by_name(kChannelColumn);
  if (column == nullptr) return false;
  const auto position = static_cast<size_t>(info->position_of(column->id));

  decode::EncodedTransaction marks;
  marks.commit_ts = transaction.commit_ts;
  marks.payload = transaction.payload;
  auto table = decode::Table::make(kLoopMarkSchema, std::move(info), nullptr);
  marks.mutations.push_back({task.mutation, std::move(table), task.may_append_default});
  TBL_ASSIGN(auto decoded, decode::decode_transaction(std::move(marks)));
  return std::ranges::any_of(decoded->rows, [&](const decode::RowChange& row) {
    const decode::RowValues values = row.new_values.empty() ? row.old_values : row.new_values;
    return values[position].kind() == codec::DatumKind::kInt &&
           values[position].as_int() == channel_id_;
  });
}

}  // namespace tbl::drainer
