// What a MySQL client says of itself: HandshakeResponse41, SSLRequest, COM_CHANGE_USER.
#include <cstdint>
#include <cstdlib>

#include "tidb/protocol/constants.h"
#include "tidb/protocol/handshake.h"

using namespace tbl::tidb::protocol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto response = parse_handshake_response(bytes, kOffered | kSsl);
  if (response.ok() && (response->capabilities & ~(kOffered | kSsl)) != 0) abort();
  if (response.ok() && response->wants_tls && size != 32) abort();
  const auto change = parse_change_user(bytes, kOffered);
  if (change.ok() && change->user.size() + change->auth.size() > size) abort();
  return 0;
}
