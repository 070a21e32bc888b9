// Meta keys in a map, for tests.
#pragma once

#include <map>
#include <string>

#include "tidb/catalog/meta_store.h"

namespace tbl::tidb {

class MapMetaStore : public MetaStore {
 public:
  Result<std::optional<std::string>> meta_get(Bytes key) override {
    auto it = values.find(std::string(key));
    if (it == values.end()) return std::optional<std::string>();
    return std::optional(it->second);
  }
  Status meta_put(Bytes key, Bytes value) override {
    values[std::string(key)] = std::string(value);
    return ok_status();
  }
  Status meta_remove(Bytes key) override {
    values.erase(std::string(key));
    return ok_status();
  }
  Status meta_scan(Bytes prefix, const Visit& visit) override {
    for (auto it = values.lower_bound(std::string(prefix));
         it != values.end() && it->first.starts_with(prefix); ++it) {
      TBL_TRY(visit(it->first, it->second));
    }
    return ok_status();
  }

  std::map<std::string, std::string> values;
};

}  // namespace tbl::tidb
