// Texts of SHOW CREATE TABLE, VIEW and DATABASE, as TiDB v3.0 prints them.
#pragma once

#include <string>
#include <string_view>

#include "codec/time_zone.h"
#include "schema/table_info.h"

namespace tbl::tidb {

/// What the text of a table depends on besides the table.
struct ShowCreateOptions {
  bool ansi_quotes = false;
  /// The next value AUTO_INCREMENT would give; <= 1: the option is not printed.
  int64_t next_auto_id = 0;
  /// Of the session, for defaults of TIMESTAMP columns (stored in UTC); null: UTC.
  const codec::TimeZone* zone = nullptr;
};

std::string show_create_table(const schema::TableInfo& table, const ShowCreateOptions& options);
/// "CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`%` SQL SECURITY DEFINER VIEW `v` (`a`) AS SELECT …"
std::string show_create_view(const schema::TableInfo& view);
std::string show_create_database(const schema::DbInfo& db, bool if_not_exists);

/// A name in back quotes (or double quotes).
std::string quote_name(std::string_view name, char quote = '`');

}  // namespace tbl::tidb
