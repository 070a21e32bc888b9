// gzip of whole messages (zlib).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::rpc {

std::string gzip_compress(Bytes data);
/// kInternal: not gzip, damaged or cut short. When the content is longer than `max_bytes`, `fits`
/// is false and the result empty.
Result<std::string> gzip_decompress(Bytes data, uint64_t max_bytes, bool* fits);

/// Inflates a gzip stream that arrives in pieces. One thread.
class GzipReader {
 public:
  using Sink = std::function<Status(Bytes)>;
  GzipReader();
  ~GzipReader();
  GzipReader(GzipReader&&) noexcept;
  GzipReader& operator=(GzipReader&&) noexcept;

  /// Gives `sink` what the piece inflates to, at most 256 KiB at a time. kInternal: not gzip or
  /// damaged; else what `sink` says.
  Status feed(Bytes piece, const Sink& sink);
  /// After the last piece. kInternal: the stream was cut short.
  Status finish() const;

 private:
  class Inflater;
  std::unique_ptr<Inflater> inflater_;
  bool at_end_ = true;
};

}  // namespace tbl::rpc
