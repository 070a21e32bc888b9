// Writes databases, tables and jobs as JSON of TiDB v3.0: its fields, in its order, without spaces,
// a TableInfo's `id` and `name` first (newer TiDB picks them out of the raw bytes).
//
// A field that v3.0 does not know (a clustered key, a sequence, …) is written only where it differs
// from its default. What parse_table_info(), parse_db_info() and parse_job() read from the text
// equals what was written; only BIT defaults that are no UTF-8 differ in `default`, which
// `default_bit` replaces.
#pragma once

#include <string>
#include <string_view>

#include "schema/job.h"
#include "schema/table_info.h"

namespace tbl::schema {

std::string write_db_info(const DbInfo& db);
std::string write_table_info(const TableInfo& table);
std::string write_job(const DdlJob& job);

/// A JSON string with its quotes, as Go writes it: `<`, `>`, `&`, U+2028 and U+2029 as \u escapes,
/// bytes that are no UTF-8 as U+FFFD.
std::string json_string(std::string_view text);
/// Standard base64 with padding, as Go writes a []byte; without quotes.
std::string base64(std::string_view bytes);

}  // namespace tbl::schema
