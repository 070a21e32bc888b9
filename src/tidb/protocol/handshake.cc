#include "tidb/protocol/handshake.h"

#include <openssl/rand.h>

#include "base/bytes.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/lenenc.h"

namespace tbl::tidb::protocol {
namespace {

constexpr uint8_t kProtocolVersion = 10;
constexpr size_t kSaltFirstPart = 8;
constexpr int kErrHandshake = 1043;
constexpr size_t kMostAttributes = 256;

Status bad_handshake(const char* what) {
  return invalid_argument(std::string("Bad handshake: ") + what).with_detail(kErrHandshake);
}

Status read_auth(ByteReader& in, uint32_t capabilities, std::string* auth) {
  std::string_view bytes;
  bool read = false;
  if (capabilities & kPluginAuthLenenc) {
    read = read_lenenc_string(in, &bytes);
  } else if (capabilities & kSecureConnection) {
    uint8_t size = 0;
    read = in.read_u8(&size) && in.read_bytes(size, &bytes);
  } else {
    read = read_nul_string(in, &bytes);
  }
  if (!read) return bad_handshake("no answer to the salt");
  *auth = bytes;
  return ok_status();
}

/// The NUL at the end of a packet's last string may be missing.
std::string read_last_string(ByteReader& in) {
  std::string_view text;
  if (read_nul_string(in, &text)) return std::string(text);
  text = in.rest();
  in.skip(text.size());
  return std::string(text);
}

Status read_attributes(ByteReader& in, std::map<std::string, std::string>* attributes) {
  std::string_view all;
  if (!read_lenenc_string(in, &all)) return bad_handshake("connection attributes");
  ByteReader pairs(all);
  while (!pairs.empty()) {
    std::string_view key;
    std::string_view value;
    if (!read_lenenc_string(pairs, &key) || !read_lenenc_string(pairs, &value)) {
      return bad_handshake("connection attributes");
    }
    if (attributes->size() < kMostAttributes) attributes->emplace(key, value);
  }
  return ok_status();
}

}  // namespace

std::string make_salt() {
  std::string salt;
  while (salt.size() < kSaltSize) {
    unsigned char byte = 0;
    RAND_bytes(&byte, 1);
    byte &= 0x7f;
    if (byte != 0 && byte != '$') salt.push_back(static_cast<char>(byte));
  }
  return salt;
}

std::string write_greeting(const Greeting& g) {
  std::string out;
  out.push_back(static_cast<char>(kProtocolVersion));
  out.append(g.server_version).push_back('\0');
  put_le32(out, g.connection_id);
  out.append(g.salt, 0, kSaltFirstPart).push_back('\0');
  put_le16(out, static_cast<uint16_t>(g.capabilities));
  out.push_back(static_cast<char>(g.collation));
  put_le16(out, g.status);
  put_le16(out, static_cast<uint16_t>(g.capabilities >> 16));
  out.push_back(static_cast<char>(kSaltSize + 1));
  out.append(10, '\0');
  out.append(g.salt, kSaltFirstPart).push_back('\0');
  out.append(g.plugin).push_back('\0');
  return out;
}

Result<HandshakeResponse> parse_handshake_response(std::string_view payload, uint32_t offered) {
  ByteReader in(payload);
  HandshakeResponse r;
  if (!in.read_le32(&r.capabilities) || !in.read_le32(&r.max_packet) || !in.read_u8(&r.collation) ||
      !in.skip(23)) {
    return bad_handshake("too short");
  }
  if (!(r.capabilities & kProtocol41)) return bad_handshake("a client older than MySQL 4.1");
  // How the packet is written follows what the client says, not what we offered.
  const uint32_t wire = r.capabilities;
  r.capabilities &= offered;
  if (in.empty() && (r.capabilities & kSsl)) {
    r.wants_tls = true;
    return r;
  }
  std::string_view user;
  if (!read_nul_string(in, &user)) return bad_handshake("no user name");
  r.user = user;
  TBL_TRY(read_auth(in, wire, &r.auth));
  if (wire & kConnectWithDb) r.database = read_last_string(in);
  if (wire & kPluginAuth) r.plugin = read_last_string(in);
  if ((wire & kConnectAttrs) && !in.empty()) TBL_TRY(read_attributes(in, &r.attributes));
  return r;
}

Result<HandshakeResponse> parse_change_user(std::string_view payload, uint32_t capabilities) {
  ByteReader in(payload);
  HandshakeResponse r;
  r.capabilities = capabilities;
  std::string_view user;
  if (!read_nul_string(in, &user)) return bad_handshake("no user name");
  r.user = user;
  TBL_TRY(read_auth(in, capabilities & ~uint32_t{kPluginAuthLenenc}, &r.auth));
  r.database = read_last_string(in);
  uint16_t collation = 0;
  if (in.read_le16(&collation)) r.collation = static_cast<uint8_t>(collation);
  if (capabilities & kPluginAuth) r.plugin = read_last_string(in);
  if ((capabilities & kConnectAttrs) && !in.empty()) TBL_TRY(read_attributes(in, &r.attributes));
  return r;
}

std::string write_auth_switch(std::string_view plugin, std::string_view salt) {
  std::string out;
  out.push_back(static_cast<char>(kEofHeader));
  out.append(plugin).push_back('\0');
  out.append(salt).push_back('\0');
  return out;
}

}  // namespace tbl::tidb::protocol
