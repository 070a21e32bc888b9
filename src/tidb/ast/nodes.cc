#include "tidb/ast/ddl.h"
#include "tidb/ast/query.h"

namespace tbl::tidb::ast {

In::In() : Expr(kKind) {}
In::~In() = default;
Exists::Exists() : Expr(kKind) {}
Exists::~Exists() = default;
Subquery::Subquery() : Expr(kKind) {}
Subquery::~Subquery() = default;
CompareSubquery::CompareSubquery() : Expr(kKind) {}
CompareSubquery::~CompareSubquery() = default;
DerivedTable::DerivedTable() : TableRef(kKind) {}
DerivedTable::~DerivedTable() = default;

const ColumnOption* ColumnDef::find(ColumnOptionKind kind) const {
  for (const auto& option : options) {
    if (option.kind == kind) return &option;
  }
  return nullptr;
}

}  // namespace tbl::tidb::ast
