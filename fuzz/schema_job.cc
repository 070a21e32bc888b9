// Job and table JSON as TiKV may hold it: an error or a value, and the short readers agree with the
// whole.
#include <cstdlib>

#include "schema/job.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tbl::Bytes text(reinterpret_cast<const char*>(data), size);
  auto job = tbl::schema::parse_job(text);
  auto header = tbl::schema::parse_job_header(text);
  if (job.ok() && !header.ok()) {
    // The whole reader ignores fields of the wrong kind only where it does not know them.
    std::abort();
  }
  (void)tbl::schema::parse_table_header(text);
  (void)tbl::schema::parse_db_info(text);
  auto table = tbl::schema::parse_table_info(text);
  if (!table.ok()) return 0;
  for (const auto& column : (*table)->columns) {
    if ((*table)->column_by_id(column.id) == nullptr) std::abort();
  }
  return 0;
}
