// PullBinlogs: sends every drainer all committed transactions above its offset, for ever.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "pump/metrics.h"
#include "pump/storage/storage.h"
#include "rpc/server.h"

namespace tbl::pump {

/// Response header of PullBinlogs: binlogs up to this ts are gone, so a drainer that asked for less
/// has lost some.
inline constexpr char kGcTsHeader[] = "pump-gc-ts";

struct FeedOptions {
  uint64_t cluster_id = 0;
  /// A transaction whose records the disk destroyed: false: the stream ends with an error that
  /// names it; true: it is left out, with an error line and a count.
  bool skip_damaged = false;
};

struct PullerInfo {
  std::string peer;
  uint64_t offset = 0;         ///< what it asked for
  uint64_t sent_ts = 0;        ///< commit ts of the last binlog handed to its connection
  uint64_t pending_bytes = 0;  ///< handed over and not yet taken by the network
};

/// One thread per puller, which reads the log and waits for the client's window and for new
/// commits. A message of more than 1 MiB goes from the segment to the socket in pieces. Any thread.
class Feed {
 public:
  Feed(FeedOptions options, const Storage& storage, PumpMetrics& metrics);
  ~Feed();

  /// For rpc::Server::add_stream().
  std::unique_ptr<rpc::CallHandler> accept(rpc::ServerCallPtr call);
  /// Ends all streams with OK and refuses new ones. Waits for the threads.
  void stop();
  size_t pullers() const;
  std::vector<PullerInfo> list() const;

 private:
  class Handler;
  struct Puller {
    rpc::ServerCallPtr call;
    uint64_t after_ts = 0;
    std::atomic<uint64_t> sent_ts{0};
    StopSource stop;
    std::atomic<bool> done{false};
    Thread thread;
  };
  using PullerPtr = std::shared_ptr<Puller>;  // by its handler on the loop, and by pullers_

  Result<PullerPtr> start(rpc::ServerCallPtr call, const std::string& request);
  void run(Puller& puller);
  Status serve(Puller& puller);
  Status send_published(Puller& puller, FeedCursor& cursor);
  /// Hands over the next messages that go together; false: nothing more is published.
  Result<bool> send_some(Puller& puller, FeedCursor& cursor);
  /// The next message, past damaged ones if the options say so.
  Result<std::unique_ptr<FeedMessage>> next(FeedCursor& cursor) const;
  void reap();

  const FeedOptions options_;
  const Storage& storage_;
  PumpMetrics& metrics_;
  mutable std::mutex mutex_;
  bool stopped_ = false;
  std::list<PullerPtr> pullers_;
};

}  // namespace tbl::pump
