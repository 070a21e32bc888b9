// Values of index entries: which row an entry of a unique index stands for.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace tbl::codec {

/// An index value taken apart; all Bytes point into it.
struct IndexValue {
  bool has_int_handle = false;
  int64_t int_handle = 0;  ///< a row with an integer handle
  Bytes common_handle;     ///< key-encoded; empty: none here (then it stands in the key)
  bool has_partition = false;
  int64_t partition_id = 0;  ///< of a global index
  Bytes restored;  ///< a v2 row with the texts that the sort keys in the key lost; may be empty
};
/// Knows the forms of all versions: the 8-byte handle, '0', and the longer ones with and without a
/// version byte. False when the value is none of them.
bool parse_index_value(Bytes value, IndexValue* out);

/// Value of an entry with the handle in it (unique, no NULL): the form of tables with an integer
/// handle.
std::string int_handle_index_value(int64_t handle);
/// Value of an entry whose key ends in the handle.
std::string plain_index_value();
/// Value for a clustered table whose common_handle_version is 1. `handle` is empty when the key
/// ends in it.
std::string clustered_index_value(Bytes handle, Bytes restored);

}  // namespace tbl::codec
