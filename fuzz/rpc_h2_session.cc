// An HTTP/2 server session fed with anything, with handlers as a server has them.
#include <algorithm>
#include <cstdint>

#include "rpc/grpc_server_call.h"
#include "rpc/h2_session.h"
#include "rpc/services.h"

using namespace tbl;
using namespace tbl::rpc;

namespace {

class Owner : public H2Owner {
 public:
  explicit Owner(EventLoop* loop) : loop_(loop), services_(ServerOptions{}, nullptr) {
    services_.add_unary("/a.B/C", Run::kLoop,
                        [](const CallInfo&, std::string request, const UnaryReply& reply) {
                          reply(ok_status(), std::move(request));
                        });
  }
  void set_session(H2Session* session) { session_ = session; }
  void wants_flush() override {}
  std::shared_ptr<H2Stream> on_request(int32_t, const HeaderBlock& headers) override {
    auto call = std::make_shared<GrpcServerCall>(loop_, session_, 1 << 16);
    Status status = call->accept(headers, "peer");
    if (status.ok()) {
      services_.begin(call);
    } else {
      call->refuse(status);
    }
    calls_.push_back(call);
    return call;
  }
  /// What the loop would do at the end of a turn.
  void run_calls() {
    for (auto& call : calls_) call->run();
  }

 private:
  EventLoop* const loop_;
  Services services_;
  H2Session* session_ = nullptr;
  std::vector<std::shared_ptr<GrpcServerCall>> calls_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static EventLoop loop("never started");
  Owner owner(&loop);
  H2Session session(H2Session::Side::kServer, &owner);
  owner.set_session(&session);
  std::string out;
  bool good = session.on_input("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").ok();
  Bytes bytes(reinterpret_cast<const char*>(data), size);
  while (good && !bytes.empty()) {
    Bytes part = bytes.substr(0, std::min<size_t>(bytes.size(), 64));
    bytes.remove_prefix(part.size());
    good = session.on_input(part).ok();
    owner.run_calls();
    out.clear();
    session.produce(&out, 1 << 16);
  }
  session.on_closed(ok_status());
  return 0;
}
