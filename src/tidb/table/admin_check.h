// ADMIN CHECK TABLE and ADMIN CHECKSUM TABLE.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tidb/table/table_reader.h"

namespace tbl::tidb {

/// What a check needs of the executor: virtual generated columns may be indexed.
using FillGenerated = std::function<Status(Row*)>;

/// Checks that every row has its entry in each public index, and every entry its row.
/// `physical_ids`: the table or its partitions. Errors: 8003 with TiDB's text, naming index, handle
/// and values.
Status check_table(TableInfoPtr table, Transaction& txn, const std::vector<int64_t>& physical_ids,
                   const FillGenerated& fill = {});
/// One index only (ADMIN CHECK INDEX).
Status check_index(TableInfoPtr table, const IndexInfo& index, Transaction& txn,
                   const std::vector<int64_t>& physical_ids, const FillGenerated& fill = {});

struct TableChecksum {
  uint64_t checksum = 0;  ///< XOR of CRC-64 of every pair, rows and entries
  uint64_t pairs = 0;
  uint64_t bytes = 0;
};
Result<TableChecksum> checksum_table(const TableInfo& table, Transaction& txn,
                                     const std::vector<int64_t>& physical_ids);

}  // namespace tbl::tidb
