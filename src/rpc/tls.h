// TLS settings shared by servers and clients.
#pragma once

#include <string>
#include <vector>

namespace tbl::rpc {

/// TLS is on when `ca_path` is not empty. CA, certificate and key are read again for every
/// handshake, so they can be replaced without a restart.
struct TlsOptions {
  std::string ca_path;
  std::string cert_path;
  std::string key_path;
  std::vector<std::string>
      allowed_cn;  ///< not empty: the peer must show a certificate with one of these
  /// A server lets in only who shows a certificate of the CA, as PD and TiKV do. Pump and drainer
  /// ask for one only where `allowed_cn` is set.
  bool demand_client_certificate = false;

  bool enabled() const { return !ca_path.empty(); }
};

}  // namespace tbl::rpc
