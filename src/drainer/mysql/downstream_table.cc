#include "drainer/mysql/downstream_table.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/ascii.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

using schedule::Fold;
using schedule::Key;
using schedule::KeyColumn;
using schema::ColumnInfo;

std::optional<int64_t> number(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  int64_t value = 0;
  std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

// Names as text literals: identifiers are compared without regard to case where the server does.
std::string of_table(const std::string& schema, const std::string& table) {
  std::string condition = " WHERE table_schema = _utf8mb4 x'" + to_hex(schema) +
                          "' AND table_name = _utf8mb4 x'" + to_hex(table) + "'";
  return condition;
}

Status read_columns(Connection& connection, const std::string& condition, DownstreamTable* out) {
  TBL_ASSIGN(auto rows,
             connection.query("SELECT column_name, data_type, collation_name, extra, is_nullable, "
                              "numeric_scale, datetime_precision FROM information_schema.columns" +
                              condition + " ORDER BY ordinal_position"));
  for (SqlRow& row : rows) {
    DownstreamColumn column;
    column.name = row[0].value_or("");
    column.data_type = ascii_lower(row[1].value_or(""));
    column.collation = ascii_lower(row[2].value_or(""));
    column.extra = row[3].value_or("");
    column.nullable = row[4] == "YES";
    column.scale = number(row[5]);
    column.precision = number(row[6]);
    out->columns.push_back(std::move(column));
  }
  return ok_status();
}

Status read_keys(Connection& connection, const std::string& condition, DownstreamTable* out) {
  TBL_ASSIGN(auto rows,
             connection.query("SELECT index_name, column_name, sub_part FROM "
                              "information_schema.statistics" +
                              condition + " AND non_unique = 0 ORDER BY index_name, seq_in_index"));
  for (SqlRow& row : rows) {
    std::string name = row[0].value_or("");
    if (out->unique_keys.empty() || out->unique_keys.back().name != name) {
      out->unique_keys.push_back({name, {}});
    }
    // A part without a column is an expression.
    out->unique_keys.back().parts.push_back(
        {row[1].value_or(""), number(row[2]).value_or(KeyColumn::kWhole)});
  }
  std::stable_partition(out->unique_keys.begin(), out->unique_keys.end(),
                        [](const DownstreamKey& key) { return key.name == "PRIMARY"; });
  return ok_status();
}

bool is_integer(std::string_view type) {
  return type == "tinyint" || type == "smallint" || type == "mediumint" || type == "int" ||
         type == "bigint";
}

bool is_bytes(std::string_view type) {
  return type == "binary" || type == "varbinary" || type.ends_with("blob");
}

bool same_time_type(uint8_t tp, std::string_view type) {
  switch (tp) {
    case schema::kTypeDate:
    case schema::kTypeNewDate:
      return type == "date";
    case schema::kTypeDatetime:
      return type == "datetime";
    case schema::kTypeTimestamp:
      return type == "timestamp";
    case schema::kTypeDuration:
      return type == "time";
    default:
      return false;
  }
}

// How values of the upstream column are told apart by the downstream one: kIgnore unless it is sure
// that what differs stays different.
Fold downstream_fold(const ColumnInfo& up, const DownstreamColumn& down) {
  uint8_t tp = up.type.tp;
  const std::string& type = down.data_type;
  if (schema::is_string_type(tp)) {
    if (is_bytes(type)) return Fold::kBytes;
    return down.collation.empty() ? Fold::kIgnore : schedule::fold_of_collation(down.collation);
  }
  if (schema::is_integer_type(tp)) {
    return is_integer(type) || type == "decimal" ? Fold::kExact : Fold::kIgnore;
  }
  bool same = false;
  switch (tp) {
    case schema::kTypeNewDecimal:
      same = type == "decimal" && down.scale.value_or(0) >= std::max<int64_t>(0, up.type.decimal);
      break;
    case schema::kTypeDouble:
      same = type == "double";
      break;
    case schema::kTypeFloat:
      same = type == "float" || type == "double";
      break;
    case schema::kTypeYear:
      same = type == "year";
      break;
    case schema::kTypeBit:
      same = type == "bit";
      break;
    case schema::kTypeEnum:
      same = type == "enum";
      break;
    case schema::kTypeSet:
      same = type == "set";
      break;
    default:
      same = same_time_type(tp, type) &&
             down.precision.value_or(0) >= std::max<int64_t>(0, up.type.decimal);
  }
  return same ? Fold::kExact : Fold::kIgnore;
}

/// Joins by name; one object per call of join_tables().
class Joiner {
 public:
  Joiner(const decode::Table& up, const DownstreamTable& down) : info_(up.info()), down_(down) {
    for (uint32_t i = 0; i < info_.columns.size(); ++i) {
      if (info_.columns[i].is_public()) up_.emplace(info_.columns[i].name.l, i);
    }
    for (const DownstreamColumn& column : down.columns)
      down_by_name_[ascii_lower(column.name)] = &column;
  }

  void join_columns(MySqlTable& out) const {
    for (uint32_t position : info_.public_columns) {
      const ColumnInfo& column = info_.columns[position];
      if (column.is_generated()) continue;
      const DownstreamColumn* down = find_down(column.name.o);
      if (down != nullptr && !down->is_generated()) {
        out.columns.push_back(position);
        out.column_names.push_back(quote_name(down->name));
        out.sets_itself.push_back(down->sets_itself());
      } else if (down == nullptr) {
        out.missing_downstream.push_back(column.name.o);
      }
    }
    out.has_extra_columns = std::any_of(down_.columns.begin(), down_.columns.end(), [&](auto& c) {
      auto up = up_.find(ascii_lower(c.name));
      bool given = up != up_.end() && !info_.columns[up->second].is_generated();
      return !c.is_generated() && !given;
    });
  }

  void join_keys(MySqlTable& out) const {
    for (const DownstreamKey& key : down_.unique_keys) {
      if (out.coarse_key.empty()) out.coarse_key = coarse_part(key);
      if (Key folded = fold_key(key); !folded.empty()) out.keys.add(folded);
      std::vector<uint32_t> positions = written_positions(key, out.columns);
      if (positions.empty()) continue;
      if (out.row_key.empty() && never_null(key)) out.row_key = positions;
      out.where_keys.push_back(std::move(positions));
    }
    // Not unique downstream, but one row is meant.
    for (const schema::UniqueKey& key : info_.unique_keys) {
      std::vector<uint32_t> positions;
      for (const auto& part : key.parts) {
        if (!contains(out.columns, part.position)) break;
        positions.push_back(part.position);
      }
      bool known = std::find(out.where_keys.begin(), out.where_keys.end(), positions) !=
                   out.where_keys.end();
      if (positions.size() == key.parts.size() && !known) out.where_keys.push_back(positions);
    }
  }

 private:
  // Upstream may compare bytes whatever its collations are called.
  std::string coarse_part(const DownstreamKey& key) const {
    for (const DownstreamKey::Part& part : key.parts) {
      auto up = up_.find(ascii_lower(part.column));
      const DownstreamColumn* down = find_down(part.column);
      if (up == up_.end() || down == nullptr || down->collation.empty()) continue;
      if (!schema::is_string_type(info_.columns[up->second].type.tp)) continue;
      if (schedule::fold_of_collation(down->collation) <= Fold::kPadSpace) continue;
      return key.name + "(" + part.column + ") compares by " + down->collation;
    }
    return {};
  }

  static bool contains(const std::vector<uint32_t>& positions, uint32_t position) {
    return std::find(positions.begin(), positions.end(), position) != positions.end();
  }

  const DownstreamColumn* find_down(std::string_view name) const {
    auto it = down_by_name_.find(ascii_lower(name));
    return it == down_by_name_.end() ? nullptr : it->second;
  }

  // Columns that rows do not have get their values downstream: they neither cause nor prevent equal
  // keys that we could know of.
  Key fold_key(const DownstreamKey& key) const {
    Key out;
    for (const DownstreamKey::Part& part : key.parts) {
      auto up = up_.find(ascii_lower(part.column));
      const DownstreamColumn* down = find_down(part.column);
      if (up == up_.end() || down == nullptr) continue;
      const ColumnInfo& column = info_.columns[up->second];
      Fold fold = std::max(downstream_fold(column, *down), schedule::fold_of_column(column));
      out.push_back({up->second, fold, part.length});
    }
    return out;
  }

  std::vector<uint32_t> written_positions(const DownstreamKey& key,
                                          const std::vector<uint32_t>& columns) const {
    std::vector<uint32_t> out;
    for (const DownstreamKey::Part& part : key.parts) {
      auto up = up_.find(ascii_lower(part.column));
      if (up == up_.end() || !contains(columns, up->second)) return {};
      out.push_back(up->second);
    }
    return out;
  }

  bool never_null(const DownstreamKey& key) const {
    return std::all_of(key.parts.begin(), key.parts.end(), [&](const DownstreamKey::Part& part) {
      const DownstreamColumn* down = find_down(part.column);
      return down != nullptr && !down->nullable;
    });
  }

  const schema::TableInfo& info_;
  const DownstreamTable& down_;
  std::unordered_map<std::string, uint32_t> up_;  // lower-case name -> position
  std::unordered_map<std::string, const DownstreamColumn*> down_by_name_;
};

}  // namespace

bool is_transactional(const std::string& engine) {
  return engine != "MyISAM" && engine != "Aria" && engine != "MEMORY" && engine != "CSV" &&
         engine != "ARCHIVE" && engine != "BLACKHOLE";
}

bool DownstreamColumn::is_generated() const {
  return extra.find("VIRTUAL GENERATED") != std::string::npos ||
         extra.find("STORED GENERATED") != std::string::npos ||
         extra.find("INVISIBLE SYSTEM") != std::string::npos;
}

bool DownstreamColumn::sets_itself() const {
  return ascii_lower(extra).find("on update") != std::string::npos;
}

Result<DownstreamTable> read_downstream_table(Connection& connection, const std::string& schema,
                                              const std::string& table) {
  DownstreamTable out;
  std::string condition = of_table(schema, table);
  TBL_TRY(read_columns(connection, condition, &out).wrap(quote_table(schema, table)));
  if (out.columns.empty())
    return not_found("table " + quote_table(schema, table) + ": table not exist");
  TBL_TRY(read_keys(connection, condition, &out).wrap(quote_table(schema, table)));
  TBL_ASSIGN(auto rows,
             connection.query("SELECT engine FROM information_schema.tables" + condition));
  if (!rows.empty()) out.engine = rows[0][0].value_or("");
  return out;
}

MySqlTablePtr join_tables(decode::TablePtr upstream, const DownstreamTable& downstream,
                          ServerKind server) {
  auto out = std::make_shared<MySqlTable>();
  out->server = server;
  out->quoted_name = quote_table(upstream->schema_name(), upstream->name());
  out->keys = schedule::upstream_keys(*upstream);
  Joiner joiner(*upstream, downstream);
  joiner.join_columns(*out);
  joiner.join_keys(*out);
  out->column_list = "(";
  for (const std::string& name : out->column_names) {
    out->column_list += (out->column_list.size() > 1 ? "," : "") + name;
  }
  out->column_list += ")";
  for (uint32_t position : out->row_key) {
    auto place = std::find(out->columns.begin(), out->columns.end(), position);
    out->key_names.push_back(out->column_names[static_cast<size_t>(place - out->columns.begin())]);
  }
  out->table = std::move(upstream);
  schedule::finish_sink_table(*out);
  return out;
}

}  // namespace tbl::mysql
