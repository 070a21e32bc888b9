#include <algorithm>

#include "tidb/exec/dml.h"
#include "tidb/exec/exec_util.h"
#include "tidb/exec/executor.h"
#include "tidb/exec/insert_rows.h"
#include "tidb/exec/row_bytes.h"

namespace tbl::tidb {

namespace {

OnDuplicateRow rule_of(const InsertPlan& plan) {
  if (plan.replace) return OnDuplicateRow::kReplace;
  if (!plan.on_duplicate.empty()) return OnDuplicateRow::kUpdate;
  return plan.ignore ? OnDuplicateRow::kIgnore : OnDuplicateRow::kError;
}

class Insert {
 public:
  Insert(const InsertPlan& plan, DmlTable& table, ExecContext& context)
      : plan_(plan), table_(table), context_(context), rows_(table, context, rule_of(plan)) {
    rows_.set_updates(&plan.on_duplicate, plan.ignore);
  }

  Result<OkInfo> run() {
    TBL_TRY(plan_.select ? add_selected() : add_values());
    OkInfo ok = rows_.info();
    if (plan_.select || plan_.rows.size() > 1) {
      ok.message = insert_message(rows_.records(), rows_.duplicates(), context_);
    }
    return ok;
  }

 private:
  Status add_values() {
    const size_t place = auto_place();
    size_t known = 0;
    for (size_t k = 0; k < plan_.rows.size(); ++k) {
      const std::vector<ExprPtr>& values = plan_.rows[k];
      if (k >= known) {
        known = end_of_run(k, plan_.rows.size(), [&](size_t i) {
          return place == DmlTable::kNone || asks_for_id(plan_.rows[i][place].get());
        });
      }
      Row row = rows_.blank();
      std::vector<bool> given(row.size(), false);
      // A value may read columns left of it, and defaults of the others.
      TBL_TRY(preset_defaults(&row));
      for (size_t i = 0; i < values.size(); ++i) {
        if (!values[i]) continue;
        TBL_ASSIGN(Value value, values[i]->eval(context_.eval, row));
        TBL_TRY(give(plan_.columns[i], value, &row, &given));
      }
      TBL_TRY(rows_.add(std::move(row), given));
    }
    return ok_status();
  }

  /// Where the list of columns has the AUTO_INCREMENT column; kNone: nowhere.
  size_t auto_place() const {
    const auto found = std::ranges::find(plan_.columns, table_.auto_column());
    if (found == plan_.columns.end()) return DmlTable::kNone;
    return static_cast<size_t>(found - plan_.columns.begin());
  }

  bool asks_for_id(const Expr* e) const {
    if (!e) return true;
    if (e->kind() != ExprKind::kConstant) return false;
    return rows_.wants_auto_id(table_.auto_column(), static_cast<const Constant*>(e)->value());
  }

  /// The rows from `begin` on that ask for auto ids get ids in a row. An id that is given moves the
  /// counter: those behind it are taken anew. The first row behind the run, or behind `begin`.
  template <typename Asks>
  size_t end_of_run(size_t begin, size_t size, const Asks& asks) {
    size_t end = begin;
    while (end < size && asks(end)) ++end;
    end = std::max(end, begin + 1);
    rows_.expect(end);
    return end;
  }

  /// Only needed where a value's expression reads another column.
  Status preset_defaults(Row* row) {
    if (!reads_columns_) {
      reads_columns_ = false;
      for (const auto& values : plan_.rows) {
        for (const ExprPtr& e : values) {
          if (e && !e->is_constant()) reads_columns_ = true;
        }
      }
    }
    if (!*reads_columns_) return ok_status();
    for (size_t i = 0; i < row->size(); ++i) {
      if (i == table_.auto_column()) continue;
      TBL_ASSIGN((*row)[i], quiet_default(i));
    }
    return ok_status();
  }

  Result<Value> quiet_default(size_t offset) {
    if (table_.info().columns[offset].type.not_null() &&
        !table_.info().columns[offset].default_value) {
      return zero_value(table_.info().columns[offset].type);
    }
    return table_.default_value(offset);
  }

  Status add_selected() {
    // All rows first: the query may read the table that is written.
    QuotaUse quota(context_.memory);
    ExecutorPtr executor = make_executor(*plan_.select, context_);
    std::vector<Row> selected;
    auto read = [&]() -> Status {
      TBL_TRY(executor->open());
      Row row;
      while (true) {
        TBL_ASSIGN(bool more, executor->next(&row));
        if (!more) return ok_status();
        TBL_TRY(quota.consume(row_bytes(row)));
        selected.push_back(std::move(row));
      }
    };
    Status status = read();
    executor->close();
    TBL_TRY(std::move(status));
    KillCheck kill(context_);
    const size_t place = auto_place();
    size_t known = 0;
    for (size_t k = 0; k < selected.size(); ++k) {
      const Row& values = selected[k];
      TBL_TRY(kill.step());
      if (k >= known) {
        known = end_of_run(k, selected.size(), [&](size_t i) {
          return place == DmlTable::kNone ||
                 rows_.wants_auto_id(table_.auto_column(), selected[i][place]);
        });
      }
      Row row = rows_.blank();
      std::vector<bool> given(row.size(), false);
      for (size_t i = 0; i < values.size(); ++i) {
        TBL_TRY(give(plan_.columns[i], values[i], &row, &given));
      }
      TBL_TRY(rows_.add(std::move(row), given));
    }
    return ok_status();
  }

  Status give(size_t offset, const Value& value, Row* row, std::vector<bool>* given) {
    (*given)[offset] = true;
    if (rows_.wants_auto_id(offset, value)) {
      (*row)[offset] = Value::null();
      return ok_status();
    }
    TBL_ASSIGN((*row)[offset], table_.cast(offset, value, rows_.records() + 1));
    return ok_status();
  }

  const InsertPlan& plan_;
  DmlTable& table_;
  ExecContext& context_;
  InsertRows rows_;
  std::optional<bool> reads_columns_;
};

}  // namespace

Result<OkInfo> run_insert(const InsertPlan& plan, ExecContext& context) {
  IgnoreScope ignore(context, plan.ignore);
  TBL_ASSIGN(auto table, DmlTable::open({plan.table, *plan.exprs}, context));
  return Insert(plan, *table, context).run();
}

}  // namespace tbl::tidb
