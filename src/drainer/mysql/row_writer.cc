#include "drainer/mysql/row_writer.h"

#include <algorithm>

namespace tbl::mysql {
namespace {

using schedule::PlannedRow;

// MariaDB turns an IN list of 1000 values and more into a join with a temporary table.
constexpr size_t kMaxKeysPerDelete = 500;
constexpr size_t kMaxRowsPerInsert = 1000;
// An array costs a round trip of its own, and another one where its statement is not prepared yet.
constexpr size_t kMinRowsForBulk = 32;
constexpr size_t kMinRowsToPrepare = 128;
// CASE compares each row with every key before it: rows times columns are limited.
constexpr size_t kMaxRowsPerUpdate = 128;
constexpr size_t kMaxCasesPerUpdate = 2000;

StatementPack::Expectation expect(const MySqlTable& table, const PlannedRow& row,
                                  uint64_t rows = StatementPack::Expectation::kAnyCount) {
  return {&table.quoted_name, row.commit_ts, rows};
}

}  // namespace

Status RowWriter::write(const schedule::TablePlan& plan, WriteMode mode) {
  auto table = std::static_pointer_cast<const MySqlTable>(plan.table);
  TBL_TRY(write_deletes(*table, plan.deletes, mode));
  if (mode == WriteMode::kExact) {
    TBL_TRY(write_inserts(table, plan.inserts));
    TBL_TRY(write_updates(*table, plan.updates));
  } else {
    TBL_TRY(write_tuples(*table, plan.inserts, "REPLACE INTO "));
    TBL_TRY(write_tuples(*table, plan.updates, "REPLACE INTO "));
  }
  return write_in_order(table, plan.in_order, mode);
}

// One statement per row, but inserts that follow each other go together.
Status RowWriter::write_in_order(const MySqlTablePtr& table, Rows rows, WriteMode mode) {
  while (!rows.empty()) {
    auto end = rows.begin();
    if (mode == WriteMode::kExact) {
      end = std::find_if_not(rows.begin(), rows.end(),
                             [](const PlannedRow& row) { return row.old_values.empty(); });
    }
    const auto inserts = static_cast<size_t>(end - rows.begin());
    if (inserts > 0) {
      TBL_TRY(write_inserts(table, rows.first(inserts)));
      rows = rows.subspan(inserts);
    } else {
      TBL_TRY(write_one(*table, rows.front(), mode));
      rows = rows.subspan(1);
    }
  }
  return ok_status();
}

Status RowWriter::write_inserts(const MySqlTablePtr& table, Rows rows) {
  const Connection& connection = pack_.connection();
  const size_t least = bulk_.is_prepared(*table) ? kMinRowsForBulk : kMinRowsToPrepare;
  bool bulk = connection.has_bulk() && !connection.watches_warnings() && rows.size() >= least;
  if (!bulk || table->columns.empty()) return write_tuples(*table, rows, "INSERT INTO ");
  TBL_TRY(pack_.flush());
  return bulk_.insert(pack_.connection(), table, rows, pack_.statement_limit());
}

// "`id` IN (1,2)", or "(`a`=1 AND `b`=2) OR (…)", which servers take for ranges of the key. The
// order keeps them from scanning a small table instead, where they would wait for rows of other
// batches.
Status RowWriter::append_keys(std::string& out, const MySqlTable& table, Rows rows) {
  bool in_list = table.row_key.size() == 1;
  if (in_list) out += table.key_names[0] + " IN (";
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) out += in_list ? "," : " OR ";
    TBL_TRY(sql_.append_row_key(out, table, rows[i].old_values));
  }
  if (in_list) out += ')';
  out += " ORDER BY ";
  for (size_t i = 0; i < table.key_names.size(); ++i) {
    out.append(i > 0 ? "," : "").append(table.key_names[i]);
  }
  out += " LIMIT " + std::to_string(rows.size());
  return ok_status();
}

Status RowWriter::write_deletes(const MySqlTable& table, Rows rows, WriteMode mode) {
  while (!rows.empty()) {
    Rows some = rows.first(std::min(rows.size(), kMaxKeysPerDelete));
    rows = rows.subspan(some.size());
    std::string& out = pack_.begin_statement();
    out += "DELETE FROM " + table.quoted_name + " WHERE ";
    TBL_TRY(append_keys(out, table, some));
    bool exact = mode == WriteMode::kExact;
    uint64_t expected = exact ? some.size() : StatementPack::Expectation::kAnyCount;
    TBL_TRY(pack_.end_statement(expect(table, some.back(), expected)));
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
  size_t width = std::max<size_t>(1, table.columns.size());
  size_t most = std::clamp<size_t>(kMaxCasesPerUpdate / width, 8, kMaxRowsPerUpdate);
  while (!rows.empty()) {
    // Long texts must not make a long statement.
    size_t count = 0;
    uint64_t bytes = 0;
    while (count < std::min(most, rows.size()) && bytes < pack_.statement_limit() / 2) {
      for (const codec::Datum& value : rows[count++].new_values) {
        if (value.kind() == codec::DatumKind::kBytes) bytes += value.as_bytes().size();
      }
    }
    TBL_TRY(write_update_of(table, rows.first(count)));
    rows = rows.subspan(count);
  }
  return ok_status();
}

// One UPDATE of many rows, each column by CASE over the row key; columns that no row changes are
// left out. It matches rows as single UPDATEs do, so a row that is missing stays missing, and is
// counted.
Status RowWriter::write_update_of(const MySqlTable& table, Rows rows) {
  if (rows.size() == 1) return update_one(table, rows[0]);
  if (keys_.size() < rows.size()) keys_.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    keys_[i].clear();
    TBL_TRY(sql_.append_row_key(keys_[i], table, rows[i].old_values));
  }
  std::string& out = pack_.begin_statement();
  out += "UPDATE " + table.quoted_name + " SET ";
  bool any = false;
  for (size_t place = 0; place < table.columns.size(); ++place) {
    uint32_t position = table.columns[place];
    bool same = std::all_of(rows.begin(), rows.end(), [position](const PlannedRow& row) {
      return row.old_values[position] == row.new_values[position];
    });
    // What the server would set by itself has to be told to stay.
    if (same && !table.sets_itself[place]) continue;
    if (any) out += ',';
    any = true;
    out += table.column_names[place] + "=";
    if (same) {
      out += table.column_names[place];
    } else {
      TBL_TRY(append_case(out, table, place, rows));
    }
  }
  if (!any) out += table.column_names[0] + "=" + table.column_names[0];
  out += " WHERE ";
  TBL_TRY(append_keys(out, table, rows));
  return pack_.end_statement(expect(table, rows.back(), rows.size()));
}

Status RowWriter::append_case(std::string& out, const MySqlTable& table, size_t place, Rows rows) {
  bool simple = table.row_key.size() == 1;
  out += simple ? "CASE " + table.key_names[0] : "CASE";
  for (size_t i = 0; i < rows.size(); ++i) {
    out.append(" WHEN ").append(keys_[i]).append(" THEN ");
    TBL_TRY(sql_.append_value(out, table, table.columns[place], rows[i].new_values));
  }
  out += " END";
  return ok_status();
}

Status RowWriter::write_one(const MySqlTable& table, const PlannedRow& row, WriteMode mode) {
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
