// Keys of TiKV as TiDB builds them: rows and indexes under 't', schema metadata under 'm'. All are
// user keys: TiKV wraps them once more (memcomparable bytes and a timestamp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tbl::codec {

/// 't' || table id: every key of a table (or partition) begins with it.
std::string table_prefix(int64_t table_id);
/// 't' || table id || "_r": every row.
std::string record_prefix(int64_t table_id);
/// The key of the row with an integer handle: 19 bytes.
std::string record_key(int64_t table_id, int64_t handle);
/// The key of the row with a clustered handle (key-encoded datums), padded to 9 bytes with zeros.
std::string record_key(int64_t table_id, Bytes common_handle);
/// 't' || table id || "_i" || index id: every entry of an index; the key-encoded values follow.
std::string index_prefix(int64_t table_id, int64_t index_id);

/// A record key taken apart.
struct RecordKey {
  int64_t table_id = 0;
  bool is_common = false;
  int64_t handle = 0;   ///< when not is_common
  Bytes common_handle;  ///< when is_common; points into the key, may end in padding zeros
};
/// An index key taken apart; `values` (key-encoded datums, perhaps a handle) points into the key.
struct IndexKey {
  int64_t table_id = 0;
  int64_t index_id = 0;
  Bytes values;
};
/// False when the key is of another kind.
bool parse_record_key(Bytes key, RecordKey* out);
bool parse_index_key(Bytes key, IndexKey* out);

/// The smallest key that does not begin with `prefix`; empty when there is none.
std::string prefix_next(Bytes prefix);

/// Metadata of TiDB. A list's elements stand at left (inclusive) to right (exclusive) of its meta
/// value.
std::string meta_string_key(std::string_view key);
std::string meta_hash_key(std::string_view key, Bytes field);
/// Every field of a hash begins with it.
std::string meta_hash_prefix(std::string_view key);
/// Holds the number of fields; TiDB up to 5.1 keeps it.
std::string meta_hash_count_key(std::string_view key);
std::string meta_list_key(std::string_view key);
std::string meta_list_element_key(std::string_view key, int64_t index);

/// What a metadata key names.
struct MetaKey {
  char type = 0;  ///< 's', 'h', 'H', 'L' or 'l'
  std::string key;
  std::string field;  ///< of 'h'
  int64_t index = 0;  ///< of 'l'
};
bool parse_meta_key(Bytes key, MetaKey* out);

}  // namespace tbl::codec
