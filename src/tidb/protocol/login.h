// The connection phase: greeting, TLS, who the client is and whether it knows the password.
#pragma once

#include <string>

#include "base/status.h"
#include "rpc/tls.h"
#include "tidb/protocol/packet_io.h"
#include "tidb/protocol/query_handler.h"

namespace tbl::tidb::protocol {

class PasswordKey;

struct LoginOptions {
  std::string server_version;
  rpc::TlsOptions tls;  ///< offered when it names a certificate
  bool require_tls = false;
  uint8_t collation = 46;
  /// For passwords of caching_sha2_password that come without TLS. Outlives all logins.
  PasswordKey* password_key = nullptr;
};

/// What a connection's login works on.
struct LoginContext {
  WireStream* stream;
  PacketIo* io;
  QueryHandler* handler;
  uint64_t connection_id;
  std::string host;    ///< the client's address
  bool local = false;  ///< a unix socket: as safe as TLS
  PasswordKey* password_key = nullptr;
};

/// Runs the whole phase and writes its last packet, OK or ERR. An error: the connection is to be
/// closed. `login` is then what the client said so far.
Status log_in(const LoginContext& context, const LoginOptions& options, Login* login);

/// COM_CHANGE_USER. As log_in(), on a connection that is set up.
Status change_user(const LoginContext& context, std::string_view payload, Login* login);

}  // namespace tbl::tidb::protocol
