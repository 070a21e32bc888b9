// The text of a DDL statement as it goes downstream.
#pragma once

#include <string>
#include <string_view>

namespace tbl::tidb {

/// The client's text with TiDB's own table options, SHARD_ROW_ID_BITS = n and PRE_SPLIT_REGIONS =
/// n, put into one comment `/*!90000 … */ ` at the place of the first, so that MySQL passes over
/// them. As TiDB v3.0.3 and later; a text that has such a comment already stays as it is.
std::string annotate_ddl(std::string_view query);

}  // namespace tbl::tidb
