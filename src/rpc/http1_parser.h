// HTTP/1.x requests from bytes (RFC 9112), strict and bounded.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace tbl::rpc {

struct Http1Request {
  std::string method;
  std::string target;
  std::string body;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// A request line, or status line, and header fields; names in lower case.
struct Http1Head {
  std::string line;
  std::vector<std::pair<std::string, std::string>> fields;
  /// Empty when absent.
  std::string get(Bytes name) const;
};

constexpr size_t kMaxHttpHead = 64 << 10;

/// Length of the head in `data` with its empty line; 0: not complete.
size_t http1_head_size(Bytes data);
/// Parses a complete head. False: malformed.
bool parse_http1_head(Bytes head, Http1Head* out);
/// A Content-Length. False: not a decimal number.
bool parse_http1_length(const std::string& text, uint64_t* length);

/// Takes requests out of a connection's bytes.
class Http1Parser {
 public:
  explicit Http1Parser(size_t max_body) : max_body_(max_body) {}

  enum class State : uint8_t {
    kNeedMore,
    kNeedContinue,  ///< the client waits for "100 Continue" before it sends the body; told once
    kRequest,       ///< take() has one
    kBad,           ///< error_status() says which answer; the connection must close
  };
  void feed(Bytes data) { buffer_.append(data); }
  State next();
  Http1Request take() { return std::move(request_); }
  int error_status() const { return error_status_; }
  /// No byte of a next request has come.
  bool idle() const { return !in_body_ && buffer_.empty(); }

 private:
  State parse_head();
  int read_head(const Http1Head& head);
  State bad(int status);

  const size_t max_body_;
  std::string buffer_;
  Http1Request request_;
  bool in_body_ = false;
  uint64_t body_size_ = 0;
  int error_status_ = 0;
};

}  // namespace tbl::rpc
