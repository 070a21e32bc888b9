// JSON of databases and tables.
#include "schema/json_object.h"

namespace tbl::schema {

namespace {

void write_field_type(std::string& out, const FieldType& type) {
  Object object(out);
  object.field("Tp", type.tp);
  object.field("Flag", type.flag);
  object.field("Flen", type.flen);
  object.field("Decimal", type.decimal);
  object.field("Charset", type.charset);
  object.field("Collate", type.collate);
  object.list("Elems", type.elems);
  object.newer("Array", type.array);
}

void write_dependences(Object& object, const std::vector<std::string>& names) {
  if (names.empty()) return object.null("dependences");
  object.key("dependences");
  Object set(object.out());
  for (const std::string& name : names) {
    const std::string quoted = go_string(name);
    set.key(std::string_view(quoted).substr(1, quoted.size() - 2));
    object.out() += "{}";
  }
}

void write_column(std::string& out, const ColumnInfo& column) {
  Object object(out);
  object.field("id", column.id);
  object.field("name", column.name);
  object.field("offset", column.offset);
  object.text_or_null("origin_default", column.origin_default);
  if (column.origin_default_bit) {
    object.base64_or_null("origin_default_bit", column.origin_default_bit);
  }
  object.text_or_null("default", column.default_value);
  object.base64_or_null("default_bit", column.default_bit);
  object.newer("default_is_expr", column.default_is_expr);
  object.field("generated_expr_string", column.generated_expr);
  object.field("generated_stored", column.generated_stored);
  write_dependences(object, column.dependences);
  object.key("type");
  write_field_type(out, column.type);
  object.field("state", column.state);
  object.field("comment", column.comment);
  object.newer("hidden", column.hidden);
  if (column.change_state_offset) {
    object.key("change_state_info");
    Object(out).field("relative_col_offset", *column.change_state_offset);
  }
  object.field("version", column.version);
}

void write_index_column(std::string& out, const IndexColumn& column) {
  Object object(out);
  object.field("name", column.name);
  object.field("offset", column.offset);
  object.field("length", column.length);
}

void write_index(std::string& out, const IndexInfo& index) {
  Object object(out);
  object.field("id", index.id);
  object.field("idx_name", index.name);
  object.field("tbl_name", CiName());
  object.list("idx_cols", index.columns, write_index_column);
  object.field("is_unique", index.unique);
  object.field("is_primary", index.primary);
  object.field("state", index.state);
  object.field("comment", index.comment);
  object.field("index_type", index.index_type);
  object.newer("is_invisible", index.invisible);
  object.newer("is_global", index.global);
  object.newer("mv_index", index.multi_valued);
}

void write_foreign_key(std::string& out, const ForeignKeyInfo& key) {
  Object object(out);
  object.field("id", key.id);
  object.field("fk_name", key.name);
  if (!key.ref_schema.o.empty()) object.field("ref_schema", key.ref_schema);
  object.field("ref_table", key.ref_table);
  object.list("ref_cols", key.ref_columns);
  object.list("cols", key.columns);
  object.field("on_delete", key.on_delete);
  object.field("on_update", key.on_update);
  object.field("state", key.state);
}

void write_definition(std::string& out, const PartitionDefinition& definition) {
  Object object(out);
  object.field("id", definition.id);
  object.field("name", definition.name);
  object.list("less_than", definition.less_than);
  if (!definition.in_values.empty()) {
    object.list("in_values", definition.in_values,
                [](std::string& text, const std::vector<std::string>& values) {
                  char separator = '[';
                  for (const std::string& value : values) {
                    text += separator;
                    text += go_string(value);
                    separator = ',';
                  }
                  text += values.empty() ? "[]" : "]";
                });
  }
  object.newer("comment", definition.comment);
}

void write_partition(std::string& out, const PartitionInfo& partition) {
  Object object(out);
  object.field("type", partition.type);
  object.field("expr", partition.expr);
  object.list("columns", partition.columns);
  object.field("enable", partition.enable);
  object.list("definitions", partition.definitions, write_definition);
  object.field("num", partition.num);
}

void write_view(std::string& out, const ViewInfo& view) {
  Object object(out);
  object.field("view_algorithm", view.algorithm);
  object.key("view_definer");
  {
    Object user(out);
    user.field("Username", view.definer_user);
    user.field("Hostname", view.definer_host);
    user.field("CurrentUser", view.definer_is_current);
    user.field("AuthUsername", view.definer_auth_user);
    user.field("AuthHostname", view.definer_auth_host);
  }
  object.field("view_security", view.security);
  object.field("view_select", view.select);
  object.field("view_checkoption", view.check_option);
  object.list("view_cols", view.columns);
}

void write_sequence(std::string& out, const SequenceInfo& sequence) {
  Object object(out);
  object.field("sequence_start", sequence.start);
  object.field("sequence_cache", sequence.cache);
  object.field("sequence_cycle", sequence.cycle);
  object.field("sequence_min_value", sequence.min_value);
  object.field("sequence_max_value", sequence.max_value);
  object.field("sequence_increment", sequence.increment);
  object.field("sequence_cache_value", sequence.cache_value);
  object.field("sequence_comment", sequence.comment);
}

void write_newer_table_fields(Object& object, const TableInfo& table) {
  object.newer("is_common_handle", table.is_common_handle);
  object.newer("common_handle_version", table.common_handle_version);
  object.newer("auto_id_cache", table.auto_id_cache);
  object.newer("auto_random_bits", table.auto_random_bits);
  if (table.sequence) {
    object.key("sequence");
    write_sequence(object.out(), *table.sequence);
  }
}

}  // namespace

void write_table(std::string& out, const TableInfo& table) {
  Object object(out);
  object.field("id", table.id);
  object.field("name", table.name);
  object.field("charset", table.charset);
  object.field("collate", table.collate);
  object.list("cols", table.columns, write_column);
  object.list("index_info", table.indexes, write_index);
  object.list("fk_info", table.foreign_keys, write_foreign_key);
  object.field("state", table.state);
  object.field("pk_is_handle", table.pk_is_handle);
  object.field("comment", table.comment);
  object.field("auto_inc_id", table.auto_increment);
  object.field("max_col_id", table.max_column_id);
  object.field("max_idx_id", table.max_index_id);
  object.field("update_timestamp", table.update_ts);
  object.newer("old_schema_id", table.old_schema_id);
  object.field("ShardRowIDBits", table.shard_row_id_bits);
  object.field("max_shard_row_id_bits", table.max_shard_row_id_bits);
  object.field("pre_split_regions", table.pre_split_regions);
  object.key("partition");
  if (table.partition) {
    write_partition(out, *table.partition);
  } else {
    out += "null";
  }
  object.field("compression", std::string());
  object.key("view");
  if (table.view) {
    write_view(out, *table.view);
  } else {
    out += "null";
  }
  write_newer_table_fields(object, table);
  object.field("version", table.version);
}

void write_db(std::string& out, const DbInfo& db) {
  Object object(out);
  object.field("id", db.id);
  object.field("db_name", db.name);
  object.field("charset", db.charset);
  object.field("collate", db.collate);
  object.field("state", db.state);
}

std::string write_db_info(const DbInfo& db) {
  std::string out;
  write_db(out, db);
  return out;
}

std::string write_table_info(const TableInfo& table) {
  std::string out;
  write_table(out, table);
  return out;
}

}  // namespace tbl::schema
