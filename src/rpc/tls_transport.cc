#include "rpc/tls_transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "rpc/socket_bio.h"
#include "rpc/tls_context.h"

namespace tbl::rpc {
namespace {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class TlsTransport : public Transport {
 public:
  TlsTransport(Socket socket, SslCtx ctx, bool server, std::vector<std::string> allowed_cn)
      : Transport(std::move(socket)),
        ctx_(std::move(ctx)),
        ssl_(SSL_new(ctx_.get())),
        allowed_cn_(std::move(allowed_cn)) {
    BIO* bio = make_socket_bio(fd());
    SSL_set_bio(ssl_.get(), bio, bio);
    if (server) {
      SSL_set_accept_state(ssl_.get());
    } else {
      SSL_set_connect_state(ssl_.get());
    }
  }

  SSL* ssl() { return ssl_.get(); }

  Io handshake() override {
    ERR_clear_error();
    int rc = SSL_do_handshake(ssl_.get());
    if (rc != 1) return outcome(rc, "TLS handshake");
    failure_ = check_common_name(ssl_.get(), allowed_cn_);
    return {failure_.ok() ? IoState::kDone : IoState::kFailed};
  }

  Io read(char* buffer, size_t n) override {
    ERR_clear_error();
    int rc = SSL_read(ssl_.get(), buffer, to_int(n));
    if (rc > 0) return {IoState::kDone, static_cast<size_t>(rc)};
    return outcome(rc, "read");
  }

  Io write(const char* data, size_t n) override {
    ERR_clear_error();
    int rc = SSL_write(ssl_.get(), data, to_int(n));
    if (rc > 0) return {IoState::kDone, static_cast<size_t>(rc)};
    Io io = outcome(rc, "write");
    if (io.state == IoState::kClosed) {
      failure_ = unavailable("write: connection closed by the peer");
      io.state = IoState::kFailed;
    }
    return io;
  }

  bool has_buffered() const override { return SSL_pending(ssl_.get()) > 0; }

  void close_notify() override {
    if (!failure_.ok() || !SSL_is_init_finished(ssl_.get())) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }

 private:
  static int to_int(size_t n) { return static_cast<int>(std::min<size_t>(n, INT_MAX)); }

  Io outcome(int rc, const char* what) {
    int saved_errno = errno;
    switch (SSL_get_error(ssl_.get(), rc)) {
      case SSL_ERROR_WANT_READ:
        return {IoState::kWantRead};
      case SSL_ERROR_WANT_WRITE:
        return {IoState::kWantWrite};
      case SSL_ERROR_ZERO_RETURN:
        return {IoState::kClosed};
      case SSL_ERROR_SYSCALL:
        failure_ = unavailable(std::string(what) + ": " +
                               (saved_errno != 0 ? strerror(saved_errno) : "connection closed"));
        break;
      default:
        failure_ = unavailable(std::string(what) + ": " + verify_text());
    }
    return {IoState::kFailed};
  }

  std::string verify_text() {
    long result = SSL_get_verify_result(ssl_.get());
    if (result == X509_V_OK) return ssl_error_text();
    ERR_clear_error();
    return X509_verify_cert_error_string(result);
  }

  const SslCtx ctx_;
  const std::unique_ptr<SSL, SslFree> ssl_;
  const std::vector<std::string> allowed_cn_;
};

/// The name that the server's certificate must be for, an IP address or a host name.
void expect_host(SSL* ssl, const std::string& host) {
  unsigned char ip[16];
  if (inet_pton(AF_INET, host.c_str(), ip) == 1 || inet_pton(AF_INET6, host.c_str(), ip) == 1) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set1_host(ssl, host.c_str());
    SSL_set_tlsext_host_name(ssl, host.c_str());
  }
}

}  // namespace

Result<std::unique_ptr<Transport>> make_tls_server_transport(Socket socket,
                                                             const TlsOptions& options) {
  TBL_ASSIGN(SslCtx ctx, make_server_context(options));
  return std::unique_ptr<Transport>(
      std::make_unique<TlsTransport>(std::move(socket), std::move(ctx), true, options.allowed_cn));
}

Result<std::unique_ptr<Transport>> make_tls_client_transport(Socket socket,
                                                             const TlsOptions& options,
                                                             const std::string& host,
                                                             const std::string& alpn) {
  TBL_ASSIGN(SslCtx ctx, make_client_context(options));
  auto transport =
      std::make_unique<TlsTransport>(std::move(socket), std::move(ctx), false, options.allowed_cn);
  if (!host.empty()) expect_host(transport->ssl(), host);
  std::string protocols = static_cast<char>(alpn.size()) + alpn;
  SSL_set_alpn_protos(transport->ssl(), reinterpret_cast<const unsigned char*>(protocols.data()),
                      static_cast<unsigned>(protocols.size()));
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace tbl::rpc
