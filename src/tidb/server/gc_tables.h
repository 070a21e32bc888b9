// The garbage collector's rows in mysql.tidb and mysql.gc_delete_range.
#pragma once

#include "tidb/kv/gc_worker.h"
#include "tidb/session/domain.h"

namespace tbl::tidb {

/// Any thread; does not own the domain.
class SqlGcTables : public GcTables {
 public:
  explicit SqlGcTables(Domain& domain) : domain_(domain) {}
  Result<std::optional<std::string>> get(const std::string& name) override;
  Status set(const std::string& name, const std::string& value,
             const std::string& comment) override;
  Result<std::vector<Range>> delete_ranges(uint64_t safe_point) override;
  Status range_done(const Range& range) override;

 private:
  Domain& domain_;
};

}  // namespace tbl::tidb
