// Test helper: a real etcd in a directory of its own.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

namespace tbl::cluster::testing {

/// One member; started by the constructor, killed by the destructor.
class RealEtcd {
 public:
  RealEtcd();
  ~RealEtcd();
  RealEtcd(const RealEtcd&) = delete;
  RealEtcd& operator=(const RealEtcd&) = delete;

  /// What clients are given: 127.0.0.1:<port>.
  std::string url() const { return "http://127.0.0.1:" + std::to_string(client_port_); }
  /// What the member says of itself: localhost:<port>.
  std::string advertised() const { return "localhost:" + std::to_string(client_port_); }

  /// kill -9.
  void kill();
  /// On the same port and data.
  void start();

 private:
  void wait_until_ready() const;

  std::string dir_;
  int client_port_ = 0;
  int peer_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace tbl::cluster::testing
