// Which keys a transaction has written, as far as its binlog tells without the schema.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace tbl::pump {

/// Record keys of rows whose handle is an integer that the binlog names: inserted ones, and changed
/// ones of tables with a hidden row id. At most `limit`. Keys of partitioned tables and of
/// clustered primary keys come out wrong (their ids and types are the schema's), so a key proves
/// something only by what stands under it with the transaction's start ts. Damaged bytes: the keys
/// before the damage.
std::vector<std::string> written_keys(Bytes binlog, size_t limit);

}  // namespace tbl::pump
