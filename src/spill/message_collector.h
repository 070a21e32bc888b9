// Puts the pieces of a message together, in memory or, where it is too large, in a file.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/status.h"
#include "rpc/client.h"
#include "rpc/gzip.h"
#include "spill/spill_file.h"

namespace tbl::spill {

/// A message: in `file` if that is set, sealed; else in `bytes`.
struct Collected {
  std::string bytes;
  std::unique_ptr<SpillFile> file;
};

/// One message after the other; compressed ones are inflated on the way. One thread.
class MessageCollector {
 public:
  explicit MessageCollector(SpillDir& dir) : dir_(dir) {}

  /// The message, when this was its last piece. After an error the collector is of no more use.
  Result<std::optional<Collected>> add(rpc::MessagePiece piece);

 private:
  Status append(Bytes bytes);

  SpillDir& dir_;
  Collected message_;
  std::optional<rpc::GzipReader> gzip_;  ///< of the message under way
};

}  // namespace tbl::spill
