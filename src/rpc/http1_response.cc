#include "rpc/http1_response.h"

#include <algorithm>

namespace tbl::rpc {
namespace {

constexpr size_t kMaxChunkLine = 256;

Status malformed(const std::string& what) {
  return internal_error("malformed HTTP response: " + what);
}

/// Size of a chunk's first line; extensions after ';' are skipped.
bool parse_chunk_size(Bytes line, uint64_t* size) {
  line = line.substr(0, line.find(';'));
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  if (line.empty() || line.size() > 15) return false;
  *size = 0;
  for (char c : line) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return false;
    *size = *size << 4 | static_cast<uint64_t>(digit);
  }
  return true;
}

}  // namespace

Status Http1ResponseParser::check_size(uint64_t size) const {
  if (size <= max_body_) return ok_status();
  return resource_exhausted("HTTP response body of more than " + std::to_string(max_body_) +
                            " bytes");
}

Result<bool> Http1ResponseParser::feed(Bytes data) {
  buffer_.append(data);
  while (!head_done_) {
    TBL_ASSIGN(bool more, read_head());
    if (!more) return false;
  }
  return read_body();
}

/// False: needs more bytes. True: a head was taken, perhaps an interim one.
Result<bool> Http1ResponseParser::read_head() {
  size_t size = http1_head_size(buffer_);
  if (size > kMaxHttpHead || (size == 0 && buffer_.size() > kMaxHttpHead)) {
    return malformed("head too long");
  }
  if (size == 0) return false;
  Http1Head head;
  if (!parse_http1_head(Bytes(buffer_).substr(0, size), &head)) return malformed("header field");
  buffer_.erase(0, size);
  const std::string& line = head.line;
  bool good =
      line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ' &&
      std::all_of(line.begin() + 9, line.begin() + 12, [](char c) { return c >= '0' && c <= '9'; });
  if (!good) return malformed("status line");
  response_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  if (response_.status < 200) return true;
  head_done_ = true;
  TBL_TRY(read_fields(head));
  return true;
}

Status Http1ResponseParser::read_fields(const Http1Head& head) {
  response_.content_type = head.get("content-type");
  std::string encoding = head.get("transfer-encoding");
  std::string length = head.get("content-length");
  if (head_request_ || response_.status == 204 || response_.status == 304) {
    body_ = Body::kNone;
  } else if (!encoding.empty()) {
    if (encoding != "chunked") return malformed("transfer-encoding " + encoding);
    body_ = Body::kChunked;
  } else if (!length.empty()) {
    if (!parse_http1_length(length, &length_)) return malformed("content-length " + length);
    body_ = Body::kLength;
  } else {
    body_ = Body::kUntilClose;
  }
  return ok_status();
}

Result<bool> Http1ResponseParser::read_body() {
  switch (body_) {
    case Body::kNone:
      return true;
    case Body::kChunked:
      return read_chunks();
    case Body::kLength:
      TBL_TRY(check_size(length_));
      if (buffer_.size() < length_) return false;
      response_.body = buffer_.substr(0, static_cast<size_t>(length_));
      return true;
    case Body::kUntilClose:
      break;
  }
  response_.body.append(buffer_);
  buffer_.clear();
  TBL_TRY(check_size(response_.body.size()));
  return false;
}

Result<bool> Http1ResponseParser::read_chunks() {
  size_t at = 0;
  while (true) {
    size_t end = buffer_.find("\r\n", at);
    if (end == std::string::npos) {
      if (buffer_.size() - at > kMaxChunkLine) return malformed("chunk size");
      break;
    }
    uint64_t size = 0;
    if (!parse_chunk_size(Bytes(buffer_).substr(at, end - at), &size))
      return malformed("chunk size");
    TBL_TRY(check_size(response_.body.size() + size));
    size_t start = end + 2;
    // The last chunk is followed by trailer fields, which nobody here reads.
    if (size == 0) return true;
    if (buffer_.size() < start + size + 2) break;
    if (buffer_.compare(start + static_cast<size_t>(size), 2, "\r\n") != 0)
      return malformed("chunk");
    response_.body.append(buffer_, start, static_cast<size_t>(size));
    at = start + static_cast<size_t>(size) + 2;
  }
  buffer_.erase(0, at);
  return false;
}

Status Http1ResponseParser::on_end() {
  if (head_done_ && body_ == Body::kUntilClose) return ok_status();
  return unavailable("connection closed in the middle of the response");
}

}  // namespace tbl::rpc
