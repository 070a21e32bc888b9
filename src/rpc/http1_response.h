// HTTP/1.1 responses from bytes (RFC 9112): by length, chunked, or until the connection closes.
#pragma once

#include "base/status.h"
#include "rpc/http.h"
#include "rpc/http1_parser.h"

namespace tbl::rpc {

/// Takes the response to one request. Interim (1xx) responses are skipped.
class Http1ResponseParser {
 public:
  Http1ResponseParser(bool head_request, size_t max_body)
      : head_request_(head_request), max_body_(max_body) {}

  /// True: the response is whole. Errors: malformed, or a body above the limit.
  Result<bool> feed(Bytes data);
  /// The peer sends no more. Error: the response is cut short.
  Status on_end();
  HttpResponse take() { return std::move(response_); }

 private:
  enum class Body : uint8_t { kNone, kLength, kChunked, kUntilClose };
  Result<bool> read_head();
  Status read_fields(const Http1Head& head);
  Result<bool> read_body();
  Result<bool> read_chunks();
  Status check_size(uint64_t size) const;

  const bool head_request_;
  const size_t max_body_;
  std::string buffer_;
  HttpResponse response_;
  Body body_ = Body::kNone;
  bool head_done_ = false;
  uint64_t length_ = 0;
};

}  // namespace tbl::rpc
