// HTTP/1.1: requests and responses, fed in pieces whose sizes the input chooses.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "rpc/http1_parser.h"
#include "rpc/http1_response.h"
#include "rpc/http_router.h"

using namespace tbl;
using namespace tbl::rpc;

namespace {

void feed_requests(Bytes data, size_t piece) {
  Http1Parser parser(1000);
  while (!data.empty()) {
    size_t n = std::min(piece, data.size());
    parser.feed(data.substr(0, n));
    data.remove_prefix(n);
    while (true) {
      auto state = parser.next();
      if (state == Http1Parser::State::kBad) {
        if (parser.error_status() < 400) abort();
        return;
      }
      if (state == Http1Parser::State::kNeedMore) break;
      if (state == Http1Parser::State::kNeedContinue) continue;
      Http1Request request = parser.take();
      if (request.body.size() > 1000 || request.method.empty()) abort();
      HttpRequest routed;
      HttpResponse refusal;
      HttpRouter router;
      router.add("GET", "/a/{b}/{c...}", nullptr);
      routed.method = request.method;
      router.route(request.target, &routed, &refusal);
    }
  }
}

void feed_response(Bytes data, size_t piece) {
  Http1ResponseParser parser(false, 1000);
  while (!data.empty()) {
    size_t n = std::min(piece, data.size());
    auto whole = parser.feed(data.substr(0, n));
    data.remove_prefix(n);
    if (!whole.ok()) return;
    if (*whole) {
      if (parser.take().body.size() > 1000) abort();
      return;
    }
  }
  if (parser.on_end().ok() && parser.take().body.size() > 1000) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  size_t piece = 1 + data[0] % 64;
  Bytes bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  feed_requests(bytes, piece);
  feed_response(bytes, piece);
  return 0;
}
