// Rows of a binlog to values by column.
#pragma once

#include "codec/arena.h"
#include "drainer/decode/transaction.h"

namespace tbl::decode {

/// Decodes the rows of one table. Values point into the row, into `arena`, or into the table's
/// defaults. One thread; the table and the arena outlive it.
///
/// Unknown column ids are ignored (columns of a newer or an older schema). Errors: kDataLoss,
/// "table `db`.`t`: row data is corrupted …" or which value is not of its column's type.
class RowDecoder {
 public:
  /// `may_append_default`: an update's row may lack columns, which then hold their default on both
  /// sides.
  RowDecoder(const Table& table, bool may_append_default, codec::Arena& arena);

  /// Handle, then a row. Columns that the row lacks hold their default.
  Result<RowValues> decode_insert(Bytes row);
  /// Two rows with the same columns, one after the other.
  Status decode_update(Bytes row, RowValues* old_values, RowValues* new_values);
  /// A row of either format. Columns that it lacks are absent.
  Result<RowValues> decode_delete(Bytes row);

 private:
  using Values = std::span<codec::Datum>;

  Values new_row() { return arena_.array<codec::Datum>(info_.columns.size()); }
  /// Position of a public column, or -1. Rows list their columns in table order, so the one after
  /// the last is tried first.
  int position_of(int64_t column_id);
  Status take_handle(ByteReader& in, Values values);
  /// Puts a value where it belongs, in the kind that its column has.
  Status put(int position, const codec::Datum& value, codec::Datum* slot);
  Status fill_missing(Values values);
  Status fill_missing(Bytes row, Values old_values, Values new_values);
  Status corrupted(std::string_view what) const;

  const Table& table_;
  const schema::TableInfo& info_;
  bool may_append_default_;
  codec::Arena& arena_;
  size_t next_position_ = 0;
};

}  // namespace tbl::decode
