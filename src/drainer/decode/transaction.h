// A decoded transaction: what scheduler and sinks work on.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "base/shared_bytes.h"
#include "codec/arena.h"
#include "codec/datum.h"
#include "drainer/decode/table.h"

namespace tbl::decode {

enum class RowKind : uint8_t { kInsert, kUpdate, kDelete };

/// A whole row: one Datum per column, at the column's position in Table::info().columns.
///
/// Only public columns have values. kAbsent stands for: columns that are not public; generated
/// columns whose value was not recorded (virtual ones of inserts and updates); in deletes, columns
/// that were not recorded. Recorded values of generated columns are given, since unique keys may be
/// made of them, but must not be written downstream.
///
/// Kinds by column type, NULL apart (column flags and type in ColumnInfo::type):
///   integers                     kInt, or kUint where the column is unsigned
///   YEAR                         kInt
///   FLOAT, DOUBLE                kFloat (FLOAT: narrow to float)
///   DECIMAL                      kDecimal, JSON kJson
///   CHAR … BLOB                  kBytes
///   DATE, DATETIME, TIMESTAMP    kUint packed time (codec/time.h); TIMESTAMP is UTC
///   TIME                         kInt nanoseconds
///   ENUM, SET, BIT               kUint number, bit mask, value
/// render.h makes text of them.
using RowValues = std::span<const codec::Datum>;

struct RowChange {
  RowKind kind = RowKind::kInsert;
  const Table* table = nullptr;  ///< one of Transaction::tables
  uint64_t number = 0;           ///< in upstream order, counted over all rows of the transaction
  RowValues old_values;          ///< updates and deletes, else empty
  RowValues new_values;          ///< inserts and updates, else empty
};

/// The rows of one upstream transaction, or of a part of a large one, in upstream order (table by
/// table: TiDB does not record the order between tables). DDL is not here: it is a
/// schedule::DdlTask.
///
/// Owns all that its rows point to. Not copyable; immutable once handed on, so any thread may read
/// it.
struct Transaction {
  Transaction() = default;
  /// One whose rows stand in `memory` and their values in `values`, which outlive it.
  Transaction(std::pmr::memory_resource* memory, codec::Arena* values)
      : rows(memory), tables(memory), shared_values(values) {}

  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  int64_t schema_version = 0;
  /// Rows filtered out are missing in `rows`, but were numbered: a part spans [first_row, end_row).
  uint64_t first_row = 0;
  uint64_t end_row = 0;
  bool is_last_part = true;  ///< nothing of this transaction follows

  std::pmr::vector<RowChange> rows;

  SharedBytes payload;                    ///< the binlog; parts of a transaction share it
  std::pmr::vector<TablePtr> tables;      ///< keeps them alive
  codec::Arena arena;                     ///< values that are not in the payload as they are
  codec::Arena* shared_values = nullptr;  ///< used instead of `arena` if set
  size_t shared_bytes = 0;                ///< about what is there of this transaction

  codec::Arena& values() { return shared_values != nullptr ? *shared_values : arena; }

  /// What holding it costs, for byte budgets.
  size_t memory_bytes() const;
};

}  // namespace tbl::decode
