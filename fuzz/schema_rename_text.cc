// SQL tokens, and the renames that a statement names.
#include <cstdlib>

#include "base/bytes.h"
#include "schema/rename_text.h"
#include "schema/sql_tokens.h"

using namespace tbl::schema;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tbl::Bytes sql(reinterpret_cast<const char*>(data), size);
  for (const SqlToken& token : tokenize_sql(sql)) {
    const bool inside = token.text.data() >= sql.data() &&
                        token.text.data() + token.text.size() <= sql.data() + sql.size();
    if (!inside || token.text.empty()) std::abort();
  }
  for (const Rename& rename : parse_renames(sql)) {
    if (rename.old_table.empty() || rename.new_table.empty()) std::abort();
  }
  return 0;
}
