// Which of a server's errors mean what. The class travels as the code of a Status, so that callers
// far from the connection can decide:
//
//   kAborted       rolled back by the server (deadlock, lock timeout, write conflict): try again
//   kAlreadyExists a duplicate key (1062)
//   kUnavailable   the connection is gone; whether a COMMIT under way took place is in doubt
//   kUnknown       everything else: trying again gives the same error
#pragma once

#include <string_view>

#include "base/status.h"

namespace tbl::mysql {

constexpr unsigned kErrDatabaseExists = 1007;
constexpr unsigned kErrDuplicateEntry = 1062;
constexpr unsigned kErrUnknownSystemVariable = 1193;
constexpr unsigned kErrUnknownColumn = 1054;
constexpr unsigned kErrUnknownDatabase = 1049;
constexpr unsigned kErrNoSuchTable = 1146;
constexpr unsigned kErrNoSuchThread = 1094;
constexpr unsigned kErrTiDbTransactionTooLarge = 8004;

StatusCode classify(unsigned code);

/// "Error <code>: <message>" with the code's class.
Status server_error(unsigned code, std::string_view message);

/// The number in a status made by server_error(), however often it was wrapped; 0: none.
unsigned error_number(const Status& status);

/// Errors of a DDL that the original ignores.
bool is_ignorable_ddl_error(unsigned code);

inline bool is_lost(const Status& status) { return status.code() == StatusCode::kUnavailable; }
inline bool is_retryable(const Status& status) {
  return status.code() == StatusCode::kAborted || status.code() == StatusCode::kAlreadyExists;
}

}  // namespace tbl::mysql
