#include "schema/schema_diff.h"

#include "schema/json_fields.h"

namespace tbl::schema {

Result<SchemaDiff> parse_schema_diff(Bytes text) {
  TBL_ASSIGN(nlohmann::json document, parse_document(text, "schema diff"));
  SchemaDiff diff;
  Fields fields(document, "schema diff");
  auto type = static_cast<uint8_t>(diff.type);
  fields.read("version", &diff.version);
  fields.read("type", &type);
  fields.read("schema_id", &diff.schema_id);
  fields.read("table_id", &diff.table_id);
  fields.read("old_table_id", &diff.old_table_id);
  fields.read("old_schema_id", &diff.old_schema_id);
  TBL_TRY(fields.status());
  diff.type = static_cast<ActionType>(type);
  return diff;
}

}  // namespace tbl::schema
