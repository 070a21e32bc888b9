// Packets of the connection phase: greeting, the client's answer, a change of the plugin.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::tidb::protocol {

struct Greeting {
  std::string server_version;
  uint32_t connection_id = 0;
  std::string salt;  ///< kSaltSize bytes
  uint32_t capabilities = 0;
  uint8_t collation = 46;
  uint16_t status = 2;
  std::string plugin;
};

/// HandshakeV10.
std::string write_greeting(const Greeting& greeting);

/// Random bytes 1 to 127 other than '$', as TiDB draws them.
std::string make_salt();

struct HandshakeResponse {
  uint32_t capabilities = 0;
  uint32_t max_packet = 0;
  uint8_t collation = 0;
  bool wants_tls = false;  ///< an SSLRequest: nothing else is set; the true one follows
  std::string user;
  std::string auth;  ///< answer to the salt
  std::string database;
  std::string plugin;
  std::map<std::string, std::string> attributes;
};

/// HandshakeResponse41 or SSLRequest. `offered`: our capabilities. Error: 1043 "Bad handshake".
Result<HandshakeResponse> parse_handshake_response(std::string_view payload, uint32_t offered);

/// COM_CHANGE_USER's payload after the command byte; `capabilities` are the connection's.
Result<HandshakeResponse> parse_change_user(std::string_view payload, uint32_t capabilities);

/// AuthSwitchRequest.
std::string write_auth_switch(std::string_view plugin, std::string_view salt);

}  // namespace tbl::tidb::protocol
