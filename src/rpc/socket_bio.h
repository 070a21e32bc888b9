// A socket as OpenSSL sees it. OpenSSL's own socket BIO raises SIGPIPE when the peer is gone.
#pragma once

#include <openssl/bio.h>

namespace tbl::rpc {

/// Does not own the socket. The caller owns the BIO until SSL_set_bio().
BIO* make_socket_bio(int fd);

}  // namespace tbl::rpc
