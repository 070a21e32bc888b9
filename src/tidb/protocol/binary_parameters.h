// Parameters of a prepared statement as COM_STMT_EXECUTE carries them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/types/value.h"

namespace tbl::tidb::protocol {

struct ParameterType {
  uint8_t tp = 0;
  bool is_unsigned = false;
};

/// What a connection remembers of a prepared statement between its executions.
struct ParameterState {
  uint16_t count = 0;
  std::vector<ParameterType> types;           ///< sent with the first execution
  std::map<uint16_t, std::string> long_data;  ///< COM_STMT_SEND_LONG_DATA, by parameter
};

/// COM_STMT_EXECUTE's payload after the command byte.
struct ExecuteHeader {
  uint32_t statement_id = 0;
  bool cursor = false;          ///< rows are wanted by COM_STMT_FETCH
  std::string_view parameters;  ///< NULL bitmap and what follows
};
Result<ExecuteHeader> parse_execute_header(std::string_view payload);

/// The values, and into `state` the types if the packet has them. Error: 1835 (malformed packet).
Result<std::vector<Value>> parse_parameters(std::string_view bytes, ParameterState* state);

}  // namespace tbl::tidb::protocol
