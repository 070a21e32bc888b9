// How a column is described to a client, and the small packets OK, EOF and ERR.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "tidb/protocol/query_handler.h"

namespace tbl::tidb::protocol {

/// A column's ColumnDefinition41. `result_collation`: what strings are sent in, 0 as stored.
/// `with_default`: COM_FIELD_LIST appends the default.
std::string write_column_definition(const ColumnMeta& column, uint8_t result_collation,
                                    bool with_default = false);

/// The type byte on the wire: VARCHAR is told as VAR_STRING, ENUM and SET as STRING, all blobs by
/// their own numbers.
uint8_t wire_type(uint8_t tp);

std::string write_ok(const EndInfo& info);
std::string write_eof(uint16_t warnings, uint16_t status);
/// Code, state and text of an SQL error; a status without detail is 1105 HY000.
std::string write_error(const Status& error);

}  // namespace tbl::tidb::protocol
