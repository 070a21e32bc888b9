#include "tidb/session/internal_sql.h"

#include "tidb/session/session.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

class TextSink : public SessionSink {
 public:
  void begin_statement(bool) override { result_ = TextResult(); }
  LoadDataInput* load_data() override { return nullptr; }
  Status on_columns(const std::vector<ColumnMeta>& columns) override {
    columns_ = columns;
    for (const ColumnMeta& column : columns) result_.columns.push_back(column.name);
    return ok_status();
  }
  Status on_row(const Row& row) override {
    auto& texts = result_.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i].is_null()) {
        texts.emplace_back();
      } else {
        texts.emplace_back(value_to_text(row[i], columns_[i].type));
      }
    }
    return ok_status();
  }
  Status on_ok(const OkInfo&) override { return ok_status(); }
  TextResult take() { return std::move(result_); }

 private:
  std::vector<ColumnMeta> columns_;
  TextResult result_;
};

Result<TextResult> run(Domain& domain, std::string_view sql) {
  Session session(domain, {.connection_id = 0, .internal = true, .end_connection = {}});
  TextSink sink;
  TBL_TRY(session.execute(sql, sink));
  return sink.take();
}

}  // namespace

Status run_internal(Domain& domain, std::string_view sql) { return run(domain, sql).status(); }

Status run_internal_together(Domain& domain, const std::vector<std::string>& statements) {
  Session session(domain, {.connection_id = 0, .internal = true, .end_connection = {}});
  TextSink sink;
  TBL_TRY(session.execute("BEGIN OPTIMISTIC", sink));
  for (const std::string& sql : statements) TBL_TRY(session.execute(sql, sink));
  return session.execute("COMMIT", sink);
}

Result<TextResult> query_internal(Domain& domain, std::string_view sql) { return run(domain, sql); }

QueryRunner query_runner(Domain& domain) {
  return [&domain](const std::string& sql) { return query_internal(domain, sql); };
}

std::string sql_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    if (c == '\0') {
      out += "\\0";
    } else {
      out.push_back(c);
    }
  }
  out.push_back('\'');
  return out;
}

}  // namespace tbl::tidb
