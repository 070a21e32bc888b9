// How gRPC writes statuses, messages and deadlines into HTTP/2 headers.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::rpc {

/// grpc-message: bytes outside 0x20..0x7e and '%' as %XX.
std::string percent_encode(Bytes text);
/// Damaged escapes stay as they are.
std::string percent_decode(Bytes text);

/// grpc-timeout: at most 8 digits and one of H M S m u n. Nothing: malformed.
std::optional<std::chrono::nanoseconds> parse_timeout(Bytes text);
std::string format_timeout(std::chrono::nanoseconds timeout);

/// Status from grpc-status and grpc-message; kUnknown for a code that does not parse.
Status status_from_trailers(Bytes code, Bytes message);
/// What an HTTP status other than 200 without grpc-status means.
Status status_from_http(int http_status);
/// What an HTTP/2 error code of RST_STREAM means to the caller.
Status status_from_reset(uint32_t h2_error);

enum class ContentType : uint8_t { kGrpc, kGrpcUnknown, kOther };
/// kGrpc: exactly application/grpc or application/grpc+proto, which is what pump's and drainer's
/// port takes; kGrpcUnknown: another one that begins with application/grpc.
ContentType classify_content_type(Bytes value);

}  // namespace tbl::rpc
