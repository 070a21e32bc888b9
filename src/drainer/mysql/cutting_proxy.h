// A proxy between drainer and server that cuts all connections at a chosen statement, for tests.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tbl::mysql {

/// Listens on a unix socket. Each client packet counts as one (a client waits for the reply before
/// it sends the next).
class CuttingProxy {
 public:
  enum class Cut {
    kRequest,  ///< the server never sees the statement
    kReply,    ///< the server executes it, the reply is lost
    kNothing,  ///< has_cut() while the server executes it, for what the test does then
  };

  CuttingProxy(std::string listen_path, std::string server_path)
      : path_(std::move(listen_path)), server_path_(std::move(server_path)) {
    unlink(path_.c_str());
    listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = address_of(path_);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) abort();
    listen(listener_, 64);
    acceptor_ = std::thread([this] { accept_loop(); });
  }
  ~CuttingProxy() {
    done_ = true;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    cut_all();
    for (auto& t : pumps_) t.join();
    close(listener_);
    unlink(path_.c_str());
  }

  /// Cuts at the n-th packet from now, once.
  void cut_after(uint64_t n, Cut how) {
    how_ = how;
    left_ = static_cast<int64_t>(n);
    has_cut_ = false;
  }
  bool has_cut() const { return has_cut_; }
  /// When nobody is connected any more: what comes now is not cut, whether there was a cut or not.
  void disarm_when_idle() {
    while (is_in_use()) std::this_thread::yield();
    left_ = 0;
  }
  uint64_t packets() const { return packets_; }

 private:
  bool is_in_use() {
    std::lock_guard lock(mutex_);
    return !fds_.empty();
  }
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }
  /// Whoever sees has_cut() opens connections that are not cut any more.
  void cut_all() {
    std::lock_guard lock(mutex_);
    for (int fd : fds_) shutdown(fd, SHUT_RDWR);
    has_cut_ = true;
  }
  void accept_loop() {
    while (!done_) {
      int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      int server = socket(AF_UNIX, SOCK_STREAM, 0);
      sockaddr_un address = address_of(server_path_);
      if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        close(client);
        close(server);
        continue;
      }
      std::lock_guard lock(mutex_);
      fds_.push_back(client);
      fds_.push_back(server);
      pumps_.emplace_back([this, client, server] { pump(client, server); });
    }
  }
  static bool copy(int from, int to, bool drop) {
    char buffer[1 << 16];
    ssize_t n = read(from, buffer, sizeof buffer);
    if (n <= 0) return false;
    for (ssize_t sent = 0; !drop && sent < n;) {
      ssize_t w = send(to, buffer + sent, static_cast<size_t>(n - sent), MSG_NOSIGNAL);
      if (w <= 0) return false;
      sent += w;
    }
    return true;
  }
  void pump(int client, int server) {
    bool drop_reply = false;
    while (true) {
      pollfd fds[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      if (poll(fds, 2, -1) < 0) break;
      if (fds[0].revents != 0) {
        ++packets_;
        bool cut = left_ > 0 && --left_ == 0;
        if (!copy(client, server, cut && how_ == Cut::kRequest)) break;
        if (cut && how_ == Cut::kRequest) {
          cut_all();
          break;
        }
        if (cut && how_ == Cut::kNothing) has_cut_ = true;
        drop_reply |= cut && how_ == Cut::kReply;
      }
      if (fds[1].revents != 0) {
        if (!copy(server, client, drop_reply)) break;
        if (drop_reply) {
          cut_all();
          break;
        }
      }
    }
    // Thousands of connections may come in the life of a proxy. A server that was started meanwhile
    // has inherited the sockets, so closing alone would not end them.
    std::lock_guard lock(mutex_);
    for (int fd : {client, server}) {
      shutdown(fd, SHUT_RDWR);
      std::erase(fds_, fd);
      close(fd);
    }
  }

  const std::string path_;
  const std::string server_path_;
  int listener_ = -1;
  std::atomic<bool> done_ = false;
  std::atomic<int64_t> left_ = 0;
  std::atomic<Cut> how_ = Cut::kRequest;
  std::atomic<bool> has_cut_ = false;
  std::atomic<uint64_t> packets_ = 0;
  std::mutex mutex_;
  std::vector<int> fds_;
  std::vector<std::thread> pumps_;
  std::thread acceptor_;
};

}  // namespace tbl::mysql
