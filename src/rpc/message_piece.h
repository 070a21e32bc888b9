// A message, or a part of one that is too large to be held in memory.
#pragma once

#include <string>

#include "base/shared_bytes.h"

namespace tbl::rpc {

struct MessagePiece {
  std::string bytes;
  bool last = true;         ///< ends its message
  bool compressed = false;  ///< the pieces of this message are one gzip stream
  /// A whole message, instead of `bytes`: only with CallOptions::share_up_to.
  SharedBytes shared = {};

  size_t size() const { return shared ? shared->size() : bytes.size(); }
};

}  // namespace tbl::rpc
