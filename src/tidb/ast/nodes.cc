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

const char* time_unit_name(TimeUnit unit) {
  static constexpr const char* kNames[] = {"MICROSECOND",
                                           "SECOND",
                                           "MINUTE",
                                           "HOUR",
                                           "DAY",
                                           "WEEK",
                                           "MONTH",
                                           "QUARTER",
                                           "YEAR",
                                           "SECOND_MICROSECOND",
                                           "MINUTE_MICROSECOND",
                                           "MINUTE_SECOND",
                                           "HOUR_MICROSECOND",
                                           "HOUR_SECOND",
                                           "HOUR_MINUTE",
                                           "DAY_MICROSECOND",
                                           "DAY_SECOND",
                                           "DAY_MINUTE",
                                           "DAY_HOUR",
                                           "YEAR_MONTH"};
  return kNames[static_cast<size_t>(unit)];
}

}  // namespace tbl::tidb::ast
