// The bytes of a client's connection: a blocking socket, or TLS upon it.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/status.h"
#include "rpc/socket.h"
#include "rpc/tls_context.h"

namespace tbl::tidb::protocol {

/// One thread reads and writes; shut_down() may come from any thread and makes both fail from then
/// on, a waiting one included.
class WireStream {
 public:
  explicit WireStream(rpc::Socket socket);
  ~WireStream();
  WireStream(const WireStream&) = delete;
  WireStream& operator=(const WireStream&) = delete;

  /// Fills `buffer` with 1 to `size` bytes. Errors: kUnavailable when the peer is gone or after
  /// shut_down(), kDeadlineExceeded when nothing came within `limit` (zero: waits for ever).
  Result<size_t> read_some(char* buffer, size_t size, std::chrono::seconds limit);
  Status write_all(std::string_view bytes);
  /// The server's side of a TLS handshake; all that follows is encrypted.
  Status start_tls(rpc::SslCtx context);
  /// "TLSv1.3" and the cipher's name; empty without TLS.
  std::string tls_version() const { return ssl_ ? SSL_get_version(ssl_.get()) : ""; }
  std::string tls_cipher() const { return ssl_ ? SSL_get_cipher_name(ssl_.get()) : ""; }
  bool is_tls() const { return ssl_ != nullptr; }
  void shut_down();
  /// As if the peer had sent its last byte; writing goes on.
  void shut_down_input();

 private:
  struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  Status wait_readable(std::chrono::seconds limit);

  rpc::Socket socket_;
  rpc::SslCtx context_;
  std::unique_ptr<SSL, SslFree> ssl_;
};

}  // namespace tbl::tidb::protocol
