// What a downstream table looks like, and how an upstream table is written into it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drainer/mysql/connection.h"
#include "drainer/schedule/sink_table.h"

namespace tbl::mysql {

struct DownstreamColumn {
  std::string name;
  std::string data_type;  ///< lower case: "varchar", "bigint"
  std::string collation;  ///< empty for numbers, times and byte strings
  std::string extra;
  bool nullable = false;
  std::optional<int64_t> scale;      ///< of numbers
  std::optional<int64_t> precision;  ///< digits of a second's fraction
  bool is_generated() const;
  bool sets_itself() const;  ///< ON UPDATE CURRENT_TIMESTAMP
};

struct DownstreamKey {
  struct Part {
    std::string column;
    int64_t length = schedule::KeyColumn::kWhole;  ///< prefix as information_schema tells it
  };
  std::string name;
  std::vector<Part> parts;
};

struct DownstreamTable {
  std::vector<DownstreamColumn> columns;
  std::vector<DownstreamKey> unique_keys;  ///< PRIMARY first
  std::string engine;
};

/// False: what a crash leaves half done stays so.
bool is_transactional(const std::string& engine);

/// Reads information_schema. kNotFound: there is no such table.
Result<DownstreamTable> read_downstream_table(Connection& connection, const std::string& schema,
                                              const std::string& table);

/// A table as the writer uses it.
struct MySqlTable : schedule::SinkTable {
  std::string quoted_name;
  std::vector<std::string> column_names;  ///< quoted, by place in `columns`
  std::vector<bool> sets_itself;          ///< by place: ON UPDATE CURRENT_TIMESTAMP
  std::string column_list;                ///< "(`a`,`b`)"
  std::vector<std::string> key_names;     ///< quoted, of the row key's columns
  ServerKind server = ServerKind::kMySql;
  /// A unique key downstream, and the collation by which it may take for equal what differs
  /// upstream; empty: there is none.
  std::string coarse_key;
  /// Upstream columns that are not written, for one warning.
  std::vector<std::string> missing_downstream;
};
using MySqlTablePtr = std::shared_ptr<const MySqlTable>;

/// Joins both sides by column name, without regard to case.
MySqlTablePtr join_tables(decode::TablePtr upstream, const DownstreamTable& downstream,
                          ServerKind server);

}  // namespace tbl::mysql
