// Writes databases, tables and jobs as JSON of TiDB v3.0: its fields, in its order, without spaces,
// a TableInfo's `id` and `name` first (newer TiDB picks them out of the raw bytes).
//
// A field that v3.0 does not know (a clustered key, a sequence, …) is written only where it differs
// from its default. What parse_table_info(), parse_db_info() and parse_job() read from the text
// equals what was written; only BIT defaults that are no UTF-8 differ in `default`, which
// `default_bit` replaces.
#pragma once

#include <string>

#include "schema/job.h"
#include "schema/table_info.h"

namespace tbl::schema {

std::string write_db_info(const DbInfo& db);
std::string write_table_info(const TableInfo& table);
std::string write_job(const DdlJob& job);

}  // namespace tbl::schema
