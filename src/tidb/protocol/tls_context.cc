#include "tidb/protocol/tls_context.h"

namespace tbl::tidb::protocol {

Result<rpc::SslCtx> make_mysql_tls_context(const rpc::TlsOptions& options) {
  rpc::SslCtx context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return internal_error("TLS: " + rpc::ssl_error_text());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  const bool loaded =
      SSL_CTX_use_certificate_chain_file(context.get(), options.cert_path.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context.get(), options.key_path.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context.get()) == 1;
  if (!loaded) {
    return invalid_argument("certificate " + options.cert_path + " with key " + options.key_path +
                            ": " + rpc::ssl_error_text());
  }
  if (options.ca_path.empty()) return context;
  if (SSL_CTX_load_verify_locations(context.get(), options.ca_path.c_str(), nullptr) != 1) {
    return invalid_argument("CA " + options.ca_path + ": " + rpc::ssl_error_text());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

}  // namespace tbl::tidb::protocol
