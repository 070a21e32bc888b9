#include "rpc/tls_context.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace tbl::rpc {
namespace {

/// h2 first, as clients that can do both want gRPC.
int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned int in_size, void*) {
  static const unsigned char kOffered[] = "\x02h2\x08http/1.1";
  unsigned char* chosen = nullptr;
  int rc = SSL_select_next_proto(&chosen, out_size, kOffered, sizeof kOffered - 1, in, in_size);
  if (rc != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Status load_ca(SSL_CTX* ctx, const std::string& path) {
  FILE* file = fopen(path.c_str(), "r");
  if (file == nullptr) return errno_status(errno, "could not read ca certificate: open " + path);
  fclose(file);
  if (SSL_CTX_load_verify_locations(ctx, path.c_str(), nullptr) == 1) return ok_status();
  ERR_clear_error();
  return invalid_argument("failed to append ca certs");
}

Status load_key_pair(SSL_CTX* ctx, const TlsOptions& options) {
  bool good = SSL_CTX_use_certificate_chain_file(ctx, options.cert_path.c_str()) == 1 &&
              SSL_CTX_use_PrivateKey_file(ctx, options.key_path.c_str(), SSL_FILETYPE_PEM) == 1 &&
              SSL_CTX_check_private_key(ctx) == 1;
  if (good) return ok_status();
  return invalid_argument("could not load client key pair: " + options.cert_path + ", " +
                          options.key_path + ": " + ssl_error_text());
}

Result<SslCtx> make_context(const SSL_METHOD* method, const TlsOptions& options) {
  SslCtx ctx(SSL_CTX_new(method));
  if (ctx == nullptr) return internal_error("TLS: " + ssl_error_text());
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(ctx.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(ctx.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  TBL_TRY(load_ca(ctx.get(), options.ca_path));
  return ctx;
}

std::string common_name(X509* certificate) {
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  return name;
}

std::string join(const std::vector<std::string>& names) {
  std::string out = "[";
  for (size_t i = 0; i < names.size(); ++i) out += (i > 0 ? " " : "") + names[i];
  return out + "]";
}

}  // namespace

std::string ssl_error_text() {
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : text;
}

Result<SslCtx> make_server_context(const TlsOptions& options) {
  TBL_ASSIGN(SslCtx ctx, make_context(TLS_server_method(), options));
  TBL_TRY(load_key_pair(ctx.get(), options));
  SSL_CTX_set_alpn_select_cb(ctx.get(), select_alpn, nullptr);
  if (options.demand_client_certificate || !options.allowed_cn.empty()) {
    SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return ctx;
}

Result<SslCtx> make_client_context(const TlsOptions& options) {
  TBL_ASSIGN(SslCtx ctx, make_context(TLS_client_method(), options));
  if (!options.cert_path.empty() || !options.key_path.empty()) {
    TBL_TRY(load_key_pair(ctx.get(), options));
  }
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, nullptr);
  return ctx;
}

Status check_common_name(SSL* ssl, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return ok_status();
  std::vector<std::string> found;
  STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl);
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    found.push_back(common_name(sk_X509_value(chain, i)));
    if (std::find(allowed.begin(), allowed.end(), found.back()) != allowed.end())
      return ok_status();
  }
  return Status(
      StatusCode::kUnauthenticated,
      "client certificate authentication failed. The Common Name from the client "
      "certificate " +
          join(found) +
          " was not found in the configuration cluster-verify-cn with value: " + join(allowed));
}

}  // namespace tbl::rpc
