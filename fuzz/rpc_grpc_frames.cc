// gRPC message frames, plain and compressed, in pieces; and the texts of gRPC headers.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "rpc/grpc_framing.h"
#include "rpc/grpc_status.h"

using namespace tbl;
using namespace tbl::rpc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  constexpr uint64_t kLimit = 1 << 16;
  size_t piece = 1 + data[0] % 64;
  Bytes bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (percent_decode(percent_encode(bytes)) != bytes) abort();
  (void)percent_decode(bytes);
  (void)parse_timeout(bytes);
  (void)status_from_trailers(bytes.substr(0, 3), bytes);

  MessageReader reader(kLimit);
  reader.allow_gzip();
  while (!bytes.empty()) {
    Bytes part = bytes.substr(0, std::min(piece, bytes.size()));
    bytes.remove_prefix(part.size());
    while (true) {
      std::string message;
      auto got = reader.next(&part, &message);
      if (!got.ok()) return 0;
      if (message.size() > kLimit) abort();
      if (!*got) break;
    }
  }
  return 0;
}
