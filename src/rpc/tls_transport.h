// TLS under a connection (OpenSSL).
#pragma once

#include <memory>
#include <string>

#include "rpc/tls.h"
#include "rpc/transport.h"

namespace tbl::rpc {

/// Reads the certificate files now. Errors: "could not read ca certificate: …", "failed to append
/// ca certs", "could not load client key pair: …". ALPN offers h2, then http/1.1. With allowed_cn
/// the client must show a certificate of the CA whose chain has one of these common names.
Result<std::unique_ptr<Transport>> make_tls_server_transport(Socket socket,
                                                             const TlsOptions& options);
/// The same for a client: the server's certificate must be of the CA and for `host`. `alpn`: "h2"
/// or "http/1.1".
Result<std::unique_ptr<Transport>> make_tls_client_transport(Socket socket,
                                                             const TlsOptions& options,
                                                             const std::string& host,
                                                             const std::string& alpn);

}  // namespace tbl::rpc
