#include "rpc/server.h"

#include <future>

#include "rpc/listener.h"
#include "rpc/server_loop.h"
#include "rpc/services.h"
#include "rpc/worker_pool.h"

namespace tbl::rpc {

class Server::Impl {
 public:
  explicit Impl(const ServerOptions& options)
      : lends_(options.lends), pool_("rpc-pool", options.pool_threads), services_(options, &pool_) {
    for (int i = 0; i < std::max(1, options.loop_threads); ++i) {
      loops_.push_back(std::make_unique<ServerLoop>(&services_, &count_));
    }
  }

  Status listen(const std::string& address);
  Status start();
  bool execute(const std::function<void()>& task) {
    return loops_[0]->loop().post_if_running(task);
  }
  void stop(std::chrono::milliseconds grace);

  Services& services() { return services_; }
  int port() const { return port_; }

 private:
  void close_listeners();

  const bool lends_;
  WorkerPool pool_;
  Services services_;
  ConnectionCount count_;
  std::vector<std::unique_ptr<ServerLoop>> loops_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::mutex stop_mutex_;
  size_t next_loop_ = 0;
  int port_ = 0;
  bool started_ = false;
  bool stopped_ = false;
};

Status Server::Impl::listen(const std::string& address) {
  TBL_ASSIGN(Socket socket, listen_on(address));
  std::string unix_path;
  if (is_unix(address)) {
    unix_path = address.substr(address.starts_with("unix://") ? 7 : 5);
  } else if (port_ == 0) {
    port_ = local_port(socket.fd());
  }
  listeners_.push_back(std::make_unique<Listener>(&loops_[0]->loop(), std::move(socket), unix_path,
                                                  [this](Socket accepted, const std::string& peer) {
                                                    loops_[next_loop_++ % loops_.size()]->adopt(
                                                        std::move(accepted), peer);
                                                  }));
  return ok_status();
}

Status Server::Impl::start() {
  for (auto& listener : listeners_) TBL_TRY(listener->start());
  for (auto& loop : loops_) loop->loop().start(lends_);
  started_ = true;
  return ok_status();
}

void Server::Impl::close_listeners() {
  std::promise<void> done;
  loops_[0]->loop().post([this, &done] {
    for (auto& listener : listeners_) listener->close();
    done.set_value();
  });
  done.get_future().wait();
}

void Server::Impl::stop(std::chrono::milliseconds grace) {
  std::lock_guard lock(stop_mutex_);
  if (stopped_ || !started_) return;
  stopped_ = true;
  close_listeners();
  if (grace.count() > 0) {
    for (auto& loop : loops_) loop->drain();
    count_.wait_for_none(grace);
  }
  for (auto& loop : loops_) loop->cut();
  // Handlers that still run see their calls over; their answers go nowhere.
  pool_.stop();
  for (auto& loop : loops_) loop->loop().stop();
}

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(options)) {}
Server::~Server() { stop(); }

void Server::add_unary(std::string path, Run run, UnaryHandler handler) {
  impl_->services().add_unary(std::move(path), run, std::move(handler));
}
void Server::add_large_unary(std::string path, UnaryHandler handler, uint64_t large_bytes,
                             LargeRequestFactory large) {
  impl_->services().add_large_unary(std::move(path), std::move(handler), large_bytes,
                                    std::move(large));
}
void Server::add_stream(std::string path, StreamHandlerFactory factory) {
  impl_->services().add_stream(std::move(path), std::move(factory));
}
void Server::add_prefix(std::string prefix, StreamHandlerFactory factory) {
  impl_->services().add_prefix(std::move(prefix), std::move(factory));
}
void Server::add_http(std::string method, std::string pattern, HttpHandler handler) {
  impl_->services().http().add(std::move(method), pattern, std::move(handler));
}
Status Server::listen(const std::string& address) { return impl_->listen(address); }
int Server::port() const { return impl_->port(); }
Status Server::start() { return impl_->start(); }
void Server::execute(const std::function<void()>& task) {
  if (!impl_->execute(task)) task();
}
bool Server::lend(const std::function<bool()>& work) {
  EventLoop* const loop = EventLoop::current();
  return loop != nullptr && loop->lend(work);
}
void Server::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }

}  // namespace tbl::rpc
