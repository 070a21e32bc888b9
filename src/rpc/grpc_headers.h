// The header blocks of a gRPC call as the client writes and reads them.
#pragma once

#include <optional>
#include <string>

#include "base/status.h"
#include "rpc/header_block.h"

namespace tbl::rpc {

/// The opening fields of a request; `path`, `authority` and `timeout` (empty: none) must live until
/// the list was submitted.
struct RequestHeaders {
  const std::string& path;
  const std::string& authority;
  bool tls = false;
  bool gzip = false;
  const std::string& timeout;

  void add_to(HeaderList* list) const;
};

/// Why the opening block of a response says that no gRPC answer follows; nothing: one does.
std::optional<Status> refusal_of(const HeaderBlock& response);

}  // namespace tbl::rpc
