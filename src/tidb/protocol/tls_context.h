// The TLS context of MySQL connections. Other than between servers, the CA is optional: it is for
// clients that show a certificate.
#pragma once

#include "base/status.h"
#include "rpc/tls.h"
#include "rpc/tls_context.h"

namespace tbl::tidb::protocol {

/// Reads the files anew, so that they can be replaced while the server runs. Error: names the file.
Result<rpc::SslCtx> make_mysql_tls_context(const rpc::TlsOptions& options);

}  // namespace tbl::tidb::protocol
