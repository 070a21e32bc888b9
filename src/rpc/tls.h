// TLS settings shared by servers and clients.
#pragma once

#include <string>
#include <vector>

namespace tbl::rpc {

/// TLS is on when `ca_path` is not empty. Certificate and key are read again for every handshake,
/// so they can be replaced without a restart.
struct TlsOptions {
  std::string ca_path;
  std::string cert_path;
  std::string key_path;
  std::vector<std::string>
      allowed_cn;  ///< not empty: the peer must show a certificate with one of these

  bool enabled() const { return !ca_path.empty(); }
};

}  // namespace tbl::rpc
