#include "rpc/grpc_headers.h"

#include <cstdlib>

#include "rpc/grpc_status.h"

namespace tbl::rpc {

void RequestHeaders::add_to(HeaderList* list) const {
  list->add_static(":method", "POST");
  list->add_static(":scheme", tls ? "https" : "http");
  list->add(":path", path);
  list->add(":authority", authority);
  list->add_static("te", "trailers");
  list->add_static("content-type", "application/grpc");
  list->add_static("user-agent", "tidb-binlog-cpp");
  list->add_static("grpc-accept-encoding", "gzip");
  if (gzip) list->add_static("grpc-encoding", "gzip");
  if (!timeout.empty()) list->add("grpc-timeout", timeout);
}

std::optional<Status> refusal_of(const HeaderBlock& response) {
  if (response.has("grpc-status")) return std::nullopt;
  const Bytes http_status = response.get(":status");
  if (http_status != "200") return status_from_http(atoi(std::string(http_status).c_str()));
  const Bytes type = response.get("content-type");
  if (classify_content_type(type) != ContentType::kOther) return std::nullopt;
  return unknown_error("unexpected content-type \"" + std::string(type) + "\" in the answer");
}

}  // namespace tbl::rpc
