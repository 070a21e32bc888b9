// The etcd that PD is built on: a child process that listens for PD on a unix socket in a directory
// nobody else may enter, and for the etcds of other members, if there are any, on PD's peer urls.
// It lives as long as this process, however that ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/tls.h"

namespace tbl::pd {

struct EtcdChildOptions {
  std::string name;
  std::string
      data_dir;  ///< PD's: etcd gets etcd/ in it, sockets stand in run/, its log is etcd.log
  std::vector<std::string> advertise_client_urls;  ///< what etcd tells its clients: PD's own urls
  std::vector<std::string> advertise_peer_urls;
  std::vector<std::string> listen_peer_urls;  ///< empty: alone for ever, a unix socket in run/
  std::string initial_cluster;                ///< empty: only this member
  bool joins = false;                         ///< a cluster that exists, as initial_cluster says
  rpc::TlsOptions peer_tls;                   ///< for peer urls with https
  int64_t quota_backend_bytes = 0;
  std::string auto_compaction_mode;
  std::string auto_compaction_retention;
};

/// Starts etcd, and starts it again whenever it dies. One thread calls; address() any.
///
/// The child dies with this process (PR_SET_PDEATHSIG). If one survives all the same, the next
/// start finds it by etcd.pid and kills it, after making sure that it is ours.
class EtcdChild {
 public:
  /// Error: no `etcd` in PATH, the directory cannot be made or another PD works in it (pd.lock), a
  /// stale child cannot be removed.
  static Result<std::unique_ptr<EtcdChild>> start(const EtcdChildOptions& options);
  /// Ends the child: SIGTERM, then SIGKILL.
  ~EtcdChild();

  /// For rpc::ClientRuntime::channel().
  const std::string& address() const;
  /// Path of the socket, short enough for a sockaddr_un whatever the data directory is called.
  const std::string& socket_path() const;
  /// The child has died at least this often since start().
  int deaths() const;
  const std::string& log_path() const;

 private:
  class Impl;
  explicit EtcdChild(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The file that the shell would run for `name`. Error: kNotFound, with PATH.
Result<std::string> find_in_path(const std::string& name);

}  // namespace tbl::pd
