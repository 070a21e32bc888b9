#include "rpc/grpc_status.h"

#include <array>

namespace tbl::rpc {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";
constexpr size_t kTimeoutDigits = 8;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Unit {
  char name;
  int64_t nanoseconds;
};
constexpr std::array<Unit, 6> kUnits{{{'n', 1},
                                      {'u', 1000},
                                      {'m', 1000000},
                                      {'S', 1000000000},
                                      {'M', 60000000000},
                                      {'H', 3600000000000}}};

}  // namespace

std::string percent_encode(Bytes text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c >= 0x20 && c <= 0x7e && c != '%') {
      out.push_back(c);
      continue;
    }
    uint8_t byte = static_cast<uint8_t>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

std::string percent_decode(Bytes text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::optional<std::chrono::nanoseconds> parse_timeout(Bytes text) {
  if (text.size() < 2 || text.size() > kTimeoutDigits + 1) return std::nullopt;
  int64_t value = 0;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  for (const Unit& unit : kUnits) {
    if (unit.name != text.back()) continue;
    int64_t product = 0;
    if (__builtin_mul_overflow(value, unit.nanoseconds, &product)) product = INT64_MAX;
    return std::chrono::nanoseconds(product);
  }
  return std::nullopt;
}

std::string format_timeout(std::chrono::nanoseconds timeout) {
  int64_t left = timeout.count() > 0 ? timeout.count() : 1;
  for (const Unit& unit : kUnits) {
    int64_t value = left / unit.nanoseconds + (left % unit.nanoseconds != 0 ? 1 : 0);
    if (value <= 99999999) return std::to_string(value) + unit.name;
  }
  return "99999999H";
}

Status status_from_trailers(Bytes code, Bytes message) {
  int value = 0;
  bool good = !code.empty() && code.size() <= 3;
  for (char c : code) {
    good = good && c >= '0' && c <= '9';
    if (good) value = value * 10 + (c - '0');
  }
  if (!good) return unknown_error("malformed grpc-status: " + std::string(code));
  if (value == 0) return ok_status();
  std::string text = percent_decode(message);
  if (value > 16) return unknown_error(std::move(text));
  return Status(static_cast<StatusCode>(value), std::move(text));
}

Status status_from_http(int http_status) {
  StatusCode code = StatusCode::kUnknown;
  switch (http_status) {
    case 400:
      code = StatusCode::kInternal;
      break;
    case 401:
      code = StatusCode::kUnauthenticated;
      break;
    case 403:
      code = StatusCode::kPermissionDenied;
      break;
    case 404:
      code = StatusCode::kUnimplemented;
      break;
    case 429:
    case 502:
    case 503:
    case 504:
      code = StatusCode::kUnavailable;
      break;
    default:
      break;
  }
  return Status(code, "unexpected HTTP status code " + std::to_string(http_status));
}

Status status_from_reset(uint32_t h2_error) {
  std::string text = "stream terminated by RST_STREAM with error code " + std::to_string(h2_error);
  switch (h2_error) {
    case 7:
      return unavailable(text);  // REFUSED_STREAM
    case 8:
      return cancelled(text);  // CANCEL
    case 11:
      return resource_exhausted(text);  // ENHANCE_YOUR_CALM
    case 12:
      return Status(StatusCode::kPermissionDenied, text);  // INADEQUATE_SECURITY
    default:
      return internal_error(text);
  }
}

ContentType classify_content_type(Bytes value) {
  constexpr Bytes kPrefix = "application/grpc";
  if (!value.starts_with(kPrefix)) return ContentType::kOther;
  Bytes rest = value.substr(kPrefix.size());
  return rest.empty() || rest == "+proto" ? ContentType::kGrpc : ContentType::kGrpcUnknown;
}

}  // namespace tbl::rpc
