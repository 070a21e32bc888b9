// JSON of databases and tables.
#include <fmt/format.h>

#include "schema/json_fields.h"
#include "schema/sax_fields.h"
#include "schema/table_info.h"

namespace tbl::schema {

namespace {

using nlohmann::json;

Status parse_field_type(const json& object, FieldType* type) {
  Fields fields(object, "type");
  fields.read("Tp", &type->tp);
  fields.read("Flag", &type->flag);
  fields.read("Flen", &type->flen);
  fields.read("Decimal", &type->decimal);
  fields.read("Charset", &type->charset);
  fields.read("Collate", &type->collate);
  fields.read("Elems", &type->elems);
  fields.read("Array", &type->array);
  return fields.status();
}

Status parse_change_state(const json& object, std::optional<int64_t>* offset) {
  Fields fields(object, "change_state_info");
  fields.read("relative_col_offset", &offset->emplace(0));
  return fields.status();
}

Status parse_column(const json& object, ColumnInfo* column) {
  Fields fields(object, "column");
  fields.read("id", &column->id);
  fields.read("name", &column->name);
  fields.read("offset", &column->offset);
  fields.read_text("origin_default", &column->origin_default);
  fields.read_base64("origin_default_bit", &column->origin_default_bit);
  fields.read_text("default", &column->default_value);
  fields.read_base64("default_bit", &column->default_bit);
  fields.read("default_is_expr", &column->default_is_expr);
  fields.read("generated_expr_string", &column->generated_expr);
  fields.read("generated_stored", &column->generated_stored);
  if (const json* names = fields.find("dependences"); names != nullptr && names->is_object()) {
    for (const auto& item : names->items()) column->dependences.push_back(item.key());
  }
  if (const json* type = fields.find("type")) fields.keep(parse_field_type(*type, &column->type));
  fields.read("state", &column->state);
  fields.read("comment", &column->comment);
  fields.read("hidden", &column->hidden);
  if (const json* change = fields.find("change_state_info")) {
    fields.keep(parse_change_state(*change, &column->change_state_offset));
  }
  fields.read("version", &column->version);
  return fields.status();
}

Status parse_index_column(const json& object, IndexColumn* column) {
  Fields fields(object, "idx_cols");
  fields.read("name", &column->name);
  fields.read("offset", &column->offset);
  fields.read("length", &column->length);
  return fields.status();
}

Status parse_index(const json& object, IndexInfo* index) {
  Fields fields(object, "index");
  fields.read("id", &index->id);
  fields.read("idx_name", &index->name);
  fields.read_list("idx_cols", &index->columns, parse_index_column);
  fields.read("is_unique", &index->unique);
  fields.read("is_primary", &index->primary);
  fields.read("state", &index->state);
  fields.read("comment", &index->comment);
  fields.read("index_type", &index->index_type);
  fields.read("is_invisible", &index->invisible);
  fields.read("is_global", &index->global);
  fields.read("mv_index", &index->multi_valued);
  return fields.status();
}

Status parse_foreign_key(const json& object, ForeignKeyInfo* key) {
  Fields fields(object, "foreign key");
  fields.read("id", &key->id);
  fields.read("fk_name", &key->name);
  fields.read("ref_schema", &key->ref_schema);
  fields.read("ref_table", &key->ref_table);
  fields.read("ref_cols", &key->ref_columns);
  fields.read("cols", &key->columns);
  fields.read("on_delete", &key->on_delete);
  fields.read("on_update", &key->on_update);
  fields.read("state", &key->state);
  return fields.status();
}

Status parse_in_values(const json& array, std::vector<std::string>* out) {
  if (!array.is_array()) return data_loss("in_values: not an array");
  for (const auto& item : array) {
    const auto* text = item.get_ptr<const std::string*>();
    if (text == nullptr) return data_loss("in_values: an element is not a string");
    out->push_back(*text);
  }
  return ok_status();
}

Status parse_definition(const json& object, PartitionDefinition* definition) {
  Fields fields(object, "definition");
  fields.read("id", &definition->id);
  fields.read("name", &definition->name);
  fields.read("less_than", &definition->less_than);
  fields.read_list("in_values", &definition->in_values, parse_in_values);
  fields.read("comment", &definition->comment);
  return fields.status();
}

Status parse_partition(const json& object, PartitionInfo* partition) {
  Fields fields(object, "partition");
  fields.read("type", &partition->type);
  fields.read("expr", &partition->expr);
  fields.read("columns", &partition->columns);
  fields.read("enable", &partition->enable);
  fields.read_list("definitions", &partition->definitions, parse_definition);
  fields.read("num", &partition->num);
  return fields.status();
}

Status parse_view(const json& object, ViewInfo* view) {
  Fields fields(object, "view");
  fields.read("view_algorithm", &view->algorithm);
  if (const json* definer = fields.find("view_definer")) {
    Fields user(*definer, "view_definer");
    user.read("Username", &view->definer_user);
    user.read("Hostname", &view->definer_host);
    user.read("CurrentUser", &view->definer_is_current);
    user.read("AuthUsername", &view->definer_auth_user);
    user.read("AuthHostname", &view->definer_auth_host);
    fields.keep(user.status());
  }
  fields.read("view_security", &view->security);
  fields.read("view_select", &view->select);
  fields.read("view_checkoption", &view->check_option);
  fields.read("view_cols", &view->columns);
  return fields.status();
}

Status parse_sequence(const json& object, SequenceInfo* sequence) {
  Fields fields(object, "sequence");
  fields.read("sequence_start", &sequence->start);
  fields.read("sequence_cache", &sequence->cache);
  fields.read("sequence_cycle", &sequence->cycle);
  fields.read("sequence_min_value", &sequence->min_value);
  fields.read("sequence_max_value", &sequence->max_value);
  fields.read("sequence_increment", &sequence->increment);
  fields.read("sequence_cache_value", &sequence->cache_value);
  fields.read("sequence_comment", &sequence->comment);
  return fields.status();
}

void read_table_options(Fields& fields, TableInfo* table) {
  fields.read("charset", &table->charset);
  fields.read("collate", &table->collate);
  fields.read("state", &table->state);
  fields.read("pk_is_handle", &table->pk_is_handle);
  fields.read("is_common_handle", &table->is_common_handle);
  fields.read("common_handle_version", &table->common_handle_version);
  fields.read("comment", &table->comment);
  fields.read("auto_inc_id", &table->auto_increment);
  fields.read("auto_id_cache", &table->auto_id_cache);
  fields.read("auto_random_bits", &table->auto_random_bits);
  fields.read("max_col_id", &table->max_column_id);
  fields.read("max_idx_id", &table->max_index_id);
  fields.read("update_timestamp", &table->update_ts);
  fields.read("old_schema_id", &table->old_schema_id);
  fields.read("ShardRowIDBits", &table->shard_row_id_bits);
  fields.read("max_shard_row_id_bits", &table->max_shard_row_id_bits);
  fields.read("pre_split_regions", &table->pre_split_regions);
  fields.read("version", &table->version);
}

}  // namespace

Result<TableInfoPtr> table_info_from(const json& object) {
  TableInfo table;
  Fields fields(object, "table");
  fields.read("id", &table.id);
  fields.read("name", &table.name);
  fields.read_list("cols", &table.columns, parse_column);
  fields.read_list("index_info", &table.indexes, parse_index);
  fields.read_list("fk_info", &table.foreign_keys, parse_foreign_key);
  fields.read_object("partition", &table.partition, parse_partition);
  fields.read_object("view", &table.view, parse_view);
  fields.read_object("sequence", &table.sequence, parse_sequence);
  read_table_options(fields, &table);
  if (!fields.status().ok()) {
    return fields.status().wrap(fmt::format("table {}({})", table.name.o, table.id));
  }
  return make_table(std::move(table));
}

Result<DbInfoPtr> db_info_from(const json& object) {
  auto db = std::make_shared<DbInfo>();
  Fields fields(object, "database");
  fields.read("id", &db->id);
  fields.read("db_name", &db->name);
  fields.read("charset", &db->charset);
  fields.read("collate", &db->collate);
  fields.read("state", &db->state);
  TBL_TRY(fields.status());
  return DbInfoPtr(std::move(db));
}

Result<TableInfoPtr> parse_table_info(Bytes text) {
  TBL_ASSIGN(json document, parse_document(text, "table"));
  return table_info_from(document);
}

Result<DbInfoPtr> parse_db_info(Bytes text) {
  TBL_ASSIGN(json document, parse_document(text, "database"));
  return db_info_from(document);
}

Result<TableHeader> parse_table_header(Bytes text) {
  SaxFields fields({{"id"}, {"name"}, {"name", "o"}, {"name", "l"}});
  fields.enough_when(
      [&fields] { return fields.has(0) && (fields.has(1) || (fields.has(2) && fields.has(3))); });
  TBL_TRY(fields.parse(text, "table"));
  TableHeader header;
  TBL_ASSIGN(header.id, fields.integer(0));
  header.name = fields.has(1) ? CiName::of(fields.text(1)) : CiName{fields.text(2), fields.text(3)};
  return header;
}

}  // namespace tbl::schema
