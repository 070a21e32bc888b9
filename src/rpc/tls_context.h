// OpenSSL contexts made from TlsOptions.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/status.h"
#include "rpc/tls.h"

namespace tbl::rpc {

struct SslCtxFree {
  void operator()(SSL_CTX* ctx) const { SSL_CTX_free(ctx); }
};
using SslCtx = std::unique_ptr<SSL_CTX, SslCtxFree>;

/// Both read the files anew; a client may do without a certificate of its own.
Result<SslCtx> make_server_context(const TlsOptions& options);
Result<SslCtx> make_client_context(const TlsOptions& options);

/// OpenSSL's error queue as text, emptied.
std::string ssl_error_text();

/// Ok when `allowed` is empty or some certificate of the verified chain has one of these names as
/// its common name.
Status check_common_name(SSL* ssl, const std::vector<std::string>& allowed);

}  // namespace tbl::rpc
