// Transactions and DDLs as relay records: a slave.binlog.Binlog, as the original writes it, and
// beside it (field `replay`) what takes them back exactly as they were.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "codec/time_zone.h"
#include "drainer/decode/transaction.h"
#include "drainer/schedule/applier.h"

namespace slave::binlog {
class ReplayTable;
}

namespace tbl::relay {

/// Writes records of one file after another. One thread. Tables stand in a file with their first
/// row and are numbers from then on.
class RecordEncoder {
 public:
  /// `zone`: of the TIMESTAMPs that the original's readers see.
  RecordEncoder(uint64_t cluster_id, codec::TimeZone zone)
      : cluster_id_(cluster_id), zone_(std::move(zone)) {}

  /// The next record is the first of a file.
  void begin_file() { numbers_.clear(); }
  /// `previous_ts`: commit ts of what stands before it in the stream; of a part: before its
  /// transaction. Error: a value that its column cannot have.
  Result<std::string> encode(const decode::Transaction& transaction, uint64_t previous_ts);
  std::string encode(const schedule::DdlTask& ddl, uint64_t previous_ts) const;

 private:
  uint32_t add_table(const decode::TablePtr& table, slave::binlog::ReplayTable* out);

  const uint64_t cluster_id_;
  const codec::TimeZone zone_;
  /// Holds the tables, so that no other one gets the address of one that it knows.
  std::unordered_map<decode::TablePtr, uint32_t> numbers_;
};

struct RelayItem {
  uint64_t cluster_id = 0;
  uint64_t commit_ts = 0;
  uint64_t previous_ts = 0;
  int64_t schema_version = 0;
  schedule::TransactionPtr transaction;  ///< null: a DDL
  schedule::DdlTask ddl;
};

/// Reads them back. One thread.
class RecordDecoder {
 public:
  /// The next record is the first of a file.
  void begin_file() { tables_.clear(); }
  /// Errors, kDataLoss: no such message; one without `replay` ("written by another program");
  /// values or tables that do not fit together.
  Result<RelayItem> decode(Bytes payload);

 private:
  Status learn(const slave::binlog::ReplayTable& table);

  std::unordered_map<uint32_t, decode::TablePtr> tables_;
};

}  // namespace tbl::relay
