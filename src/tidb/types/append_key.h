// Keys of hash tables over rows.
#pragma once

#include <string>

#include "tidb/types/value.h"

namespace tbl::tidb {

/// Appends a value to a key of a hash table; keys are equal when all their values are, by
/// group_key(). NULL is a value of its own.
void append_key(std::string* key, const Value& value);

}  // namespace tbl::tidb
