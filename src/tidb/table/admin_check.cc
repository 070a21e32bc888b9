#include "tidb/table/admin_check.h"

#include <array>

#include "codec/index_value.h"
#include "codec/keys.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr size_t kBatch = 256;

const codec::TimeZone& utc() {
  static const codec::TimeZone zone;
  return zone;
}

/// Compares one index of one table or partition with its rows, in batches.
class IndexCheck {
 public:
  IndexCheck(TableInfoPtr table, const IndexInfo& index, Transaction& txn, int64_t physical_id,
             const FillGenerated& fill)
      : table_(std::move(table)),
        index_(index),
        txn_(txn),
        place_{*table_, index, physical_id},
        reader_(table_, txn, utc(), physical_id),
        fill_(fill) {}

  Status run() {
    TBL_TRY(check_rows());
    return check_entries();
  }

 private:
  Status inconsistent(int64_t handle, const std::string& entry, const std::string& record) const {
    return sql_error(kErrAdminCheckTable,
                     "data inconsistency in table: " + table_->name.o +
                         ", index: " + index_.name.o + ", handle: " + std::to_string(handle) +
                         ", index-values:\"" + entry + "\" != record-values:\"" + record + "\"");
  }
  std::string text_of(const Row& values) const { return duplicate_text(values); }

  /// Every row has its entry.
  Status check_rows() {
    TBL_ASSIGN(auto cursor, reader_.scan());
    std::vector<TableRow> rows;
    while (true) {
      TableRow row;
      TBL_ASSIGN(const bool more, cursor->next(&row));
      if (more) rows.push_back(std::move(row));
      if (rows.size() >= kBatch || (!more && !rows.empty())) {
        TBL_TRY(check_entries_of(rows));
        rows.clear();
      }
      if (!more) return ok_status();
    }
  }

  Status check_entries_of(std::vector<TableRow>& rows) {
    std::vector<std::string> keys;
    std::vector<std::string> values;
    for (auto& row : rows) {
      if (fill_) TBL_TRY(fill_(&row.row));
      IndexEntry entry = index_entry(place_, row.row, row.handle, utc());
      keys.push_back(std::move(entry.key));
      values.push_back(std::move(entry.value));
    }
    TBL_ASSIGN(const auto found, txn_.batch_get(keys));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (found[i] && same_entry(*found[i], values[i])) continue;
      const std::string record = text_of(index_values(*table_, index_, rows[i].row));
      return inconsistent(rows[i].handle, found[i] ? "of another handle" : "", record);
    }
    return ok_status();
  }

  /// Other versions of TiDB may write the value in another form.
  static bool same_entry(Bytes stored, Bytes wanted) {
    if (stored == wanted) return true;
    codec::IndexValue a, b;
    if (!codec::parse_index_value(stored, &a) || !codec::parse_index_value(wanted, &b))
      return false;
    return a.has_int_handle == b.has_int_handle && a.int_handle == b.int_handle;
  }

  /// Every entry has its row.
  Status check_entries() {
    TBL_ASSIGN(auto cursor, reader_.scan_index(index_));
    std::vector<IndexRow> entries;
    while (true) {
      IndexRow entry;
      TBL_ASSIGN(const bool more, cursor->next(&entry));
      if (more) entries.push_back(std::move(entry));
      if (entries.size() >= kBatch || (!more && !entries.empty())) {
        TBL_TRY(check_rows_of(entries));
        entries.clear();
      }
      if (!more) return ok_status();
    }
  }

  Status check_rows_of(const std::vector<IndexRow>& entries) {
    std::vector<int64_t> handles;
    for (const auto& entry : entries) handles.push_back(entry.handle);
    TBL_ASSIGN(auto rows, reader_.get_many(handles));
    for (size_t i = 0; i < entries.size(); ++i) {
      const std::string text = text_of(entries[i].values);
      if (!rows[i]) return inconsistent(entries[i].handle, text, "");
      if (fill_) TBL_TRY(fill_(&rows[i]->row));
      const Row values = index_values(*table_, index_, rows[i]->row);
      for (size_t c = 0; c < values.size(); ++c) {
        if (compare_same_type(values[c], entries[i].values[c]) == 0) continue;
        return inconsistent(entries[i].handle, text, text_of(values));
      }
    }
    return ok_status();
  }

  TableInfoPtr table_;
  const IndexInfo& index_;
  Transaction& txn_;
  IndexPlace place_;
  TableReader reader_;
  const FillGenerated& fill_;
};

/// CRC-64 with the polynomial of ECMA-182, reflected.
uint64_t crc64(uint64_t crc, Bytes data) {
  static const auto table = [] {
    constexpr uint64_t kPolynomial = 0xC96C5795D7870F42ULL;
    std::array<uint64_t, 256> t{};
    for (uint64_t i = 0; i < 256; ++i) {
      uint64_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = c & 1 ? c >> 1 ^ kPolynomial : c >> 1;
      t[i] = c;
    }
    return t;
  }();
  crc = ~crc;
  for (const char byte : data) {
    crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ crc >> 8;
  }
  return ~crc;
}

Status add_range(Transaction& txn, const std::string& prefix, TableChecksum* sum) {
  TBL_ASSIGN(auto cursor, txn.scan({prefix, codec::prefix_next(prefix)}));
  while (true) {
    TBL_ASSIGN(const bool more, cursor->next());
    if (!more) return ok_status();
    sum->checksum ^= crc64(crc64(0, cursor->key()), cursor->value());
    ++sum->pairs;
    sum->bytes += cursor->key().size() + cursor->value().size();
  }
}

}  // namespace

Status check_index(TableInfoPtr table, const IndexInfo& index, Transaction& txn,
                   const std::vector<int64_t>& physical_ids, const FillGenerated& fill) {
  for (const int64_t id : physical_ids) {
    TBL_TRY(IndexCheck(table, index, txn, id, fill).run());
  }
  return ok_status();
}

Status check_table(TableInfoPtr table, Transaction& txn, const std::vector<int64_t>& physical_ids,
                   const FillGenerated& fill) {
  for (const auto& index : table->indexes) {
    if (index.is_public()) TBL_TRY(check_index(table, index, txn, physical_ids, fill));
  }
  return ok_status();
}

Result<TableChecksum> checksum_table(const TableInfo& table, Transaction& txn,
                                     const std::vector<int64_t>& physical_ids) {
  TableChecksum sum;
  for (const int64_t id : physical_ids) {
    TBL_TRY(add_range(txn, codec::record_prefix(id), &sum));
    for (const auto& index : table.indexes) {
      if (index.is_public()) TBL_TRY(add_range(txn, codec::index_prefix(id, index.id), &sum));
    }
  }
  return sum;
}

}  // namespace tbl::tidb
