#include "drainer/mysql/row_writer.h"

#include <algorithm>

namespace tbl::mysql {
namespace {

using schedule::PlannedRow;

// MariaDB turns an IN list of 1000 values and more into a join with a temporary table.
constexpr size_t kMaxKeysPerDelete = 500;
constexpr size_t kMaxRowsPerInsert = 1000;

StatementPack::Expectation expect(const MySqlTable& table, const PlannedRow& row,
                                  uint64_t rows = StatementPack::Expectation::kAnyCount) {
  return {&table.quoted_name, row.commit_ts, rows};
}

}  // namespace

Status RowWriter::write(const schedule::TablePlan& plan, WriteMode mode) {
  const auto& table = static_cast<const MySqlTable&>(*plan.table);
  std::string_view verb = mode == WriteMode::kExact ? "INSERT INTO " : "REPLACE INTO ";
  TBL_TRY(write_deletes(table, plan.deletes, mode));
  TBL_TRY(write_tuples(table, plan.inserts, verb));
  if (mode == WriteMode::kExact) {
    TBL_TRY(write_updates(table, plan.updates));
  } else {
    TBL_TRY(write_tuples(table, plan.updates, verb));
  }
  for (const PlannedRow& row : plan.in_order) TBL_TRY(write_in_order(table, row, mode));
  return ok_status();
}

Status RowWriter::write_deletes(const MySqlTable& table, Rows rows, WriteMode mode) {
  bool in_list = table.row_key.size() == 1;
  for (size_t begin = 0; begin < rows.size();) {
    std::string& out = pack_.begin_statement();
    size_t start = out.size();
    out += "DELETE FROM " + table.quoted_name + " WHERE ";
    if (in_list) out += table.key_name + " IN (";
    size_t i = begin;
    for (; i < rows.size() && i - begin < kMaxKeysPerDelete; ++i) {
      if (out.size() - start > pack_.statement_limit()) break;
      if (i > begin) out += in_list ? "," : " OR ";
      TBL_TRY(sql_.append_row_key(out, table, rows[i].old_values));
    }
    if (in_list) out += ')';
    uint64_t expected =
        mode == WriteMode::kExact ? i - begin : StatementPack::Expectation::kAnyCount;
    TBL_TRY(pack_.end_statement(expect(table, rows[i - 1], expected)));
    begin = i;
  }
  return ok_status();
}

Status RowWriter::write_tuples(const MySqlTable& table, Rows rows, std::string_view verb) {
  for (size_t begin = 0; begin < rows.size();) {
    std::string& out = pack_.begin_statement();
    size_t start = out.size();
    out.append(verb).append(table.quoted_name).append(table.column_list).append(" VALUES");
    size_t i = begin;
    for (; i < rows.size() && i - begin < kMaxRowsPerInsert; ++i) {
      if (out.size() - start > pack_.statement_limit()) break;
      if (i > begin) out += ',';
      TBL_TRY(sql_.append_tuple(out, table, rows[i].new_values));
    }
    TBL_TRY(pack_.end_statement(expect(table, rows[i - 1])));
    begin = i;
  }
  return ok_status();
}

Status RowWriter::write_updates(const MySqlTable& table, Rows rows) {
  for (const PlannedRow& row : rows) TBL_TRY(update_one(table, row));
  return ok_status();
}

Status RowWriter::write_in_order(const MySqlTable& table, const PlannedRow& row, WriteMode mode) {
  if (row.new_values.empty()) return delete_one(table, row, mode);
  if (row.old_values.empty()) return insert_one(table, row, mode);
  return mode == WriteMode::kExact ? update_one(table, row) : write_safely(table, row);
}

// An update that may have been done: the old row goes if it is there, the new one comes. Where
// downstream has columns of its own and the row keeps its keys, it is changed in place.
Status RowWriter::write_safely(const MySqlTable& table, const PlannedRow& row) {
  bool keeps_keys = std::all_of(
      table.unique_positions.begin(), table.unique_positions.end(),
      [&](uint32_t position) { return row.old_values[position] == row.new_values[position]; });
  if (!table.has_extra_columns || !keeps_keys || table.where_keys.empty()) {
    TBL_TRY(delete_one(table, row, WriteMode::kSafe));
  }
  return insert_one(table, row, WriteMode::kSafe);
}

Status RowWriter::insert_one(const MySqlTable& table, const PlannedRow& row, WriteMode mode) {
  bool in_place = mode == WriteMode::kSafe && table.has_extra_columns && !table.where_keys.empty();
  std::string& out = pack_.begin_statement();
  out += mode == WriteMode::kSafe && !in_place ? "REPLACE INTO " : "INSERT INTO ";
  out.append(table.quoted_name).append(table.column_list).append(" VALUES");
  TBL_TRY(sql_.append_tuple(out, table, row.new_values));
  if (in_place) {
    out += " ON DUPLICATE KEY UPDATE ";
    TBL_TRY(sql_.append_assignments(out, table, row.new_values));
  }
  return pack_.end_statement(expect(table, row));
}

Status RowWriter::update_one(const MySqlTable& table, const PlannedRow& row) {
  std::string& out = pack_.begin_statement();
  out += "UPDATE " + table.quoted_name + " SET ";
  TBL_TRY(sql_.append_assignments(out, table, row.new_values));
  out += " WHERE ";
  TBL_TRY(sql_.append_where(out, table, row.old_values));
  out += " LIMIT 1";
  return pack_.end_statement(expect(table, row, 1));
}

Status RowWriter::delete_one(const MySqlTable& table, const PlannedRow& row, WriteMode mode) {
  std::string& out = pack_.begin_statement();
  out += "DELETE FROM " + table.quoted_name + " WHERE ";
  TBL_TRY(sql_.append_where(out, table, row.old_values));
  out += " LIMIT 1";
  bool exact = mode == WriteMode::kExact;
  return pack_.end_statement(expect(table, row, exact ? 1 : StatementPack::Expectation::kAnyCount));
}

}  // namespace tbl::mysql
