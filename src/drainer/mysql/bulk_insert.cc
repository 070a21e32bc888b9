#include "drainer/mysql/bulk_insert.h"

#include <mysql.h>

#include <algorithm>

#include "drainer/decode/render.h"
#include "drainer/mysql/errors.h"

namespace tbl::mysql {
namespace {

using codec::Datum;
using codec::DatumKind;
using decode::TextForm;

constexpr size_t kMaxStatements = 64;
constexpr size_t kMaxRows = 1000;
constexpr uint64_t kBytesPerNumber = 32;  // more than any text of one

enum enum_field_types wire_type(const schema::FieldType& type) {
  switch (type.tp) {
    case schema::kTypeFloat:
    case schema::kTypeDouble:
      return MYSQL_TYPE_DOUBLE;
    case schema::kTypeNewDecimal:
      return MYSQL_TYPE_STRING;
    default:
      break;
  }
  switch (decode::text_form(type)) {
    case TextForm::kNumber:
      return MYSQL_TYPE_LONGLONG;
    case TextForm::kBytes:
      return MYSQL_TYPE_BLOB;
    default:
      return MYSQL_TYPE_STRING;
  }
}

Status statement_error(MYSQL_STMT* statement) {
  return server_error(mysql_stmt_errno(statement), mysql_stmt_error(statement));
}

}  // namespace

struct BulkInsert::Statement {
  explicit Statement(MYSQL_STMT* made) : handle(made) {}
  ~Statement() { mysql_stmt_close(handle); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  MYSQL_STMT* handle;
  MySqlTablePtr table;  // keeps the key of the map from being used again
};

struct BulkInsert::Column {
  enum enum_field_types type = MYSQL_TYPE_LONGLONG;
  bool is_unsigned = false;
  std::vector<uint64_t> numbers;  // integers, or the bits of doubles
  std::vector<const char*> texts;
  std::vector<unsigned long> lengths;
  std::vector<char> indicators;
  std::string rendered;

  bool is_number() const { return type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_DOUBLE; }
};

BulkInsert::BulkInsert() = default;
BulkInsert::~BulkInsert() = default;

void BulkInsert::forget() { statements_.clear(); }

Result<BulkInsert::Statement*> BulkInsert::prepare(Connection& connection,
                                                   const MySqlTablePtr& table) {
  auto known = statements_.find(table.get());
  if (known != statements_.end()) return known->second.get();
  if (statements_.size() >= kMaxStatements) statements_.clear();
  MYSQL_STMT* handle = mysql_stmt_init(connection.raw());
  if (handle == nullptr) return resource_exhausted("prepare an INSERT");
  auto statement = std::make_unique<Statement>(handle);
  statement->table = table;
  std::string sql = "INSERT INTO " + table->quoted_name + table->column_list + " VALUES(";
  for (size_t i = 0; i < table->columns.size(); ++i) sql += i == 0 ? "?" : ",?";
  sql += ")";
  if (mysql_stmt_prepare(handle, sql.data(), sql.size()) != 0) return statement_error(handle);
  return (statements_[table.get()] = std::move(statement)).get();
}

size_t BulkInsert::count_fitting(const MySqlTable& table,
                                 std::span<const schedule::PlannedRow> rows, uint64_t limit) {
  uint64_t bytes = 0;
  size_t count = 0;
  for (; count < rows.size() && count < kMaxRows; ++count) {
    for (uint32_t position : table.columns) {
      const Datum& value = rows[count].new_values[position];
      bool has_bytes = value.kind() == DatumKind::kBytes || value.kind() == DatumKind::kJson;
      bytes += kBytesPerNumber + (has_bytes ? value.as_bytes().size() : 0);
    }
    if (bytes > limit && count > 0) break;
  }
  return count;
}

Status BulkInsert::fill_column(const MySqlTable& table, size_t place,
                               std::span<const schedule::PlannedRow> rows) {
  uint32_t position = table.columns[place];
  const schema::ColumnInfo& info = table.table->info().columns[position];
  Column& column = columns_[place];
  column.type = wire_type(info.type);
  column.is_unsigned = true;
  column.numbers.assign(rows.size(), 0);
  column.texts.assign(rows.size(), "");
  column.lengths.assign(rows.size(), 0);
  column.indicators.assign(rows.size(), STMT_INDICATOR_NONE);
  column.rendered.clear();
  for (size_t i = 0; i < rows.size(); ++i) {
    const Datum& value = rows[i].new_values[position];
    if (value.is_null() || value.is_absent()) {
      column.indicators[i] = value.is_null() ? STMT_INDICATOR_NULL : STMT_INDICATOR_DEFAULT;
    } else if (column.is_number()) {
      column.numbers[i] = value.as_uint();
      column.is_unsigned &= value.kind() == DatumKind::kUint;
    } else if (value.kind() == DatumKind::kBytes) {
      column.texts[i] = value.as_bytes().data();
      column.lengths[i] = value.as_bytes().size();
    } else {
      size_t begin = column.rendered.size();
      if (!decode::append_text(column.rendered, value, info.type, {})) {
        return invalid_argument("table " + table.quoted_name + ": damaged value of column " +
                                info.name.o);
      }
      column.texts[i] = nullptr;  // in `rendered`, which may still move
      column.lengths[i] = column.rendered.size() - begin;
    }
  }
  const char* next = column.rendered.data();
  for (size_t i = 0; i < rows.size(); ++i) {
    if (column.texts[i] != nullptr) continue;
    column.texts[i] = next;
    next += column.lengths[i];
  }
  return ok_status();
}

Status BulkInsert::fill(const MySqlTable& table, std::span<const schedule::PlannedRow> rows) {
  if (columns_.size() < table.columns.size()) columns_.resize(table.columns.size());
  for (size_t place = 0; place < table.columns.size(); ++place) {
    TBL_TRY(fill_column(table, place, rows));
  }
  return ok_status();
}

Status BulkInsert::execute(Statement& statement, size_t rows) {
  size_t width = statement.table->columns.size();
  std::vector<MYSQL_BIND> binds(width);
  for (size_t i = 0; i < width; ++i) {
    Column& column = columns_[i];
    MYSQL_BIND& bind = binds[i];
    bind.buffer_type = column.type;
    bind.is_unsigned = column.is_unsigned;
    bind.u.indicator = column.indicators.data();
    if (column.is_number()) {
      bind.buffer = column.numbers.data();
    } else {
      bind.buffer = const_cast<char**>(column.texts.data());
      bind.length = column.lengths.data();
    }
  }
  auto count = static_cast<unsigned>(rows);
  mysql_stmt_attr_set(statement.handle, STMT_ATTR_ARRAY_SIZE, &count);
  if (mysql_stmt_bind_param(statement.handle, binds.data()) != 0 ||
      mysql_stmt_execute(statement.handle) != 0) {
    return statement_error(statement.handle);
  }
  return ok_status();
}

Status BulkInsert::insert(Connection& connection, const MySqlTablePtr& table,
                          std::span<const schedule::PlannedRow> rows, uint64_t limit) {
  TBL_ASSIGN(Statement * statement, prepare(connection, table));
  while (!rows.empty()) {
    size_t count = count_fitting(*table, rows, limit);
    TBL_TRY(fill(*table, rows.first(count)));
    Status executed = execute(*statement, count);
    if (!executed.ok()) {
      return is_lost(executed)
                 ? executed
                 : std::move(executed).wrap("table " + table->quoted_name + ", commit ts " +
                                            std::to_string(rows[count - 1].commit_ts));
    }
    rows = rows.subspan(count);
  }
  return ok_status();
}

}  // namespace tbl::mysql
