#include "tidb/types/append_key.h"

#include "tidb/types/convert.h"

namespace tbl::tidb {

void append_key(std::string* key, const Value& value) {
  if (value.is_null()) {
    key->append("-;");
    return;
  }
  std::string part = group_key(value);
  key->append(std::to_string(part.size()));
  key->push_back(':');
  key->append(part);
}

}  // namespace tbl::tidb
