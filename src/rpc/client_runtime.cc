#include "rpc/channel.h"
#include "rpc/client.h"

namespace tbl::rpc {

class ClientRuntime::Impl {
 public:
  Impl() : loop_("rpc-client"), resolver_("rpc-resolve", 1) { loop_.start(); }
  ~Impl() {
    resolver_.stop();
    loop_.stop();
  }

  std::shared_ptr<Channel> channel(const std::string& address, ChannelOptions options) {
    EventLoop* loop = &loop_;
    return std::shared_ptr<ChannelImpl>(
        new ChannelImpl(loop, &resolver_, address, std::move(options)),
        [loop](ChannelImpl* dying) { loop->post([dying] { delete dying; }); });
  }

 private:
  EventLoop loop_;
  WorkerPool resolver_;
};

ClientRuntime::ClientRuntime() : impl_(std::make_unique<Impl>()) {}
ClientRuntime::~ClientRuntime() = default;

std::shared_ptr<Channel> ClientRuntime::channel(const std::string& address,
                                                ChannelOptions options) {
  return impl_->channel(address, std::move(options));
}

}  // namespace tbl::rpc
