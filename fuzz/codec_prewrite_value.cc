// PrewriteValue and TableMutation.
#include <cstdlib>

#include "codec/prewrite_value.h"

using namespace tbl::codec;

namespace {
void walk(tbl::Bytes message) {
  auto mutation = TableMutation::parse(message);
  if (!mutation.ok()) return;
  auto rows = mutation->rows();
  MutationType type;
  tbl::Bytes row;
  size_t count = 0;
  while (rows.next(&type, &row)) ++count;
  if (rows.status().ok() && count != mutation->row_count()) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  walk(input);
  auto value = PrewriteValue::parse(input);
  if (!value.ok()) return 0;
  tbl::Bytes message;
  size_t count = 0;
  for (; value->next(&message); ++count) walk(message);
  if (count != value->mutation_count()) std::abort();
  return 0;
}
