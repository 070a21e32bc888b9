#include "tidb/protocol/login.h"

#include "tidb/protocol/column_definition.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/handshake.h"
#include "tidb/protocol/password_key.h"
#include "tidb/protocol/tls_context.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {
namespace {

/// A client that does not say who it is within this time is cut off (connect_timeout).
constexpr std::chrono::seconds kLoginLimit{10};
/// caching_sha2_password: what follows kAuthMoreData.
constexpr char kFastAuthOk = 3;
constexpr char kFullAuth = 4;
/// And what a client asks then.
constexpr char kPublicKeyRequest = 2;

/// One try of a client to show that it knows the password.
struct Attempt {
  std::string salt;
  std::string plugin;    ///< the client's
  std::string response;  ///< to the salt, by that plugin
};

Status access_denied(const Login& login, bool used_password) {
  return sql_error(kErrAccessDenied, "Access denied for user '" + login.user + "'@'" + login.host +
                                         "' (using password: " + (used_password ? "YES" : "NO") +
                                         ")");
}

Result<std::string> ask_client(const LoginContext& c, const std::string& packet) {
  TBL_TRY(c.io->write(packet));
  TBL_TRY(c.io->flush());
  return c.io->read(kLoginLimit);
}

Status switch_plugin(const LoginContext& c, const std::string& plugin, Attempt* attempt) {
  attempt->plugin = plugin;
  TBL_ASSIGN(attempt->response, ask_client(c, write_auth_switch(plugin, attempt->salt)));
  return ok_status();
}

/// The client sends the password itself: in the clear where nobody can listen, else encrypted with
/// our public key, which it asks for unless it has it.
Result<std::optional<std::string>> ask_password(const LoginContext& c, const Login& login,
                                                const std::string& salt) {
  TBL_ASSIGN(std::string sent, ask_client(c, {static_cast<char>(kAuthMoreData), kFullAuth}));
  if (login.tls || c.local) {
    if (!sent.empty() && sent.back() == '\0') sent.pop_back();
    return std::optional<std::string>(std::move(sent));
  }
  if (c.password_key == nullptr) return std::optional<std::string>();
  if (sent == std::string_view(&kPublicKeyRequest, 1)) {
    TBL_ASSIGN(const std::string key, c.password_key->public_key());
    TBL_ASSIGN(sent, ask_client(c, static_cast<char>(kAuthMoreData) + key));
  }
  return c.password_key->decrypt(sent, salt);
}

Result<PasswordCheck> check_full(const LoginContext& c, const Login& login,
                                 const std::string& salt) {
  TBL_ASSIGN(const auto password, ask_password(c, login, salt));
  if (!password) return PasswordCheck::kWrong;
  return c.handler->check_clear_text(login, *password);
}

Status check_password(const LoginContext& c, const Login& login, Attempt attempt) {
  const std::string plugin = c.handler->auth_plugin(login);
  // A client that names another plugin than the greeting may not have looked at its salt yet.
  const bool unanswered = attempt.response.empty() && plugin != kNativePassword;
  if ((attempt.plugin != plugin || unanswered) && (login.capabilities & kPluginAuth)) {
    TBL_TRY(switch_plugin(c, plugin, &attempt));
  }
  // caching_sha2_password's empty password is a single NUL.
  if (plugin == kCachingSha2 && attempt.response == std::string(1, '\0')) attempt.response.clear();
  const bool used_password = !attempt.response.empty();
  PasswordCheck check = c.handler->check_response(login, attempt.salt, attempt.response);
  if (plugin == kCachingSha2 && check == PasswordCheck::kRight && used_password) {
    TBL_TRY(c.io->write(std::string{static_cast<char>(kAuthMoreData), kFastAuthOk}));
  }
  if (check == PasswordCheck::kWantsClearText) {
    TBL_ASSIGN(check, check_full(c, login, attempt.salt));
  }
  if (check != PasswordCheck::kRight) return access_denied(login, used_password);
  return ok_status();
}

Status read_response(const LoginContext& c, const LoginOptions& options, uint32_t offered,
                     HandshakeResponse* response) {
  TBL_ASSIGN(std::string packet, c.io->read(kLoginLimit));
  TBL_ASSIGN(*response, parse_handshake_response(packet, offered));
  if (!response->wants_tls) return ok_status();
  TBL_ASSIGN(auto tls, make_mysql_tls_context(options.tls));
  TBL_TRY(c.stream->start_tls(std::move(tls)));
  TBL_ASSIGN(packet, c.io->read(kLoginLimit));
  TBL_ASSIGN(*response, parse_handshake_response(packet, offered & ~uint32_t{kSsl}));
  return ok_status();
}

void fill_login(HandshakeResponse&& response, const LoginContext& c, Login* login) {
  login->user = std::move(response.user);
  login->host = c.host;
  login->database = std::move(response.database);
  login->collation = response.collation;
  login->capabilities = response.capabilities;
  login->tls = c.stream->is_tls();
  login->tls_version = c.stream->tls_version();
  login->tls_cipher = c.stream->tls_cipher();
  login->attributes = std::move(response.attributes);
}

Status finish(const LoginContext& c, Status status) {
  if (status.ok()) {
    EndInfo info;
    info.status = c.handler->server_status();
    TBL_TRY(c.io->write(write_ok(info)));
    return c.io->flush();
  }
  // The client may be gone already; the first error is the one to tell.
  if (c.io->write(write_error(status)).ok()) (void)c.io->flush();
  return status;
}

Status try_log_in(const LoginContext& c, const LoginOptions& options, Login* login) {
  Greeting greeting;
  greeting.server_version = options.server_version;
  greeting.connection_id = static_cast<uint32_t>(c.connection_id);
  greeting.salt = make_salt();
  greeting.capabilities = kOffered;
  if (!options.tls.cert_path.empty()) greeting.capabilities |= kSsl;
  greeting.collation = options.collation;
  greeting.plugin = kNativePassword;
  c.io->begin_exchange();
  TBL_TRY(c.io->write(write_greeting(greeting)));
  TBL_TRY(c.io->flush());
  HandshakeResponse response;
  TBL_TRY(read_response(c, options, greeting.capabilities, &response));
  Attempt attempt{greeting.salt, response.plugin, std::move(response.auth)};
  // A client without plugins computes the native answer.
  if (attempt.plugin.empty()) attempt.plugin = kNativePassword;
  fill_login(std::move(response), c, login);
  if (options.require_tls && !login->tls && !c.local) {
    return sql_error(kErrAccessDenied, "Connections using insecure transport are prohibited");
  }
  TBL_TRY(check_password(c, *login, std::move(attempt)));
  c.io->begin_read_ahead();
  return c.handler->log_in(*login);
}

Status try_change_user(const LoginContext& c, std::string_view payload, Login* login) {
  TBL_ASSIGN(HandshakeResponse response, parse_change_user(payload, login->capabilities));
  Login next;
  Attempt attempt{make_salt(), "", ""};
  if (response.attributes.empty()) response.attributes = login->attributes;
  fill_login(std::move(response), c, &next);
  // The salt of the greeting is not kept: a new one is sent and answered.
  if (!(next.capabilities & kPluginAuth)) {
    return sql_error(kErrNotSupportedAuthMode,
                     "Client does not support authentication protocol requested by server; "
                     "consider upgrading MySQL client");
  }
  TBL_TRY(check_password(c, next, std::move(attempt)));
  TBL_TRY(c.handler->log_in(next));
  *login = std::move(next);
  return ok_status();
}

}  // namespace

Status log_in(const LoginContext& context, const LoginOptions& options, Login* login) {
  return finish(context, try_log_in(context, options, login));
}

Status change_user(const LoginContext& context, std::string_view payload, Login* login) {
  return finish(context, try_change_user(context, payload, login));
}

}  // namespace tbl::tidb::protocol
