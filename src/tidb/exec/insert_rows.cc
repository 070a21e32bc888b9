#include "tidb/exec/insert_rows.h"

#include <algorithm>

#include "codec/keys.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

bool is_zero_number(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kInt:
      return v.as_int() == 0;
    case ValueKind::kUint:
      return v.as_uint() == 0;
    case ValueKind::kDouble:
      return v.as_double() == 0;
    default:
      return false;
  }
}

Value auto_value(int64_t id, const FieldType& type) {
  if (type.tp == schema::kTypeFloat || type.tp == schema::kTypeDouble) {
    return Value::of_double(static_cast<double>(id));
  }
  return type.is_unsigned() ? Value::of_uint(static_cast<uint64_t>(id)) : Value::of_int(id);
}

}  // namespace

bool InsertRows::wants_auto_id(size_t offset, const Value& value) const {
  if (offset != table_.auto_column()) return false;
  if (value.is_null()) return true;
  return is_zero_number(value) && !(context_.eval.convert.sql_mode & kModeNoAutoValueOnZero);
}

Result<int64_t> InsertRows::next_auto_id() {
  AutoIdStep step{context_.auto_increment_increment, context_.auto_increment_offset};
  if (reserved_ == 0) {
    uint64_t left = expected_ > records_ ? expected_ - records_ : 1;
    TBL_ASSIGN(next_reserved_, table_.auto_ids().take(left, step));
    reserved_ = left;
  }
  --reserved_;
  int64_t id = next_reserved_;
  next_reserved_ += static_cast<int64_t>(step.increment);
  return id;
}

Status InsertRows::fill_auto_id(Row* row, bool given) {
  size_t offset = table_.auto_column();
  if (offset == DmlTable::kNone) return ok_status();
  Value& value = (*row)[offset];
  const FieldType& type = table_.info().columns[offset].type;
  if (given && !wants_auto_id(offset, value)) {
    bool is_float = value.kind() == ValueKind::kDouble;
    int64_t id = is_float ? static_cast<int64_t>(value.as_double()) : value_to_handle(value);
    if (id > 0 || type.is_unsigned()) TBL_TRY(table_.auto_ids().rebase(id));
    given_id_ = static_cast<uint64_t>(id);
    return ok_status();
  }
  TBL_ASSIGN(int64_t id, next_auto_id());
  TBL_ASSIGN(value, table_.cast(offset, auto_value(id, type), records_ + 1));
  if (!generated_id_) generated_id_ = static_cast<uint64_t>(id);
  return ok_status();
}

Status InsertRows::add(Row row, const std::vector<bool>& given) {
  const schema::TableInfo& info = table_.info();
  size_t auto_column = table_.auto_column();
  for (size_t i = 0; i < info.columns.size(); ++i) {
    if (given[i] || i == auto_column) continue;
    TBL_ASSIGN(row[i], table_.default_value(i));
  }
  bool auto_given = auto_column != DmlTable::kNone && given[auto_column];
  TBL_TRY(fill_auto_id(&row, auto_given));
  TBL_TRY(table_.compute(&row));
  ++records_;
  return add_checked(std::move(row));
}

Status InsertRows::add_checked(Row row) {
  if (rule_ == OnDuplicateRow::kError) {
    TBL_TRY(table_.writer().insert(row).status());
    ++affected_;
    return ok_status();
  }
  if (rule_ == OnDuplicateRow::kReplace) return replace(row);
  auto found = table_.writer().find_duplicates(row);
  if (!found.ok()) {
    // IGNORE also lets rows go that no partition takes.
    bool ignorable = (rule_ == OnDuplicateRow::kIgnore || ignore_) &&
                     is_sql_error(found.status(), kErrNoPartitionForGivenValue);
    if (!ignorable) return found.status();
    context_.eval.convert.warn(found.status());
    return ok_status();
  }
  if (found->empty()) {
    TBL_TRY(table_.writer().insert_checked(row).status());
    ++affected_;
    return ok_status();
  }
  ++duplicates_;
  if (rule_ == OnDuplicateRow::kUpdate) {
    return update_existing(std::move((*found)[0].existing), row);
  }
  context_.eval.convert.warn((*found)[0].error);
  return ok_status();
}

Status InsertRows::replace(const Row& row) {
  TBL_ASSIGN(std::vector<DuplicateRow> found, table_.writer().find_duplicates(row));
  for (DuplicateRow& duplicate : found) {
    TBL_TRY(table_.complete(&duplicate.existing));
    if (found.size() == 1 && duplicate.existing.row == row) {
      ++affected_;  // the row stays as it is, and counts once
      return keep_locked(duplicate.existing);
    }
    TBL_TRY(table_.writer().remove(duplicate.existing));
    ++affected_;
    ++duplicates_;
  }
  TBL_TRY(table_.writer().insert_checked(row).status());
  ++affected_;
  return ok_status();
}

Status InsertRows::update_existing(TableRow existing, const Row& row) {
  TBL_TRY(table_.complete(&existing));
  Row after = existing.row;
  context_.eval.insert_row = &row;
  auto assign = [&]() -> Status {
    for (const Assignment& assignment : *updates_) {
      if (!assignment.expr) {
        TBL_ASSIGN(after[assignment.offset], table_.default_value(assignment.offset));
        continue;
      }
      TBL_ASSIGN(Value value, assignment.expr->eval(context_.eval, after));
      TBL_ASSIGN(after[assignment.offset], table_.cast(assignment.offset, value, records_));
    }
    return ok_status();
  };
  Status status = assign();
  context_.eval.insert_row = nullptr;
  TBL_TRY(std::move(status));
  size_t auto_column = table_.auto_column();
  if (auto_column != DmlTable::kNone) {
    given_id_ = static_cast<uint64_t>(value_to_handle(existing.row[auto_column]));
    generated_id_.reset();
  }
  return write_update(existing, std::move(after));
}

Status InsertRows::write_update(const TableRow& existing, Row after) {
  TxnMark mark = context_.transaction->mark();
  auto changed = table_.update(existing, std::move(after), *updates_);
  if (!changed.ok()) {
    if (!ignore_ || !is_ignorable(changed.status())) return changed.status();
    context_.transaction->rollback_to(mark);
    context_.eval.convert.warn(changed.status());
    return ok_status();
  }
  affected_ += *changed ? 2 : (context_.client_found_rows ? 1 : 0);
  return *changed ? ok_status() : keep_locked(existing);
}

Status InsertRows::keep_locked(const TableRow& row) {
  if (!context_.transaction->is_pessimistic()) return ok_status();
  return context_.transaction->lock_keys({codec::record_key(row.physical_id, row.handle)});
}

OkInfo InsertRows::info() const {
  OkInfo ok;
  ok.affected_rows = affected_;
  if (generated_id_) {
    ok.last_insert_id = *generated_id_;
    ok.id_was_generated = true;
  } else if (context_.eval.new_last_insert_id) {
    ok.last_insert_id = *context_.eval.new_last_insert_id;
    ok.id_was_generated = true;
  } else if (given_id_) {
    ok.last_insert_id = *given_id_;
  }
  return ok;
}

}  // namespace tbl::tidb
