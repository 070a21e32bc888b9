// SQL that the DDL engine and the bootstrap run.
#pragma once

#include "tidb/ddl/ddl_storage.h"
#include "tidb/session/domain.h"

namespace tbl::tidb {

/// Any thread; does not own the domain.
class SessionSqlRunner : public SqlRunner {
 public:
  explicit SessionSqlRunner(Domain& domain) : domain_(domain) {}
  Status execute(std::string_view sql) override;
  Result<bool> any_row(std::string_view select) override;

 private:
  Domain& domain_;
};

}  // namespace tbl::tidb
