// A message, or a part of one that is too large to be held in memory.
#pragma once

#include <string>

namespace tbl::rpc {

struct MessagePiece {
  std::string bytes;
  bool last = true;         ///< ends its message
  bool compressed = false;  ///< the pieces of this message are one gzip stream
};

}  // namespace tbl::rpc
