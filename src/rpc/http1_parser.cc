#include "rpc/http1_parser.h"

#include <algorithm>

namespace tbl::rpc {
namespace {

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return Bytes("!#$%&'*+-.^_`|~").find(c) != Bytes::npos;
}

bool is_token(Bytes text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

bool is_field_char(char c) { return c == '\t' || (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f); }

std::string to_lower(Bytes text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Bytes trim(Bytes text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool parse_field(Bytes line, std::pair<std::string, std::string>* field) {
  size_t colon = line.find(':');
  if (colon == Bytes::npos || !is_token(line.substr(0, colon))) return false;
  Bytes value = trim(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_field_char)) return false;
  field->first = to_lower(line.substr(0, colon));
  field->second = value;
  return true;
}

}  // namespace

std::string Http1Head::get(Bytes name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

size_t http1_head_size(Bytes data) {
  size_t end = data.find("\r\n\r\n");
  return end == Bytes::npos ? 0 : end + 4;
}

bool parse_http1_head(Bytes head, Http1Head* out) {
  size_t end = head.find("\r\n");
  if (end == Bytes::npos) return false;
  out->line = head.substr(0, end);
  head.remove_prefix(end + 2);
  while ((end = head.find("\r\n")) != Bytes::npos && end > 0) {
    out->fields.emplace_back();
    if (!parse_field(head.substr(0, end), &out->fields.back())) return false;
    head.remove_prefix(end + 2);
  }
  return end == 0;
}

bool parse_http1_length(const std::string& text, uint64_t* length) {
  if (text.empty() || text.size() > 18) return false;
  *length = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    *length = *length * 10 + static_cast<uint64_t>(c - '0');
  }
  return true;
}

Http1Parser::State Http1Parser::bad(int status) {
  error_status_ = status;
  return State::kBad;
}

Http1Parser::State Http1Parser::next() {
  if (error_status_ != 0) return State::kBad;
  if (!in_body_) {
    State state = parse_head();
    if (state != State::kRequest) return state;
    in_body_ = true;
    if (request_.expects_continue && buffer_.size() < body_size_) return State::kNeedContinue;
  }
  if (buffer_.size() < body_size_) return State::kNeedMore;
  request_.body = buffer_.substr(0, static_cast<size_t>(body_size_));
  buffer_.erase(0, static_cast<size_t>(body_size_));
  in_body_ = false;
  return State::kRequest;
}

Http1Parser::State Http1Parser::parse_head() {
  // Empty lines before a request are skipped, as the standard advises.
  size_t start = 0;
  while (Bytes(buffer_).substr(start).starts_with("\r\n")) start += 2;
  buffer_.erase(0, start);
  size_t size = http1_head_size(buffer_);
  if (size > kMaxHttpHead || (size == 0 && buffer_.size() > kMaxHttpHead)) return bad(431);
  // No method begins so: somebody speaks TLS or another protocol, and may wait for our answer.
  if (!buffer_.empty() && !is_token_char(buffer_[0])) return bad(400);
  if (size == 0) return State::kNeedMore;
  Http1Head head;
  if (!parse_http1_head(Bytes(buffer_).substr(0, size), &head)) return bad(400);
  request_ = Http1Request();
  if (int status = read_head(head); status != 0) return bad(status);
  buffer_.erase(0, size);
  return State::kRequest;
}

/// 0, or the status to refuse with.
int Http1Parser::read_head(const Http1Head& head) {
  size_t first = head.line.find(' ');
  size_t last = head.line.rfind(' ');
  if (first == std::string::npos || first == last) return 400;
  request_.method = head.line.substr(0, first);
  request_.target = head.line.substr(first + 1, last - first - 1);
  std::string version = head.line.substr(last + 1);
  if (!version.starts_with("HTTP/")) return 400;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return 505;
  bool clean = std::all_of(request_.target.begin(), request_.target.end(), is_visible);
  if (!is_token(request_.method) || request_.target.empty() || !clean) return 400;

  body_size_ = 0;
  bool has_length = false;
  for (const auto& [name, value] : head.fields) {
    if (name == "transfer-encoding") return 411;
    if (name != "content-length") continue;
    uint64_t length = 0;
    if (!parse_http1_length(value, &length) || (has_length && length != body_size_)) return 400;
    has_length = true;
    body_size_ = length;
  }
  if (body_size_ > max_body_) return 413;
  std::string connection = to_lower(head.get("connection"));
  request_.keep_alive = version == "HTTP/1.1" ? connection.find("close") == std::string::npos
                                              : connection.find("keep-alive") != std::string::npos;
  request_.expects_continue = to_lower(head.get("expect")) == "100-continue";
  return 0;
}

}  // namespace tbl::rpc
