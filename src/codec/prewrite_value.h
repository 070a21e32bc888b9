// The messages PrewriteValue and TableMutation: the rows of one transaction.
#pragma once

#include <string>
#include <vector>

#include "codec/wire.h"

namespace tbl::codec {

enum MutationType : int32_t {
  kMutationInsert = 0,
  kMutationUpdate = 1,
  kMutationDeleteId = 2,  ///< not written since 2017
  kMutationDeletePk = 3,  ///< not written since 2017
  kMutationDeleteRow = 4,
};

/// Fields of TableMutation and PrewriteValue.
enum MutationField : uint32_t {
  kTableId = 1,
  kInsertedRows = 2,
  kUpdatedRows = 3,
  kDeletedRows = 6,
  kSequence = 7,
};
enum PrewriteField : uint32_t { kSchemaVersion = 1, kMutations = 2 };

/// Which of inserted, updated and deleted rows (0, 1, 2) an entry of `sequence` stands for. Error:
/// "unknown mutation type: <n>" for obsolete and unknown kinds.
Result<size_t> rows_of_type(uint64_t type);

/// The rows of one table in a transaction, in the order they were changed (`sequence`, packed or
/// not). Points into the message; parse() walks over it once and checks every bound, rows are then
/// found without allocation.
class TableMutation {
 public:
  /// Errors: kDataLoss with the protobuf library's text.
  static Result<TableMutation> parse(Bytes message);

  int64_t table_id() const { return table_id_; }
  /// Number of rows: entries of `sequence`.
  size_t row_count() const { return row_count_; }
  /// Bytes of the message: an estimate of what its rows cost.
  size_t size() const { return message_.size(); }

  /// Walks over the rows.
  class Rows {
   public:
    explicit Rows(const TableMutation& mutation);
    /// False at the end and on damage; status() tells which: `unknown mutation type: <n>` for
    /// obsolete and unknown kinds, or that `sequence` names more rows than there are.
    bool next(MutationType* type, Bytes* row);
    const Status& status() const { return status_; }

   private:
    bool next_type(uint64_t* type);

    WireReader sequence_;
    ByteReader packed_;
    WireReader rows_[3];
    Status status_;
  };
  Rows rows() const { return Rows(*this); }

 private:
  Bytes message_;
  Bytes from_[4];  ///< the message from the first entry of inserted, updated, deleted rows and
                   ///< sequence on
  int64_t table_id_ = 0;
  size_t row_count_ = 0;
};

/// Walks over the mutations of a PrewriteValue. Points into the message.
class PrewriteValue {
 public:
  /// Errors: kDataLoss with the protobuf library's text.
  static Result<PrewriteValue> parse(Bytes message);

  int64_t schema_version() const { return schema_version_; }
  size_t mutation_count() const { return mutation_count_; }
  /// The next mutation's message; false after the last one.
  bool next(Bytes* mutation);

 private:
  explicit PrewriteValue(Bytes message) : walk_(message) {}

  WireReader walk_;
  int64_t schema_version_ = 0;
  size_t mutation_count_ = 0;
};

/// Collects rows and writes them as TiDB does: for tests, tools and tidb-server.
class PrewriteValueWriter {
 public:
  /// Rows of tables in order of their first row.
  void add_row(int64_t table_id, MutationType type, Bytes row);
  std::string finish(int64_t schema_version) const;

 private:
  struct Table {
    int64_t id = 0;
    std::string rows[3] = {};  ///< inserted, updated, deleted
    std::string sequence = {};
  };
  std::vector<Table> tables_;
};

}  // namespace tbl::codec
