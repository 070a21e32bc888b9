// COM_STMT_EXECUTE: its header, the NULL bitmap, types and values of up to 255 parameters.
#include <cstdint>
#include <cstdlib>

#include "tidb/protocol/binary_parameters.h"

using namespace tbl::tidb::protocol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  ParameterState state;
  state.count = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto header = parse_execute_header(bytes);
  if (!header.ok()) return 0;
  const auto values = parse_parameters(header->parameters, &state);
  if (!values.ok()) return 0;
  if (values->size() != state.count) abort();
  // The types of the first execution hold for a second one without them.
  std::string again((state.count + 7u) / 8, '\xff');
  again.push_back('\0');
  const auto nulls = parse_parameters(again, &state);
  if (!nulls.ok()) abort();
  for (const auto& value : *nulls) {
    if (!value.is_null()) abort();
  }
  return 0;
}
