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

LoopMark LoopMark::of_channel(int64_t channel_id) {
  return {kLoopMarkSchema, kLoopMarkTable, kChannelColumn, static_cast<uint64_t>(channel_id)};
}

bool LoopMarks::is_mark_table(int64_t table_id) const {
  const schema::SchemaAndTable* names = schema_.name_of(table_id);
  return names != nullptr && equal_ignoring_case(names->table, mark_.table) &&
         equal_ignoring_case(names->schema, mark_.schema);
}

Result<decode::TablePtr> LoopMarks::make_table(int64_t table_id) const {
  TBL_ASSIGN(schema::TableInfoPtr info, schema_.table(table_id));
  return decode::Table::make(mark_.schema, std::move(info), nullptr);
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
  if (std::none_of(mutations.begin(), mutations.end(),
                   [this](const auto& mutation) { return is_mark_table(mutation.table_id); })) {
    return false;
  }
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
    const schema::ColumnInfo* column = info.column_by_name(mark_.column);
    if (column == nullptr) continue;
    const auto position = static_cast<size_t>(info.position_of(column->id));
    const decode::RowValues values = row.new_values.empty() ? row.old_values : row.new_values;
    const codec::Datum& value = values[position];
    if (value.kind() == codec::DatumKind::kInt &&
        static_cast<uint64_t>(value.as_int()) == mark_.value) {
      return true;
    }
    if (value.kind() == codec::DatumKind::kUint && value.as_uint() == mark_.value) return true;
  }
  return false;
}

}  // namespace tbl::drainer
